package rx

import (
	"context"
	"fmt"
	"reflect"

	"github.com/reactivex/rxgo/v2"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

// ToPipe appends the items of an observable to a pipe, each in a transaction of its
// own; or, if atMost is more than one, so many of those that have arrived
// meanwhile in one. It blocks until the observable completes, and returns nil, or
// until ctx ends, and returns its cause. It returns, and takes nothing further,
// with the first error: that of the observable, or of a transaction, or an
// *ItemError; what was appended before stays.
//
// The options are given to Observe, with rxgo.WithContext for a context that ends
// when ToPipe returns. It panics if called inside a transaction or by an effect.
func ToPipe[T any](ctx context.Context, g *cell.Graph, o rxgo.Observable, p *pipe.Pipe[T], atMost int, opts ...rxgo.Option) error {
	if atMost < 1 {
		panic(&cell.UsageError{Problem: fmt.Sprintf("ToPipe with %d items in a transaction", atMost)})
	}
	return consume(ctx, g, o, atMost, func(tx cell.Tx, items []T) { p.Append(tx, items...) }, opts)
}

// ToCell sets a cell, such as a Value or Pulse, to each item of an observable, in a
// transaction of its own. For the rest it is as ToPipe.
func ToCell[T any](ctx context.Context, g *cell.Graph, o rxgo.Observable, c Settable[T], opts ...rxgo.Option) error {
	return consume(ctx, g, o, 1, func(tx cell.Tx, items []T) { c.Set(tx, items[0]) }, opts)
}

// Settable is a cell that can be set.
type Settable[T any] interface{ Set(cell.Tx, T) }

// ItemError says that an observable has emitted an item of another type.
type ItemError struct {
	Item any
	Want reflect.Type
}

func (e *ItemError) Error() string {
	return fmt.Sprintf("rx: an item is of type %T, not %v", e.Item, e.Want)
}

func consume[T any](ctx context.Context, g *cell.Graph, o rxgo.Observable, atMost int, write func(cell.Tx, []T), opts []rxgo.Option) error {
	cell.MustNotBlock("a function of rx")
	upstream, cancel := context.WithCancel(ctx)
	in := o.Observe(append(opts[:len(opts):len(opts)], rxgo.WithContext(upstream))...)
	completed := false
	defer func() {
		cancel()
		if !completed {
			go drain(in)
		}
	}()
	var batch []T
	update := func(tx cell.Tx) error { write(tx, batch); return nil }
	for {
		var item rxgo.Item
		more := false
		select {
		case item, more = <-in:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		var err error
		for ready := true; ready; {
			if completed = !more; completed {
				break
			}
			var x T
			if x, err = valueOf[T](item); err != nil {
				break
			}
			if batch = append(batch, x); len(batch) == atMost {
				break
			}
			select {
			case item, more = <-in:
			default:
				ready = false
			}
		}
		if len(batch) > 0 {
			if err := g.UpdateContext(ctx, update); err != nil {
				return err
			}
			clear(batch)
			batch = batch[:0]
		}
		switch {
		case err != nil:
			return err
		case completed: // perhaps because the context has ended
			return context.Cause(ctx)
		}
	}
}

// drain lets whoever still has something to send come to its end.
func drain(in <-chan rxgo.Item) {
	for range in {
	}
}

// valueOf returns what item carries.
func valueOf[T any](item rxgo.Item) (x T, err error) {
	if item.Error() {
		return x, item.E
	}
	x, ok := item.V.(T)
	if want := reflect.TypeFor[T](); !ok && (item.V != nil || want.Kind() != reflect.Interface) {
		return x, &ItemError{item.V, want}
	}
	return x, nil
}
