package fsw

import (
	"context"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A session learns of the end of its call by CHANNEL_HANGUP, by the notice that the
// connection lingers, and by CHANNEL_HANGUP_COMPLETE, which is the last event of its
// channel: FreeSWITCH does not destroy a channel before its session is gone. Without
// lingering even these may be missing: then the connection just ends.

// HungUp says whether the call has been hung up. That is known some time before its
// channel ends; long before, if it is busy with an application that does not notice.
func (s *Session) HungUp(r cell.Reader) bool {
	return s.lingers.Get(r) || s.Channel.AnswerState.Get(r) == esl.AnswerHangup
}

// noticed takes a disconnect notice. That of a lingering connection is the end of the
// call, and not of the connection.
func (s *Session) noticed(tx cell.Tx, m esl.Message) {
	if d, _ := m.Get("Content-Disposition"); d == "linger" && s.Channel != nil {
		s.lingers.Set(tx, true)
	}
}

// followEnd is the rule that ends the context of the session's function with the call.
func (s *Session) followEnd(tx cell.Tx) {
	ch := s.Channel
	if cause := ch.Closed.Get(tx.Reader); cause != "" && cause != CauseSwitch {
		end := &HangupError{UUID: ch.UUID.Peek(tx.Reader), Doing: "session", Cause: esl.HangupCause(cause)}
		tx.AtCommit(func() { s.callOver(end) })
	}
}

// parting is why a channel ends with its switch: of a session whose call was hung up, for that.
func (sw *Switch) parting(tx cell.Tx, ch *Channel) string {
	if s := sw.given; s == nil || s.Channel != ch || !s.HungUp(tx.Reader) {
		return CauseSwitch
	}
	cause := string(ch.HangupCause.Peek(tx.Reader))
	if cause == "" {
		cause, _ = ch.Variables.Peek(tx.Reader).Get("hangup_cause")
	}
	if cause == "" {
		return CauseDestroyed
	}
	return internOrClone(cause)
}

// awaitEnd waits, if the call has been hung up, for the last that is to be known of it.
func (s *Session) awaitEnd() {
	ctx, cancel := context.WithTimeout(s.o.base, max(s.o.Linger, 0)+s.opts.Timeout)
	defer cancel()
	_ = s.Wait(ctx, func(r cell.Reader) bool { return !s.HungUp(r) || s.Channel.Closed.Get(r) != "" })
}
