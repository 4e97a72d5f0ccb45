package cell

import "sync/atomic"

// Published is the last committed value of a cell, for any number of goroutines to
// read without the graph's lock, such as those of an HTTP server. Only cells that
// are published pay for it: a copy of the value for each commit that changes it.
// It is stopped as an Observer is.
type Published[T any] struct {
	watch
	cell  Readable[T]
	next  *T
	since uint64 // txnStart of the last transaction that store was queued in
	store func() // tell, made once
	last  atomic.Pointer[T]
}

// watch is the Observer in a Published.
type watch = Observer

// Publish publishes c until it is stopped, or its owner is. It is an observer: it
// keeps a Computed up to date and a Sensor connected. What has no cell of its own
// is published by way of one: two cells that must agree by a Computed of both, the
// contents of a collection by a ComputeFunc that copies them, which costs as much
// for each change as there are items.
func Publish[T any](o Owner, c Readable[T]) *Published[T] {
	need(c != nil, "Publish wants a cell, not nil")
	p := &Published[T]{cell: c}
	p.store = p.tell
	newObserver(o, &p.watch, p)
	return p
}

// Load returns the value at the last commit; the goroutine whose Update has
// returned finds what that has changed, and effects find at least what they come
// from. Values never go back, and what was not committed is never seen. It does not
// wait and may be called by any goroutine, also inside a transaction, where it is
// no input. If the transaction in which it was published has not been committed it
// is the zero T. After Stop it stays as it is.
func (p *Published[T]) Load() (v T) {
	if last := p.last.Load(); last != nil {
		return *last
	}
	return v
}

// Named gives the observer a name, for errors, traces and snapshots, and returns p.
func (p *Published[T]) Named(name string) *Published[T] { setName(&p.node, name); return p }

func (p *Published[T]) run(g *Graph) {
	r := g.handle()
	v := p.cell.Get(r)
	p.next = &v
	if p.since < g.txnStart {
		p.since = g.txnStart
		g.tellAtEnd(p.store)
	}
	g.endTracking(&p.rule, r)
}

func (p *Published[T]) tell() { p.last.Store(p.next) }

func (p *Published[T]) function() any { return p.cell.Get }

func (p *Published[T]) inspect(int) inspection { return inspectionOf("Published", p.Load()) }
