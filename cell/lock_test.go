package cell_test

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
)

// goroutinesIn counts the goroutines that were started by, or are in, a function.
func goroutinesIn(function string) (n int) {
	stacks := make([]byte, 1<<20)
	for g := range bytes.SplitSeq(stacks[:runtime.Stack(stacks, true)], []byte("\n\n")) {
		if bytes.Contains(g, []byte(function)) {
			n++
		}
	}
	return n
}

// Whoever gives up leaves nothing behind that lasts longer than who holds the lock.
func TestAbandonedWaitsLeaveNothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(0)
	ctx, cancel := context.WithCancelCause(t.Context())
	add := func(tx cell.Tx) error { n.Set(tx, n.Get(tx.Reader)+1); return nil }
	var stays sync.WaitGroup
	holding(w.Graph, func() {
		var leave sync.WaitGroup
		for range 100 {
			leave.Go(func() {
				if err := w.UpdateContext(ctx, add); err != errTest {
					t.Error(err)
				}
			})
		}
		stays.Go(func() {
			if err := w.UpdateContext(t.Context(), add); err != nil {
				t.Error(err)
			}
		})
		cancel(errTest)
		leave.Wait() // though the lock is held
		for _, of := range []string{"cell.(*Graph).lockContext", "cell.(*line)."} {
			if n := goroutinesIn(of); n > 1 { // who stays, and who waits for it
				t.Errorf("%d goroutines of %s wait for the lock, for one that stays", n, of)
			}
		}
	})
	stays.Wait()
	is(w, n, 1)
}

// Whoever is given the lock and gives up at the same moment either has it and runs,
// or has not and leaves it to the next.
func TestLockIsGivenToWhoGivesUp(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(0)
	add := func(tx cell.Tx) error { n.Set(tx, n.Get(tx.Reader)+1); return nil }
	const rounds, waiters = 100, 32
	var ran, left atomic.Int64
	for range rounds {
		var all sync.WaitGroup
		var cancels []context.CancelCauseFunc
		holding(w.Graph, func() {
			for range waiters {
				ctx, cancel := context.WithCancelCause(t.Context())
				cancels = append(cancels, cancel)
				all.Go(func() {
					switch err := w.UpdateContext(ctx, add); err {
					case nil:
						ran.Add(1)
					case errTest:
						left.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			for cell.InLine(w.Graph) < waiters {
				runtime.Gosched()
			}
		})
		for _, cancel := range cancels { // while they are let in
			cancel(errTest)
		}
		all.Wait()
	}
	is(w, n, int(ran.Load()))
	if ran.Load()+left.Load() != rounds*waiters {
		t.Errorf("%d have run and %d have left, of %d", ran.Load(), left.Load(), rounds*waiters)
	}
	t.Logf("%d have run, %d have left", ran.Load(), left.Load())
}

// Those who wait with a context get the lock in the order in which they came.
func TestContextWaitersTakeTurns(t *testing.T) {
	w := newWorld(t)
	var order []int
	var all sync.WaitGroup
	holding(w.Graph, func() {
		for i := range 10 {
			all.Go(func() {
				if err := w.UpdateContext(t.Context(), func(cell.Tx) error { order = append(order, i); return nil }); err != nil {
					t.Error(err)
				}
			})
			for cell.InLine(w.Graph) <= i {
				runtime.Gosched()
			}
		}
	})
	all.Wait()
	if !slices.IsSorted(order) {
		t.Errorf("came in the order %v", order)
	}
}
