package pipe

import (
	"iter"
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

// Pipe carries items to all its readers for one pass: whoever reads it in the
// pass in which they were appended sees them all, from all writers, in order;
// then it is empty, and its readers run once more and find nothing. A rule that
// copies from one pipe to another hands the items over in the same pass. Items
// appended by a commit callback are for the next pass. If the transaction fails,
// or a rule that appended is undone, the items are gone.
//
// The zero Pipe is empty and ready for use; it must not be copied after its first
// use.
type Pipe[T any] struct {
	c     cell.Custom
	items []T
}

// keep bounds the memory that an empty pipe holds on to, in items.
const keep = 1024

// Named gives the pipe a name, for errors, traces and snapshots, and returns it.
func (p *Pipe[T]) Named(name string) *Pipe[T] { p.c.Named(name); return p }

// Append puts items at the end.
func (p *Pipe[T]) Append(tx cell.Tx, items ...T) {
	if len(items) > 0 {
		p.append(tx, (*kind[T])(p), items)
	}
}

func (p *Pipe[T]) append(tx cell.Tx, k cell.CustomKind, items []T) {
	p.c.Once(tx, k)
	p.c.Log(tx, k, len(p.items))
	p.items = append(p.items, items...)
	p.c.Changed(tx)
}

// Extend puts the items of seq at the end.
func (p *Pipe[T]) Extend(tx cell.Tx, seq iter.Seq[T]) {
	for x := range seq {
		p.Append(tx, x)
	}
}

// All yields the items of this pass in order.
func (p *Pipe[T]) All(r cell.Reader) iter.Seq[T] {
	return func(yield func(T) bool) {
		p.c.Read(r)
		for _, x := range p.items { // not what is appended meanwhile
			if !yield(x) {
				return
			}
			r.Graph() // panics if the iterator was kept
		}
	}
}

// Get returns the items of this pass as a new slice, nil if there are none.
func (p *Pipe[T]) Get(r cell.Reader) []T { return p.AppendTo(r, nil) }

// AppendTo appends the items of this pass to a slice and returns it.
func (p *Pipe[T]) AppendTo(r cell.Reader, items []T) []T {
	p.c.Read(r)
	return append(items, p.items...)
}

// Len returns the number of items in this pass.
func (p *Pipe[T]) Len(r cell.Reader) int {
	p.c.Read(r)
	return len(p.items)
}

// Contains says whether an item of p equals x.
func Contains[T comparable](r cell.Reader, p *Pipe[T], x T) bool {
	for y := range p.All(r) {
		if x == y {
			return true
		}
	}
	return false
}

// kind is the pipe as its cell sees it.
type kind[T any] Pipe[T]

func (k *kind[T]) Undo(n int) {
	if n >= len(k.items) {
		return // the pass of these items is over
	}
	clear(k.items[n:])
	k.items = k.items[:n]
}

func (k *kind[T]) Reset() { k.items = emptied(k.items) }

// Inspect is for snapshots.
func (k *kind[T]) Inspect() (string, any) { return "Pipe", slices.Clone(k.items) }

// emptied empties items for further use.
func emptied[T any](items []T) []T {
	if cap(items) > keep {
		return nil
	}
	clear(items)
	return items[:0]
}
