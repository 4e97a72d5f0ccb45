package pipe

import (
	"context"
	"iter"
	"sync"

	"github.com/freeswytch/freeswytch/cell"
)

// Subscription carries the items of a Source, such as a Pipe, out of the graph to
// a goroutine: those that were committed, all of them unless its Policy drops
// some, in the order of the commits. Never those of a transaction that failed, or
// of a rule that was undone.
//
// It ends with its context, with its owner, by Stop, when a loop over it is left,
// or if its Policy says so.
type Subscription[T any] struct {
	ctx    context.Context
	source Source[T]
	policy Policy

	// Guarded by the graph:
	pending []T    // of the running transaction
	created uint64 // the transaction in which the source was first looked at
	looked  uint64 // and last

	mu       sync.Mutex
	more     sync.Cond // there is an item, or it has ended
	room     sync.Cond // what is there fits again, or it has ended
	queue    queue[T]
	dropped  uint64
	ended    bool // nothing follows what is in the queue
	err      error
	observer *cell.Observer
	unwatch  func() bool // the context
}

// Subscribe returns a subscription to the items of source from now on. If owner
// is a graph or a scope, that is after everything committed so far; if it is a Tx,
// it is the running pass, with what was appended earlier in it, and if that is
// undone, so is the subscription.
//
// If ctx has ended already nothing is subscribed to. Else something has to end
// the subscription sooner or later: without a consumer it still holds up to its
// capacity, and, if its policy is Wait, those who add more.
func Subscribe[T any](ctx context.Context, owner cell.Owner, source Source[T], policy Policy) *Subscription[T] {
	policy.check()
	if source == nil {
		panic(&cell.UsageError{Problem: "Subscribe wants a source, not nil"})
	}
	s := &Subscription[T]{ctx: ctx, source: source, policy: policy}
	s.more.L, s.room.L = &s.mu, &s.mu
	if ctx.Err() != nil {
		s.ended, s.err = true, context.Cause(ctx)
		return s
	}
	o := cell.Feed(owner, (*sink[T])(s))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.observer = o
	if !s.ended { // else its owner was stopped meanwhile
		s.unwatch = context.AfterFunc(ctx, func() {
			s.cut(context.Cause(ctx))
			o.Stop()
		})
	}
	return s
}

// Named gives the subscription a name, for errors, traces and snapshots, and returns it.
func (s *Subscription[T]) Named(name string) *Subscription[T] {
	if o := s.feeder(); o != nil {
		o.Named(name)
	}
	return s
}

// All yields the items in order, and waits for more until the subscription has
// ended; Err then says why. Leaving the loop, in whatever way, ends the
// subscription. Several goroutines may loop over one subscription: each item goes
// to one of them. It panics inside a transaction or effect, see cell.MustNotBlock.
//
// When the context ends nothing more is yielded; in all other cases what came
// before the end is.
func (s *Subscription[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		cell.MustNotBlock("a loop over a Subscription")
		defer func() {
			s.cut(nil)
			s.Stop()
		}()
		cell.Consume(func() {
			for x, ok := s.next(); ok && yield(x); x, ok = s.next() {
			}
		})
	}
}

// next waits for an item and takes it. It is false when there will be none.
func (s *Subscription[T]) next() (x T, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.queue.length == 0 && !s.ended {
		s.more.Wait()
	}
	if err := s.ctx.Err(); err != nil { // at once, not when we are told
		s.end(context.Cause(s.ctx))
		s.queue = queue[T]{}
	}
	if s.queue.length == 0 {
		return x, false
	}
	x = s.queue.pop()
	if s.queue.length == s.policy.capacity {
		s.room.Broadcast()
	}
	return x, true
}

// Stop ends the subscription, in a transaction of its own: nothing more is added,
// what it holds can still be had. Stopping twice does nothing.
func (s *Subscription[T]) Stop() {
	if o := s.feeder(); o != nil {
		o.Stop()
	}
}

// StopIn is Stop as a part of tx.
func (s *Subscription[T]) StopIn(tx cell.Tx) {
	if o := s.feeder(); o != nil {
		o.StopIn(tx)
	}
}

func (s *Subscription[T]) feeder() *cell.Observer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.observer
}

// Err says why the subscription has ended: the cause of its context's end or an
// *OverflowError. It is nil while it lasts, and if it was stopped, by Stop, by
// its owner or by leaving the loop.
func (s *Subscription[T]) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Dropped returns how many items were lost because of the policy.
func (s *Subscription[T]) Dropped() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}

// Len returns how many items wait for the consumer.
func (s *Subscription[T]) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.length
}

// end is called with mu held.
func (s *Subscription[T]) end(err error) {
	if s.ended {
		return
	}
	s.ended, s.err = true, err
	s.more.Broadcast()
	s.room.Broadcast()
}

// cut ends the subscription and lets go of what it holds.
func (s *Subscription[T]) cut(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(err)
	s.queue = queue[T]{}
}

// sink is the subscription as the graph sees it.
type sink[T any] Subscription[T]

func (k *sink[T]) Look(r cell.Reader) bool {
	k.mu.Lock()
	ended := k.ended
	k.mu.Unlock()
	if ended {
		return false // and reads nothing, so that it is not asked again
	}
	k.looked = r.Transaction()
	if k.created == 0 {
		k.created = k.looked
	}
	before := len(k.pending)
	k.pending = k.source.AppendTo(r, k.pending)
	return len(k.pending) > before
}

func (k *sink[T]) Undo() { k.pending = emptied(k.pending) }

func (k *sink[T]) Commit() (full bool) {
	s := (*Subscription[T])(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.take(s.pending)
		// Who creates it can hardly wait for a consumer yet.
		full = s.queue.length > s.policy.capacity && s.looked != s.created
	}
	s.pending = emptied(s.pending)
	return full
}

// take adds items as the policy says. It is called with mu held.
func (s *Subscription[T]) take(items []T) {
	over := s.queue.length + len(items) - s.policy.capacity
	if over > 0 {
		switch s.policy.mode {
		case dropOldest:
			s.dropped += uint64(over)
			old := min(over, s.queue.length)
			for range old {
				s.queue.pop()
			}
			items = items[over-old:]
		case dropNewest:
			s.dropped += uint64(over)
			items = items[:len(items)-over]
		case fail:
			s.dropped += uint64(len(items))
			s.end(&OverflowError{Capacity: s.policy.capacity, Lost: len(items)})
			return
		}
	}
	s.queue.push(items)
	if len(items) == 1 {
		s.more.Signal()
	} else {
		s.more.Broadcast()
	}
}

func (k *sink[T]) End() {
	k.mu.Lock()
	defer k.mu.Unlock()
	(*Subscription[T])(k).end(nil)
	if k.unwatch != nil {
		k.unwatch()
	}
}

func (k *sink[T]) Wait(ctx context.Context) {
	wake := context.AfterFunc(ctx, func() {
		k.mu.Lock()
		k.room.Broadcast()
		k.mu.Unlock()
	})
	defer wake()
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.queue.length > k.policy.capacity && !k.ended && ctx.Err() == nil {
		k.room.Wait()
	}
}
