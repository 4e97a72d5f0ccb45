package cell

import (
	"iter"
	"slices"
)

// List is a sequence of items that tells what a pass has changed, and where. What
// a transaction writes it sees at once. Items are not compared: setting one is a
// change. As with a slice, reading by index costs the same at any length, and
// inserting or deleting in the middle moves what is behind. Indexes out of range
// panic as they do with slices. The zero List is empty and ready for use; it must
// not be copied after its first use.
type List[T any] struct {
	subject  node // the contents
	deltas   node
	items    []T
	ops      []listOp // of this transaction, for the undo log
	gone     []T      // what the ops have removed, in their order
	pass     int      // the first op of this pass
	script   script   // what the ops of this pass before composed come to
	composed int
	told     script // what a reader of the changes is looking at
}

// listOp says that removed items at a place were replaced by inserted others.
type listOp struct{ at, removed, inserted int }

// NewList returns a List with the given items.
func NewList[T any](items ...T) *List[T] { return &List[T]{items: slices.Clone(items)} }

// Named gives the list a name, for errors, traces and snapshots, and returns it.
func (l *List[T]) Named(name string) *List[T] { setName(&l.subject, name); return l }

// Append puts items at the end.
func (l *List[T]) Append(tx Tx, items ...T) {
	l.enter(tx)
	l.Splice(tx, len(l.items), len(l.items), items...)
}

// Insert puts items before the item at i; at the end if i is the length.
func (l *List[T]) Insert(tx Tx, i int, items ...T) { l.Splice(tx, i, i, items...) }

// Set puts x in the place of the item at i.
func (l *List[T]) Set(tx Tx, i int, x T) { l.Splice(tx, i, i+1, x) }

// Delete removes the items from i up to, but not including, j.
func (l *List[T]) Delete(tx Tx, i, j int) { l.Splice(tx, i, j) }

// DeleteFunc removes the items for which del returns true.
func (l *List[T]) DeleteFunc(tx Tx, del func(T) bool) {
	need(del != nil, "DeleteFunc wants a function, not nil")
	l.enter(tx)
	for j := len(l.items); j > 0; j-- {
		i := j
		for i > 0 && del(l.items[i-1]) {
			i--
		}
		l.Splice(tx, i, j)
		j = i
	}
}

// Clear removes all items.
func (l *List[T]) Clear(tx Tx) {
	l.enter(tx)
	l.Splice(tx, 0, len(l.items))
}

// SortFunc sorts the items by cmp and keeps the order of equal ones. If they are
// out of order, all of the list has changed.
func (l *List[T]) SortFunc(tx Tx, cmp func(a, b T) int) {
	need(cmp != nil, "SortFunc wants a function, not nil")
	l.enter(tx)
	if slices.IsSortedFunc(l.items, cmp) {
		return
	}
	sorted := slices.Clone(l.items) // cmp is the user's and may fail
	slices.SortStableFunc(sorted, cmp)
	l.Splice(tx, 0, len(l.items), sorted...)
}

// Reverse puts the items in the opposite order.
func (l *List[T]) Reverse(tx Tx) {
	l.enter(tx)
	if len(l.items) < 2 {
		return
	}
	reversed := slices.Clone(l.items)
	slices.Reverse(reversed)
	l.Splice(tx, 0, len(l.items), reversed...)
}

// Splice replaces the items from i up to, but not including, j by others.
func (l *List[T]) Splice(tx Tx, i, j int, items ...T) {
	g := l.enter(tx)
	old := l.items[i:j:len(l.items)]
	if len(old)+len(items) == 0 {
		return
	}
	l.begin(g)
	l.gone = append(l.gone, old...)
	l.ops = append(l.ops, listOp{i, len(old), len(items)})
	g.logUndo(l, undoCustom, 0)
	l.items = slices.Replace(l.items, i, j, items...)
	g.changed(&l.subject)
	g.changed(&l.deltas)
}

func (l *List[T]) enter(tx Tx) *Graph {
	g := tx.enter()
	g.adopt(&l.subject)
	g.adopt(&l.deltas)
	return g
}

// begin prepares for the first write of a transaction, and of a pass.
func (l *List[T]) begin(g *Graph) {
	if l.subject.saved < g.txnStart {
		l.subject.saved = g.txnStart
		g.ending = append(g.ending, l)
	}
	if !g.pulsed(&l.deltas, l) {
		g.pulse(&l.deltas, l)
	}
}

func (l *List[T]) undo(g *Graph, op undoOp, _ uint64) {
	if op == undoPulse {
		g.undoPulse(&l.deltas, l)
		return
	}
	top := len(l.ops) - 1
	o := l.ops[top]
	l.ops = l.ops[:top]
	kept := len(l.gone) - o.removed
	l.items = slices.Replace(l.items, o.at, o.at+o.inserted, l.gone[kept:]...)
	l.gone = clearTail(l.gone, kept)
	if l.composed > top { // what it has come to cannot be taken back
		l.script, l.composed = l.script[:0], l.pass
	}
}

// compose returns what the ops of this pass come to.
func (l *List[T]) compose() script {
	for ; l.composed < len(l.ops); l.composed++ {
		o := l.ops[l.composed]
		l.script = l.script.then(o.at, o.removed, o.inserted)
	}
	return l.script
}

// reset ends the deltas of a pass.
func (l *List[T]) reset(g *Graph) {
	had := l.deltas.subs == nil || len(l.compose()) > 0
	l.drop()
	if had {
		g.changed(&l.deltas)
	}
}

func (l *List[T]) drop() {
	l.deltas.flags &^= isPulsing
	l.pass, l.composed = len(l.ops), len(l.ops)
	l.script, l.told = clearTail(l.script, 0), clearTail(l.told, 0)
}

// end forgets how the transaction is undone.
func (l *List[T]) end() {
	l.ops, l.gone = clearTail(l.ops, 0), clearTail(l.gone, 0)
	l.drop()
	if cap(l.items) > keepCap && len(l.items) < cap(l.items)/8 {
		l.items = slices.Clone(l.items)
	}
}

// Len returns the number of items.
func (l *List[T]) Len(r Reader) int { return l.contents(r).length() }

// At returns the item at i. A rule that asks depends on all of the list.
func (l *List[T]) At(r Reader, i int) T {
	l.contents(r)
	return l.items[i]
}

// Get returns a copy of all items, nil if there are none.
func (l *List[T]) Get(r Reader) []T {
	l.contents(r)
	return append([]T(nil), l.items...)
}

// Peek is Get without making the list an input of the running rule.
func (l *List[T]) Peek(r Reader) []T {
	l.subject.peek(r)
	return append([]T(nil), l.items...)
}

// Slice returns a copy of the items from i up to, but not including, j.
func (l *List[T]) Slice(r Reader, i, j int) []T {
	l.contents(r)
	return append([]T(nil), l.items[i:j:len(l.items)]...)
}

// All yields the items in order.
func (l *List[T]) All(r Reader) iter.Seq[T] { return inOrder(l, r, false) }

// Backward yields the items in the opposite order.
func (l *List[T]) Backward(r Reader) iter.Seq[T] { return inOrder(l, r, true) }

// Splices yields what this pass has changed, last ones first, see Splice. A rule
// that reads it runs again, with no changes, when the pass is over. What this
// pass has both inserted and deleted is no change. Who reads it for the first
// time takes the contents instead, which are new already.
func (l *List[T]) Splices(r Reader) iter.Seq[Splice] { return splicesOf(l, r) }
