package esl

// intern returns the constant for a common event name or an encoded common
// subclass, so that reading it neither allocates nor holds on to the event's text.
func intern(s string) (string, bool) {
	v, ok := commonNames[s]
	return v, ok
}

var commonNames = func() map[string]string {
	m := make(map[string]string)
	for _, name := range eventNames {
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
