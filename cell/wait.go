package cell

import (
	"context"
	"sync/atomic"
)

// Wait blocks until cond is true of a committed state, and returns nil; or until
// ctx ends, and returns its cause. cond is evaluated like an observer, whenever
// something that it read has changed; if it fails at the first time, Wait returns
// the error. It panics if called inside a transaction or by an effect, see
// MustNotBlock.
func Wait(ctx context.Context, g *Graph, cond func(Reader) bool) error {
	MustNotBlock("Wait")
	reached := make(chan struct{})
	var told atomic.Bool
	var e *Observer
	err := g.UpdateContext(ctx, func(tx Tx) error {
		e = Effect(tx, func(r Reader) func() {
			if told.Load() || !cond(r) {
				return nil
			}
			return func() {
				if told.CompareAndSwap(false, true) {
					close(reached)
				}
			}
		})
		return nil
	})
	if err != nil {
		return err
	}
	defer e.Stop()
	select {
	case <-reached:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
