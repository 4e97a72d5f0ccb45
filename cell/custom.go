package cell

import "reflect"

// Custom is the base of a kind of cell that is defined outside this package, such
// as a pipe: it does the tracking, scheduling and undo, the kind keeps the data.
// A kind embeds a Custom, unexported, and calls Read when its data are looked
// at and, to change them, in this order: Once, if the data last one pass; Log;
// the change; Changed. The zero Custom is ready for use.
type Custom struct {
	node
	kind CustomKind
}

// CustomKind is what the owner of a Custom implements.
type CustomKind interface {
	// Undo takes back the change that was logged with n. It is called in the
	// reverse order of Log, under the graph's lock; also for changes to data that
	// have been reset since, which need nothing. It must not fail: if it panics,
	// the rest is undone, and then as for Tx.OnUndo.
	Undo(n int)
	// Reset empties data that last one pass. If it panics, so does the transaction,
	// which is undone.
	Reset()
}

// Named gives the cell a name, for errors, traces and snapshots, and returns it.
func (c *Custom) Named(name string) *Custom { setName(&c.node, name); return c }

// Read records the cell as an input of the running rule.
func (c *Custom) Read(r Reader) {
	c.read(r)
	c.typed(c, 0)
}

// Peek checks that the cell belongs to the graph of r, without recording it as an
// input.
func (c *Custom) Peek(r Reader) { c.peek(r) }

// Listen is Read for a kind that keeps something for its listeners. It says
// whether there is a rule that listens from now on: until none does any more, and
// the transaction in which the last one left has ended. Then kind.Idle is called,
// once.
func (c *Custom) Listen(r Reader, kind ListenedKind) bool {
	g := c.read(r)
	c.typed(c, 0)
	if g.frame.state&tracking == 0 {
		return false
	}
	c.kind = kind
	c.flags |= isListened
	return true
}

// ListenedKind is a CustomKind that is told when nobody listens any more.
type ListenedKind interface {
	CustomKind
	// Idle is called under the graph's lock, when the transaction is over, so it
	// must not use the graph. It must not fail: if it panics, the transaction stays
	// as it is, committed or undone, and everybody else is told; then the panic is
	// passed on by Update, as an *EffectError by Attempt, or joined to the error
	// of a transaction that has failed. So it is with Goexit, which ends the
	// goroutine then.
	Idle()
}

// Once arranges that kind.Reset is called when this pass is over, as a change.
// In a commit callback what the last pass left is reset first.
func (c *Custom) Once(tx Tx, kind CustomKind) {
	if g := c.touch(tx, kind); !g.pulsed(&c.node, c) {
		g.pulse(&c.node, c)
	}
}

// Log notes that a change is about to be made, so that kind.Undo(n) is called if
// it is undone.
func (c *Custom) Log(tx Tx, kind CustomKind, n int) {
	g := c.touch(tx, kind)
	g.logUndo(c, undoCustom, uint64(n))
}

// Changed tells the listeners that the data have changed.
func (c *Custom) Changed(tx Tx) { g := tx.enter(); g.adopt(&c.node); g.changed(&c.node) }

func (c *Custom) touch(tx Tx, kind CustomKind) *Graph {
	g := tx.enter()
	g.adopt(&c.node)
	c.kind = kind
	return g
}

func (c *Custom) reset(g *Graph) {
	c.flags &^= isPulsing
	c.kind.Reset()
	g.changed(&c.node)
}

// asCustom returns the Custom that n is the first field of.
func (n *node) asCustom() *Custom { return (*Custom)(n.pointer()) }

func (c *Custom) idle(g *Graph) {
	defer g.noteFailure()
	c.flags &^= isListened
	c.kind.(ListenedKind).Idle()
}

func (c *Custom) drop() { c.flags &^= isPulsing }

func (c *Custom) undo(g *Graph, op undoOp, n uint64) {
	if op == undoCustom {
		defer g.noteFailure()
		c.kind.Undo(int(n))
		return
	}
	g.undoPulse(&c.node, c)
}

// CustomInspector is implemented by a CustomKind that wants to be more than its
// type in a Snapshot.
type CustomInspector interface {
	// Inspect says what kind of cell it is, and what is in it. It is called under
	// the graph's lock and must not use the graph.
	Inspect() (kind string, value any)
}

func (c *Custom) inspect(int) inspection {
	if c.kind == nil {
		return inspection{kind: "Custom", value: hasNoValue{}}
	}
	if k, ok := c.kind.(CustomInspector); ok {
		kind, value := k.Inspect()
		return inspection{kind: kind, typ: reflect.TypeOf(value), value: value}
	}
	return inspection{kind: reflect.TypeOf(c.kind).String(), value: hasNoValue{}}
}
