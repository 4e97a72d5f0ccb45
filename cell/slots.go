package cell

// A value keeps its old selves beside it, so that the undo log holds nothing
// typed. two is enough for a value that is set by hand; what rules compute is
// saved in nearly every pass, and has a slot for the pass, too.
type (
	two[T any]   struct{ val, old T }
	three[T any] struct{ val, old, mid T }
)

// save keeps the value of n before its first write in this transaction, or in
// this pass, and returns the entry of the undo log that restores it.
func (s *two[T]) save(g *Graph, n *node) (op undoOp) {
	if n.saved < g.txnStart {
		s.old, op = s.val, undoOld
	} else {
		op = undoBoxed
		box(g, n.saved, s.val)
	}
	n.saved = g.frame.serial
	return op
}

func (s *two[T]) restore(g *Graph, n *node, op undoOp) {
	switch op {
	case undoOld:
		s.val, n.saved = s.old, 0
	case undoBoxed:
		s.val, n.saved = unbox[T](g)
	}
}

func (s *three[T]) save(g *Graph, n *node) (op undoOp) {
	switch {
	case n.saved < g.txnStart:
		s.old, op = s.val, undoOld
	case n.saved < g.passStart:
		s.mid, op = s.val, undoMid
	default:
		op = undoBoxed
		box(g, n.saved, s.val)
	}
	n.saved = g.frame.serial
	return op
}

func (s *three[T]) restore(g *Graph, n *node, op undoOp) {
	switch op {
	case undoOld:
		s.val, n.saved = s.old, 0
	case undoMid:
		s.val, n.saved = s.mid, g.txnStart
	case undoBoxed:
		s.val, n.saved = unbox[T](g)
	}
}

// boxed is a value saved outside its cell.
type boxed[T any] struct {
	saved uint64
	val   T
}

func box[T any](g *Graph, saved uint64, val T) {
	g.boxes = append(g.boxes, boxed[T]{saved, val})
}

func unbox[T any](g *Graph) (val T, saved uint64) {
	top := len(g.boxes) - 1
	b := g.boxes[top].(boxed[T])
	g.boxes = clearTail(g.boxes, top)
	return b.val, b.saved
}
