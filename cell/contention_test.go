package cell_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
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
