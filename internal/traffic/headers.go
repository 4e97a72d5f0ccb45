package traffic

// The headers of events, in the order in which FreeSWITCH sends them; see layout.

const serverHeaders = `Event-Name: {event}
Core-UUID: 5a0f2d1e-8c43-4a57-9a53-0d6c1b7e42f0
FreeSWITCH-Hostname: pbx
FreeSWITCH-Switchname: pbx
FreeSWITCH-IPv4: 192.0.2.10
FreeSWITCH-IPv6: 2001%3Adb8%3A%3A10
Event-Date-Local: {local}
Event-Date-GMT: {gmt}
Event-Date-Timestamp: {timestamp}
Event-Calling-File: switch_channel.c
Event-Calling-Function: switch_channel_event
Event-Calling-Line-Number: 2409
Event-Sequence: {sequence}
`

const (
	originalState = "Original-Channel-Call-State: RINGING\n"
	bridgeHeaders = "Bridge-A-Unique-ID: {a}\nBridge-B-Unique-ID: {b}\n"
	updateHeaders = "Direction: RECV\nBridged-To: {other}\n"
	digitHeaders  = "DTMF-Digit: 7\nDTMF-Duration: 2000\nDTMF-Source: RTP\n"
	hangupHeaders = "Hangup-Cause: NORMAL_CLEARING\n"
)

const channelHeaders = `Channel-State: {state}
Channel-Call-State: {callState}
Channel-State-Number: {stateNumber}
Channel-Name: {channel}
Unique-ID: {uuid}
Call-Direction: {direction}
Presence-Call-Direction: {direction}
Channel-HIT-Dialplan: {isCaller}
Channel-Presence-ID: {user}%40pbx.example.com
Channel-Call-UUID: {a}
Answer-State: {answer}
{hangupCause}Channel-Read-Codec-Name: PCMA
Channel-Read-Codec-Rate: 8000
Channel-Read-Codec-Bit-Rate: 64000
Channel-Write-Codec-Name: PCMA
Channel-Write-Codec-Rate: 8000
Channel-Write-Codec-Bit-Rate: 64000
`

const callerHeaders = `Caller-Direction: {direction}
Caller-Logical-Direction: {direction}
Caller-Username: {number}
Caller-Dialplan: XML
Caller-Caller-ID-Name: Agent%20{number}
Caller-Caller-ID-Number: {number}
Caller-Orig-Caller-ID-Name: Agent%20{number}
Caller-Orig-Caller-ID-Number: {number}
Caller-Callee-ID-Name: Outbound%20Call
Caller-Callee-ID-Number: {destination}
Caller-Network-Addr: 198.51.100.23
Caller-ANI: {number}
Caller-Destination-Number: {destination}
Caller-Unique-ID: {uuid}
Caller-Source: mod_sofia
Caller-Context: default
Caller-Channel-Name: {channel}
Caller-Profile-Index: 1
Caller-Profile-Created-Time: {created}
Caller-Channel-Created-Time: {created}
Caller-Channel-Answered-Time: {answered}
Caller-Channel-Progress-Time: 0
Caller-Channel-Progress-Media-Time: 0
Caller-Channel-Hangup-Time: {hungUp}
Caller-Channel-Transfer-Time: 0
Caller-Channel-Resurrect-Time: 0
Caller-Channel-Bridged-Time: {bridged}
Caller-Channel-Last-Hold: {held}
Caller-Channel-Hold-Accum: 0
Caller-Screen-Bit: true
Caller-Privacy-Hide-Name: false
Caller-Privacy-Hide-Number: false
`

const otherHeaders = `Other-Type: {otherType}
Other-Leg-Direction: {otherDirection}
Other-Leg-Logical-Direction: {otherDirection}
Other-Leg-Username: {number}
Other-Leg-Dialplan: XML
Other-Leg-Caller-ID-Name: Agent%20{number}
Other-Leg-Caller-ID-Number: {number}
Other-Leg-Callee-ID-Name: Outbound%20Call
Other-Leg-Callee-ID-Number: {destination}
Other-Leg-Network-Addr: 198.51.100.23
Other-Leg-ANI: {number}
Other-Leg-Destination-Number: {destination}
Other-Leg-Unique-ID: {other}
Other-Leg-Source: mod_sofia
Other-Leg-Context: default
Other-Leg-Channel-Name: {otherChannel}
Other-Leg-Profile-Created-Time: {otherCreated}
Other-Leg-Channel-Created-Time: {otherCreated}
Other-Leg-Channel-Answered-Time: 0
Other-Leg-Channel-Progress-Time: 0
Other-Leg-Channel-Progress-Media-Time: 0
Other-Leg-Channel-Hangup-Time: 0
Other-Leg-Channel-Transfer-Time: 0
Other-Leg-Channel-Resurrect-Time: 0
Other-Leg-Channel-Bridged-Time: 0
Other-Leg-Channel-Last-Hold: 0
Other-Leg-Channel-Hold-Accum: 0
Other-Leg-Screen-Bit: true
Other-Leg-Privacy-Hide-Name: false
Other-Leg-Privacy-Hide-Number: false
`

const firstVariables = `variable_direction: {direction}
variable_uuid: {uuid}
variable_session_id: {serial}
variable_sip_from_user: {number}
variable_sip_from_uri: {number}%40pbx.example.com
variable_sip_from_host: pbx.example.com
variable_video_media_flow: disabled
variable_audio_media_flow: sendrecv
variable_channel_name: {channel}
variable_sip_call_id: {uuid}%40198.51.100.23
variable_sip_local_network_addr: 192.0.2.10
variable_sip_network_ip: 198.51.100.23
variable_sip_network_port: 5060
variable_sip_received_ip: 198.51.100.23
variable_sip_received_port: 5060
variable_sip_via_protocol: udp
variable_sip_authorized: true
variable_sip_number_alias: {number}
variable_sip_auth_username: {number}
variable_sip_auth_realm: pbx.example.com
variable_user_name: {number}
variable_domain_name: pbx.example.com
variable_toll_allow: domestic,international,local
variable_accountcode: {number}
variable_user_context: default
variable_effective_caller_id_name: Agent%20{number}
variable_effective_caller_id_number: {number}
variable_callgroup: techsupport
variable_sofia_profile_name: internal
variable_recovery_profile_name: internal
variable_sip_req_user: {destination}
variable_sip_req_uri: {destination}%40pbx.example.com
variable_sip_to_user: {destination}
variable_sip_to_uri: {destination}%40pbx.example.com
variable_sip_contact_uri: {number}%40198.51.100.23%3A5060
variable_sip_user_agent: Yealink%20SIP-T46S%2066.85.0.5
variable_sip_via_host: 198.51.100.23
variable_max_forwards: 70
variable_call_uuid: {a}
`

const mediaVariables = `variable_switch_r_sdp: v%3D0%0D%0Ao%3D-%2020047%2020047%20IN%20IP4%20198.51.100.23%0D%0As%3DSDP%20data%0D%0Ac%3DIN%20IP4%20198.51.100.23%0D%0At%3D0%200%0D%0Am%3Daudio%2012040%20RTP/AVP%208%200%20101%0D%0Aa%3Drtpmap%3A8%20PCMA/8000%0D%0Aa%3Dsendrecv%0D%0A
variable_ep_codec_string: CORE_PCM_MODULE.PCMA%408000h%4020i%4064000b
variable_rtp_use_codec_string: PCMA,PCMU
variable_remote_video_media_flow: inactive
variable_remote_audio_media_flow: sendrecv
variable_rtp_use_codec_name: PCMA
variable_rtp_use_codec_rate: 8000
variable_rtp_use_codec_ptime: 20
variable_rtp_use_codec_channels: 1
variable_rtp_last_audio_codec_string: PCMA%408000h%4020i%401c
variable_read_codec: PCMA
variable_read_rate: 8000
variable_write_codec: PCMA
variable_write_rate: 8000
variable_local_media_ip: 192.0.2.10
variable_local_media_port: 24576
variable_advertised_media_ip: 192.0.2.10
variable_rtp_use_pt: 8
variable_remote_media_ip: 198.51.100.23
variable_remote_media_port: 12040
variable_hangup_after_bridge: true
variable_originate_disposition: SUCCESS
variable_endpoint_disposition: ANSWER
variable_bridge_channel: {otherChannel}
variable_bridge_uuid: {other}
variable_signal_bond: {other}
variable_last_bridge_to: {other}
variable_current_application: bridge
variable_current_application_data: user/{destination}%40pbx.example.com
`

const lastVariables = `variable_last_bridge_role: {otherType}
variable_bridge_hangup_cause: NORMAL_CLEARING
variable_hangup_cause: NORMAL_CLEARING
variable_hangup_cause_q850: 16
variable_sip_hangup_disposition: recv_bye
variable_start_stamp: {local}
variable_profile_start_stamp: {local}
variable_answer_stamp: {local}
variable_bridge_stamp: {local}
variable_end_stamp: {local}
variable_start_uepoch: {created}
variable_answer_uepoch: {answered}
variable_bridge_uepoch: {bridged}
variable_last_hold_uepoch: {held}
variable_end_uepoch: {hungUp}
variable_last_app: bridge
variable_last_arg: user/{destination}%40pbx.example.com
variable_caller_id: %22Agent%20{number}%22%20%3C{number}%3E
variable_duration: 64
variable_billsec: 61
variable_progresssec: 0
variable_answersec: 3
variable_waitsec: 3
variable_flow_billsec: 64
variable_mduration: 64120
variable_billmsec: 61080
variable_flow_billmsec: 64120
variable_uduration: 64119902
variable_billusec: 61079934
variable_rtp_audio_in_raw_bytes: 522364
variable_rtp_audio_in_media_bytes: 522364
variable_rtp_audio_in_packet_count: 3037
variable_rtp_audio_in_skip_packet_count: 4
variable_rtp_audio_in_jitter_packet_count: 0
variable_rtp_audio_in_quality_percentage: 100.00
variable_rtp_audio_in_mos: 4.50
variable_rtp_audio_out_raw_bytes: 524256
variable_rtp_audio_out_packet_count: 3048
`

const applicationHeaders = `Application: {app}
Application-Data: {data}
Application-UUID: {uuid}
`

const applicationEnd = `Application-Response: _none_
`

const heartbeatHeaders = `Event-Info: System%20Ready
Up-Time: 0%20years,%200%20days,%200%20hours,%204%20minutes,%2019%20seconds,%20813%20milliseconds,%20571%20microseconds
FreeSWITCH-Version: 1.11.3-dev~64bit
Uptime-msec: 259813
Session-Count: {sessions}
Max-Sessions: 200000
Session-Per-Sec: 1000
Session-Per-Sec-Last: 210
Session-Per-Sec-Max: 480
Session-Per-Sec-FiveMin: 400
Session-Since-Startup: {sequence}
Session-Peak-Max: {sessions}
Session-Peak-FiveMin: {sessions}
Idle-CPU: 71.166667
`

const registerHeaders = `Event-Subclass: sofia%3A%3Aregister
profile-name: internal
from-user: {number}
from-host: pbx.example.com
presence-hosts: n/a
contact: %22user%22%20%3Csip%3A{number}%40198.51.100.23%3A5060%3E
call-id: {sequence}%40198.51.100.23
rpid: unknown
status: Registered(UDP)
expires: 3600
to-user: {number}
to-host: pbx.example.com
network-ip: 198.51.100.23
network-port: 5060
username: {number}
realm: pbx.example.com
user-agent: Yealink%20SIP-T46S%2066.85.0.5
`
