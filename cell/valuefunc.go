package cell

// ValueFunc is a Value of any type, compared with a function. Make it with
// NewValueFunc or Init.
type ValueFunc[T any] struct {
	node
	two[T]
	equal func(a, b T) bool
}

// NewValueFunc returns a ValueFunc that holds v. If equal is nil, every Set is a
// change.
func NewValueFunc[T any](v T, equal func(a, b T) bool) *ValueFunc[T] {
	return &ValueFunc[T]{two: two[T]{val: v}, equal: equal}
}

// Named gives the value a name, for errors, traces and snapshots, and returns it.
func (v *ValueFunc[T]) Named(name string) *ValueFunc[T] { setName(&v.node, name); return v }

// Get returns the value, with what this transaction has written to it.
func (v *ValueFunc[T]) Get(r Reader) T {
	v.read(r)
	v.typed(v, 0)
	return v.val
}

// Peek returns the value without making it an input of the running rule.
func (v *ValueFunc[T]) Peek(r Reader) T {
	v.peek(r)
	return v.val
}

// Set stores x. If it equals the old value nobody is told, but x is what Get
// returns from now on. Conflicts are as with Value.Set.
func (v *ValueFunc[T]) Set(tx Tx, x T) {
	g := tx.enter()
	g.adopt(&v.node)
	same := v.equal != nil && v.equal(x, v.val)
	if v.saved < g.passStart {
		v.save(g)
	} else if v.saved != g.frame.serial {
		if !same {
			g.conflict(&v.node, v.val, x)
		}
		v.save(g)
	}
	v.val = x
	if !same {
		g.changed(&v.node)
	}
}

// Touch tells the listeners that the value was changed in place, see Value.Touch.
func (v *ValueFunc[T]) Touch(tx Tx) { g := tx.enter(); g.adopt(&v.node); g.changed(&v.node) }

func (v *ValueFunc[T]) save(g *Graph) {
	op := v.two.save(g, &v.node)
	g.logUndo(v, op, 0)
	if op == undoOld {
		g.ending = append(g.ending, v)
	}
}

// end lets go of the replaced value, which may be large.
func (v *ValueFunc[T]) end() {
	var none T
	v.old = none
}

func (v *ValueFunc[T]) undo(g *Graph, op undoOp, _ uint64) { v.restore(g, &v.node, op) }

// Init makes v, a field of a struct that has not been used yet, what
// NewValueFunc returns.
func (v *ValueFunc[T]) Init(x T, equal func(a, b T) bool) { v.val, v.equal = x, equal }

func (v *ValueFunc[T]) inspect(int) inspection { return inspectionOf("ValueFunc", v.val) }
