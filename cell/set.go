package cell

import "iter"

// Set is a set of items that tells what a pass has added and removed. Items keep
// the order in which they were added. What a transaction writes it sees at once.
// The zero Set is empty and ready for use; it must not be copied after its first
// use. An item must be equal to itself: NaN is refused with a *UsageError, as is a
// result of MapSet, or a key of GroupBy, that is NaN.
type Set[T comparable] struct {
	c collection[T, struct{}]
}

// NewSet returns a Set with the given items.
func NewSet[T comparable](items ...T) *Set[T] {
	s := &Set[T]{}
	for _, x := range items {
		s.c.tab.fill(x, struct{}{})
	}
	return s
}

// Named gives the set a name, for errors, traces and snapshots, and returns it.
func (s *Set[T]) Named(name string) *Set[T] { setName(&s.c.subject, name); return s }

// Add adds items. Adding a present one is no change. If one rule adds an item and
// another removes it, in the same pass, the one that runs last counts, as with rules
// that keep a set within bounds: there is no second value to disagree about.
func (s *Set[T]) Add(tx Tx, items ...T) {
	g := s.c.enter(tx)
	added := false
	for _, x := range items {
		if at, live := s.c.tab.locate(x); !live {
			s.c.tab.putAt(g, at, x, struct{}{}, true)
			added = true
		}
	}
	if added {
		s.c.tell(g)
	}
}

// Remove removes x and says whether it was there. Removing what this pass has
// added, or adding what it has removed, leaves no delta.
func (s *Set[T]) Remove(tx Tx, x T) bool { return s.c.remove(tx, x) }

// Clear removes all items.
func (s *Set[T]) Clear(tx Tx) { s.c.clear(tx) }

// Has says whether x is in the set. A rule that asks depends on x only: it does not
// run when other items come and go. That takes some 250 bytes for each item that
// is asked for; who asks for most of them had better read All.
func (s *Set[T]) Has(r Reader, x T) bool {
	return s.c.one(r, x).has(x)
}

// Peek is Has without making the set an input of the running rule.
func (s *Set[T]) Peek(r Reader, x T) bool {
	s.c.subject.peek(r)
	return s.c.tab.has(x)
}

// Len returns the number of items.
func (s *Set[T]) Len(r Reader) int {
	return s.c.contents(r).size
}

// All yields the items in the order in which they were added.
func (s *Set[T]) All(r Reader) iter.Seq[T] { return keys(all(&s.c, r)) }

// Added yields what was added in this pass. A rule that reads it runs again,
// with nothing added, when the pass is over.
func (s *Set[T]) Added(r Reader) iter.Seq[T] { return keys(delta(&s.c, r, false, true)) }

// Removed yields what was removed in this pass, as Added does.
func (s *Set[T]) Removed(r Reader) iter.Seq[T] { return keys(delta(&s.c, r, true, false)) }

func (s *Set[T]) of() source[T, struct{}] { return &s.c }
