package cell

import (
	"context"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// outbox holds what leaves the graph, in commit order, and has it run outside the
// graph's lock, one function at a time: by whoever commits and finds nobody at it
// or, while it is detached, by a goroutine of its own, which is started when there
// is something to do and ends when there is not.
type outbox struct {
	graph    *Graph
	shared   bool // it is the graph's, not that of a Lane
	mu       sync.Mutex
	waiting  []queued[func()]
	head     int // waiting[:head] has been run, or is running
	busy     bool
	detached []*detachment
	full     atomic.Bool // something waits for who commits; saves the lock when nothing does
}

// detachment is one reason to be detached, and who wants to know of failures.
type detachment struct{ failed func(*EffectError) }

func (o *outbox) add(fns ...queued[func()]) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.head > len(o.waiting)/2 && o.head > 64 { // it may never be found empty
		o.waiting = clearTail(o.waiting, copy(o.waiting, o.waiting[o.head:]))
		o.head = 0
	}
	o.waiting = append(o.waiting, fns...)
	switch {
	case len(o.detached) == 0:
		o.full.Store(true)
	case !o.busy:
		o.busy = true
		go o.work()
	}
}

// drain runs what is waiting, unless somebody else is at it. Panics are collected
// in failed, or passed on if it is nil.
func (o *outbox) drain(failed *[]effectFailure) {
	if o.full.Load() {
		o.begin(failed)
	}
}

func (o *outbox) begin(failed *[]effectFailure) {
	o.mu.Lock()
	mine := !o.busy
	o.busy = true
	o.mu.Unlock()
	if mine {
		o.empty(failed)
	}
}

func (o *outbox) empty(failed *[]effectFailure) {
	done := false
	defer func() {
		if !done { // a function panicked or called Goexit: the others still run
			o.empty(failed)
		}
	}()
	for f, ok := o.take(false); ok; f, ok = o.take(false) {
		if failed == nil {
			o.call(f.fn)
		} else {
			o.contained(f, failed)
		}
	}
	done = true
}

// work is the goroutine of a detached outbox.
func (o *outbox) work() {
	done := false
	defer func() {
		if !done { // a function called Goexit: the others still run
			go o.work()
		}
	}()
	for f, ok := o.take(true); ok; f, ok = o.take(true) {
		told := o.told()
		if len(told) == 0 {
			o.call(f.fn)
			continue
		}
		var failed []effectFailure
		o.contained(f, &failed)
		for _, f := range failed {
			err := o.graph.effectError(f)
			for _, tell := range told {
				tell(err)
			}
		}
	}
	done = true
}

// take returns the next function. If there is none, or another goroutine is to go
// on, the caller is no longer at it.
func (o *outbox) take(worker bool) (f queued[func()], ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.head == len(o.waiting):
		o.busy = false
		o.full.Store(false)
		o.waiting, o.head = clearTail(o.waiting, 0), 0
		return f, false
	case !worker && len(o.detached) > 0:
		go o.work()
		return f, false
	}
	f = o.waiting[o.head]
	o.waiting[o.head] = queued[func()]{}
	o.head++
	return f, true
}

// told returns who wants to know of failures.
func (o *outbox) told() (told []func(*EffectError)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range o.detached {
		if d.failed != nil {
			told = append(told, d.failed)
		}
	}
	if f := o.graph.failed; f != nil && len(told) == 0 {
		told = append(told, func(err *EffectError) { f(err) })
	}
	return told
}

// call calls fn so that MustNotBlock can tell where it is.
func (o *outbox) call(fn func()) {
	if o.shared {
		runShared(fn)
	} else {
		runInLane(fn)
	}
}

//go:noinline
func runShared(fn func()) { fn() }

//go:noinline
func runInLane(fn func()) { fn() }

// effectFailure is the panic of a function.
type effectFailure struct {
	by    *living
	value any
	stack []byte
}

func (o *outbox) contained(f queued[func()], failed *[]effectFailure) {
	defer func() {
		if p := recover(); p != nil {
			*failed = append(*failed, effectFailure{f.by, p, debug.Stack()})
		}
	}()
	o.call(f.fn)
}

// backlog returns how many functions are waiting.
func (o *outbox) backlog() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.waiting) - o.head
}

// flush waits until all that is in the outbox now has been run.
func (o *outbox) flush(ctx context.Context) error {
	if onStack(sharedName, laneName) {
		panic(&UsageError{Problem: "Flush was called by an effect: it would wait for itself; start a goroutine"})
	}
	done := make(chan struct{})
	o.add(queued[func()]{fn: func() { close(done) }})
	o.drain(nil)
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
