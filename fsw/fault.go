package fsw

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Fault reports that a message could only be applied after stopping a rule,
// observer or callback that failed at it, or that an effect failed afterwards and
// was stopped.
type Fault struct {
	// Of is what has failed, if it is no rule or observer, which Err names: "callback of api
	// status", "kind agent", "Handle".
	Of      string
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
	if at := f.at(); at != "" {
		text += " at " + at
	}
	if f.Of != "" {
		text += ": " + f.Of
	}
	return fmt.Sprintf("%s: %v", text, f.Err)
}

// at says which message it was.
func (f *Fault) at() string {
	if ev, err := f.Message.Event(); err == nil {
		return strings.TrimSuffix(string(ev.Name())+" "+ev.Subclass(), " ")
	}
	return f.Message.ContentType
}

// Unwrap returns what went wrong.
func (f *Fault) Unwrap() error { return f.Err }

// contain runs apply as a transaction and again, without whoever failed, until
// it succeeds. It is false if the model itself failed.
func (sw *Switch) contain(m esl.Message, apply func(cell.Tx) error) bool {
	return newContainment(sw, apply).run(m)
}

// containment finds out who is to blame if a transaction fails.
type containment struct {
	sw     *Switch
	apply  func(cell.Tx) error
	blamed *blamed
	try    func(cell.Tx) error // attempt and undone, made once
	undo   func()
}

func newContainment(sw *Switch, apply func(cell.Tx) error) *containment {
	c := &containment{sw: sw, apply: apply}
	c.try, c.undo = c.attempt, c.undone
	return c
}

func (c *containment) attempt(tx cell.Tx) error {
	c.sw.neighbours.blamed = nil // who has failed in somebody else's transaction has told them
	tx.OnUndo(c.undo)
	return c.apply(tx)
}

// undone is called under the lock, when the transaction has failed.
func (c *containment) undone() { c.blamed, c.sw.neighbours.blamed = c.sw.neighbours.blamed, nil }

func (c *containment) run(m esl.Message) bool {
	for {
		c.blamed = nil
		err := c.sw.graph.Attempt(c.try)
		if err == nil {
			return true
		}
		of := ""
		if c.blamed != nil {
			of = c.blamed.what()
		}
		whose, stopped := c.stopCulprit(err)
		whose.report(&Fault{Of: of, Err: err, Message: m, Stopped: stopped})
		if errors.As(err, new(*cell.EffectError)) {
			return true // the transaction has committed, an effect of it failed
		}
		if !stopped {
			whose.stale(err)
			if whose != c.sw {
				c.sw.stale(err) // a message of it could not be applied
			}
			return false
		}
	}
}

// stopCulprit ends what made a transaction fail, and returns whose it was: who owns it, or
// else whose transaction it was. It has not stopped it if that was a model itself.
func (c *containment) stopCulprit(err error) (whose *Switch, stopped bool) {
	if b := c.blamed; b != nil {
		b.drop()
		return b.by, true
	}
	whose, stopped = c.sw.neighbours.stopRule(err)
	if whose == nil {
		whose = c.sw
	}
	return whose, stopped
}

// stopRule stops the rule whose failure err tells of, and returns who owns it, or nil.
func (n *neighbours) stopRule(err error) (whose *Switch, stopped bool) {
	rule, ok := cell.Culprit(err)
	if !ok {
		return nil, false
	}
	whose, own := n.owner(rule)
	if !own {
		rule.Stop()
	}
	return whose, !own
}

// effectFailed is called by the goroutine that runs the effects of the graph.
func (sw *Switch) effectFailed(err *cell.EffectError) { sw.failedAlone(err) }

// failedAlone takes an error that belongs to no message: of an effect, or of a rule
// when a moment had come. All switches of the graph are told of it. The one that owns
// what has failed reports it, or else each of them.
func (sw *Switch) failedAlone(err error) {
	n := sw.neighbours
	first := n.isFirst(err)
	whose, stopped := n.stopRule(err)
	switch {
	case whose == nil:
		whose = sw
	case !first:
		return
	}
	whose.report(&Fault{Err: err, Stopped: stopped})
}

// report tells about a fault. Observers of faults can be faulty, too.
func (sw *Switch) report(f *Fault) {
	for {
		err := sw.graph.Attempt(func(tx cell.Tx) error { sw.Faults.Append(tx, f); return nil })
		if err == nil {
			return
		}
		if _, stopped := sw.neighbours.stopRule(err); !stopped || errors.As(err, new(*cell.EffectError)) {
			return
		}
	}
}

// stale gives up on a model that failed: a new connection, if there will be one,
// compares it with the server.
func (sw *Switch) stale(err error) {
	var c *conn
	sw.graph.View(func(cell.Reader) { c = sw.conn }) // it may be that of a neighbour, whose keeper goes on
	if c != nil {
		c.fail(&ConnectionError{Addr: c.addr, Doing: "applying a message", Err: err})
	}
}

func (c *callbackOf) drop() { c.dropped.Store(true) }

func (c *callbackOf) what() string { return fmt.Sprintf("callback of %.100s", esl.Redact(c.of)) }

// callbackOf is a callback of a command or job that may turn out to be faulty.
type callbackOf struct {
	of      string // the command, without passwords
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
