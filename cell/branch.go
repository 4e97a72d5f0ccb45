package cell

import "unsafe"

// branch is a rule that a derived collection keeps for one of its items. It is
// linked to the collection like a source, but only from its own side: the
// collection need not go through a million branches at each run. So it ends them
// itself, when the item leaves or when nobody listens any more.
//
// There may be a million of them, most of which read one cell. So the first link is
// in the same memory as the rule, to be fetched at once.
type branch struct {
	own link
	rule
}

// asBranch returns the branch that r is in.
func (r *rule) asBranch() *branch {
	return (*branch)(unsafe.Add(r.pointer(), -int(unsafe.Offsetof(branch{}.rule))))
}

func (b *branch) init(g *Graph, self runner) {
	b.self, b.flags = self, isCompute|isBranch
	b.graph.Store(g)
}

// attach makes the branch one of the collection's, to which up leads from all of
// them.
func (b *branch) attach(up *link, to *rule) {
	up.rule = to
	b.subs = up
	b.flags |= isActive
	to.flags |= hasItems
}

func (b *branch) detach() {
	b.subs = nil
	b.flags &^= isActive
}

// lift puts the collection, which is running, above the branch.
func (b *branch) lift(g *Graph) {
	to := b.subs.rule
	g.raise(to, b.level+1, &b.rule)
	g.frame.level = max(g.frame.level, to.level)
}

// retire takes the branch off what it has read, and off the schedule.
func (b *branch) retire(g *Graph) {
	g.logSources(&b.rule)
	g.dropSources(&b.rule)
	if b.flags&isDirty != 0 {
		b.flags &^= isDirty | isLate
		g.logUndo((*logged)(&b.rule), undoCancel, b.mark)
	}
}

// free lets go of the branch when nobody listens any more. It is not undone.
func (b *branch) free(g *Graph) {
	g.dropSources(&b.rule)
	b.flags &= isQueued
	b.subs = nil
}

// unborn undoes that the branch has been made.
func (b *branch) unborn(g *Graph) {
	g.dropSources(&b.rule)
	b.flags &^= isDirty | isLate
}

func (b *branch) undoBranch(g *Graph, op undoOp, n uint64) {
	switch op {
	case undoSources:
		b.undoSources(g, int(n))
	case undoCancel:
		b.flags |= isDirty
		b.mark = n
		g.queue.push(&b.rule)
	}
}

// evaluate runs a branch for the first time, inside its collection, whose run is
// the one that may be undone.
func (g *Graph) evaluate(r *rule) {
	outer := g.leave()
	serial := g.nextSerial()
	r.flags |= isRunning
	r.level = 0
	g.frame = frame{running: serial, rule: r, serial: serial, state: tracking | looking | snapped}
	r.self.run(g)
	r.mark = serial
	r.flags &^= isRunning
	g.comeBack(outer)
}

// refreshItems runs what is out of date of the rules that r keeps, and of what
// they read. Others that wait on lower levels are not disturbed: in the middle
// of a transaction what they read may not make sense yet.
func (g *Graph) refreshItems(r *rule) {
	for g.queue.refreshBelow(g, r) {
	}
}

// refreshBelow runs the computed rules in the queue that r has read, perhaps by
// way of others. They stay in the queue, to be skipped. It says whether there were
// any: they may have put others there.
func (q *queue) refreshBelow(g *Graph, r *rule) (ran bool) {
	q.unhold()
	for level := 0; level < min(int(r.level), len(q.buckets)); level++ {
		for c := q.buckets[level]; c != nil; c = c.next {
			if c.flags&(isDirty|isRunning) == isDirty && int(c.level) < int(r.level) && g.feeds(c, r) {
				g.runInside(c)
				ran = true
			}
		}
	}
	return ran
}
