package esl

// intern returns the constant for a common event name or an encoded common
// subclass, so that reading it neither allocates nor holds on to the event's text.
func intern(s string) (string, bool) {
	v, ok := commonNames[s]
	return v, ok
}

var commonNames = func() map[string]string {
	m := make(map[string]string)
	for _, name := range []string{
		"ADD_SCHEDULE", "ALL", "API", "BACKGROUND_JOB", "CALL_DETAIL", "CALL_SECURE",
		"CALL_SETUP_REQ", "CALL_SETUP_RESULT", "CALL_UPDATE", "CERT_RELOAD", "CHANNEL_ANSWER",
		"CHANNEL_APPLICATION", "CHANNEL_BRIDGE", "CHANNEL_CALLSTATE", "CHANNEL_CREATE",
		"CHANNEL_DATA", "CHANNEL_DESTROY", "CHANNEL_EXECUTE", "CHANNEL_EXECUTE_COMPLETE",
		"CHANNEL_GLOBAL", "CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE", "CHANNEL_HOLD",
		"CHANNEL_ORIGINATE", "CHANNEL_OUTGOING", "CHANNEL_PARK", "CHANNEL_PROGRESS",
		"CHANNEL_PROGRESS_MEDIA", "CHANNEL_STATE", "CHANNEL_UNBRIDGE", "CHANNEL_UNHOLD",
		"CHANNEL_UNPARK", "CHANNEL_UUID", "CLONE", "CODEC", "COMMAND", "CONFERENCE_DATA",
		"CONFERENCE_DATA_QUERY", "CUSTOM", "DEL_SCHEDULE", "DETECTED_SPEECH", "DETECTED_TONE",
		"DEVICE_STATE", "DTMF", "EXE_SCHEDULE", "FAILURE", "GENERAL", "HEARTBEAT",
		"INBOUND_CHAN", "LOG", "MEDIA_BUG_START", "MEDIA_BUG_STOP", "MESSAGE", "MESSAGE_QUERY",
		"MESSAGE_WAITING", "MODULE_LOAD", "MODULE_UNLOAD", "NAT", "NOTALK", "NOTIFY",
		"NOTIFY_IN", "OUTBOUND_CHAN", "PHONE_FEATURE", "PHONE_FEATURE_SUBSCRIBE",
		"PLAYBACK_START", "PLAYBACK_STOP", "PRESENCE_IN", "PRESENCE_OUT", "PRESENCE_PROBE",
		"PRIVATE_COMMAND", "PUBLISH", "QUEUE_LEN", "RECORD_START", "RECORD_STOP",
		"RECV_INFO", "RECV_MESSAGE", "RECV_RTCP_MESSAGE", "RELOADXML", "REQUEST_PARAMS",
		"RE_SCHEDULE", "ROSTER", "SEND_INFO", "SEND_MESSAGE", "SEND_RTCP_MESSAGE",
		"SESSION_CRASH", "SESSION_HEARTBEAT", "SHUTDOWN", "SOCKET_DATA", "STARTUP",
		"SUBCLASS_ANY", "TALK", "TEXT", "TRAP", "UNPUBLISH",
	} {
		m[name] = name
	}
	for _, subclass := range []string{
		"callcenter::info", "conference::cdr", "conference::dtmf", "conference::maintenance",
		"fifo::info", "loopback::bowout", "loopback::direct", "mod_local_stream::info",
		"park::info", "sofia::error", "sofia::expire", "sofia::gateway_add",
		"sofia::gateway_delete", "sofia::gateway_invalid_digest_req", "sofia::gateway_state",
		"sofia::notify_refer", "sofia::notify_watched_header", "sofia::pre_register",
		"sofia::profile_start", "sofia::recovery_recovered", "sofia::recovery_recv",
		"sofia::recovery_send", "sofia::register", "sofia::register_attempt",
		"sofia::register_failure", "sofia::reinvite", "sofia::replaced", "sofia::sip_user_state",
		"sofia::transferee", "sofia::transferor", "sofia::unregister", "sofia::wrong_call_state",
		"spandsp::rxfaxnegociateresult", "spandsp::rxfaxpageresult", "spandsp::rxfaxresult",
		"spandsp::txfaxnegociateresult", "spandsp::txfaxpageresult", "spandsp::txfaxresult",
		"valet_parking::info", "verto::client_connect", "verto::client_disconnect",
		"verto::login", "vm::maintenance",
	} {
		m[subclass] = subclass
		m[Encode(subclass)] = subclass
	}
	return m
}()
