package pipe

import (
	"iter"

	"github.com/freeswytch/freeswytch/cell"
)

// Source has items for one pass. A Pipe is one; Items makes others.
type Source[T any] interface {
	// AppendTo appends the items of this pass to a slice and returns it.
	AppendTo(r cell.Reader, items []T) []T
}

// Items is a Source of what a function yields, in each pass in which something
// that it has read has changed: what a set has added (members.Added), what a hub
// has for a pattern, or some of a pipe's items.
type Items[T any] func(cell.Reader) iter.Seq[T]

// AppendTo appends what the function yields.
func (f Items[T]) AppendTo(r cell.Reader, items []T) []T {
	for x := range f(r) {
		items = append(items, x)
	}
	return items
}
