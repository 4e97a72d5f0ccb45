package cell

// Todo is a message to the future: a value that all writers of a pass build
// together and that all its readers see complete, in the same pass; then it is
// fresh again (Trellis: a todo cell). It is for what is more than a stream of
// items: a request that several rules contribute to, a count by key. For items
// see pipe.Pipe.
//
// A writer changes the value in place, through the pointer that Future returns.
// So that a rule can be undone alone each writer of a pass but the first gets a
// clone, and its own again if it asks again. Make a Todo with NewTodo or Init.
type Todo[T any] struct {
	node
	val   *T // of this pass
	empty T
	fresh func() T
	clone func(T) T
}

// NewTodo returns a Todo whose value begins as what fresh returns, and is copied
// by clone: deep enough that changing a copy in place leaves the other as it was.
// Neither is given a handle; both are called under the graph's lock.
func NewTodo[T any](fresh func() T, clone func(T) T) *Todo[T] {
	t := &Todo[T]{}
	t.Init(fresh, clone)
	return t
}

// Init makes t, a field of a struct that has not been used yet, what NewTodo returns.
func (t *Todo[T]) Init(fresh func() T, clone func(T) T) {
	need(fresh != nil && clone != nil, "a Todo wants functions that make and copy its value, not nil")
	t.fresh, t.clone, t.empty = fresh, clone, fresh()
}

// Named gives the cell a name, for errors, traces and snapshots, and returns it.
func (t *Todo[T]) Named(name string) *Todo[T] { setName(&t.node, name); return t }

// Future returns what is going to be the value for the readers of this pass, to
// be changed by the function that asks; not after it has returned, and not by
// other functions that it runs. In a commit callback it is for the next pass.
func (t *Todo[T]) Future(tx Tx) *T {
	t.check()
	g := tx.enter()
	g.adopt(&t.node)
	switch {
	case !g.pulsed(&t.node, t):
		v := t.fresh()
		g.pulse(&t.node, t)
		t.val = &v
	case t.saved != g.frame.serial:
		v := t.clone(*t.val)
		box(g, t.saved, t.val)
		g.logUndo(t, undoBoxed, 0)
		t.saved = g.frame.serial
		t.val = &v
	}
	g.changed(&t.node)
	return t.val
}

// Get returns the value of this pass, a fresh one if nobody has asked for it. It
// must not be changed.
func (t *Todo[T]) Get(r Reader) T {
	t.check()
	t.read(r)
	t.typed(t, 0)
	return t.now()
}

// Peek returns the value without making it an input of the running rule.
func (t *Todo[T]) Peek(r Reader) T {
	t.check()
	t.peek(r)
	return t.now()
}

func (t *Todo[T]) check() { need(t.fresh != nil, "a Todo was used before Init") }

func (t *Todo[T]) now() T {
	if t.val == nil {
		return t.empty
	}
	return *t.val
}

func (t *Todo[T]) reset(g *Graph) {
	t.drop()
	g.changed(&t.node)
}

func (t *Todo[T]) drop() {
	t.val = nil
	t.flags &^= isPulsing
}

func (t *Todo[T]) undo(g *Graph, op undoOp, _ uint64) {
	if op == undoBoxed {
		t.val, t.saved = unbox[*T](g)
		return
	}
	g.undoPulse(&t.node, t)
}

func (t *Todo[T]) inspect(int) inspection { return inspectionOf("Todo", t.now()) }
