package cell_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
)

func TestNoUpdateIsLost(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(0)
	double := cell.Compute(func(r cell.Reader) int { return 2 * n.Get(r) })
	mirror := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { return n.Get(tx.Reader) })
	last := 0
	cell.Observe(w, func(r cell.Reader) {
		if d, m := double.Get(r), mirror.Get(r); d != 2*m || m < last {
			t.Errorf("inconsistent: %d %d after %d", d, m, last)
		}
		last = mirror.Get(r)
	})
	const workers, each = 8, 200
	var wg sync.WaitGroup
	ctx := context.Background()
	for i := range workers {
		wg.Go(func() {
			for k := range each {
				add := func(tx cell.Tx) error { n.Set(tx, n.Get(tx.Reader)+1); return nil }
				if i%2 == 0 {
					_ = w.Update(add)
				} else if err := w.UpdateContext(ctx, add); err != nil {
					t.Error(err)
				}
				if k%10 == 0 {
					_ = w.Update(func(tx cell.Tx) error { n.Set(tx, -1); return errTest })
				}
			}
		})
		wg.Go(func() {
			for range each {
				w.View(func(r cell.Reader) {
					if 2*n.Get(r) != double.Get(r) || mirror.Get(r) != n.Get(r) {
						t.Error("inconsistent view")
					}
				})
				cell.Read(w.Graph, double)
			}
		})
		wg.Go(func() {
			for range 20 {
				o := cell.Observe(w, func(r cell.Reader) { double.Get(r) })
				s := cell.NewScope(w)
				cell.Rule(s, func(tx cell.Tx) { mirror.Get(tx.Reader) })
				o.Stop()
				s.Stop()
			}
		})
		wg.Go(func() {
			if err := cell.Wait(ctx, w.Graph, func(r cell.Reader) bool { return n.Get(r) >= (i+1)*each }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	is(w, n, workers*each)
	is(w, mirror, workers*each)
}

func TestWaitEndsByConditionOrContext(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(0)
	reached := func(r cell.Reader) bool { return n.Get(r) == 3 }
	waiting := func() bool {
		living := 0
		w.View(func(r cell.Reader) { living = len(w.Living(r)) })
		return living > 0
	}
	result := make(chan error, 1)
	go func() { result <- cell.Wait(context.Background(), w.Graph, reached) }()
	for !waiting() {
		runtime.Gosched()
	}
	for i := range 3 {
		set(w, n, i+1)
	}
	if err := <-result; err != nil {
		t.Error(err)
	}
	// Already true.
	if err := cell.Wait(context.Background(), w.Graph, reached); err != nil {
		t.Error(err)
	}
	// Only a committed state counts.
	set(w, n, 0)
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(context.Background())
	go func() { result <- cell.Wait(ctx, w.Graph, reached) }()
	for !waiting() {
		runtime.Gosched()
	}
	w.fails(func(tx cell.Tx) {
		n.Set(tx, 3)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	cancel(why)
	if err := <-result; err != why {
		t.Error(err)
	}
	if err := cell.Wait(ctx, w.Graph, reached); err != why {
		t.Error(err)
	}
	// A condition that fails at once.
	err := cell.Wait(context.Background(), w.Graph, func(r cell.Reader) bool { r.Fail(errTest); return true })
	if !errors.Is(err, errTest) {
		t.Error(err)
	}
	if waiting() {
		t.Error("a waiter is left")
	}
}

// holding runs fn while another goroutine is inside a transaction of g.
func holding(g *cell.Graph, fn func()) {
	inside, leave, left := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(left)
		_ = g.Update(func(cell.Tx) error { close(inside); <-leave; return nil })
	}()
	<-inside
	defer func() { close(leave); <-left }()
	fn()
}

func TestUpdateContextDoesNotWaitLonger(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(context.Background())
	holding(w.Graph, func() {
		result := make(chan error)
		go func() {
			result <- w.UpdateContext(ctx, func(cell.Tx) error { t.Error("it has run"); return nil })
		}()
		cancel(why)
		if err := <-result; err != why {
			t.Error(err)
		}
		if err := cell.Wait(ctx, w.Graph, func(cell.Reader) bool { return true }); err != why {
			t.Error(err)
		}
	})
	set(w, cell.NewValue(0), 1)
	// It gets the lock when it is free.
	result := make(chan error)
	holding(w.Graph, func() {
		go func() { result <- w.UpdateContext(context.Background(), func(cell.Tx) error { return errTest }) }()
	})
	if err := <-result; err != errTest {
		t.Error(err)
	}
}

func TestEffectsInCommitOrderOnceByOneDrainer(t *testing.T) {
	w := newWorld(t)
	n := cell.NewValue(0)
	var got []int // no lock: effects run one at a time
	var inside atomic.Int32
	cell.Effect(w, func(r cell.Reader) func() {
		x := n.Get(r)
		return func() {
			if inside.Add(1) != 1 {
				t.Error("two effects at once")
			}
			got = append(got, x)
			inside.Add(-1)
		}
	})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				_ = w.Update(func(tx cell.Tx) error { n.Set(tx, n.Get(tx.Reader)+1); return nil })
				_ = w.Update(func(tx cell.Tx) error { n.Set(tx, -1); return errTest })
			}
		})
	}
	wg.Wait()
	done := make(chan struct{})
	w.do(func(tx cell.Tx) { tx.AfterCommit(func() { close(done) }) })
	<-done
	if len(got) != 801 {
		t.Fatal(len(got))
	}
	for i, x := range got {
		if i != x {
			t.Fatalf("effect %d has seen %d", i, x)
		}
	}
}

func TestEffectMayUpdate(t *testing.T) {
	w := newWorld(t)
	n := cell.NewValue(0)
	cell.Effect(w, func(r cell.Reader) func() {
		x := n.Get(r)
		if x == 5 {
			return nil
		}
		return func() {
			w.add("effect ", x)
			set(w, n, x+1)
			w.add("back in ", x) // the next effect waits for this one
		}
	})
	w.saw("effect 0", "back in 0", "effect 1", "back in 1", "effect 2", "back in 2", "effect 3", "back in 3", "effect 4", "back in 4")
	is(w, n, 5)
}

func TestEffectThatPanics(t *testing.T) {
	w := newWorld(t)
	n := cell.NewValue(0)
	for i := range 3 {
		cell.Effect(w, func(r cell.Reader) func() {
			x := n.Get(r)
			return func() {
				w.add(i, " ", x)
				if i == 1 && x == 1 {
					panic("effect")
				}
			}
		})
	}
	w.trace = nil
	if p := panics(func() { set(w, n, 1) }); p != "effect" {
		t.Error(p)
	}
	w.saw("0 1", "1 1", "2 1") // the others ran
	is(w, n, 1)                // it was committed
	set(w, n, 2)
	w.saw("0 2", "1 2", "2 2")
	exits(t, func() {
		w.do(func(tx cell.Tx) {
			tx.AfterCommit(goexit)
			tx.AfterCommit(func() { w.add("after the exit") })
		})
	})
	w.saw("after the exit")
}

func TestNestedTransactionIsReported(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	o := cell.Observe(w, func(cell.Reader) {})
	s := cell.NewScope(w)
	other := cell.NewGraph()
	const words = "cell: a transaction was started inside a transaction; inside a rule, an observer or Update, " +
		"pass its Tx or Reader on instead of calling Update, View, Read or Stop, and do the rest in an Effect or AfterCommit"
	nested := map[string]func(){
		"Update":        func() { _ = w.Update(func(cell.Tx) error { return nil }) },
		"UpdateContext": func() { _ = w.UpdateContext(context.Background(), func(cell.Tx) error { return nil }) },
		"Attempt":       func() { _ = w.Attempt(func(cell.Tx) error { return nil }) },
		"View":          func() { w.View(func(cell.Reader) {}) },
		"Read":          func() { cell.Read(w.Graph, v) },
		"Observer.Stop": func() { o.Stop() },
		"Scope.Stop":    func() { s.Stop() },
		"Observe":       func() { cell.Observe(w, func(cell.Reader) {}) },
		"NewScope":      func() { cell.NewScope(s) },
		"Wait":          func() { _ = cell.Wait(context.Background(), w.Graph, func(cell.Reader) bool { return true }) },
		"another graph that is held": func() {
			holding(other, func() { _ = other.Update(func(cell.Tx) error { return nil }) })
		},
	}
	c := cell.Compute(func(cell.Reader) int { return 0 })
	for name, fn := range nested {
		places := map[string]func(){
			"Update":   func() { _ = w.Update(func(cell.Tx) error { fn(); return nil }) },
			"View":     func() { w.View(func(cell.Reader) { fn() }) },
			"rule":     func() { cell.Rule(w, func(cell.Tx) { fn() }) },
			"observer": func() { cell.Observe(w, func(cell.Reader) { fn() }) },
			"computed": func() { cell.Read(w.Graph, cell.Compute(func(cell.Reader) int { fn(); return 0 })) },
			"callback": func() { w.do(func(tx cell.Tx) { tx.OnCommit(func(cell.Tx) { fn() }) }) },
			"condition": func() {
				err := cell.Wait(context.Background(), w.Graph, func(cell.Reader) bool { fn(); return true })
				if e := (*cell.UsageError)(nil); errors.As(err, &e) {
					panic(e)
				}
			},
		}
		for place, in := range places {
			want := words
			if name == "Wait" {
				want = "cell: Wait was called inside a transaction: what it waits for cannot happen before that ends"
			}
			if got := misuse(t, in); got != want {
				t.Errorf("%s in %s: %s", name, place, got)
			}
			w.check()
		}
	}
	is(w, c, 0)
	set(w, v, 1)
	// In an effect it is no nesting.
	w.do(func(tx cell.Tx) { tx.AfterCommit(func() { set(w, v, 2); o.Stop(); s.Stop() }) })
	is(w, v, 2)
}

func TestWaitInAnEffect(t *testing.T) {
	w := newWorld(t)
	always := func(cell.Reader) bool { return true }
	var words string
	w.do(func(tx cell.Tx) {
		tx.AfterCommit(func() {
			words = misuse(t, func() { _ = cell.Wait(context.Background(), w.Graph, always) })
		})
	})
	if want := "cell: Wait was called by an effect: what it waits for may have to wait for that effect; start a goroutine"; words != want {
		t.Error(words)
	}
}

func TestCellOfAnotherGraph(t *testing.T) {
	w, x := newWorld(t), newWorld(t)
	v := cell.NewValue(1).Named("v")
	var s cell.Set[int]
	var m cell.Map[int, int]
	p := cell.NewPulse(0)
	c := cell.Compute(func(r cell.Reader) int { return v.Get(r) })
	scope := cell.NewScope(w)
	rule := cell.Maintain(w, 0, func(cell.Tx, int) int { return 0 })
	w.do(func(tx cell.Tx) { v.Set(tx, 2); s.Add(tx, 1); m.Set(tx, 1, 1); p.Set(tx, 1); c.Get(tx.Reader) })
	for name, use := range map[string]func(tx cell.Tx){
		"Value.Get":      func(tx cell.Tx) { v.Get(tx.Reader) },
		"Value.Set":      func(tx cell.Tx) { v.Set(tx, 1) },
		"Value.Peek":     func(tx cell.Tx) { v.Peek(tx.Reader) },
		"Computed.Get":   func(tx cell.Tx) { c.Get(tx.Reader) },
		"Set.Add":        func(tx cell.Tx) { s.Add(tx, 1) },
		"Set.Remove":     func(tx cell.Tx) { s.Remove(tx, 5) },
		"Set.Len":        func(tx cell.Tx) { s.Len(tx.Reader) },
		"Map.Delete":     func(tx cell.Tx) { m.Delete(tx, 5) },
		"Map.Peek":       func(tx cell.Tx) { m.Peek(tx.Reader, 1) },
		"Pulse.Set":      func(tx cell.Tx) { p.Set(tx, 1) },
		"Maintained.Get": func(tx cell.Tx) { rule.Get(tx.Reader) },
		"Maintained.Set": func(tx cell.Tx) { rule.Set(tx, 1) },
		"StopIn":         func(tx cell.Tx) { rule.StopIn(tx) },
		"Scope.In":       func(tx cell.Tx) { cell.Rule(scope.In(tx), func(cell.Tx) {}) },
		"Scope.StopIn":   func(tx cell.Tx) { scope.StopIn(tx) },
	} {
		t.Run(name, func(t *testing.T) {
			misuse(t, func() { x.do(use) })
			x.check()
		})
	}
	is(w, v, 2)
}

func TestZeroValuesAttachToOneGraphOnly(t *testing.T) {
	// Graphs on different goroutines that touch the same cell first: one wins.
	for range 50 {
		var v cell.Value[int]
		var won atomic.Int32
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				g := cell.NewGraph()
				if panics(func() { _ = g.Update(func(tx cell.Tx) error { v.Set(tx, i); return nil }) }) == nil {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Fatal(won.Load())
		}
	}
}

func TestManyGraphsAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			g := cell.NewGraph()
			v := cell.NewValue(0).Named("v")
			var rules []*cell.Maintained[int]
			for i := range 10 {
				rules = append(rules, cell.Maintain(g, 0, func(tx cell.Tx, _ int) int { return v.Get(tx.Reader) + i }).Named(fmt.Sprint(i)))
			}
			for i := range 50 {
				_ = g.Update(func(tx cell.Tx) error { v.Set(tx, i); return nil })
			}
			if got := cell.Read(g, rules[9]); got != 58 {
				t.Error(got)
			}
		})
	}
	wg.Wait()
}

// Whoever touches a Maintained first, it belongs to the graph of its Init: others
// are told so, at any time and without a race.
func TestMaintainedOfAnotherGraphAtOnce(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	in := cell.NewValue(0)
	m := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { return in.Get(tx.Reader) })
	var wait sync.WaitGroup
	for _, use := range []func(tx cell.Tx){
		func(tx cell.Tx) { m.Get(tx.Reader) },
		func(tx cell.Tx) { m.Peek(tx.Reader) },
		func(tx cell.Tx) { m.Set(tx, 7) },
		func(tx cell.Tx) { m.Touch(tx) },
		func(tx cell.Tx) { m.StopIn(tx) },
	} {
		wait.Go(func() {
			for range 100 {
				p := panics(func() { _ = other.Update(func(tx cell.Tx) error { use(tx); return nil }) })
				if _, ok := p.(*cell.UsageError); !ok {
					t.Errorf("want a *UsageError, got %v", p)
				}
			}
		})
	}
	for i := range 500 {
		set(w, in, i+1)
		is(w, m, i+1)
	}
	wait.Wait()
}
