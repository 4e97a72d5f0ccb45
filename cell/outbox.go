package cell

import (
	"sync"
	"sync/atomic"
)

// outbox holds what leaves the graph, in commit order. Whoever finds it full and
// nobody at work empties it, outside the graph's lock.
type outbox struct {
	mu      sync.Mutex
	waiting []func()
	head    int // waiting[:head] has been run
	busy    bool
	full    atomic.Bool // waiting is not empty; saves the lock when it is
}

func (o *outbox) add(fns []func()) {
	o.mu.Lock()
	if o.head > len(o.waiting)/2 && o.head > 64 { // it may never be found empty
		o.waiting = clearTail(o.waiting, copy(o.waiting, o.waiting[o.head:]))
		o.head = 0
	}
	o.waiting = append(o.waiting, fns...)
	o.full.Store(true)
	o.mu.Unlock()
}

// drain runs what is waiting, unless somebody else is at it.
func (o *outbox) drain() {
	if !o.full.Load() {
		return
	}
	o.mu.Lock()
	if o.busy {
		o.mu.Unlock()
		return
	}
	o.busy = true
	o.mu.Unlock()
	done := false
	defer func() {
		if !done { // a function panicked or called Goexit: the others still run
			o.mu.Lock()
			o.busy = false
			o.mu.Unlock()
			o.drain()
		}
	}()
	for o.next() {
	}
	done = true
}

// next runs one function. It is never inlined, so that MustNotBlock finds its frame.
//
//go:noinline
func (o *outbox) next() bool {
	o.mu.Lock()
	if o.head == len(o.waiting) {
		o.busy = false
		o.full.Store(false)
		o.waiting, o.head = clearTail(o.waiting, 0), 0
		o.mu.Unlock()
		return false
	}
	f := o.waiting[o.head]
	o.waiting[o.head] = nil
	o.head++
	o.mu.Unlock()
	f()
	return true
}
