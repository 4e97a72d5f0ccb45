package cell

import "iter"

// LiveSet is a read-only set that follows from others, made by Filter, Union and
// the like. It is kept from changes: what a change costs does not depend on the
// size. Like a Computed it is fresh when it is read, also within a transaction;
// while nobody listens to it, it costs nothing, can be collected, and is computed
// when read, once for a state of the graph. The functions that it was given are
// pure: they are run as the runtime sees fit, and may read other cells.
//
// Items are in the order in which they came; a set that is computed anew takes
// the order of its source.
type LiveSet[T comparable] struct{ src source[T, struct{}] }

// Named gives the set a name, for errors, traces and snapshots, and returns it.
func (s *LiveSet[T]) Named(name string) *LiveSet[T] { setName(s.of().node(), name); return s }

// Has says whether x is in the set. A rule that asks depends on x only; of a group
// of GroupBy, on all of it.
func (s *LiveSet[T]) Has(r Reader, x T) bool { return s.of().one(r, x).has(x) }

// Peek is Has without making the set an input of the running rule.
func (s *LiveSet[T]) Peek(r Reader, x T) (has bool) {
	r.untracked(func(r Reader) { has = s.of().contents(r).has(x) })
	return has
}

// Len returns the number of items.
func (s *LiveSet[T]) Len(r Reader) int { return s.of().contents(r).size }

// All yields the items.
func (s *LiveSet[T]) All(r Reader) iter.Seq[T] { return keys(all(s.of(), r)) }

// Added yields what this pass has added. A rule that reads it runs again, with
// nothing added, when the pass is over. What a set has when it is first listened
// to is not added; without listeners it has no deltas.
func (s *LiveSet[T]) Added(r Reader) iter.Seq[T] { return keys(delta(s.of(), r, false, true)) }

// Removed yields what this pass has removed, as Added does.
func (s *LiveSet[T]) Removed(r Reader) iter.Seq[T] { return keys(delta(s.of(), r, true, false)) }

// LiveMap is a read-only map that follows from other collections. It is to Map
// what LiveSet is to Set.
type LiveMap[K comparable, V any] struct{ src source[K, V] }

// Named gives the map a name, for errors, traces and snapshots, and returns it.
func (m *LiveMap[K, V]) Named(name string) *LiveMap[K, V] { setName(m.of().node(), name); return m }

// Get returns the value under k, and whether there is one. A rule that asks depends
// on k only.
func (m *LiveMap[K, V]) Get(r Reader, k K) (v V, ok bool) { return m.of().one(r, k).lookup(k) }

// Peek is Get without making the map an input of the running rule.
func (m *LiveMap[K, V]) Peek(r Reader, k K) (v V, ok bool) {
	r.untracked(func(r Reader) { v, ok = m.of().contents(r).lookup(k) })
	return v, ok
}

// Len returns the number of keys.
func (m *LiveMap[K, V]) Len(r Reader) int { return m.of().contents(r).size }

// All yields keys and values.
func (m *LiveMap[K, V]) All(r Reader) iter.Seq2[K, V] { return all(m.of(), r) }

// Added yields the keys added in this pass with their new values. A rule that
// reads it runs again, with nothing added, when the pass is over. What a map has
// when it is first listened to is not added; without listeners it has no deltas.
func (m *LiveMap[K, V]) Added(r Reader) iter.Seq2[K, V] { return delta(m.of(), r, false, true) }

// Changed yields the keys with another value than before, with the new values.
func (m *LiveMap[K, V]) Changed(r Reader) iter.Seq2[K, V] { return delta(m.of(), r, true, true) }

// Removed yields the keys removed in this pass with the values they had before it.
func (m *LiveMap[K, V]) Removed(r Reader) iter.Seq2[K, V] { return delta(m.of(), r, true, false) }

func (s *LiveSet[T]) of() source[T, struct{}] {
	need(s.src != nil, "the zero LiveSet was used; it is made by Filter and the like")
	return s.src
}

func (m *LiveMap[K, V]) of() source[K, V] {
	need(m.src != nil, "the zero LiveMap was used; it is made by FilterMap and the like")
	return m.src
}
