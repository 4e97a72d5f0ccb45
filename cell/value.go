package cell

// Value is a cell that is set by hand. The zero Value holds the zero T and is
// ready for use, so a Value can be a field of a struct; it must not be copied
// after its first use. Values are compared with ==; for other types see
// ValueFunc.
type Value[T comparable] struct {
	node
	two[T]
}

// NewValue returns a Value that holds v.
func NewValue[T comparable](v T) *Value[T] { return &Value[T]{two: two[T]{val: v}} }

// Named gives the value a name, for errors, traces and snapshots, and returns it.
func (v *Value[T]) Named(name string) *Value[T] { setName(&v.node, name); return v }

// Get returns the value, with what this transaction has written to it.
func (v *Value[T]) Get(r Reader) T {
	if r.g != nil {
		f := &r.g.frame
		if l := f.cursor; l != nil && l.subject == &v.node && f.running == r.run {
			f.last, f.cursor = l, l.nextDep
			return v.val
		}
		if l := f.last; l != nil && l.subject == &v.node && f.running == r.run {
			return v.val // again
		}
	}
	v.read(r)
	if v.level == 0 {
		v.typed(v, 0)
	}
	return v.val
}

// Peek returns the value without making it an input of the running rule.
func (v *Value[T]) Peek(r Reader) T {
	v.peek(r)
	return v.val
}

// Set changes the value. Setting an equal one runs nothing. Code outside rules,
// and a single rule, may set a value repeatedly: the last one counts. If another
// writer of this pass was first and wrote something else, the transaction fails
// with a *ConflictError.
func (v *Value[T]) Set(tx Tx, x T) {
	g := tx.g // enter, inlined
	if g == nil || g.frame.running != tx.run || g.frame.state&looking != 0 {
		tx.badTx()
	}
	if v.graph.Load() != g {
		g.adopt(&v.node)
	}
	if v.saved < g.txnStart && len(g.log) < cap(g.log) { // the usual case of save
		v.old, v.saved = v.val, g.frame.serial
		g.logUndo(v, undoOld, 0)
	} else if v.saved < g.passStart {
		v.save(g)
	} else if v.saved != g.frame.serial && x != v.val {
		g.conflict(&v.node, v.val, x)
		v.save(g)
	}
	if x == v.val {
		return
	}
	v.val = x
	g.changed(&v.node)
}

// Touch tells the listeners that the value has changed though it is equal: what
// it points to was changed in place (Trellis: mark dirty). That is not restored
// if it is undone, see OnUndo.
func (v *Value[T]) Touch(tx Tx) { g := tx.enter(); g.adopt(&v.node); g.changed(&v.node) }

func (v *Value[T]) save(g *Graph) {
	g.roomInLog()
	g.logUndo(v, v.two.save(g, &v.node), 0)
}

func (v *Value[T]) undo(g *Graph, op undoOp, _ uint64) { v.restore(g, &v.node, op) }

func (v *Value[T]) inspect(int) inspection { return inspectionOf("Value", v.val) }

// isAsBefore says whether a saved value is what it was before the transaction.
func (v *Value[T]) isAsBefore() bool { return v.val == v.old }
