package cell_test

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

func TestChanges_FirstThenTheNewest(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		n := cell.NewValue(1)
		double := cell.Compute(func(r cell.Reader) int { return 2 * (n.Get(r) / 2) })
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() {
			for v, err := range cell.Changes(ctx, w, double) {
				if err != nil {
					w.note(err)
					return
				}
				w.note(v)
				time.Sleep(10 * s) // slow
			}
		}()
		w.noted("0: 0")
		for i := range 5 {
			time.Sleep(s)
			set(w.world, n, 2*i)
		}
		w.noted()
		if cell.Listeners(double) != 1 {
			t.Error("nobody listens")
		}
		time.Sleep(30 * s)
		w.noted("10: 8")
		set(w.world, n, 9) // is still 8
		w.fails(func(tx cell.Tx) { n.Set(tx, 20); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
		w.noted()
		w.do(func(tx cell.Tx) { n.Set(tx, 20); tx.OnCommit(func(tx cell.Tx) { n.Set(tx, 30) }) })
		w.noted("35: 30")
		cancel(errTest)
		time.Sleep(10 * s)
		w.noted("45: test")
		if cell.Listeners(double) != 0 {
			t.Error("an observer is left")
		}
	})
}

func TestChanges_EndsWithItsOwner(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		n := cell.NewValue(1)
		scope := cell.NewScope(w)
		changes := cell.Changes(t.Context(), scope, n)
		loop := func() {
			for v, err := range changes {
				w.note(v, " ", err)
			}
		}
		go loop()
		w.noted("0: 1 <nil>")
		w.fails(func(tx cell.Tx) { scope.StopIn(tx); tx.Fail(errTest) })
		set(w.world, n, 2)
		w.noted("0: 2 <nil>")
		scope.Stop()
		w.noted("0: 0 cell: the wait was stopped")
		loop() // begins anew
		w.noted("0: 0 cell: the wait was stopped")
		if err := cell.Wait(t.Context(), scope, func(cell.Reader) bool { return true }); err != cell.ErrStopped {
			t.Error(err)
		}
	})
}

func TestChanges_LastValueBeforeTheEnd(t *testing.T) {
	w := newWorld(t)
	n := cell.NewValue(1)
	scope := cell.NewScope(w)
	next, stop := iter.Pull2(cell.Changes(t.Context(), scope, n))
	defer stop()
	next()
	set(w, n, 2)
	scope.Stop()
	if v, err, ok := next(); v != 2 || err != nil || !ok {
		t.Error(v, err, ok)
	}
	if v, err, ok := next(); v != 0 || err != cell.ErrStopped || !ok {
		t.Error(v, err, ok)
	}
	if _, _, ok := next(); ok {
		t.Error("goes on")
	}
}

func TestChanges_LeavingTheLoop(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(1)
	changes := cell.Changes(t.Context(), w, n)
	none := func() {
		t.Helper()
		if cell.Listeners(n) != 0 {
			t.Error("an observer is left")
		}
		w.check()
	}
	for v := range changes {
		set(w, n, v+1) // may use the graph
		if v == 5 {
			break
		}
	}
	none()
	if panics(func() {
		for range changes {
			panic("oh")
		}
	}) != "oh" {
		t.Error("no panic")
	}
	none()
	exits(t, func() {
		for range changes {
			goexit()
		}
	})
	none()
	next, stop := iter.Pull2(changes)
	if v, err, ok := next(); v != 6 || err != nil || !ok {
		t.Error(v, err, ok)
	}
	stop()
	none()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTest)
	for v, err := range cell.Changes(ctx, w, n) {
		if v != 0 || err != errTest {
			t.Error(v, err)
		}
	}
	broken := cell.Compute(func(r cell.Reader) int { r.Fail(errTest); return 0 })
	for _, err := range cell.Changes(t.Context(), w, broken) {
		if !errors.Is(err, errTest) {
			t.Error(err)
		}
	}
	none()
	misuse(t, func() {
		w.View(func(cell.Reader) {
			for range changes {
				t.Error("in a View")
			}
		})
	})
	none()
}

func TestChanges_OfASensorAndAPulse(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		bell := cell.NewPulse("")
		go func() {
			for v := range cell.Changes(t.Context(), w, bell) {
				w.note("bell ", v)
			}
		}()
		w.noted("0: bell ")
		set(w.world, bell, "ding")
		w.noted("0: bell ") // is over when it is committed
	})
}

func TestChanges_NothingIsAllocatedForAValue(t *testing.T) {
	w := newWorld(t)
	n := cell.NewValue(0)
	add := func(tx cell.Tx) error { n.Set(tx, n.Get(tx.Reader)+1); return nil }
	next, stop := iter.Pull2(cell.Changes(t.Context(), w, n))
	defer stop()
	next()
	if allocs := testing.AllocsPerRun(1000, func() { _ = w.Update(add); next() }); allocs != 0 {
		t.Error(allocs, "allocations")
	}
}

// Whoever is slow: what is seen is a part of what was committed, in its order, and
// has its end.
func TestChanges_Property(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 40).Draw(rt, "steps")
		slow := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 5).Draw(rt, "slow")
		synctest.Test(t, func(*testing.T) {
			g := cell.NewGraph()
			n := cell.NewValue(0)
			c := cell.Compute(func(r cell.Reader) int { return n.Get(r) / 2 })
			ctx, cancel := context.WithCancel(context.Background())
			var committed, seen []int
			var done sync.WaitGroup
			done.Go(func() {
				for v, err := range cell.Changes(ctx, g, c) {
					if err != nil {
						return
					}
					seen = append(seen, v)
					time.Sleep(time.Duration(slow[len(seen)%len(slow)]))
				}
			})
			synctest.Wait()
			committed = append(committed, 0)
			for i, step := range steps {
				err := g.Update(func(tx cell.Tx) error {
					n.Set(tx, i+step)
					if step == 9 {
						return errTest
					}
					return nil
				})
				if v := (i + step) / 2; err == nil && v != committed[len(committed)-1] {
					committed = append(committed, v)
				}
				time.Sleep(time.Duration(step))
			}
			time.Sleep(100 * time.Nanosecond)
			cancel()
			done.Wait()
			if seen[0] != 0 || seen[len(seen)-1] != committed[len(committed)-1] {
				rt.Errorf("seen %v of %v", seen, committed)
			}
			rest := committed
			for _, v := range seen {
				for len(rest) > 0 && rest[0] != v {
					rest = rest[1:]
				}
				if len(rest) == 0 {
					rt.Fatalf("seen %v of %v", seen, committed)
				}
				rest = rest[1:]
			}
			if err := cell.Check(g); err != nil {
				rt.Error(err)
			}
		})
	})
}

func TestChanges_ManyGoroutines(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(0)
	const last = 500
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			before := -1
			for v, err := range cell.Changes(t.Context(), w, n) {
				if err != nil || v <= before {
					t.Error(v, "after", before, err)
				}
				if before = v; v == last {
					return
				}
			}
		})
		all.Go(func() {
			for done := false; !done; {
				w.do(func(tx cell.Tx) {
					if done = n.Get(tx.Reader) >= last; !done {
						n.Set(tx, n.Get(tx.Reader)+1)
					}
				})
			}
		})
	}
	all.Wait()
}
