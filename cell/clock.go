package cell

import "time"

// The time of a graph is a part of its state. All of a transaction happens at one
// moment, and time passes a moment that somebody waits for only in a transaction
// of the clock's own, which tells them; any other transaction or View that comes
// first happens just before that moment. So what is true of the time is always
// true of the cells, and a rule that fails because a moment has come fails nobody
// else's Update.
//
// A graph that is never asked for the time pays nothing for it.

// clock is the clock of a graph.
type clock struct {
	graph   *Graph
	now     Moment
	asked   bool // somebody in this transaction or View has been told what now is
	waiting deadlines
	next    nextMoment
	firing  *firing    // by the running transaction
	real    *realClock // nil if it is a manual one
}

// firing is what one transaction does because time passes.
type firing struct {
	from   Moment // now, before
	due    []*deadline
	at     Moment // of the first one
	undone bool
	retry  Moment // when that is due again, if it failed alone
}

func newClock(g *Graph, start time.Time) *clock {
	c := &clock{graph: g, now: At(start)}
	c.waiting.at = map[Moment]*deadline{}
	c.next.clock = c
	return c
}

// time returns the clock, with now as it is for this transaction or View.
func (g *Graph) time() *clock {
	c := g.clock
	if c == nil {
		start := time.Now()
		c = newClock(g, start)
		c.real = &realClock{clock: c, start: start, began: c.now, armed: NotYet}
		g.clock = c
	}
	if !c.asked {
		c.asked = true
		if c.real != nil {
			now := earlier(c.real.read(), c.waiting.due().Add(-1))
			if c.now.Before(now) {
				c.now = now
			}
		}
	}
	return c
}

// Now returns the moment at which the transaction or View happens. It is no input:
// a rule does not run again because time passes; for that see Reached and Elapsed.
//
// Unless the graph has a manual clock, the moments of its transactions follow the
// time of the machine as it was when the graph was first asked; from then on they
// are counted evenly, so they never go back and setting the machine's clock does
// not move them.
func (r Reader) Now() Moment { return r.inconstant().time().now }

// Reached says whether the moment has come. If it has not, the rule that asks runs
// again, once, when it does. NotYet never comes.
func (r Reader) Reached(m Moment) bool {
	g := r.enter()
	if m == NotYet {
		return false
	}
	c := g.time()
	switch {
	case !c.now.Before(m):
		g.frame.state |= hasRead // it could be undone
		return true
	case g.frame.state&tracking == 0:
		r.inconstant()
	default:
		c.waiting.find(m).read(r)
	}
	return false
}

// Advance moves a manual clock, in a transaction. Everybody who waits for a moment
// up to the new one is told in its first pass. If a rule fails, all is undone, the
// clock as well, and the error is as that of Update. The graph must have a manual
// clock, see WithManualClock, and d must not be negative.
func (g *Graph) Advance(d time.Duration) error {
	return g.advance(func(now Moment) Moment { return now.Add(d) })
}

// AdvanceTo is Advance to a moment, which must not be before now.
func (g *Graph) AdvanceTo(m Moment) error {
	return g.advance(func(Moment) Moment { return m })
}

func (g *Graph) advance(to func(now Moment) Moment) error {
	return g.Update(func(Tx) error {
		c := g.clock
		if c == nil || c.real != nil {
			panic(&UsageError{Problem: "only a manual clock can be advanced, see WithManualClock"})
		}
		now := to(c.now)
		if now == NotYet || now.Before(c.now) {
			panic(&UsageError{Problem: "a clock cannot be advanced from " + c.now.String() + " to " + now.String()})
		}
		c.pass(&firing{}, now, len(c.waiting.heap))
		return nil
	})
}

// pass moves the clock on and tells the listeners of at most so many deadlines.
func (c *clock) pass(f *firing, now Moment, most int) {
	g := c.graph
	f.from = c.now
	c.now, c.asked, c.firing = now, true, f
	g.logUndo(c, undoCustom, 0)
	for len(f.due) < most && !now.Before(c.waiting.due()) {
		d := c.waiting.take()
		if len(f.due) == 0 {
			f.at = d.at
		}
		f.due = append(f.due, d)
		g.logUndo(d, undoCustom, 0)
		g.changed(&d.node)
	}
}

func (c *clock) undo(*Graph, undoOp, uint64) {
	c.now = c.firing.from
	c.firing.undone = true
}

// end is called when a transaction has ended and nothing can be undone any more.
func (c *clock) end() {
	f := c.firing
	c.asked, c.firing = false, nil
	switch {
	case f == nil:
	case !f.undone:
		c.waiting.forget(f.due)
	case c.real != nil:
		c.real.failed(f)
	}
	c.waiting.prune()
	if c.real != nil {
		c.real.arm(c.waiting.due())
	}
}
