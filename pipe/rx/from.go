// Package rx carries items between a graph and the observables of RxGo
// (github.com/reactivex/rxgo/v2): debouncing, windows, joins and the like are RxGo's,
// what follows from them is kept by cells.
//
// # Ends
//
// Every function here takes a context, and leaves no goroutine behind once that has
// ended. RxGo's operators have to be told of it one by one: pass
// rxgo.WithContext(ctx) to each of them and to Observe. Without it Debounce,
// BufferWithTime and others stay for ever if nobody takes their last item.
//
// Some parts of RxGo 2.5.0 leave goroutines behind even so, if the context ends
// while they have something to send: Merge, Amb, CombineLatest, Concat and Sample
// send without looking at it; WindowWithTime and WindowWithTimeOrCount lock
// themselves out (BufferWithTime and BufferWithTimeOrCount do not); FromEventSource
// with Block never closes its other observers. See issues 318, 342 and 359 of
// github.com/ReactiveX/RxGo. ToPipe and ToCell hear out whom they observe; what is
// further upstream they cannot reach.
package rx

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/reactivex/rxgo/v2"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

// FromPipe returns an observable of the items of source, such as a pipe, that are
// committed from now on. It is hot: whoever observes first gets the items from the
// call of FromPipe on, everybody else those from when they observe; each has a
// subscription of its own with the given policy. It completes when ctx ends, or
// that of an observer for this one, or when owner, a graph or a scope, is stopped;
// if the policy is pipe.Fail and the observer too slow, it ends with a
// *pipe.OverflowError.
//
// Options are those of each Observe, such as rxgo.WithBufferedChannel, which
// comes on top of what the policy holds. Publishing by Connect is neither possible
// nor needed. FromPipe panics if it is called inside a transaction.
func FromPipe[T any](ctx context.Context, owner cell.Owner, source pipe.Source[T], policy pipe.Policy, opts ...rxgo.Option) rxgo.Observable {
	var first atomic.Pointer[subscription[T]]
	first.Store(subscribe(ctx, owner, source, policy))
	return observable(func(observer context.Context, next chan<- rxgo.Item) {
		s := first.Swap(nil)
		if s == nil {
			s = subscribe(ctx, owner, source, policy)
		}
		s.send(observer, next)
	}, opts)
}

// FromCell returns an observable of the values of a cell, as cell.Changes yields
// them. It is cold: every observer gets the present value first, and then changes,
// the latest one if there were several since it has taken the last. It completes
// when ctx ends, or that of an observer for this one; it ends with cell.ErrStopped
// when owner, a graph or a scope, is stopped, and with the error if c cannot be
// computed at the beginning. See FromPipe for the options.
func FromCell[T any](ctx context.Context, owner cell.Owner, c cell.Readable[T], opts ...rxgo.Option) rxgo.Observable {
	return observable(func(observer context.Context, next chan<- rxgo.Item) {
		ctx, end := context.WithCancel(ctx)
		defer end()
		defer context.AfterFunc(observer, end)()
		for x, err := range cell.Changes(ctx, owner, c) {
			item := rxgo.Item{V: x, E: err}
			if err != nil {
				item.V = nil
			}
			if !item.SendContext(ctx, next) {
				return
			}
		}
	}, opts)
}

func observable(produce rxgo.Producer, opts []rxgo.Option) rxgo.Observable {
	return rxgo.Defer([]rxgo.Producer{produce}, opts...)
}

// subscription ends with either of two contexts.
type subscription[T any] struct {
	*pipe.Subscription[T]
	ctx context.Context
	end context.CancelFunc
}

func subscribe[T any](ctx context.Context, owner cell.Owner, source pipe.Source[T], policy pipe.Policy) *subscription[T] {
	ctx, end := context.WithCancel(ctx)
	return &subscription[T]{pipe.Subscribe(ctx, owner, source, policy), ctx, end}
}

// send sends the items until the subscription or the observer's context ends.
func (s *subscription[T]) send(observer context.Context, next chan<- rxgo.Item) {
	defer s.end()
	defer context.AfterFunc(observer, s.end)()
	for x := range s.All() {
		if !rxgo.Of(x).SendContext(s.ctx, next) {
			return
		}
	}
	if overflow := (*pipe.OverflowError)(nil); errors.As(s.Err(), &overflow) {
		rxgo.Error(overflow).SendContext(s.ctx, next)
	}
}

// Policy returns the policy that does what one of RxGo's back-pressure strategies
// does, with room for so many items: Block waits, Drop drops what does not fit.
func Policy(strategy rxgo.BackpressureStrategy, capacity int) pipe.Policy {
	if strategy == rxgo.Drop {
		return pipe.DropNewest(capacity)
	}
	return pipe.Wait(capacity)
}
