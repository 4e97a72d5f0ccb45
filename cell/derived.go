package cell

import (
	"iter"
	"unsafe"
)

// A derived collection is an incremental Computed. It is built from its sources
// when it is first listened to, and kept from then on: each run looks only at
// what the journals of its sources say was written since the last one, and
// writes the difference to a table of its own, whose journal feeds what is
// derived from it. While nobody listens it has no links, and what it holds is a
// cache, replaced when it is read in another state of the graph.
//
// To write another kind, embed derived (by way of a LiveSet or LiveMap; or just a
// Computed, if the result is one value), set its self and flags with init, and
// write, on the model of image:
//
//   - run: if isActive is set, update: advance each feed, see with turn what has
//     happened to each entry since the last run, compare that with the own
//     table, put what differs, and tell the listeners if anything did. Else
//     build: start each feed, replace the table, and fill it; nothing is logged.
//     Call finish in the end. Sources are read in each run, always in the same
//     order; it costs a comparison.
//   - undo: what put and feeds log they undo by themselves. State of another form
//     is undone by an entry of the kind's own: at that moment its sources, and
//     their journals, are as they were when the entry was logged, so that the
//     update can be done backwards. undoSources is left to derived; if the
//     collection is not active after it, it is let go.
//   - free: lets go of all state, for nobody listens any more. It is not undone.
//
// Functions of the user's that may read cells are evaluated by an image: a kind
// that needs a value for each item takes that of an image as its source.
type derived[K comparable, V any] struct {
	c Computed[struct{}]
	t table[K, V]
}

// keeper is a Computed that holds more than its value.
type keeper interface {
	runner
	free(*Graph)
}

// itemKeeper is a keeper with rules that listen to cells for it.
type itemKeeper interface {
	keeper
	each(func(*rule))
}

func (d *derived[K, V]) init(self keeper) { d.c.self, d.c.flags = self, isCompute|isKeeper }

func (d *derived[K, V]) contents(r Reader) *table[K, V] {
	if d.c.self == nil {
		panic(&UsageError{Problem: "the zero LiveSet or LiveMap was used; they are made by Filter and the like"})
	}
	d.c.Get(r)
	return &d.t
}

func (d *derived[K, V]) news(r Reader) *table[K, V] {
	t := d.contents(r)
	t.deltas.read(r)
	t.deltas.typed(d, unsafe.Offsetof(d.t)+unsafe.Offsetof(d.t.deltas))
	return t
}

func (d *derived[K, V]) inspect(limit int) inspection {
	i := d.t.inspect(limit)
	i.kind = "Live" + i.kind
	return i
}

func (d *derived[K, V]) table() *table[K, V] { return &d.t }

// tell tells the listeners after something was put.
func (d *derived[K, V]) tell(g *Graph) {
	g.changed(&d.c.node)
	g.changed(&d.t.deltas)
}

// undoSources is for the undo of the kind: it says whether the collection is
// still active.
func (d *derived[K, V]) undoSources(g *Graph, n uint64) (active bool) {
	d.c.undoSources(g, int(n))
	return d.c.flags&isActive != 0
}

// LiveSet is a read-only set that follows from others, made by Filter, Union and
// the like. It is kept from changes: what a change costs does not depend on the
// size. Like a Computed it is fresh when it is read, also within a transaction;
// while nobody listens to it, it costs nothing, can be collected, and is computed
// when read, once for a state of the graph. The functions that it was given are
// pure: they are run as the runtime sees fit, and may read other cells.
//
// Items are in the order in which they came; a set that is computed anew takes
// the order of its source.
type LiveSet[T comparable] struct{ derived[T, struct{}] }

// Named gives the set a name for errors, and returns it.
func (s *LiveSet[T]) Named(name string) *LiveSet[T] { setName(&s.c.node, name); return s }

// Has says whether x is in the set.
func (s *LiveSet[T]) Has(r Reader, x T) bool { return s.contents(r).has(x) }

// Len returns the number of items.
func (s *LiveSet[T]) Len(r Reader) int { return s.contents(r).size }

// All yields the items.
func (s *LiveSet[T]) All(r Reader) iter.Seq[T] { return keys(all(s, r)) }

// Added yields what this pass has added. A rule that reads it runs again, with
// nothing added, when the pass is over. What a set has when it is first listened
// to is not added; without listeners it has no deltas.
func (s *LiveSet[T]) Added(r Reader) iter.Seq[T] { return keys(delta(s, r, false, true)) }

// Removed yields what this pass has removed, as Added does.
func (s *LiveSet[T]) Removed(r Reader) iter.Seq[T] { return keys(delta(s, r, true, false)) }

// LiveMap is a read-only map that follows from other collections. It is to Map
// what LiveSet is to Set.
type LiveMap[K comparable, V any] struct{ derived[K, V] }

// Named gives the map a name for errors, and returns it.
func (m *LiveMap[K, V]) Named(name string) *LiveMap[K, V] { setName(&m.c.node, name); return m }

// Get returns the value under k, and whether there is one.
func (m *LiveMap[K, V]) Get(r Reader, k K) (v V, ok bool) { return m.contents(r).lookup(k) }

// Len returns the number of keys.
func (m *LiveMap[K, V]) Len(r Reader) int { return m.contents(r).size }

// All yields keys and values.
func (m *LiveMap[K, V]) All(r Reader) iter.Seq2[K, V] { return all(m, r) }

// Added yields the keys added in this pass with their new values. A rule that
// reads it runs again, with nothing added, when the pass is over. What a map has
// when it is first listened to is not added; without listeners it has no deltas.
func (m *LiveMap[K, V]) Added(r Reader) iter.Seq2[K, V] { return delta(m, r, false, true) }

// Changed yields the keys with another value than before, with the new values.
func (m *LiveMap[K, V]) Changed(r Reader) iter.Seq2[K, V] { return delta(m, r, true, true) }

// Removed yields the keys removed in this pass with the values they had before it.
func (m *LiveMap[K, V]) Removed(r Reader) iter.Seq2[K, V] { return delta(m, r, true, false) }
