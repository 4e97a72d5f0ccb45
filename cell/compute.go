package cell

import "slices"

// Computed is a cell whose value follows from other cells. Its function is pure:
// it gets a Reader, and may not be run, or be run more than once, as the runtime
// sees fit. While nobody listens to it, it holds no links, costs nothing and can
// be collected; it is then computed when read, once for a state of the graph.
// A function that read nothing that can change is never run again.
type Computed[T any] struct {
	rule
	three[T]
	fn func(Reader) T
}

// Compute returns a cell that is computed by fn and compared with ==.
func Compute[T comparable](fn func(Reader) T) *Computed[T] {
	need(fn != nil, "Compute wants a function, not nil")
	c := &comparableComputed[T]{}
	c.fn, c.self, c.flags = fn, c, isCompute
	return &c.Computed
}

// ComputeFunc returns a cell of any type that is computed by fn and compared
// with equal. If equal is nil, every run is a change.
func ComputeFunc[T any](fn func(Reader) T, equal func(a, b T) bool) *Computed[T] {
	need(fn != nil, "ComputeFunc wants a function, not nil")
	c := &funcComputed[T]{equal: equal}
	c.fn, c.self, c.flags = fn, c, isCompute
	return &c.Computed
}

// comparableComputed and funcComputed differ in how results are compared.
type comparableComputed[T comparable] struct{ Computed[T] }

func (c *comparableComputed[T]) run(g *Graph) {
	h := g.handle()
	v := c.fn(h)
	if !c.asLastTime(g, h) && !c.finish(g, h, v) || v == c.val {
		return
	}
	if c.saved < g.txnStart && len(g.log) < cap(g.log) { // the usual case of save
		c.old, c.saved = c.val, g.frame.serial
		g.logUndo((*logged)(&c.rule), undoOld, 0)
	} else {
		c.save(g)
	}
	c.val = v
	g.changed(&c.node)
}

type funcComputed[T any] struct {
	Computed[T]
	equal func(a, b T) bool
}

func (c *funcComputed[T]) run(g *Graph) {
	h := g.handle()
	v := c.fn(h)
	switch {
	case !c.asLastTime(g, h) && !c.finish(g, h, v):
	case c.equal != nil && c.equal(v, c.val):
		c.save(g)
		c.val = v
	default:
		c.store(g, v)
	}
}

// Named gives the cell a name, for errors, traces and snapshots, and returns it.
func (c *Computed[T]) Named(name string) *Computed[T] { setName(&c.node, name); return c }

// Get returns the value, fresh: it follows what this transaction has written so
// far to the cells it is computed from.
func (c *Computed[T]) Get(r Reader) T {
	if r.g != nil {
		f := &r.g.frame
		if l := f.cursor; l != nil && l.subject == &c.node && f.running == r.run && f.state&late == 0 {
			f.last, f.cursor = l, l.nextDep
			return c.val
		}
		if l := f.last; l != nil && l.subject == &c.node && f.running == r.run && f.state&late == 0 {
			return c.val // again
		}
	}
	c.read(r)
	return c.val
}

// read is the slow half of Get: it makes the value right, and an input.
func (r *rule) read(h Reader) {
	if h.g != nil {
		if f := &h.g.frame; f.again(h, &r.node) && f.state&late == 0 {
			return
		}
	}
	g := h.enter()
	g.adopt(&r.node)
	if r.flags&isConstant != 0 {
		return
	}
	r.refreshFor(g, g.frame.tracker())
	if r.flags&isConstant != 0 {
		return
	}
	g.frame.state |= hasRead
	t := g.frame.tracker()
	switch {
	case t == nil:
	case t.flags&isWaiter != 0:
		if r.flags&isActive != 0 {
			g.trackFlat(r)
		}
	case t.flags&isObserver != 0:
		g.track(&r.node)
	default:
		g.track(&r.node)
		g.raise(t, r.level+1, r)
		g.frame.level = max(g.frame.level, t.level)
	}
}

// Peek returns the value without making it an input of the running rule.
func (c *Computed[T]) Peek(r Reader) T {
	g := r.enter()
	g.adopt(&c.node)
	if c.flags&isConstant == 0 {
		c.refreshFor(g, nil)
		if c.flags&isConstant == 0 {
			g.frame.state |= hasRead
		}
	}
	return c.val
}

// refreshFor makes the value right for somebody about to read it.
func (r *rule) refreshFor(g *Graph, tracker *rule) {
	switch {
	case r.flags&(isRunning|isCompute) != isCompute:
		need(r.flags&isCompute != 0, "the zero Computed was read; it is made by Compute")
		panic(g.selfReading(r))
	case r.flags&isActive != 0:
		if low, any := g.queue.lowestComputed(); any && low <= int(r.level) {
			g.refresh(r, g.nextSerial(), int32(low))
		}
	case tracker != nil && tracker.flags&isWaiter != 0:
		if r.stamp != g.frame.serial || r.mark <= g.lastChange {
			g.runFlat(r)
		}
	case tracker != nil:
		g.runInside(r)
	case r.mark <= g.lastChange || r.mark == 0:
		g.runUntracked(r)
	}
}

// refresh runs r if it is out of date, after the computed cells that it reads.
// walk marks what this walk has seen; nothing below the level low is out of date.
func (g *Graph) refresh(r *rule, walk uint64, low int32) {
	if r.stamp == walk {
		return
	}
	r.stamp = walk
	for l := r.deps; l != nil; l = l.nextDep {
		if n := l.subject; n.flags&isActive != 0 && n.level >= low {
			g.refresh(n.asRule(), walk, low)
		}
	}
	if r.flags&hasItems != 0 {
		g.refreshItems(r)
	}
	if r.flags&isDirty != 0 && r.flags&isRunning == 0 {
		g.runInside(r)
	}
}

// selfReading describes a computed cell that, by way of others, reads itself.
func (g *Graph) selfReading(r *rule) *CircularityError {
	path := slices.Compact(slices.Clone(g.running()))
	path = path[slices.Index(path, r):]
	slices.Reverse(path) // who reads is affected
	return circle(path)
}

// asLastTime says that the run of r that is ending has read what the last one
// has read: there is nothing to do for finish, but to compare the results.
func (r *rule) asLastTime(g *Graph, h Reader) bool {
	f := &g.frame
	return f.cursor == nil && f.last != nil && f.running == h.run && r.flags&isActive != 0
}

// finish ends a run of the function that has returned v. It is false if the
// value had no listeners before, so that there is nothing to compare and nothing
// to undo.
func (c *Computed[T]) finish(g *Graph, h Reader, v T) (again bool) {
	f := &g.frame
	if f.tracker() != &c.rule {
		h.enter()
		c.val = v
		if f.state&(hasRead|tracking) == 0 { // a waiter's cursor does not note reads
			c.flags |= isConstant
		}
		return false
	}
	g.endTracking(&c.rule, h)
	if c.deps == nil && f.state&hasRead == 0 {
		c.flags |= isConstant
	}
	if c.flags&isActive == 0 {
		if c.deps != nil { // else it has only peeked, and nobody tells it of changes
			c.flags |= isActive
		}
		c.val = v
		return false
	}
	return true
}

func (c *Computed[T]) store(g *Graph, v T) {
	c.save(g)
	c.val = v
	g.changed(&c.node)
}

func (c *Computed[T]) save(g *Graph) {
	g.roomInLog()
	g.logUndo((*logged)(&c.rule), c.three.save(g, &c.node), 0)
}

func (c *Computed[T]) function() any { return c.fn }

func (c *Computed[T]) inspect(int) inspection { return inspectionOf("Computed", c.val) }

func (c *Computed[T]) undo(g *Graph, op undoOp, n uint64) {
	if op == undoSources {
		c.undoSources(g, int(n))
		return
	}
	c.restore(g, &c.node, op)
}
