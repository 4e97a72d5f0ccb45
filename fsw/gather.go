package fsw

import (
	"context"
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Gather says which digits to wait for, for GatherDTMF.
type Gather struct {
	Max         int           // how many are enough; 0 for any number, but for 1024
	Terminators string        // digits that end it and are not counted, such as "#"
	First       time.Duration // how long to wait for the first; 0 is without end
	Between     time.Duration // how long to wait for each further one; 0 is without end
}

// Gathered is what was pressed.
type Gathered struct {
	Digits     string // without the terminator
	Terminator string // the digit that ended it, "" if it was another end
	TimedOut   bool   // nothing more was pressed in time
}

// GatherDTMF waits for digits that are pressed from now on, until there are enough, or a
// terminator, or time is up, which is no error. The error is a *HangupError if the channel was
// hung up, a *WaitError that wraps ctx's cause, or why the connection was lost: Gathered then is
// what came before. It
// needs DTMF events, to which the switch subscribes meanwhile. GatherDTMF panics where API does.
func (ch *Channel) GatherDTMF(ctx context.Context, g Gather) (Gathered, error) {
	var x *gathering
	var got Gathered
	_, err := ch.sw.await(ctx, func(tx cell.Tx, callback Callback) (err error) {
		x, err = ch.gather(tx, g, func(tx cell.Tx, result Gathered, err error) {
			tx.AtCommit(func() { got = result })
			callback(tx, Reply{Err: err})
		})
		return err
	})
	if err != nil && x != nil && ctx.Err() != nil {
		_ = ch.sw.graph.Update(func(tx cell.Tx) error {
			got = x.so.Peek(tx.Reader)
			x.end(tx, nil)
			return nil
		})
	}
	return got, ch.waited(err, "digits")
}

// StartGather is GatherDTMF for rules: done is called once, when it has ended. Time is that of the
// graph.
func (ch *Channel) StartGather(tx cell.Tx, g Gather, done func(tx cell.Tx, got Gathered, err error)) error {
	_, err := ch.gather(tx, g, done)
	return err
}

// gathering is digits being waited for.
type gathering struct {
	callbackOf
	Gather
	ch     *Channel
	online bool
	so     cell.Value[Gathered] // what has come so far
	last   cell.Value[cell.Moment]
	follow *cell.Maintained[struct{}]
	over   bool
}

// mostDigits bounds what somebody may press who never ends.
const mostDigits = 1024

var dtmfEvents = []word{{name: esl.EventDTMF}}

func (ch *Channel) gather(tx cell.Tx, g Gather, done func(cell.Tx, Gathered, error)) (*gathering, error) {
	if err := ch.hungUp(tx.Reader, "gather"); err != nil {
		return nil, err
	}
	if g.Max <= 0 || g.Max > mostDigits {
		g.Max = mostDigits
	}
	x := &gathering{Gather: g, ch: ch, online: ch.sw.LoggedIn.Peek(tx.Reader)}
	x.call = func(tx cell.Tx, r Reply) { done(tx, x.so.Peek(tx.Reader), r.Err) }
	x.last.Set(tx, tx.Now())
	tx.OnUndo(func() { x.over = true }) // then nothing of it is left to end
	ch.sw.need(tx, dtmfEvents, 1)
	x.follow = cell.Rule(ch.Scope(tx).In(tx), x.watch).Named("fsw: gather")
	return x, nil
}

// watch is the rule that waits for the digits.
func (x *gathering) watch(tx cell.Tx) {
	for ev := range x.ch.Events.All(tx.Reader) {
		switch ev.Name() {
		case esl.EventDTMF:
			if x.pressed(tx, ev.Value("DTMF-Digit")) {
				x.end(tx, nil)
				return
			}
		case esl.EventChannelHangupComplete:
			x.end(tx, x.ch.hungUp(tx.Reader, "gather"))
			return
		}
	}
	switch {
	case x.ch.Closed.Get(tx.Reader) != "":
		x.end(tx, x.ch.hungUp(tx.Reader, "gather"))
	case x.online && !x.ch.sw.LoggedIn.Get(tx.Reader):
		x.end(tx, x.ch.sw.offline(tx.Reader))
	default:
		x.wait(tx)
	}
}

// wait ends it if nothing more was pressed in time.
func (x *gathering) wait(tx cell.Tx) {
	so := x.so.Peek(tx.Reader)
	limit := x.Between
	if so.Digits == "" {
		limit = x.First
	}
	if limit > 0 && tx.Reached(x.last.Peek(tx.Reader).Add(limit)) {
		so.TimedOut = true
		x.so.Set(tx, so)
		x.end(tx, nil)
	}
}

// pressed takes a digit, and says whether it was the last.
func (x *gathering) pressed(tx cell.Tx, digit string) bool {
	if digit == "" {
		return false
	}
	so := x.so.Peek(tx.Reader)
	ends := strings.Contains(x.Terminators, digit)
	if ends {
		so.Terminator = digit
	} else {
		so.Digits += strings.Clone(digit)
	}
	x.so.Set(tx, so)
	x.last.Set(tx, tx.Now())
	return ends || len(so.Digits) >= x.Max
}

func (x *gathering) end(tx cell.Tx, err error) {
	if x.over {
		return
	}
	x.over = true
	tx.OnUndo(func() { x.over = false })
	x.follow.StopIn(tx)
	x.ch.sw.need(tx, dtmfEvents, -1)
	x.ch.sw.queue(tx, &x.callbackOf, Reply{Err: err})
}
