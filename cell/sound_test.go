package cell_test

import (
	"errors"
	"iter"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

func TestTxMadeOfAReader(t *testing.T) {
	w := newWorld(t)
	v, ran := cell.NewValue(1), 0
	p, s := cell.NewPulse(0), cell.NewSet[int]()
	var c cell.Custom
	writes := map[string]func(cell.Tx){
		"Set":         func(tx cell.Tx) { v.Set(tx, 5) },
		"pulse":       func(tx cell.Tx) { p.Set(tx, 5) },
		"Add":         func(tx cell.Tx) { s.Add(tx, 5) },
		"OnCommit":    func(tx cell.Tx) { tx.OnCommit(func(cell.Tx) { ran++ }) },
		"AfterCommit": func(tx cell.Tx) { tx.AfterCommit(func() { ran++ }) },
		"AtCommit":    func(tx cell.Tx) { tx.AtCommit(func() { ran++ }) },
		"OnUndo":      func(tx cell.Tx) { tx.OnUndo(func() { ran++ }) },
		"Untracked":   func(tx cell.Tx) { tx.Untracked(func(tx cell.Tx) { v.Set(tx, 5) }) },
		"rule":        func(tx cell.Tx) { cell.Rule(tx, func(cell.Tx) { ran++ }) },
		"Changed":     func(tx cell.Tx) { c.Changed(tx) },
	}
	for name, write := range writes {
		try := func(r cell.Reader) { write(cell.Tx{Reader: r}) }
		misuse(t, func() { w.View(try) })
		misuse(t, func() { cell.Read(w.Graph, cell.Compute(func(r cell.Reader) int { try(r); return 0 })) })
		misuse(t, func() { cell.Observe(w, try) })
		misuse(t, func() { cell.Effect(w, func(r cell.Reader) func() { try(r); return nil }) })
		if ran != 0 {
			t.Error(name, ran)
		}
		w.check()
	}
	is(w, v, 1)
	// A rule's own Reader does make a Tx.
	w.do(func(tx cell.Tx) { v.Set(cell.Tx{Reader: tx.Reader}, 2) })
	is(w, v, 2)
}

func TestGoexitInAnUndoFunction(t *testing.T) {
	for name, fail := range map[string]func(cell.Tx) error{
		"error": func(tx cell.Tx) error { return errTest },
		"Fail":  func(tx cell.Tx) error { tx.Fail(errTest); return nil },
		"panic": func(tx cell.Tx) error { panic("oh") },
		"retry": func(tx cell.Tx) error { return nil },
	} {
		w := newWorld(t)
		v, trigger := cell.NewValue(0), cell.NewValue(0)
		cell.Rule(w, func(tx cell.Tx) {
			if trigger.Get(tx.Reader) == 1 && v.Get(tx.Reader) == 1 {
				tx.OnUndo(func() { goexit() })
			}
		})
		cell.Rule(w, func(tx cell.Tx) {
			if trigger.Get(tx.Reader) == 1 {
				v.Set(tx, 2)
			}
		})
		exits(t, func() {
			_ = w.Update(func(tx cell.Tx) error {
				tx.OnUndo(func() { w.add("first") })
				v.Set(tx, 1)
				if name == "retry" {
					tx.OnUndo(func() { w.add("second") })
					trigger.Set(tx, 1)
				} else {
					tx.OnUndo(func() { w.add("second"); goexit() })
					tx.OnUndo(func() { goexit() })
				}
				return fail(tx)
			})
		})
		w.check()
		is(w, v, 0)
		if name != "retry" {
			w.saw("second", "first")
		}
		w.trace = nil
	}
}

func TestPanicInAnUndoFunction(t *testing.T) {
	w := newWorld(t)
	var pe *cell.PanicError
	undo := func(tx cell.Tx) { tx.OnUndo(func() { panic("undo") }) }
	err := w.Attempt(func(tx cell.Tx) error { undo(tx); return errTest })
	if !errors.Is(err, errTest) || !errors.As(err, &pe) || pe.Value != "undo" {
		t.Error(err)
	}
	err = w.Attempt(func(tx cell.Tx) error { undo(tx); panic("first") })
	if !errors.As(err, &pe) || pe.Value != "first" {
		t.Error(err)
	}
	if p := panics(func() { _ = w.Update(func(tx cell.Tx) error { undo(tx); panic("first") }) }); p != "first" {
		t.Error(p)
	}
	w.check()
}

func TestInitAgainAfterItsUndo(t *testing.T) {
	w := newWorld(t)
	trigger, v := cell.NewValue(0), cell.NewValue(1)
	var object struct{ m, n cell.Maintained[int] }
	started := false
	cell.Rule(w, func(tx cell.Tx) {
		if trigger.Get(tx.Reader) == 1 && !started {
			started = true
			tx.OnUndo(func() { started = false })
			x := v.Get(tx.Reader)
			object.m.Init(tx, 0, func(tx cell.Tx, _ int) int { return x * v.Get(tx.Reader) })
		}
	})
	cell.Rule(w, func(tx cell.Tx) {
		if trigger.Get(tx.Reader) == 1 {
			v.Set(tx, 2)
		}
	})
	set(w, trigger, 1)
	is(w, &object.m, 4)
	begin := func(tx cell.Tx) {
		object.n.Init(tx, 0, func(tx cell.Tx, _ int) int { return v.Get(tx.Reader) + 1 })
		object.n.Get(tx.Reader)
	}
	w.fails(func(tx cell.Tx) { begin(tx); tx.Fail(errTest) })
	w.do(begin)
	is(w, &object.n, 3)
	misuse(t, func() { w.do(begin) })
}

func TestNoConflictWithARunThatIsUndone(t *testing.T) {
	w := newWorld(t)
	trigger, v, x, p := cell.NewValue(0), cell.NewValue(1), cell.NewValue(0), cell.NewPulse(0)
	cell.Observe(w, func(r cell.Reader) { w.add(p.Get(r)) })
	cell.Rule(w, func(tx cell.Tx) {
		if trigger.Get(tx.Reader) == 1 {
			x.Set(tx, v.Get(tx.Reader)*10)
			p.Set(tx, v.Get(tx.Reader)*10)
		}
	})
	cell.Rule(w, func(tx cell.Tx) {
		if trigger.Get(tx.Reader) == 1 {
			v.Set(tx, 2)
			x.Set(tx, 20)
			p.Set(tx, 20)
		}
	})
	w.trace = nil
	set(w, trigger, 1)
	is(w, x, 20)
	w.saw("20", "0")
}

func TestPulseUndoneToAnEarlierRunOfItsRule(t *testing.T) {
	w := newWorld(t)
	v, late, p := cell.NewValue(1), cell.NewValue(0), cell.NewPulse(0)
	cell.Observe(w, func(r cell.Reader) { w.add(p.Get(r)) })
	w.trace = nil
	w.do(func(tx cell.Tx) {
		a := cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int {
			if late.Get(tx.Reader) == 0 {
				p.Set(tx, v.Get(tx.Reader)+4)
			}
			return 0
		})
		a.Get(tx.Reader) // its first run belongs to the code here
		v.Set(tx, 2)
		cell.Rule(tx, func(tx cell.Tx) { late.Set(tx, 1) })
	})
	w.saw("5", "0")
}

func TestConstantOfTwoGraphs(t *testing.T) {
	for range 100 {
		c := cell.Compute(func(r cell.Reader) int { return 1 })
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { panics(func() { cell.Read(cell.NewGraph(), c) }) })
		}
		wg.Wait()
	}
}

func TestWhatIsNoCellIsNotConstant(t *testing.T) {
	w := newWorld(t)
	s := cell.NewScope(w)
	stopped := cell.Compute(func(r cell.Reader) bool { return s.Stopped(r) })
	transaction := cell.Compute(func(r cell.Reader) uint64 { return r.Transaction() })
	living := cell.Compute(func(r cell.Reader) int { return len(r.Graph().Living(r)) })
	is(w, stopped, false)
	is(w, living, 0)
	before := cell.Read(w.Graph, transaction)
	s.Stop()
	cell.Observe(w, func(cell.Reader) {})
	is(w, stopped, true)
	is(w, living, 1)
	if now := cell.Read(w.Graph, transaction); now == before {
		t.Error(now)
	}
}

func TestTransactionsThatDoNotEnd(t *testing.T) {
	w := newWorld(t)
	n, start := cell.NewValue(0), cell.NewValue(0)
	rule := cell.Rule(w, func(tx cell.Tx) {
		if n.Get(tx.Reader) > 0 {
			tx.OnCommit(func(tx cell.Tx) { n.Set(tx, n.Get(tx.Reader)+1) })
		}
	}).Named("rule")
	var again func(cell.Tx)
	again = func(tx cell.Tx) { tx.OnCommit(again) }
	queues := cell.Rule(w, func(tx cell.Tx) {
		if start.Get(tx.Reader) == 1 {
			tx.OnCommit(again)
		}
	}).Named("queues")
	var circle *cell.CircularityError
	for c, culprit := range map[*cell.Value[int]]*cell.Maintained[struct{}]{n: rule, start: queues} {
		err := w.fails(func(tx cell.Tx) { c.Set(tx, 1) })
		if !errors.As(err, &circle) || len(circle.Path) != 1 {
			t.Fatal(err)
		}
		blamed(t, err, culprit)
	}
	misuse(t, func() { w.do(func(tx cell.Tx) { tx.OnCommit(again) }) })
	p := cell.NewPulse(0)
	pulses := cell.Rule(w, func(tx cell.Tx) {
		if start.Get(tx.Reader) == 2 {
			p.Get(tx.Reader)
			p.Set(tx, int(tx.Pass()))
		}
	}).Named("pulses")
	toggle := cell.Rule(w, func(tx cell.Tx) {
		if p.Get(tx.Reader) == 0 && start.Get(tx.Reader) == 2 {
			tx.Untracked(func(tx cell.Tx) { n.Set(tx, 0) })
		}
	})
	_, _ = pulses, toggle
	many := 0
	w.do(func(tx cell.Tx) { // many, but they end
		for range 20_000 {
			tx.OnCommit(func(tx cell.Tx) { tx.OnCommit(func(cell.Tx) { many++ }) })
		}
	})
	if many != 20_000 {
		t.Error(many)
	}
}

func TestFailWithoutAnError(t *testing.T) {
	w := newWorld(t)
	misuse(t, func() { w.do(func(tx cell.Tx) { tx.Fail(nil) }) })
	misuse(t, func() { cell.Rule(w, func(tx cell.Tx) { tx.Fail(nil) }) })
}

func TestIteratorsThatAreKept(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(1, 2, 3)
	var next func() (int, bool)
	w.View(func(r cell.Reader) {
		next, _ = iter.Pull(s.All(r))
		next()
	})
	misuse(t, func() { next() })
	w.do(func(tx cell.Tx) {
		s.Add(tx, 4, 5)
		next, _ = iter.Pull(s.Added(tx.Reader))
		next()
	})
	misuse(t, func() { next() })
}

func TestAddingWhileIterating(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(1)
	w.do(func(tx cell.Tx) {
		n := 0
		for x := range s.All(tx.Reader) {
			if n++; n > 100 {
				t.Fatal("no end")
			}
			s.Add(tx, x+1)
		}
		for x := range s.Added(tx.Reader) {
			if n++; n > 100 {
				t.Fatal("no end")
			}
			s.Add(tx, x+1)
		}
	})
}

func TestValueFuncLetsGoOfTheOldValue(t *testing.T) {
	w := newWorld(t)
	type large = [1 << 20]byte
	v := cell.NewValueFunc[*large](nil, nil)
	freed := make(chan bool, 1)
	old := new(large)
	runtime.AddCleanup(old, func(int) { freed <- true }, 0)
	set(w, v, old)
	old = nil
	set(w, v, new(large))
	for range 100 {
		runtime.GC()
		select {
		case <-freed:
			runtime.KeepAlive(v)
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Error("the replaced value is kept")
	runtime.KeepAlive(v)
}
