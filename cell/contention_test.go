package cell_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
)

// contention says when a worker is to stop: after some rounds or, if
// CELL_CONTENTION is a duration such as 1m, when that is over.
func contention(t *testing.T) (goesOn func(round int) bool) {
	value := os.Getenv("CELL_CONTENTION")
	if value == "" {
		return func(round int) bool { return round < 300 }
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(d)
	return func(int) bool { return time.Now().Before(end) }
}

// Eight goroutines move money between accounts of one graph, in every way in which
// one may change or look at it, and none is lost, whoever looks.
func TestContention(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	goesOn := contention(t)
	w := newWorld(t)
	const workers, accounts, money = 8, 16, 1000
	var balance [accounts]cell.Value[int]
	w.do(func(tx cell.Tx) {
		for i := range balance {
			balance[i].Set(tx, money)
		}
	})
	total := cell.Compute(func(r cell.Reader) (sum int) {
		for i := range balance {
			sum += balance[i].Get(r)
		}
		return sum
	})
	moves := cell.NewValue(0)
	kept := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { return moves.Get(tx.Reader) })
	cell.Observe(w, func(r cell.Reader) {
		if sum := total.Get(r); sum != accounts*money || kept.Get(r) != moves.Get(r) {
			t.Errorf("an observer has seen %d, and %d of %d moves", sum, kept.Get(r), moves.Get(r))
		}
	})
	lane := cell.NewLane(w, nil)
	var byDrainer, inLane, afterwards int // each is guarded by the order of the effects
	count := func(n *int) func(cell.Reader) func() {
		return func(r cell.Reader) func() {
			x := moves.Get(r)
			return func() {
				if x != *n+1 && x != 0 {
					t.Errorf("effect %d after %d", x, *n)
				}
				*n = x
			}
		}
	}
	cell.Effect(w, count(&byDrainer))
	cell.Effect(lane, count(&inLane))
	published := cell.Publish(w, moves)
	var receive atomic.Pointer[func(int) error]
	sensor := cell.NewSensor(0, cell.Connector[int]{Connect: func(r func(int) error) (func(), error) {
		receive.Store(&r)
		return nil, nil
	}})
	seen := cell.Maintain(w, 0, func(tx cell.Tx, n int) int { return max(n, sensor.Get(tx.Reader)) })
	w.flush()

	var done, received atomic.Int64
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 1))
			for round := 0; goesOn(round); round++ {
				from, to, much := random.IntN(accounts), random.IntN(accounts), random.IntN(10)
				move := func(tx cell.Tx) error {
					balance[from].Set(tx, balance[from].Get(tx.Reader)-much)
					balance[to].Set(tx, balance[to].Get(tx.Reader)+much)
					moves.Set(tx, moves.Get(tx.Reader)+1)
					return nil
				}
				fails := func(tx cell.Tx) error { _ = move(tx); return errTest }
				var err error
				switch random.IntN(8) {
				case 0, 1:
					err = w.Update(move)
				case 2:
					err = w.Attempt(move)
				case 3: // may be too late
					ctx, cancel := context.WithTimeout(context.Background(), time.Duration(random.IntN(1000)))
					err = w.UpdateContext(ctx, move)
					cancel()
					if errors.Is(err, context.DeadlineExceeded) {
						continue
					}
				case 4:
					if err := w.Update(fails); err != errTest {
						t.Error(err)
					}
					continue
				case 5:
					w.View(func(r cell.Reader) {
						if sum := total.Get(r); sum != accounts*money {
							t.Errorf("a View has seen %d", sum)
						}
					})
					continue
				case 6:
					_ = (*receive.Load())(int(received.Add(1)))
					continue
				default:
					was := published.Load()
					err = cell.Wait(context.Background(), w.Graph, func(r cell.Reader) bool { return moves.Get(r) >= was })
					if published.Load() < was {
						t.Error("a published value went back")
					}
					if err != nil {
						t.Error(err)
					}
					w.do(func(tx cell.Tx) { tx.AfterCommit(func() { afterwards++ }) })
					continue
				}
				if err != nil {
					t.Error(err)
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	w.flush()
	if err := lane.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	is(w, total, accounts*money)
	want := int(done.Load())
	is(w, kept, want)
	is(w, seen, int(received.Load()))
	if byDrainer != want || inLane != want || published.Load() != want {
		t.Errorf("%d moves; effects saw %d and %d, published %d", want, byDrainer, inLane, published.Load())
	}
	t.Logf("%d moves", want)
}

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
