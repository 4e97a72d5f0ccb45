package cell

import (
	"context"
	"errors"
	"runtime/debug"
)

// ErrStopped is returned by Wait, and ends a loop over Changes, if its owner or its
// observer was stopped.
var ErrStopped = errors.New("cell: the wait was stopped")

// Wait blocks until cond is true of a committed state, and returns nil; or until
// ctx ends, and returns its cause; or until o is stopped, and returns ErrStopped.
// cond is evaluated like an observer, whenever something that it, or a Computed
// that it read, has read has changed. If cond fails, Wait returns the error, a
// *RuleError or *PanicError; the transaction in which that happened is not
// affected. Wait is told at the commit, and does not stand behind effects. If cond
// has been true and ctx has ended, cond counts.
//
// A deadline of ctx is one by the machine's clock; with Reader.Reached cond can ask
// the graph's. It panics if called inside a transaction or by an effect, see
// MustNotBlock.
func Wait(ctx context.Context, o Owner, cond func(Reader) bool) error {
	need(cond != nil, "Wait wants a condition, not nil")
	w := &waiter{cond: cond, result: make(chan error, 1)}
	w.self, w.flags = w, isObserver|isWaiter|isTold
	if err := w.begin(ctx, "Wait", o); err != nil {
		return err
	}
	defer w.Stop()
	select {
	case err := <-w.result:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-w.result:
		return err
	default:
		return context.Cause(ctx)
	}
}

// begin creates the observer of a function that blocks until it has seen something.
func (l *living) begin(ctx context.Context, name string, o Owner) error {
	MustNotBlock(name)
	need(o != nil, name+" wants an Owner, not nil")
	g, s, _ := o.owns()
	return g.UpdateContext(ctx, func(Tx) error {
		if s.stopped {
			return ErrStopped
		}
		l.birth(g, s)
		return nil
	})
}

// waiter is the observer of a Wait. It never keeps a Computed active but listens
// to what that has read: else the Computed would run by itself, in the
// transaction of somebody else, who would have to answer for it if it fails.
type waiter struct {
	Observer
	cond   func(Reader) bool
	result chan error // has room for the one that counts
}

func (w *waiter) run(g *Graph) {
	r := g.handle()
	if len(w.result) == 0 {
		reached, err := w.ask(g, r)
		if reached || err != nil {
			w.tell(g, err)
		}
		if err != nil {
			w.stop(g)
		}
	}
	g.endTracking(&w.rule, r)
}

// tell gives the result to Wait if the transaction commits.
func (w *waiter) tell(g *Graph, err error) {
	g.tellAtEnd(func() {
		select {
		case w.result <- err:
		default: // another one was first
		}
	})
}

func (w *waiter) stopped(g *Graph) { w.tell(g, ErrStopped) }

// ask evaluates the condition. What it reads is computed flat, see runFlat, so if
// that fails half-way there is nothing to undo but the frames.
func (w *waiter) ask(g *Graph, r Reader) (reached bool, err error) {
	depth, frame := len(g.outer), g.frame
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		stack := debug.Stack()
		b := g.failing()
		b.culprit = &w.living
		if err = asError(p, b); err == nil {
			err = b.panicked(p, stack)
		}
		for _, r := range g.running()[depth:] {
			if r != &w.rule {
				r.flags &^= isRunning
			}
		}
		g.outer = clearTail(g.outer, depth)
		g.frame = frame
	}()
	reached = w.cond(r)
	r.enter()
	return reached, nil
}

func (w *waiter) function() any { return w.cond }

func (w *waiter) inspect(int) inspection { return inspection{kind: "Wait", value: hasNoValue{}} }

// runFlat runs an inactive Computed for a waiter: it stays inactive, and what it
// reads becomes an input of the waiter.
func (g *Graph) runFlat(r *rule) {
	outer := g.leave()
	f := &g.frame
	r.flags |= isRunning
	f.waiter = f.tracker()
	f.running, f.rule = g.nextSerial(), r
	f.state = f.state&^hasRead | flat
	g.traceRun(r)
	r.mark, r.stamp = g.nextSerial(), f.serial
	r.flags &^= isRunning
	outer.cursor, outer.last = f.cursor, f.last
	outer.state = outer.state&^(stamping|snapped) | f.state&(stamping|snapped|hasRead)
	g.comeBack(outer)
}

// trackFlat makes what r, an active Computed, has read an input of the running
// waiter.
func (g *Graph) trackFlat(r *rule) {
	if r.stamp == g.frame.serial {
		return
	}
	r.stamp = g.frame.serial
	for l := r.deps; l != nil; l = l.nextDep {
		if n := l.subject; n.flags&isCompute == 0 {
			g.track(n)
		} else if n.flags&isActive != 0 {
			g.trackFlat(n.asRule())
		}
	}
	if r.flags&hasItems != 0 {
		r.self.(itemKeeper).each(g.trackFlat)
	}
}
