package fsw

import (
	"context"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Executed is what an application has left.
type Executed struct {
	Response string     // its Application-Response, such as "FILE PLAYED" or "_none_"
	Event    *esl.Event // its CHANNEL_EXECUTE_COMPLETE
}

// Run runs an application on the channel and waits until it has ended, be it because the
// channel was hung up meanwhile. The error is a *HangupError if the channel was hung up
// before the application began; otherwise as with SendRun, or a *WaitError that
// wraps ctx's cause: the application then goes on. Run panics where API does.
func (ch *Channel) Run(ctx context.Context, app esl.App, options ...ExecuteOption) (Executed, error) {
	var x *execution
	r, err := ch.sw.await(ctx, func(tx cell.Tx, callback Callback) (err error) {
		x, err = ch.run(tx, app, callback, options)
		return err
	})
	if err != nil && x != nil {
		// Nobody waits any more.
		_ = ch.sw.graph.Update(func(tx cell.Tx) error { x.end(tx, Reply{}); return nil })
	}
	if x != nil {
		err = ch.waited(err, x.name)
	}
	return Executed{r.Text, r.Event}, err
}

// Execute is Run for an application written out. data may have line ends.
func (ch *Channel) Execute(ctx context.Context, app, data string, options ...ExecuteOption) (Executed, error) {
	return ch.Run(ctx, esl.RawApp(app, data), options...)
}

// Hangup hangs the channel up with a cause, "" being NORMAL_CLEARING, and waits until it
// has ended: Closed then says why. The error is a *esl.ReplyError if the server does not
// know the channel, and no event tells within a second that it was hung up; or as with API.
func (ch *Channel) Hangup(ctx context.Context, cause esl.HangupCause) error {
	ended := func(r cell.Reader) bool { return ch.Closed.Get(r) != "" }
	if cell.Read(ch.sw.graph, cell.Compute(ended)) {
		return nil
	}
	reply, err := ch.sw.ask(ctx, func(tx cell.Tx, callback Callback) error {
		return ch.SendHangup(tx, cause, callback)
	})
	if err != nil {
		return err
	}
	if refused := refusal("hangup "+ch.key, reply); refused != nil && !ch.endsSoon(ctx) {
		return refused
	}
	err = ch.sw.Wait(ctx, ended)
	if closed := cell.Read(ch.sw.graph, &ch.Closed); err != nil && closed != "" && closed != CauseSwitch {
		return nil // ctx is that of a Session, which has ended with the channel
	}
	if err != nil && ctx.Err() != nil {
		return &WaitError{For: "the end of channel " + ch.key, Err: context.Cause(ctx)}
	}
	return err
}

// endsSoon waits a moment for the news that the channel was hung up. The server does not
// know a channel any more from that moment on, and answers commands at once, while its
// events take their time.
func (ch *Channel) endsSoon(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, newsTakes)
	defer cancel()
	return nil == ch.sw.Wait(ctx, func(r cell.Reader) bool { return ch.HangupCause.Get(r) != "" || ch.Closed.Get(r) != "" })
}

// newsTakes is more than an event is late.
const newsTakes = time.Second
