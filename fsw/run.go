package fsw

import (
	"slices"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// ExecuteOption changes how a dialplan application is run.
type ExecuteOption func(*execution)

// EventLock makes applications run one after the other: the next one that is sent with it
// begins when this one has ended. Without it, it interrupts this one, which goes on
// afterwards.
func EventLock() ExecuteOption { return ExecuteHeader("event-lock", "true") }

// Loops repeats the application, a negative number without end. The server stops
// repeating one that takes less than half a second.
func Loops(n int) ExecuteOption { return func(x *execution) { x.loops = n } }

// HoldOther plays music to the other leg meanwhile.
func HoldOther() ExecuteOption { return ExecuteHeader("hold-bleg", "true") }

// ExecuteHeader adds a header to the message, such as "event-uuid-name" or
// "lead-frames". Event-UUID is not for users of Run and Execute, which choose it.
func ExecuteHeader(name, value string) ExecuteOption {
	return func(x *execution) { x.headers = append(x.headers, esl.Header{Name: name, Value: value}) }
}

// execution is an application that the server has been asked to run, known by its
// Event-UUID.
type execution struct {
	callbackOf
	ch       *Channel
	name, id string
	loops    int
	headers  []esl.Header
	complete cell.Value[*esl.Event] // the last CHANNEL_EXECUTE_COMPLETE
	online   bool                   // there was a connection when it was sent
	follow   *cell.Maintained[struct{}]
	over     bool
}

// SendRun runs an application on the channel. callback, which may be nil, is called
// when it has ended, once: Text is the Application-Response, such as "FILE PLAYED",
// and Event the CHANNEL_EXECUTE_COMPLETE. Or Err says why it will not end: a
// *HangupError if the channel was hung up, ErrNotExecuted, a *esl.ReplyError if the
// server refused, or why there is no connection any more. The error that SendRun
// itself returns, and then callback is not called, is as with Switch.SendCommand, or
// a *HangupError.
//
// The events CHANNEL_EXECUTE_COMPLETE and PRIVATE_COMMAND are needed: a connected
// switch has subscribed to them. A Session that is not Full has only the first, so that it
// refuses Loops with a *ControlError.
func (ch *Channel) SendRun(tx cell.Tx, app esl.App, callback Callback, options ...ExecuteOption) error {
	_, err := ch.run(tx, app, callback, options)
	return err
}

func (ch *Channel) run(tx cell.Tx, app esl.App, callback Callback, options []ExecuteOption) (*execution, error) {
	name, _, err := app.Encode()
	if err != nil {
		return nil, err
	}
	if err := ch.hungUp(tx.Reader, name); err != nil {
		return nil, err
	}
	x := &execution{callbackOf: callbackOf{of: "execute " + name, call: callback}, ch: ch, name: name, id: newUUID()}
	for _, o := range options {
		o(x)
	}
	if ch.sw.limited() && (x.loops < 0 || x.loops > 1) {
		return nil, &ControlError{"loops"} // PRIVATE_COMMAND, which tells the end of several, does not come
	}
	headers := append(slices.Clip(x.headers), esl.Header{Name: "Event-UUID", Value: x.id})
	x.online = ch.sw.LoggedIn.Peek(tx.Reader)
	c := app.Execute(ch.address(tx.Reader), x.loops, headers...)
	if err := ch.sw.send(tx, c, x.replied); err != nil {
		return nil, err
	}
	tx.OnUndo(func() { x.over = true }) // then nothing of it is left to end
	ch.sw.awaited.add(tx, x.id)
	x.follow = cell.Rule(ch.Scope(tx).In(tx), x.watch).Named("fsw: " + name)
	return x, nil
}

// replied takes the answer to the message: "+OK" only says that it is queued.
func (x *execution) replied(tx cell.Tx, r Reply) {
	if err := refusal("execute "+x.name, r.Text); r.Err == nil && err != nil {
		r.Err = err
	}
	if r.Err == nil {
		return
	}
	if hungUp := x.ch.hungUp(tx.Reader, x.name); hungUp != nil {
		r.Err = hungUp // so the server does not know it any more
	}
	x.end(tx, Reply{Err: r.Err, Message: r.Message})
}

// watch is the rule that waits for the end. When the server is done with a message it
// fires a PRIVATE_COMMAND with its headers: that comes after the last of several loops,
// and also if the application could not be run at all.
func (x *execution) watch(tx cell.Tx) {
	for ev := range x.ch.Events.All(tx.Reader) {
		switch ev.Name() {
		case esl.EventChannelExecuteComplete:
			if ev.Value("Application-UUID") == x.id {
				x.complete.Set(tx, ev)
				if x.loops >= 0 && x.loops <= 1 {
					x.succeed(tx, ev)
				}
			}
		case esl.EventPrivateCommand:
			if slices.Contains(ev.Values("Event-UUID"), x.id) {
				if last := x.complete.Peek(tx.Reader); last != nil {
					x.succeed(tx, last)
				} else {
					x.end(tx, Reply{Err: x.notExecuted(tx.Reader)})
				}
			}
		case esl.EventChannelHangupComplete:
			x.end(tx, Reply{Err: x.ch.hungUp(tx.Reader, x.name)})
		}
	}
	switch {
	case x.ch.Closed.Get(tx.Reader) != "":
		x.end(tx, Reply{Err: x.ch.hungUp(tx.Reader, x.name)})
	case x.online && !x.ch.sw.LoggedIn.Get(tx.Reader):
		x.end(tx, Reply{Err: x.ch.sw.offline(tx.Reader)})
	}
}

func (x *execution) succeed(tx cell.Tx, ev *esl.Event) {
	x.end(tx, Reply{Text: ev.Value("Application-Response"), Event: ev})
}

// notExecuted is why there was no CHANNEL_EXECUTE: of an unknown application the server
// hangs up.
func (x *execution) notExecuted(r cell.Reader) error {
	if err := x.ch.hungUp(r, x.name); err != nil {
		return err
	}
	return ErrNotExecuted
}

// end tells what has become of it, once.
func (x *execution) end(tx cell.Tx, r Reply) {
	if x.over {
		return
	}
	x.over = true
	tx.OnUndo(func() { x.over = false })
	x.stop(tx)
	x.ch.sw.awaited.remove(tx, x.id)
	x.ch.sw.queue(tx, &x.callbackOf, r)
}

func (x *execution) stop(tx cell.Tx) {
	if x.follow != nil {
		x.follow.StopIn(tx)
	}
}

// hungUp is nil as long as the channel has not been hung up, and then a *HangupError, or
// why the switch was closed.
func (ch *Channel) hungUp(r cell.Reader, doing string) error {
	closed := ch.Closed.Peek(r)
	if err := ch.sw.Closed.Peek(r); err != nil && closed == CauseSwitch {
		return err
	}
	cause := ch.HangupCause.Peek(r)
	if cause == "" {
		cause = esl.HangupCause(closed)
	}
	if cause == "" {
		return nil
	}
	return &HangupError{UUID: ch.UUID.Peek(r), Doing: doing, Cause: cause}
}

// offline is why nothing that was asked of the server will be answered.
func (sw *Switch) offline(r cell.Reader) error {
	if err := sw.Closed.Peek(r); err != nil {
		return err
	}
	return sw.Link.LastError.Peek(r)
}
