package cell_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// waiting starts a Wait and returns once its condition is listening.
func waiting(t *testing.T, w *world, cond func(cell.Reader) bool) <-chan error {
	t.Helper()
	got := make(chan error, 1)
	asked := make(chan bool, 100)
	go func() {
		got <- cell.Wait(t.Context(), w.Graph, func(r cell.Reader) bool {
			defer func() {
				select {
				case asked <- true:
				default:
				}
			}()
			return cond(r)
		})
	}()
	<-asked
	w.View(func(cell.Reader) {}) // after the transaction
	return got
}

// result returns what Wait has returned.
func result(t *testing.T, got <-chan error) error {
	t.Helper()
	select {
	case err := <-got:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("Wait hangs")
		return nil
	}
}

func TestWaitThatFailsFailsAlone(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	low := cell.Compute(func(r cell.Reader) int {
		switch n := v.Get(r); n {
		case 1:
			r.Fail(errTest)
		case 2:
			panic("oh")
		default:
			return n
		}
		return 0
	})
	high := cell.Compute(func(r cell.Reader) int { return low.Get(r) + 1 })
	for n := 1; n <= 2; n++ {
		got := waiting(t, w, func(r cell.Reader) bool { return v.Get(r) == n && high.Get(r) == 7 })
		set(w, v, n)
		err := result(t, got)
		var re *cell.RuleError
		var pe *cell.PanicError
		if n == 1 && (!errors.Is(err, errTest) || !errors.As(err, &re)) || n == 2 && !errors.As(err, &pe) {
			t.Errorf("%T %v", err, err)
		}
		w.check()
		is(w, v, n)
		set(w, v, 0)
		is(w, high, 1)
		w.check()
	}
}

func TestWaitOnAComputedThatFailsByItself(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int {
		if v.Get(r) == 1 {
			panic("oh")
		}
		return v.Get(r)
	})
	d := cell.Compute(func(r cell.Reader) int { return c.Get(r) + c.Get(r) })
	got := waiting(t, w, func(r cell.Reader) bool { return d.Get(r)+c.Get(r) == 3 })
	other := waiting(t, w, func(r cell.Reader) bool { return v.Get(r) == 2 && d.Get(r) == 4 })
	set(w, v, 1)
	var pe *cell.PanicError
	if err := result(t, got); !errors.As(err, &pe) {
		t.Errorf("%T %v", err, err)
	}
	set(w, v, 2)
	if err := result(t, other); err != nil {
		t.Error(err)
	}
	is(w, d, 4)
}

func TestWaitFollowsComputedCells(t *testing.T) {
	w := newWorld(t)
	a, b := cell.NewValue(0), cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int { return a.Get(r) + b.Get(r) })
	d := cell.Compute(func(r cell.Reader) int { return c.Get(r) * 2 })
	cell.Observe(w, func(r cell.Reader) {
		if a.Get(r) == 0 {
			d.Get(r) // active, then not
		}
	})
	got := waiting(t, w, func(r cell.Reader) bool { return c.Peek(r) >= 0 && d.Get(r)+c.Get(r) == 9 })
	set(w, a, 1)
	set(w, b, 1)
	set(w, a, 2)
	if err := result(t, got); err != nil {
		t.Error(err)
	}
	if n := cell.Listeners(c); n != 0 {
		t.Error(n)
	}
}

func TestWaitWhoseFailureIsUndone(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	got := waiting(t, w, func(r cell.Reader) bool {
		if v.Get(r) == 1 {
			panic("oh")
		}
		return v.Get(r) == 2
	})
	w.fails(func(tx cell.Tx) {
		v.Set(tx, 1)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	set(w, v, 2)
	if err := result(t, got); err != nil {
		t.Error(err)
	}
}

func TestWaitFailsAtOnce(t *testing.T) {
	w := newWorld(t)
	var pe *cell.PanicError
	if err := cell.Wait(context.Background(), w.Graph, func(cell.Reader) bool { panic("oh") }); !errors.As(err, &pe) {
		t.Error(err)
	}
}

func TestWaitThatIsStopped(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	var bad error
	c := cell.Compute(func(r cell.Reader) bool { return v.Get(r) == 3 })
	got := waiting(t, w, func(r cell.Reader) bool { return c.Get(r) })
	bad = w.Attempt(func(tx cell.Tx) error { cell.StopAll(tx); return nil })
	if err := result(t, got); err != cell.ErrStopped || bad != nil {
		t.Error(err, bad)
	}
}

func TestRecoverInsideAViewIsReported(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(1)
	c := cell.Compute(func(r cell.Reader) int {
		if v.Get(r) == 1 {
			panic("once")
		}
		return v.Get(r)
	})
	t.Log(misuse(t, func() {
		w.View(func(r cell.Reader) {
			defer func() { recover() }()
			c.Get(r)
		})
	}))
	w.check()
	set(w, v, 2)
	is(w, c, 2)
}
