package esl

import "slices"

// A CallState is what a channel's user would call the state of the call, such as
// RINGING: the Channel-Call-State header. Unknown ones are kept as the server sent them.
type CallState string

// The states of a call.
const (
	CallDown     CallState = "DOWN" // no call yet
	CallDialing  CallState = "DIALING"
	CallRinging  CallState = "RINGING"
	CallEarly    CallState = "EARLY" // audio before the answer
	CallActive   CallState = "ACTIVE"
	CallHeld     CallState = "HELD"
	CallRingWait CallState = "RING_WAIT"
	CallHangup   CallState = "HANGUP"
	CallUnheld   CallState = "UNHELD" // for a moment, before it is ACTIVE again
)

var callStates = []CallState{CallDown, CallDialing, CallRinging, CallEarly, CallActive, CallHeld,
	CallRingWait, CallHangup, CallUnheld}

// Known reports whether FreeSWITCH has this state.
func (s CallState) Known() bool { return slices.Contains(callStates, s) }
