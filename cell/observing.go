package cell

import "iter"

// Observing watches what lookup returns for each item of keys. It is the map of
// these values, kept up to date, and Updated tells of a pass what was and what is.
// lookup reads cells; when they change, it runs again for the keys that have read
// them. It costs what Filter does.
func Observing[K, V comparable](keys ReadableSet[K], lookup func(r Reader, k K) V) *LiveMap[K, V] {
	value := func(r Reader, k K, _ struct{}) (V, bool) { return lookup(r, k), true }
	return &LiveMap[K, V]{newImage(keys.of(), value, same[V], lookup)}
}

// Change is what has become of a value in a pass. If its key is new, Old is the
// same as New.
type Change[V any] struct{ New, Old V }

// Updated yields the keys added or changed in this pass, with their values now and
// before it. A rule that reads it runs again, with no changes, when the pass is
// over. For what was removed see Removed; what a map has when it is first
// listened to is not added.
func (m *LiveMap[K, V]) Updated(r Reader) iter.Seq2[K, Change[V]] { return updated(m.of(), r) }

// Updated yields the keys added or changed in this pass, with their values now and
// before it. A rule that reads it runs again, with no changes, when the pass is
// over. For what was removed see Removed.
func (m *Map[K, V]) Updated(r Reader) iter.Seq2[K, Change[V]] { return updated(m.of(), r) }

func updated[K comparable, V any](s source[K, V], r Reader) iter.Seq2[K, Change[V]] {
	return func(yield func(K, Change[V]) bool) {
		t := s.news(r)
		pass := t.deltas.saved
		for i, n := 0, len(t.touched); i < min(n, len(t.touched)) && t.deltas.saved == pass; i++ { // as in delta
			e := &t.entries[t.touched[i]]
			if !e.live {
				continue
			}
			c := Change[V]{New: e.val, Old: e.val}
			if e.was {
				c.Old = e.before
			}
			if !yield(e.key, c) {
				return
			}
			r.enter()
		}
	}
}
