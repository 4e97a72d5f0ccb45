package pipe

import (
	"iter"
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

// Hub is a pipe whose readers say which items they want, by the values of some of
// their fields. Putting an item costs no more for readers that want others, and
// such readers do not run. For the rest it is as a Pipe: whoever reads in the pass
// in which items were put sees those that match, in order, and then, in a further
// pass, none.
//
// What a rule asks for is remembered as long as some rule asks for it.
//
// The zero Hub has no fields, so all readers get all items. A Hub must not be
// copied after its first use.
type Hub[T any] struct {
	pipe   Pipe[T]
	fields []Selector[T]
	root   branch[T]
	gone   uint64 // how often the items have been reset
}

// NewHub returns a hub that finds items by the given fields. The last one should
// be the one with the most values: the first question about an item is who wants
// that value of it.
func NewHub[T any](fields ...Selector[T]) *Hub[T] {
	return &Hub[T]{fields: slices.Clone(fields)}
}

// Named gives the hub a name, for errors, traces and snapshots, and returns it.
func (h *Hub[T]) Named(name string) *Hub[T] { h.pipe.Named(name); return h }

// Put adds items to this pass.
func (h *Hub[T]) Put(tx cell.Tx, items ...T) {
	if len(items) == 0 {
		return
	}
	h.pipe.append(tx, (*hubKind[T])(h), items)
	for i := range items {
		h.deliver(tx, &h.root, len(h.fields), items[i:i+1])
	}
}

// All yields the items of this pass that fulfil all matches, in order. A rule that
// asks runs again when there are others.
func (h *Hub[T]) All(r cell.Reader, matches ...Match[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, x := range h.find(r, matches) {
			if !yield(x) {
				return
			}
			r.Graph() // panics if the iterator was kept
		}
	}
}

// Get returns what All yields as a new slice, nil if there is nothing.
func (h *Hub[T]) Get(r cell.Reader, matches ...Match[T]) []T {
	return append([]T(nil), h.find(r, matches)...)
}

// find returns the matching items, for the reader to look at at once.
func (h *Hub[T]) find(r cell.Reader, matches []Match[T]) []T {
	if len(matches) == 0 {
		h.pipe.c.Read(r)
		return h.pipe.items
	}
	h.check(matches)
	h.pipe.c.Peek(r)
	leaf := h.leaf(matches)
	if leaf == nil || leaf.topic == nil {
		t := &topic[T]{}
		if len(h.pipe.items) > 0 {
			t.missed = h.gone + 1
		}
		if t.c.Listen(r, (*topicKind[T])(t)) {
			t.leaf = h.grow(matches)
			t.leaf.topic = t
		}
		return h.late(r, matches)
	}
	t := leaf.topic
	t.c.Listen(r, (*topicKind[T])(t))
	switch {
	case t.missed > h.gone:
		return h.late(r, matches)
	case t.gone < h.gone:
		return nil // what is there is of the last pass
	}
	return t.items
}

// late finds items that may have been put before anybody asked for them.
func (h *Hub[T]) late(r cell.Reader, matches []Match[T]) (found []T) {
	if len(h.pipe.items) == 0 {
		return nil
	}
	h.pipe.c.Read(r) // to run again when they are gone
	for _, x := range h.pipe.items {
		if !slices.ContainsFunc(matches, func(m Match[T]) bool { return !m.field.is(x, m.value) }) {
			found = append(found, x)
		}
	}
	return found
}

func (h *Hub[T]) check(matches []Match[T]) {
	for i, m := range matches {
		if !slices.Contains(h.fields, m.field) {
			panic(&cell.UsageError{Problem: "a Hub was asked for the value of a field that it was not made with"})
		}
		if slices.ContainsFunc(matches[:i], func(o Match[T]) bool { return o.field == m.field }) {
			panic(&cell.UsageError{Problem: "a Hub was asked for two values of the same field"})
		}
	}
}

// hubKind is the hub as its cell sees it.
type hubKind[T any] Hub[T]

func (k *hubKind[T]) Undo(n int) { (*kind[T])(&k.pipe).Undo(n) }

func (k *hubKind[T]) Reset() {
	(*kind[T])(&k.pipe).Reset()
	k.gone++
}

// Inspect is for snapshots.
func (k *hubKind[T]) Inspect() (string, any) { return "Hub", slices.Clone(k.pipe.items) }
