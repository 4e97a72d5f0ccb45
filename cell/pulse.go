package cell

// Pulse is a cell whose value lasts for one pass: when all rules and observers
// have seen it, it becomes its default again, and that is a change, seen in a
// further pass of the same transaction (Trellis: a discrete cell). From outside
// one always reads the default. The zero Pulse has the zero T as its default and
// is ready for use; it must not be copied after its first use.
type Pulse[T comparable] struct {
	node
	val, def T
}

// NewPulse returns a Pulse with the given default.
func NewPulse[T comparable](def T) *Pulse[T] { return &Pulse[T]{val: def, def: def} }

// Named gives the pulse a name, for errors, traces and snapshots, and returns it.
func (p *Pulse[T]) Named(name string) *Pulse[T] { setName(&p.node, name); return p }

// Get returns the value of this pass.
func (p *Pulse[T]) Get(r Reader) T {
	p.read(r)
	p.typed(p, 0)
	return p.val
}

// Peek returns the value without making it an input of the running rule.
func (p *Pulse[T]) Peek(r Reader) T {
	p.peek(r)
	return p.val
}

// Set makes x the value for this pass. Setting the default is no change; setting
// the same value in two transactions is two pulses. In a commit callback x is
// for the next pass. Conflicts are as with Value.Set.
func (p *Pulse[T]) Set(tx Tx, x T) {
	g := tx.enter()
	g.adopt(&p.node)
	pulsed := g.pulsed(&p.node, p)
	switch {
	case x == p.val:
		return
	case !pulsed:
		g.pulse(&p.node, p)
	case p.saved != g.frame.serial:
		g.conflict(&p.node, p.val, x)
		box(g, p.saved, p.val)
		p.saved = g.frame.serial
		g.logUndo(p, undoBoxed, 0)
	}
	p.val = x
	g.changed(&p.node)
}

// resetter is a cell that lives for one pass.
type resetter interface {
	undoer
	reset(*Graph) // back to the default, which is a change
	drop()        // forget that a reset is due
}

func (p *Pulse[T]) reset(g *Graph) {
	p.flags &^= isPulsing
	if p.val != p.def {
		p.val = p.def
		g.changed(&p.node)
	}
}

func (p *Pulse[T]) drop() { p.flags &^= isPulsing }

func (p *Pulse[T]) undo(g *Graph, op undoOp, _ uint64) {
	if op == undoBoxed {
		p.val, p.saved = unbox[T](g)
		return
	}
	p.val = p.def
	g.undoPulse(&p.node, p)
}

// pulsed says whether p, whose node is n, has been written in this pass. If a
// commit callback is about to write it for the next pass, what the last one left
// is reset first, which is not undone with a Try of the callback.
func (g *Graph) pulsed(n *node, p resetter) bool {
	if n.flags&isPulsing == 0 {
		return false
	}
	if n.saved < g.passStart {
		g.unpulse(p)
		p.reset(g)
		g.renewed = append(g.renewed, n)
		return false
	}
	return true
}

// pulse arranges that p, whose node is n, is reset when this pass is over.
func (g *Graph) pulse(n *node, p resetter) {
	n.saved = g.frame.serial
	n.flags |= isPulsing
	g.pulsing = append(g.pulsing, p)
	g.logUndo(p, undoPulse, 0)
}

// undoPulse is for the undo of p, whose node is n.
func (g *Graph) undoPulse(n *node, p resetter) {
	n.saved = 0
	p.drop()
	g.unpulse(p)
}

// unpulse takes p off the list of cells to reset; the newest entry is its own.
func (g *Graph) unpulse(p resetter) {
	for i := len(g.pulsing) - 1; i >= 0; i-- {
		if g.pulsing[i] == p {
			g.pulsing[i] = nil
			return
		}
	}
}

func (p *Pulse[T]) inspect(int) inspection { return inspectionOf("Pulse", p.val) }
