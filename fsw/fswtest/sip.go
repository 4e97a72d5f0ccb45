package fswtest

import "strings"

// mediaVariables are what a SIP leg has when it knows its far end's media. They
// are there for the size and the odd contents of real events: lines of SDP,
// angle brackets, semicolons.
func (c *channel) mediaVariables() {
	address := c.p.networkAddr
	if address == "" {
		address = "127.0.0.1"
	}
	sdp := "v=0\r\no=FreeSWITCH 1795343876 1795343877 IN IP4 " + address + "\r\ns=FreeSWITCH\r\nc=IN IP4 " + address +
		"\r\nt=0 0\r\nm=audio 27106 RTP/AVP 0 8 101 13\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n" +
		"a=fmtp:101 0-15\r\na=ptime:20\r\n"
	c.setAll("switch_r_sdp", sdp, "ep_codec_string", "CORE_PCM_MODULE.PCMU@8000h@20i@64000b",
		"rtp_use_codec_string", "PCMU,PCMA", "remote_video_media_flow", "inactive", "remote_text_media_flow", "inactive",
		"remote_audio_media_flow", "sendrecv", "audio_media_flow", "sendrecv", "remote_media_ip", address,
		"remote_media_port", "27106", "rtp_audio_recv_pt", "0", "rtp_use_codec_name", "PCMU", "rtp_use_codec_rate", "8000",
		"rtp_use_codec_ptime", "20", "rtp_use_codec_channels", "1", "rtp_last_audio_codec_string", "PCMU@8000h@20i@1c",
		"read_codec", "PCMU", "original_read_codec", "PCMU", "read_rate", "8000", "original_read_rate", "8000",
		"write_codec", "PCMU", "write_rate", "8000", "dtmf_type", "rfc2833")
}

// callVariables are those of an INVITE that came in.
func (c *channel) callVariables(o *CallOptions) {
	from, to := o.From+"@"+o.Address, o.To+"@"+o.Address
	tag := strings.ReplaceAll(c.s.uuid(), "-", "")[:13]
	c.setAll("sip_from_user", o.From, "sip_from_uri", from, "sip_from_host", o.Address, "video_media_flow", "disabled",
		"text_media_flow", "disabled", "channel_name", c.name, "sip_call_id", c.s.uuid(), "sip_local_network_addr", "127.0.0.1",
		"sip_network_ip", o.Address, "sip_network_port", "5060", "sip_invite_stamp", micros(c.s.micros()),
		"sip_received_ip", o.Address, "sip_received_port", "5060", "sip_via_protocol", "udp", "sip_from_user_stripped", o.From,
		"sip_from_tag", tag, "sofia_profile_name", o.Profile, "sofia_profile_url", "sip:mod_sofia@127.0.0.1:5060",
		"recovery_profile_name", o.Profile, "sip_full_via", "SIP/2.0/UDP "+o.Address+":5060;rport=5060;branch=z9hG4bK"+tag,
		"sip_full_from", "<sip:"+from+">;tag="+tag, "sip_full_to", "<sip:"+to+">",
		"sip_allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, INFO, UPDATE, REGISTER, REFER, NOTIFY",
		"sip_req_user", o.To, "sip_req_uri", to, "sip_req_host", o.Address, "sip_to_user", o.To, "sip_to_uri", to,
		"sip_to_host", o.Address, "sip_contact_user", o.From, "sip_contact_port", "5060", "sip_contact_uri", from,
		"sip_contact_host", o.Address, "sip_user_agent", "fswtest", "sip_via_host", o.Address, "sip_via_port", "5060",
		"sip_via_rport", "5060", "max_forwards", "70")
}
