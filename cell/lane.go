package cell

import (
	"context"
	"sync"
)

// Effects are run by whoever commits, so one that blocks holds up that goroutine,
// and all effects after it. A Lane is for effects that may block. Detach is for a
// graph whose goroutines must not be held up by other people's effects.

// Lane is a scope whose effects, and the AfterCommit functions of whose rules, are
// run by a goroutine of its own: in commit order and one at a time, like others,
// but neither the goroutine that commits nor other effects wait for them. They may
// block. The goroutine lives only while there is something to run.
//
// What a lane is behind is not bounded: look at Backlog, or have the effect take
// the newest state and leave out what is between, as Changes does.
//
// Stopping a lane ends its rules. What was committed before still runs; Stop does
// not wait for it, Flush does.
type Lane struct {
	Scope
	out outbox
}

// NewLane returns a lane that ends with its owner, or earlier by Stop. If an effect
// in it panics, failed is called with the reason, on the lane's goroutine, and the
// next one is run. If failed is nil, the handler given to WithErrorHandler is called;
// without one a panic ends the program, like that of any goroutine.
func NewLane(o Owner, failed func(*EffectError)) (l *Lane) {
	create(o, func(tx Tx, parent *Scope) {
		l = &Lane{}
		l.birth(parent)
		l.out = outbox{graph: parent.graph, detached: []*detachment{{failed}}}
		l.lane = &l.out
	})
	return l
}

// Named is as with a Scope.
func (l *Lane) Named(name string) *Lane { l.Scope.Named(name); return l }

// Backlog returns how many functions are waiting to be run in the lane. It may be
// called from any goroutine, also inside a transaction.
func (l *Lane) Backlog() int { l.made(); return l.out.backlog() }

// Flush blocks until all that was committed before has been run in the lane, and
// returns nil; or until ctx ends, and returns its cause. It must not be called by
// an effect.
func (l *Lane) Flush(ctx context.Context) error {
	l.made()
	MustNotBlock("Flush")
	return l.out.flush(ctx)
}

// Detach hands the graph's effects, and what was given to AfterCommit, to a
// goroutine that lives only while there is something to run: from now on no
// goroutine that commits runs, or waits for, effects. Update then returns before
// its effects have run, and Attempt does not report them: failed is called on that
// goroutine with the panic of an effect, as in NewLane.
//
// attach takes that back, in the order of the commits: what was committed before
// it is still run, and reported, as before. A graph may be detached for several
// reasons at once: it stays so until all are taken back, and all are told of
// failures.
func (g *Graph) Detach(failed func(*EffectError)) (attach func()) {
	d := &detachment{failed}
	outboxes := [...]*outbox{&g.out, &g.connecting}
	for _, o := range outboxes {
		o.detach(d)
	}
	return sync.OnceFunc(func() {
		for _, o := range outboxes {
			o.add(queued[func()]{fn: func() { o.attach(d) }})
		}
	})
}

func (o *outbox) detach(d *detachment) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.detached = append(o.detached[:len(o.detached):len(o.detached)], d)
}

func (o *outbox) attach(d *detachment) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var rest []*detachment
	for _, other := range o.detached {
		if other != d {
			rest = append(rest, other)
		}
	}
	o.detached = rest
}

// Backlog returns how many effects and AfterCommit functions are waiting to be run,
// without those in a Lane. It may be called from any goroutine, also inside a
// transaction.
func (g *Graph) Backlog() int { return g.out.backlog() }

// Flush blocks until the effects and AfterCommit functions, and what is to be done
// to sensors, of all that was committed before have been run, without those in a
// Lane, and returns nil; or until ctx ends, and returns its cause. Unless the graph
// is detached it may run them itself. It must not be called inside a transaction,
// nor by an effect.
func (g *Graph) Flush(ctx context.Context) error {
	MustNotBlock("Flush")
	if err := g.out.flush(ctx); err != nil {
		return err
	}
	return g.connecting.flush(ctx)
}

// deliver hands what leaves the graph to the outboxes.
func (g *Graph) deliver() {
	for rest := g.leaving; len(rest) > 0; {
		o, n := g.outboxOf(rest[0].by), 1
		for n < len(rest) && g.outboxOf(rest[n].by) == o {
			n++
		}
		o.add(rest[:n]...)
		rest = rest[n:]
	}
	g.leaving = clearTail(g.leaving, 0)
}

func (g *Graph) outboxOf(by *living) *outbox {
	if by != nil && by.scope.lane != nil {
		return by.scope.lane
	}
	return &g.out
}
