package cell

import (
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// outbox holds what leaves the graph, in commit order. Whoever finds it full and
// nobody at work empties it, outside the graph's lock.
type outbox struct {
	mu      sync.Mutex
	waiting []queued[func()]
	head    int // waiting[:head] has been run
	busy    bool
	full    atomic.Bool // waiting is not empty; saves the lock when it is
}

func (o *outbox) add(fns []queued[func()]) {
	o.mu.Lock()
	if o.head > len(o.waiting)/2 && o.head > 64 { // it may never be found empty
		o.waiting = clearTail(o.waiting, copy(o.waiting, o.waiting[o.head:]))
		o.head = 0
	}
	o.waiting = append(o.waiting, fns...)
	o.full.Store(true)
	o.mu.Unlock()
}

// effectFailure is the panic of a function.
type effectFailure struct {
	by    *living
	value any
	stack []byte
}

// drain runs what is waiting, unless somebody else is at it. Panics are collected
// in failed, or passed on if it is nil.
func (o *outbox) drain(failed *[]effectFailure) {
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
			o.drain(failed)
		}
	}()
	for o.next(failed) {
	}
	done = true
}

// next runs one function. It is never inlined, so that MustNotBlock finds its frame.
//
//go:noinline
func (o *outbox) next(failed *[]effectFailure) bool {
	o.mu.Lock()
	if o.head == len(o.waiting) {
		o.busy = false
		o.full.Store(false)
		o.waiting, o.head = clearTail(o.waiting, 0), 0
		o.mu.Unlock()
		return false
	}
	f := o.waiting[o.head]
	o.waiting[o.head] = queued[func()]{}
	o.head++
	o.mu.Unlock()
	if failed == nil {
		f.fn()
	} else {
		contained(f, failed)
	}
	return true
}

func contained(f queued[func()], failed *[]effectFailure) {
	defer func() {
		if p := recover(); p != nil {
			*failed = append(*failed, effectFailure{f.by, p, debug.Stack()})
		}
	}()
	f.fn()
}
