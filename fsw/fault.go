package fsw

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Fault reports that a message could only be applied after stopping a rule,
// observer or callback that failed at it, or that an effect failed afterwards and
// was stopped.
type Fault struct {
	Err     error       // a *cell.RuleError, *cell.PanicError, *cell.EffectError or *cell.ClockError
	Message esl.Message // the message; the zero one if none was applied: an effect of a connected switch has failed, or a rule of time
	Stopped bool        // false if the switch's own model failed: it is stale
}

func (f *Fault) Error() string {
	text := "fsw: stopped after it failed"
	switch {
	case f.Stopped:
	case errors.As(f.Err, new(*cell.EffectError)), errors.As(f.Err, new(*cell.ClockError)):
		text = "fsw: something failed"
	default:
		text = "fsw: the model failed"
	}
	if f.Message.ContentType != "" {
		text += " at " + f.Message.ContentType
	}
	return fmt.Sprintf("%s: %v", text, f.Err)
}

// Unwrap returns what went wrong.
func (f *Fault) Unwrap() error { return f.Err }

// contain runs apply as a transaction and again, without whoever failed, until
// it succeeds. It is false if the model itself failed.
func (sw *Switch) contain(m esl.Message, apply func(cell.Tx) error) bool {
	for {
		sw.blamed.Store(nil) // who has failed in somebody else's transaction has told them
		err := sw.graph.Attempt(apply)
		if err == nil {
			return true
		}
		stopped := sw.stopCulprit(err)
		sw.report(&Fault{Err: err, Message: m, Stopped: stopped})
		if errors.As(err, new(*cell.EffectError)) {
			return true // the transaction has committed, an effect of it failed
		}
		if !stopped {
			sw.stale(err)
			return false
		}
	}
}

// stopCulprit ends what made a transaction fail. It is false if that was the
// model itself.
func (sw *Switch) stopCulprit(err error) bool {
	if b := sw.blamed.Swap(nil); b != nil {
		(*b).drop()
		return true
	}
	return sw.stopRule(err)
}

func (sw *Switch) stopRule(err error) bool {
	c, ok := cell.Culprit(err)
	if !ok || sw.rules[c] {
		return false
	}
	c.Stop()
	return true
}

// effectFailed is called by the goroutine that runs the effects of the graph.
func (sw *Switch) effectFailed(err *cell.EffectError) { sw.failedAlone(err) }

// failedAlone takes an error that belongs to no message: of an effect, or of a rule
// when a moment had come.
func (sw *Switch) failedAlone(err error) {
	sw.report(&Fault{Err: err, Stopped: sw.stopRule(err)})
}

// report tells about a fault. Observers of faults can be faulty, too.
func (sw *Switch) report(f *Fault) {
	for {
		err := sw.graph.Attempt(func(tx cell.Tx) error { sw.Faults.Append(tx, f); return nil })
		if err == nil || !sw.stopRule(err) || errors.As(err, new(*cell.EffectError)) {
			return
		}
	}
}

// stale gives up on a model that failed: a new connection, if there will be one,
// compares it with the server.
func (sw *Switch) stale(err error) {
	if sw.conn != nil {
		sw.conn.fail(&ConnectionError{Addr: sw.conn.addr, Doing: "applying a message", Err: err})
	}
}

// faulty is what the switch itself calls and can do without if it fails.
type faulty interface{ drop() }

// blame is called by all that a panic passes through, the innermost first.
func (sw *Switch) blame(f faulty) { sw.blamed.CompareAndSwap(nil, &f) }

func (c *callbackOf) drop() { c.dropped.Store(true) }

// callbackOf is a callback of a command or job that may turn out to be faulty.
type callbackOf struct {
	call    Callback
	dropped atomic.Bool
}

// queue runs the callback when the rules of this pass are done, so that a rule
// that is retried never calls one twice.
func (sw *Switch) queue(tx cell.Tx, c *callbackOf, r Reply) {
	if c == nil || c.call == nil || c.dropped.Load() {
		return
	}
	tx.OnCommit(func(tx cell.Tx) {
		done := false
		defer func() {
			if !done {
				sw.blame(c)
			}
		}()
		c.call(tx, r)
		done = true
	})
}
