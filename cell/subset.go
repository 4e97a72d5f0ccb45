package cell

import "iter"

// SubSet is a set, written by hand, of items of another, its base: what is not in
// the base is left out, and what leaves the base leaves the set, and does not come
// back with it. Within a transaction the order does not matter: what is added may
// enter the base afterwards. It is read as a LiveSet is.
type SubSet[T comparable] struct {
	chosen Set[T]
	base   *Value[ReadableSet[T]]
	rule   *Maintained[struct{}]
	in     *LiveSet[T] // the chosen ones that are in the base
}

// NewSubSet returns an empty SubSet of base. It lasts as long as its owner.
func NewSubSet[T comparable](o Owner, base ReadableSet[T]) *SubSet[T] {
	need(base != nil, "NewSubSet wants a base, not nil")
	s := &SubSet[T]{base: NewValue(base)}
	s.in = Filter(&s.chosen, func(r Reader, x T) bool { return s.base.Get(r).Has(r, x) })
	s.rule = Rule(o, func(tx Tx) {
		for x := range s.chosen.Added(tx.Reader) {
			if !s.in.Has(tx.Reader, x) {
				s.chosen.Remove(tx, x)
			}
		}
		for x := range s.in.Removed(tx.Reader) {
			s.chosen.Remove(tx, x)
		}
	})
	return s
}

// Named gives the set a name, for errors, traces and snapshots, and returns it.
func (s *SubSet[T]) Named(name string) *SubSet[T] { s.made().in.Named(name); return s }

// Stop ends the set's rule, in a transaction of its own: from then on what leaves the
// base comes back with it, and so does what was added without being in it. Stopping
// twice does nothing.
func (s *SubSet[T]) Stop() { s.made().rule.Stop() }

// StopIn is Stop as a part of tx.
func (s *SubSet[T]) StopIn(tx Tx) { s.made().rule.StopIn(tx) }

// Add adds the items that are in the base when the rules of this pass run.
func (s *SubSet[T]) Add(tx Tx, items ...T) { s.made().chosen.Add(tx, items...) }

// Remove removes x and says whether it was there.
func (s *SubSet[T]) Remove(tx Tx, x T) bool { return s.made().chosen.Remove(tx, x) }

// Clear removes all items.
func (s *SubSet[T]) Clear(tx Tx) { s.made().chosen.Clear(tx) }

// SetBase makes base the new base; what is not in it leaves.
func (s *SubSet[T]) SetBase(tx Tx, base ReadableSet[T]) {
	need(base != nil, "SetBase wants a base, not nil")
	s.made().base.Set(tx, base)
}

// Has says whether x is in the set.
func (s *SubSet[T]) Has(r Reader, x T) bool { return s.made().in.Has(r, x) }

// Peek is Has without making the set an input of the running rule.
func (s *SubSet[T]) Peek(r Reader, x T) bool { return s.made().in.Peek(r, x) }

// Len returns the number of items.
func (s *SubSet[T]) Len(r Reader) int { return s.made().in.Len(r) }

// All yields the items.
func (s *SubSet[T]) All(r Reader) iter.Seq[T] { return s.made().in.All(r) }

// Added yields what this pass has added, as with a LiveSet.
func (s *SubSet[T]) Added(r Reader) iter.Seq[T] { return s.made().in.Added(r) }

// Removed yields what this pass has removed: members only.
func (s *SubSet[T]) Removed(r Reader) iter.Seq[T] { return s.made().in.Removed(r) }

func (s *SubSet[T]) of() source[T, struct{}] { return s.made().in.of() }

func (s *SubSet[T]) made() *SubSet[T] {
	need(s.in != nil, "the zero SubSet was used; it is made by NewSubSet")
	return s
}
