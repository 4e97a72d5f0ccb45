package cell

import (
	"log/slog"
	"time"
)

// realClock moves a clock by a timer, armed for the earliest deadline. There is no
// timer, and so no goroutine, while nobody waits.
type realClock struct {
	clock *clock
	start time.Time // with a monotonic reading
	began Moment    // now at the start
	timer *time.Timer
	armed Moment // what the timer is set for; NotYet if it is not
	alone int    // how many deadlines are to be fired alone
}

func (c *realClock) read() Moment { return c.began.Add(time.Since(c.start)) }

// arm sets the timer.
func (c *realClock) arm(due Moment) {
	if due == c.armed {
		return
	}
	c.armed = due
	if due == NotYet {
		c.timer.Stop()
		return
	}
	d := due.Sub(c.read())
	if c.timer == nil {
		c.timer = time.AfterFunc(d, c.wake)
	} else {
		c.timer.Reset(d)
	}
}

// wake is what the timer calls, on a goroutine of its own.
func (c *realClock) wake() {
	f := &firing{}
	err := ErrGoexit
	defer func() { c.report(f, err) }()
	Consume(func() { // time does not wait until a Sink has room
		err = c.clock.graph.Attempt(func(Tx) error { c.fire(f); return nil })
	})
}

// fire tells the listeners of all that is due, all in one pass.
func (c *realClock) fire(f *firing) {
	c.timer.Stop() // it may have been set again meanwhile
	c.armed = NotYet
	now, due := c.read(), c.clock.waiting.due()
	most := len(c.clock.waiting.heap)
	switch {
	case now.Before(due):
		c.alone = 0
		return
	case c.alone > 0:
		c.alone--
		now, most = due, 1
	}
	if now.Before(c.clock.now) {
		now = c.clock.now
	}
	c.clock.pass(f, now, most)
}

// A rule that fails is tried again when it has been late for twice as long, but
// not before the one and not after the other.
const (
	minPause = time.Second
	maxPause = time.Minute
)

// failed is called, under the lock, when a firing was undone. Those whose rules do
// not fail are to be told all the same, so all that is due is fired again, one
// deadline in a transaction. One that fails alone is put off.
func (c *realClock) failed(f *firing) {
	if len(f.due) > 1 {
		c.alone = len(f.due)
		return
	}
	now := c.read()
	f.retry = now.Add(min(max(now.Sub(f.at), minPause), maxPause))
	c.clock.waiting.putOff(f.due[0], f.retry)
}

// report tells the graph's error handler of what has failed for good.
func (c *realClock) report(f *firing, err error) {
	switch {
	case err == nil:
	case f.undone && f.retry == NotYet: // it is fired again, one by one
	case c.clock.graph.failed != nil:
		c.clock.graph.failed(&ClockError{At: f.at, Retry: f.retry, Err: err})
	default:
		slog.Error("cell: a rule failed when its time had come", "error", err, "moment", f.at, "retry", f.retry)
	}
}
