package esl

import "slices"

// A ChannelState is the state a channel's own state machine is in, such as CS_EXECUTE:
// the Channel-State header. Unknown ones are kept as the server sent them.
type ChannelState string

// The states of a channel, in the order of its life. Between CSInit and CSHangup a channel
// goes back and forth.
const (
	CSNew           ChannelState = "CS_NEW"
	CSInit          ChannelState = "CS_INIT"
	CSRouting       ChannelState = "CS_ROUTING"        // looking for an extension
	CSSoftExecute   ChannelState = "CS_SOFT_EXECUTE"   // ready for others to control it
	CSExecute       ChannelState = "CS_EXECUTE"        // running its dialplan
	CSExchangeMedia ChannelState = "CS_EXCHANGE_MEDIA" // bridged to another channel
	CSPark          ChannelState = "CS_PARK"
	CSConsumeMedia  ChannelState = "CS_CONSUME_MEDIA" // such as the leg that is being called
	CSHibernate     ChannelState = "CS_HIBERNATE"     // such as the other leg of a bridge
	CSReset         ChannelState = "CS_RESET"
	CSHangup        ChannelState = "CS_HANGUP"
	CSReporting     ChannelState = "CS_REPORTING"
	CSDestroy       ChannelState = "CS_DESTROY"

	// CSNone is no state of a channel: it runs none yet, though it exists.
	CSNone ChannelState = "CS_NONE"
)

var channelStates = []ChannelState{CSNew, CSInit, CSRouting, CSSoftExecute, CSExecute, CSExchangeMedia,
	CSPark, CSConsumeMedia, CSHibernate, CSReset, CSHangup, CSReporting, CSDestroy, CSNone}

// Known reports whether FreeSWITCH has this state.
func (s ChannelState) Known() bool {
	_, ok := s.Number()
	return ok
}

// Number returns FreeSWITCH's own number of the state, from 0 for CS_NEW to 12 for
// CS_DESTROY, with which states are compared, and 13 for CS_NONE. It is what the header
// Channel-State-Number was meant to be: that one may already tell of the next state.
func (s ChannelState) Number() (n int, ok bool) {
	n = slices.Index(channelStates, s)
	return max(n, 0), n >= 0
}

// Ended reports whether a channel in this state has been hung up: CS_HANGUP and what
// follows it.
func (s ChannelState) Ended() bool { return s == CSHangup || s == CSReporting || s == CSDestroy }
