package cell

import (
	"context"
	"sync/atomic"
)

// Wait blocks until cond is true of a committed state, and returns nil; or until
// ctx ends, and returns its cause. cond is evaluated like an observer, whenever
// something that it read has changed. Wait must not be called inside a
// transaction, nor by an effect for what later effects do.
func Wait(ctx context.Context, g *Graph, cond func(Reader) bool) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	reached := make(chan struct{})
	var told atomic.Bool
	e := Effect(g, func(r Reader) func() {
		if told.Load() || !cond(r) {
			return nil
		}
		return func() {
			if told.CompareAndSwap(false, true) {
				close(reached)
			}
		}
	})
	defer e.Stop()
	select {
	case <-reached:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
