package fswtest

import "strings"

// eventNames are all events of FreeSWITCH, in its order. ALL is last.
var eventNames = strings.Fields(`CUSTOM CLONE CHANNEL_CREATE CHANNEL_DESTROY CHANNEL_STATE CHANNEL_CALLSTATE
	CHANNEL_ANSWER CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HOLD
	CHANNEL_UNHOLD CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_OUTGOING
	CHANNEL_PARK CHANNEL_UNPARK CHANNEL_APPLICATION CHANNEL_ORIGINATE CHANNEL_UUID API LOG INBOUND_CHAN
	OUTBOUND_CHAN STARTUP SHUTDOWN PUBLISH UNPUBLISH TALK NOTALK SESSION_CRASH MODULE_LOAD MODULE_UNLOAD DTMF
	MESSAGE PRESENCE_IN NOTIFY_IN PRESENCE_OUT PRESENCE_PROBE MESSAGE_WAITING MESSAGE_QUERY ROSTER CODEC
	BACKGROUND_JOB DETECTED_SPEECH DETECTED_TONE PRIVATE_COMMAND HEARTBEAT TRAP ADD_SCHEDULE DEL_SCHEDULE
	EXE_SCHEDULE RE_SCHEDULE RELOADXML NOTIFY PHONE_FEATURE PHONE_FEATURE_SUBSCRIBE SEND_MESSAGE RECV_MESSAGE
	REQUEST_PARAMS CHANNEL_DATA GENERAL COMMAND SESSION_HEARTBEAT CLIENT_DISCONNECTED SERVER_DISCONNECTED
	SEND_INFO RECV_INFO RECV_RTCP_MESSAGE SEND_RTCP_MESSAGE CALL_SECURE NAT RECORD_START RECORD_STOP
	PLAYBACK_START PLAYBACK_STOP CALL_UPDATE FAILURE SOCKET_DATA MEDIA_BUG_START MEDIA_BUG_STOP
	CONFERENCE_DATA_QUERY CONFERENCE_DATA CALL_SETUP_REQ CALL_SETUP_RESULT CALL_DETAIL DEVICE_STATE TEXT
	SHUTDOWN_REQUESTED CERT_RELOAD ALL`)

var (
	eventKinds = map[string]int{} // name to index
	kindCustom = 0
	kindAll    = len(eventNames) - 1
)

func init() {
	for i, name := range eventNames {
		eventKinds[name] = i
	}
}

// kindOf finds an event by the name in a command: in any case, and behind any
// 13 characters, which the real server takes for SWITCH_EVENT_.
func kindOf(word string) (int, bool) {
	if k, ok := eventKinds[strings.ToUpper(word)]; ok {
		return k, true
	}
	if len(word) > len("SWITCH_EVENT_") {
		k, ok := eventKinds[strings.ToUpper(word[len("SWITCH_EVENT_"):])]
		return k, ok
	}
	return 0, false
}

// knownSubclasses are those the usual modules reserve when they are loaded.
var knownSubclasses = []string{
	"sofia::register", "sofia::unregister", "sofia::expire", "sofia::register_attempt", "sofia::register_failure",
	"sofia::gateway_state", "sofia::sip_user_state", "sofia::reinvite", "sofia::transferor", "sofia::transferee",
	"sofia::replaced", "sofia::error", "conference::maintenance", "callcenter::info", "valet_parking::info",
	"fifo::info", "vm::maintenance", "menu::enter", "menu::exit",
}

// source is where in FreeSWITCH an event is made, for the Event-Calling headers.
type source struct {
	file, function string
	line           string
}

var (
	sources = map[string]source{
		"API":                      {"switch_loadable_module.c", "switch_api_execute", "3140"},
		"BACKGROUND_JOB":           {"mod_event_socket.c", "api_exec", "1580"},
		"CALL_UPDATE":              {"switch_channel.c", "switch_channel_flip_cid", "3279"},
		"CHANNEL_ANSWER":           {"switch_channel.c", "switch_channel_perform_mark_answered", "3848"},
		"CHANNEL_BRIDGE":           {"switch_ivr_bridge.c", "switch_ivr_multi_threaded_bridge", "1689"},
		"CHANNEL_CALLSTATE":        {"switch_channel.c", "switch_channel_perform_set_callstate", "302"},
		"CHANNEL_CREATE":           {"switch_core_state_machine.c", "switch_core_session_run", "626"},
		"CHANNEL_DATA":             {"mod_commands.c", "uuid_dump_function", "6495"},
		"CHANNEL_DESTROY":          {"switch_core_session.c", "switch_core_session_perform_destroy", "1588"},
		"CHANNEL_EXECUTE":          {"switch_core_session.c", "switch_core_session_exec", "2949"},
		"CHANNEL_EXECUTE_COMPLETE": {"switch_core_session.c", "switch_core_session_exec", "2972"},
		"CHANNEL_HANGUP":           {"switch_channel.c", "switch_channel_perform_hangup", "3447"},
		"CHANNEL_HANGUP_COMPLETE":  {"switch_core_state_machine.c", "switch_core_session_reporting_state", "943"},
		"CHANNEL_HOLD":             {"switch_ivr.c", "switch_ivr_hold", "1558"},
		"CHANNEL_ORIGINATE":        {"switch_core_state_machine.c", "switch_core_session_run", "632"},
		"CHANNEL_OUTGOING":         {"switch_core_session.c", "switch_core_session_outgoing_channel", "768"},
		"CHANNEL_PARK":             {"switch_ivr.c", "switch_ivr_park", "1002"},
		"CHANNEL_PROGRESS":         {"switch_channel.c", "switch_channel_perform_mark_ring_ready_value", "3507"},
		"CHANNEL_PROGRESS_MEDIA":   {"switch_channel.c", "switch_channel_perform_mark_pre_answered", "3562"},
		"CHANNEL_STATE":            {"switch_channel.c", "switch_channel_perform_set_running_state", "2409"},
		"CHANNEL_UNBRIDGE":         {"switch_ivr_bridge.c", "switch_ivr_multi_threaded_bridge", "1879"},
		"CHANNEL_UNHOLD":           {"switch_ivr.c", "switch_ivr_unhold", "1638"},
		"CHANNEL_UNPARK":           {"switch_ivr.c", "switch_ivr_park", "1213"},
		"CHANNEL_UUID":             {"switch_core_session.c", "switch_core_session_set_uuid", "2056"},
		"DTMF":                     {"switch_channel.c", "switch_channel_dequeue_dtmf", "678"},
		"HEARTBEAT":                {"switch_core.c", "send_heartbeat", "95"},
		"PLAYBACK_START":           {"switch_ivr_play_say.c", "switch_ivr_play_file", "1649"},
		"PLAYBACK_STOP":            {"switch_ivr_play_say.c", "switch_ivr_play_file", "2023"},
		"PRIVATE_COMMAND":          {"switch_ivr.c", "switch_ivr_parse_next_event", "804"},
		"RELOADXML":                {"switch_xml.c", "switch_xml_open_root", "2426"},
		"RE_SCHEDULE":              {"switch_scheduler.c", "switch_scheduler_execute", "73"},
		"SHUTDOWN":                 {"switch_core.c", "switch_core_destroy", "3118"},
	}
	sourceReadCodec     = source{"switch_core_codec.c", "switch_core_session_set_read_codec", "300"}
	sourceRealReadCodec = source{"switch_core_codec.c", "switch_core_session_set_real_read_codec", "189"}
	sourceWriteCodec    = source{"switch_core_codec.c", "switch_core_session_set_write_codec", "471"}
	sourceSoftBridgeA   = source{"switch_ivr_bridge.c", "uuid_bridge_on_soft_execute", "1236"}
	sourceSoftBridgeB   = source{"switch_ivr_bridge.c", "uuid_bridge_on_soft_execute", "1243"}
	sourceMarkHold      = source{"switch_channel.c", "switch_channel_mark_hold", "876"}
	sourceBroadcast     = source{"switch_ivr_async.c", "switch_ivr_broadcast", "5732"}
	sourceConnect       = source{"mod_event_socket.c", "parse_command", "2029"}
	sourceSendevent     = source{"mod_event_socket.c", "parse_command", "2280"}
	sourceSimulator     = source{"fswtest", "Fire", "1"}
)
