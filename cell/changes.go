package cell

import (
	"context"
	"iter"
	"sync"
)

// Changes yields the value of c: at once, and then, after each commit that has
// changed it, the newest one. Nothing is queued: who is slow misses values in
// between, but never the last one. Of a Pulse, which has its default again at each
// commit, that is the default; for every single item see package pipe.
//
// For the time of the loop, and with o at the latest, there is an observer of c,
// which keeps a Computed up to date and a Sensor connected; there is no goroutine.
// The loop ends when it is left; or else with an error and no value: the cause of
// ctx, when that ends; ErrStopped, when o or the observer is stopped; the error of
// Update, if c fails at the first look. Afterwards it fails the transaction, as in
// any observer.
//
// Each loop over what Changes returns begins anew, and any goroutine may run one,
// outside transactions and effects, see MustNotBlock. In the loop the graph may be
// used freely.
func Changes[T any](ctx context.Context, o Owner, c Readable[T]) iter.Seq2[T, error] {
	need(c != nil, "Changes wants a cell, not nil")
	return func(yield func(T, error) bool) {
		w := &watcher[T]{cell: c, news: make(chan struct{}, 1)}
		w.self, w.flags, w.publish = w, isObserver|isTold, w.tell
		err := w.begin(ctx, "Changes", o)
		if err == nil {
			defer w.Stop()
		}
		for err == nil {
			select {
			case <-w.news:
			case <-ctx.Done():
			}
			v, fresh, ended := w.take()
			switch {
			case ctx.Err() != nil:
				err = context.Cause(ctx)
			case fresh && !yield(v, nil):
				return
			case ended:
				err = ErrStopped
			}
		}
		var none T
		yield(none, err)
	}
}

// watcher is the observer of a loop over Changes.
type watcher[T any] struct {
	Observer
	cell    Readable[T]
	seen    T      // in the last run
	since   uint64 // txnStart of the last transaction that publish was queued in
	publish func() // tell, made once
	news    chan struct{}

	mu    sync.Mutex
	value T    // as of the last commit
	fresh bool // it has not been taken
	ended bool
}

func (w *watcher[T]) run(g *Graph) {
	r := g.handle()
	w.seen = w.cell.Get(r)
	if w.since < g.txnStart {
		w.since = g.txnStart
		g.tellAtEnd(w.publish)
	}
	g.endTracking(&w.rule, r)
}

func (w *watcher[T]) tell() {
	w.mu.Lock()
	w.value, w.fresh = w.seen, true
	w.mu.Unlock()
	w.wake()
}

// stopped ends the loop, if the transaction commits.
func (w *watcher[T]) stopped(g *Graph) {
	g.tellAtEnd(func() {
		w.mu.Lock()
		w.ended = true
		w.mu.Unlock()
		w.wake()
	})
}

func (w *watcher[T]) wake() {
	select {
	case w.news <- struct{}{}:
	default: // it has not looked since the last time
	}
}

func (w *watcher[T]) take() (v T, fresh, ended bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fresh, w.fresh = w.fresh, false
	return w.value, fresh, w.ended
}

func (w *watcher[T]) function() any { return w.cell.Get }

func (w *watcher[T]) inspect(int) inspection {
	return inspection{kind: "Changes", value: hasNoValue{}}
}
