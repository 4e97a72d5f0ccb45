package cell

import "iter"

// Map holds values by key and tells what a pass has added, changed and removed.
// Keys keep the order in which they were added. What a transaction writes it
// sees at once. Values are not compared: storing one is a change. The zero Map
// is empty and ready for use; it must not be copied after its first use. Keys are
// as the items of a Set: NaN is none.
type Map[K comparable, V any] struct {
	c collection[K, V]
}

// NewMap returns a Map with the given entries, such as maps.All of a Go map.
func NewMap[K comparable, V any](entries ...iter.Seq2[K, V]) *Map[K, V] {
	m := &Map[K, V]{}
	for _, seq := range entries {
		need(seq != nil, "NewMap wants entries, not nil")
		for k, v := range seq {
			m.c.tab.fill(k, v)
		}
	}
	return m
}

// Named gives the map a name, for errors, traces and snapshots, and returns it.
func (m *Map[K, V]) Named(name string) *Map[K, V] { setName(&m.c.subject, name); return m }

// Set stores v under k. Code outside rules, and a single rule, may do so repeatedly:
// the last one counts. So does a rule after code outside rules, whose value is its
// input. If another rule has stored another value under k in this pass, the
// transaction fails with a *ConflictError; values that cannot be compared with ==
// are taken for others. Deleting what another rule has stored is no conflict.
func (m *Map[K, V]) Set(tx Tx, k K, v V) {
	g := m.c.enter(tx)
	m.c.tab.put(g, k, v, true)
	m.c.tab.conflict(g, &m.c.subject)
	m.c.tell(g)
}

// Delete removes k and says whether it was there. What this pass has added and
// deleted leaves no delta; what it has deleted and stored again is changed.
func (m *Map[K, V]) Delete(tx Tx, k K) bool { return m.c.remove(tx, k) }

// Clear removes all keys.
func (m *Map[K, V]) Clear(tx Tx) { m.c.clear(tx) }

// Get returns the value under k, and whether there is one. A rule that asks depends
// on k only: it does not run when other keys change. That takes some 250 bytes for
// each key that is asked for; who asks for most of them had better read All.
func (m *Map[K, V]) Get(r Reader, k K) (v V, ok bool) {
	return m.c.one(r, k).lookup(k)
}

// Peek is Get without making the map an input of the running rule.
func (m *Map[K, V]) Peek(r Reader, k K) (v V, ok bool) {
	m.c.subject.peek(r)
	return m.c.tab.lookup(k)
}

// Len returns the number of keys.
func (m *Map[K, V]) Len(r Reader) int {
	return m.c.contents(r).size
}

// All yields keys and values in the order in which the keys were added.
func (m *Map[K, V]) All(r Reader) iter.Seq2[K, V] { return all(&m.c, r) }

// Added yields the keys added in this pass with their new values. A rule that
// reads it runs again, with nothing added, when the pass is over.
func (m *Map[K, V]) Added(r Reader) iter.Seq2[K, V] { return delta(&m.c, r, false, true) }

// Changed yields the keys stored again in this pass with their new values.
func (m *Map[K, V]) Changed(r Reader) iter.Seq2[K, V] { return delta(&m.c, r, true, true) }

// Removed yields the keys deleted in this pass with the values they had before it.
func (m *Map[K, V]) Removed(r Reader) iter.Seq2[K, V] { return delta(&m.c, r, true, false) }

func (m *Map[K, V]) of() source[K, V] { return &m.c }
