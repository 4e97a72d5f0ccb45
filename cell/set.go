package cell

import "iter"

// Set is a set of items that tells what a pass has added and removed. Items keep
// the order in which they were added. What a transaction writes it sees at once.
// The zero Set is empty and ready for use; it must not be copied after its first
// use.
type Set[T comparable] struct {
	c collection[T, struct{}]
}

// NewSet returns a Set with the given items.
func NewSet[T comparable](items ...T) *Set[T] {
	s := &Set[T]{}
	for _, x := range items {
		if s.c.index == nil {
			s.c.index = map[T]int{}
		}
		if s.c.find(x) < 0 {
			s.c.index[x] = len(s.c.entries)
			s.c.entries = append(s.c.entries, entry[T, struct{}]{key: x, live: true})
			s.c.size++
		}
	}
	return s
}

// Named gives the set a name for errors, and returns it.
func (s *Set[T]) Named(name string) *Set[T] { setName(&s.c.contents, name); return s }

// Add adds items. Adding a present one is no change.
func (s *Set[T]) Add(tx Tx, items ...T) {
	s.c.enter(tx)
	for _, x := range items {
		if !s.c.has(x) {
			s.c.put(tx, x, struct{}{}, true)
		}
	}
}

// Remove removes x and says whether it was there. Removing what this pass has
// added, or adding what it has removed, leaves no delta.
func (s *Set[T]) Remove(tx Tx, x T) bool {
	s.c.enter(tx)
	if !s.c.has(x) {
		return false
	}
	s.c.put(tx, x, struct{}{}, false)
	return true
}

// Clear removes all items.
func (s *Set[T]) Clear(tx Tx) {
	s.c.enter(tx)
	for i := 0; i < len(s.c.entries); i++ {
		if e := s.c.entries[i]; e.live {
			s.c.put(tx, e.key, struct{}{}, false)
		}
	}
}

// Has says whether x is in the set. A rule that asks depends on all of the set.
func (s *Set[T]) Has(r Reader, x T) bool {
	s.c.look(r)
	return s.c.has(x)
}

// Len returns the number of items.
func (s *Set[T]) Len(r Reader) int {
	s.c.look(r)
	return s.c.size
}

// All yields the items in the order in which they were added.
func (s *Set[T]) All(r Reader) iter.Seq[T] { return keys(s.c.all(r)) }

// Added yields what was added in this pass. A rule that reads it runs again,
// with nothing added, when the pass is over.
func (s *Set[T]) Added(r Reader) iter.Seq[T] { return keys(s.c.delta(r, false, true)) }

// Removed yields what was removed in this pass, as Added does.
func (s *Set[T]) Removed(r Reader) iter.Seq[T] { return keys(s.c.delta(r, true, false)) }

func keys[K, V any](seq iter.Seq2[K, V]) iter.Seq[K] {
	return func(yield func(K) bool) {
		for k := range seq {
			if !yield(k) {
				return
			}
		}
	}
}
