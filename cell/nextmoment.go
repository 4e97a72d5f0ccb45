package cell

// nextMoment is the cell behind NextMoment. What it shows stays as it is during a
// pass; if another moment is the next one by the end of it, that is shown in a
// further pass.
type nextMoment struct {
	node
	clock *clock
	shown Moment
}

// NextMoment returns the earliest moment that anybody waits for, by Reached or
// what is made of it; NotYet if nobody does. It is an input: a rule that asks runs
// again, in a further pass, when it has changed. It is never in the past, and
// AdvanceTo(NextMoment) goes through a simulation step by step.
func (r Reader) NextMoment() Moment {
	g := r.enter()
	c := g.time()
	n := &c.next
	if g.frame.state&tracking == 0 {
		r.inconstant()
		return c.earliest()
	}
	if n.subs == nil {
		n.show()
	}
	n.read(r)
	n.typed(n, 0)
	return n.shown
}

func (n *nextMoment) show() {
	g := n.clock.graph
	box(g, 0, n.shown)
	g.logUndo(n, undoBoxed, 0)
	n.shown = n.clock.earliest()
}

func (n *nextMoment) undo(g *Graph, _ undoOp, _ uint64) { n.shown, _ = unbox[Moment](g) }

// endPass arranges a further pass if there is something new to show.
func (n *nextMoment) endPass() {
	if n.subs != nil && n.shown != n.clock.earliest() {
		n.clock.graph.pulsing = append(n.clock.graph.pulsing, n)
	}
}

func (n *nextMoment) reset(g *Graph) {
	n.show()
	g.changed(&n.node)
}

func (n *nextMoment) drop() {}

func (n *nextMoment) inspect(int) inspection { return inspectionOf("NextMoment", n.shown) }

func (n *nextMoment) title() string { return "the next moment" }
