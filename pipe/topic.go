package pipe

import (
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

// The hub's index is a tree. On the way from its root each step decides one
// field, the last field first: its value, or that it does not matter. At the end
// of a way is the topic of those who asked for that.

// branch is a place in the tree.
type branch[T any] struct {
	parent *branch[T]
	value  any                // decided by the last step; nil if that was any
	values map[any]*branch[T] // steps to one value
	any    *branch[T]         // the step to no matter which
	topic  *topic[T]
}

// topic has the items that match what some rules have asked for.
type topic[T any] struct {
	Pipe[T]
	leaf   *branch[T]
	gone   uint64 // hub.gone when the items were put
	missed uint64 // until hub.gone has got there, items may be missing
}

func matchOf[T any](field Selector[T], matches []Match[T]) (value any, matters bool) {
	for _, m := range matches {
		if m.field == field {
			return m.value, true
		}
	}
	return nil, false
}

// leaf returns the end of the way that matches describe, nil if there is none.
func (h *Hub[T]) leaf(matches []Match[T]) *branch[T] {
	b := &h.root
	for i := len(h.fields) - 1; i >= 0 && b != nil; i-- {
		if value, matters := matchOf(h.fields[i], matches); matters {
			b = b.values[value]
		} else {
			b = b.any
		}
	}
	return b
}

// grow is leaf, but makes the way.
func (h *Hub[T]) grow(matches []Match[T]) *branch[T] {
	b := &h.root
	for i := len(h.fields) - 1; i >= 0; i-- {
		value, matters := matchOf(h.fields[i], matches)
		next := b.any
		if matters {
			next = b.values[value]
		}
		if next == nil {
			next = &branch[T]{parent: b, value: value}
			switch {
			case !matters:
				b.any = next
			case b.values == nil:
				b.values = map[any]*branch[T]{value: next}
			default:
				b.values[value] = next
			}
		}
		b = next
	}
	return b
}

// deliver appends item, a slice of one, to all topics beyond b that it matches.
// The fields from n on are decided.
func (h *Hub[T]) deliver(tx cell.Tx, b *branch[T], n int, item []T) {
	if n == 0 {
		if t := b.topic; t != nil {
			t.gone = h.gone
			t.append(tx, (*topicKind[T])(t), item)
		}
		return
	}
	if b.any != nil {
		h.deliver(tx, b.any, n-1, item)
	}
	if len(b.values) > 0 {
		if next := h.fields[n-1].follow(b.values, item[0]); next != nil {
			h.deliver(tx, next, n-1, item)
		}
	}
}

// topicKind is the topic as its cell sees it.
type topicKind[T any] topic[T]

func (k *topicKind[T]) Undo(n int) { (*kind[T])(&k.Pipe).Undo(n) }
func (k *topicKind[T]) Reset()     { (*kind[T])(&k.Pipe).Reset() }

// Inspect is for snapshots: a topic is what a reader sees of its hub.
func (k *topicKind[T]) Inspect() (string, any) { return "Hub", slices.Clone(k.items) }

// Idle forgets the topic, and the way to it as far as no other shares it.
func (k *topicKind[T]) Idle() {
	b := k.leaf
	b.topic = nil
	for b.parent != nil && b.topic == nil && b.any == nil && len(b.values) == 0 {
		p := b.parent
		if p.any == b {
			p.any = nil
		} else {
			delete(p.values, b.value)
			if len(p.values) == 0 {
				p.values = nil // a map keeps the size it once had
			}
		}
		b = p
	}
}
