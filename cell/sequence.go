package cell

import (
	"iter"
	"math"
	"unsafe"
)

// ReadableList is a list that can be looked at: a List, or a LiveList that
// follows from others. Only this package can implement it.
type ReadableList[T any] interface {
	// Len returns the number of items.
	Len(r Reader) int
	// Get returns a copy of all items.
	Get(r Reader) []T
	// At returns the item at i.
	At(r Reader, i int) T
	// Slice returns a copy of the items from i up to, but not including, j.
	Slice(r Reader, i, j int) []T
	// All yields the items in order, Backward in the opposite order.
	All(r Reader) iter.Seq[T]
	Backward(r Reader) iter.Seq[T]
	// Splices yields what this pass has changed, last ones first.
	Splices(r Reader) iter.Seq[Splice]

	of() sequence[T]
}

// sequence is what is behind a ReadableList.
type sequence[T any] interface {
	// contents brings the sequence up to date and makes its contents an input of
	// the running rule; news does so for the deltas.
	contents(r Reader) sequence[T]
	news(r Reader) sequence[T]

	length() int
	oldLength() int // at the start of the pass
	at(i int) T
	// changes appends to s, in ascending order, what this pass has changed, at
	// least as far as it is before limit, then or now. If back, it is of the
	// sequence read backward.
	changes(s script, limit int, back bool) script
	// renew is for a commit callback that begins the next pass: it ends the
	// deltas of the last one.
	renew(g *Graph)
	// spare is memory for changes.
	spare() *script
	node() *node
}

func inOrder[T any](s sequence[T], r Reader, back bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		s.contents(r)
		n := s.length() // not what is added meanwhile
		for k := range n {
			i := k
			if back {
				i = n - 1 - k
			}
			if i >= s.length() {
				continue
			}
			if !yield(s.at(i)) {
				return
			}
			r.enter() // an iterator may have been kept
		}
	}
}

func splicesOf[T any](s sequence[T], r Reader) iter.Seq[Splice] {
	return func(yield func(Splice) bool) {
		s.news(r)
		buf := s.spare()
		*buf = s.changes((*buf)[:0], math.MaxInt, false)
		for i := len(*buf) - 1; i >= 0; i = min(i, len(*buf)) - 1 {
			if !yield((*buf)[i]) {
				return
			}
			r.enter()
		}
	}
}

func (l *List[T]) of() sequence[T] { return l }

func (l *List[T]) contents(r Reader) sequence[T] {
	l.subject.read(r)
	l.subject.typed(l, 0)
	return l
}

func (l *List[T]) news(r Reader) sequence[T] {
	l.deltas.read(r)
	l.deltas.typed(l, unsafe.Offsetof(l.deltas))
	return l
}

func (l *List[T]) length() int { return len(l.items) }

func (l *List[T]) oldLength() int {
	s := l.compose()
	return len(l.items) - s.shift(len(s))
}

func (l *List[T]) at(i int) T { return l.items[i] }

func (l *List[T]) changes(s script, _ int, back bool) script {
	from := len(s)
	s = append(s, l.compose()...)
	if back {
		s[from:].mirror(l.oldLength(), len(l.items))
	}
	return s
}

func (l *List[T]) renew(g *Graph) { g.pulsed(&l.deltas, l) }

func (l *List[T]) spare() *script { return &l.told }

func (l *List[T]) node() *node { return &l.subject }

func (l *List[T]) inspect(limit int) inspection { return inspectSequence("List", l, limit) }

func inspectSequence[T any](kind string, s sequence[T], limit int) inspection {
	items := make([]T, min(limit, s.length()))
	for i := range items {
		items[i] = s.at(i)
	}
	i := inspectionOf[T](kind, *new(T))
	i.value, i.size = items, s.length()
	return i
}
