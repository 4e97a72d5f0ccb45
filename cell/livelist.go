package cell

import (
	"iter"
	"unsafe"
)

// LiveList is a read-only list that follows from other collections, made by
// Sorted, Limit and Reversed. It is kept from changes: what a change costs grows
// with the logarithm of the size at most. It is to List what LiveSet is to Set.
type LiveList[T comparable] struct{ seq sequence[T] }

// Named gives the list a name, for errors, traces and snapshots, and returns it.
func (l *LiveList[T]) Named(name string) *LiveList[T] { setName(l.of().node(), name); return l }

// Len returns the number of items.
func (l *LiveList[T]) Len(r Reader) int { return l.of().contents(r).length() }

// At returns the item at i. An index out of range panics as it does with slices.
func (l *LiveList[T]) At(r Reader, i int) T {
	s := l.of().contents(r)
	_ = make([]struct{}, s.length())[i]
	return s.at(i)
}

// First returns the first item, if there is one.
func (l *LiveList[T]) First(r Reader) (x T, ok bool) { return l.end(r, false) }

// Last returns the last item, if there is one.
func (l *LiveList[T]) Last(r Reader) (x T, ok bool) { return l.end(r, true) }

func (l *LiveList[T]) end(r Reader, last bool) (x T, ok bool) {
	s := l.of().contents(r)
	n := s.length()
	switch {
	case n == 0:
		return x, false
	case last:
		return s.at(n - 1), true
	default:
		return s.at(0), true
	}
}

// IndexOf returns where x is, or -1. In what is made of a List by Limit or
// Reversed it is searched for item by item.
func (l *LiveList[T]) IndexOf(r Reader, x T) int { return indexIn(l.of().contents(r), x) }

// Get returns a copy of all items, nil if there are none.
func (l *LiveList[T]) Get(r Reader) []T {
	s := l.of().contents(r)
	return copyOf(s, 0, s.length())
}

// Peek is Get without making the list an input of the running rule.
func (l *LiveList[T]) Peek(r Reader) (items []T) {
	r.untracked(func(r Reader) { items = l.Get(r) })
	return items
}

// Slice returns a copy of the items from i up to, but not including, j.
func (l *LiveList[T]) Slice(r Reader, i, j int) []T {
	s := l.of().contents(r)
	_ = make([]struct{}, s.length())[i:j]
	return copyOf(s, i, j)
}

func copyOf[T any](s sequence[T], i, j int) (items []T) {
	if i < j {
		items = make([]T, 0, j-i)
	}
	for ; i < j; i++ {
		items = append(items, s.at(i))
	}
	return items
}

// All yields the items in order.
func (l *LiveList[T]) All(r Reader) iter.Seq[T] { return inOrder(l.of(), r, false) }

// Backward yields the items in the opposite order.
func (l *LiveList[T]) Backward(r Reader) iter.Seq[T] { return inOrder(l.of(), r, true) }

// Splices yields what this pass has changed, last ones first, see Splice. A rule
// that reads it runs again, with no changes, when the pass is over. What a list
// has when it is first listened to is no change; without listeners it has none.
func (l *LiveList[T]) Splices(r Reader) iter.Seq[Splice] { return splicesOf(l.of(), r) }

func (l *LiveList[T]) of() sequence[T] {
	if l.seq == nil {
		panic(&UsageError{Problem: "the zero LiveList was used; it is made by Sorted, Limit or Reversed"})
	}
	return l.seq
}

// indexer is a sequence that knows where its items are.
type indexer[T any] interface{ index(x T) int }

func indexIn[T comparable](s sequence[T], x T) int {
	if known, ok := s.(indexer[T]); ok {
		return known.index(x)
	}
	for i := range s.length() {
		if s.at(i) == x {
			return i
		}
	}
	return -1
}

// ordered is what all that is behind a LiveList has in common. It is to sequences
// what derived is to tables; what is said there about kinds is true here, too.
type ordered[T any] struct {
	c      Computed[struct{}]
	deltas node
	kind   orderedKind[T]
	over   sequence[T] // whose items it shows; nil if it has its own
	begun  uint64      // serial of the start of the last transaction that wrote
	told   script      // what a reader of the changes is looking at
}

type orderedKind[T any] interface {
	keeper
	sequence[T]
	// hadChanges says whether the deltas may have shown any. It is asked when
	// the pass is over; what is followed may have forgotten them already.
	hadChanges() bool
	settle() // the pass is over
	end()    // the transaction is over
}

func (o *ordered[T]) init(kind orderedKind[T]) {
	o.kind, o.c.self, o.c.flags = kind, kind, isCompute|isKeeper
}

func (o *ordered[T]) contents(r Reader) sequence[T] {
	o.c.Get(r)
	if o.over != nil && o.c.flags&isActive == 0 {
		o.over.contents(r) // what it had may have been let go, though it has not changed
	}
	return o.kind
}

func (o *ordered[T]) news(r Reader) sequence[T] {
	o.contents(r)
	o.deltas.read(r)
	o.deltas.typed(o, unsafe.Offsetof(o.deltas))
	return o.kind
}

// begin prepares for a change in this pass.
func (o *ordered[T]) begin(g *Graph) {
	if o.begun < g.txnStart {
		o.begun = g.txnStart
		g.adopt(&o.deltas)
		g.ending = append(g.ending, o)
	}
	if !g.pulsed(&o.deltas, o) {
		g.pulse(&o.deltas, o)
	}
}

// tell tells the listeners.
func (o *ordered[T]) tell(g *Graph) {
	g.changed(&o.c.node)
	g.changed(&o.deltas)
}

func (o *ordered[T]) undo(g *Graph, _ undoOp, _ uint64) { g.undoPulse(&o.deltas, o) }

// undoSources is for the undo of the kind.
func (o *ordered[T]) undoSources(g *Graph, n uint64) {
	o.c.undoSources(g, int(n))
	if o.c.flags&isActive == 0 {
		o.kind.free(g)
	}
}

// reset ends the deltas of a pass.
func (o *ordered[T]) reset(g *Graph) {
	had := o.kind.hadChanges()
	o.drop()
	if had {
		g.changed(&o.deltas)
	}
}

func (o *ordered[T]) drop() {
	o.deltas.flags &^= isPulsing
	o.told = clearTail(o.told, 0)
	o.kind.settle()
}

func (o *ordered[T]) end() {
	o.drop()
	o.kind.end()
}

func (o *ordered[T]) renew(g *Graph) {
	g.pulsed(&o.deltas, o)
	if o.over != nil {
		o.over.renew(g)
	}
}

// pulsing says whether there may be changes in this pass.
func (o *ordered[T]) pulsing() bool { return o.deltas.flags&isPulsing != 0 }

func (o *ordered[T]) spare() *script { return &o.told }

func (o *ordered[T]) node() *node { return &o.c.node }

func (o *ordered[T]) inspect(limit int) inspection { return inspectSequence("LiveList", o.kind, limit) }
