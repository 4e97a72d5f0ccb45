package cell_test

import (
	"errors"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// The numbers are those of docs/cells.md.

func TestB01_HelpersJoinTheTransactionByItsHandle(t *testing.T) {
	w := newWorld(t)
	a, b := cell.NewValue(0), cell.NewValue(0)
	cell.Observe(w, func(r cell.Reader) { w.add(a.Get(r), b.Get(r)) })
	setBoth := func(tx cell.Tx, x int) int { a.Set(tx, x); b.Set(tx, x); return x + 1 }
	var result int
	w.do(func(tx cell.Tx) { result = setBoth(tx, 1); result = setBoth(tx, result) })
	w.saw("0 0", "2 2")
	if result != 3 {
		t.Error(result)
	}
}

func TestB02_ErrorUndoesInReverseOrderAndIsReturned(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(1)
	err := w.Update(func(tx cell.Tx) error {
		tx.OnUndo(func() { w.add("first") })
		a.Set(tx, 2)
		tx.OnUndo(func() { w.add("second") })
		return errTest
	})
	if err != errTest {
		t.Error(err)
	}
	w.saw("second", "first")
	is(w, a, 1)
}

func TestB02_PanicUndoesAndIsPassedOn(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(1)
	p := panics(func() { w.do(func(tx cell.Tx) { a.Set(tx, 2); panic("words") }) })
	if p != "words" {
		t.Error(p)
	}
	is(w, a, 1)
	w.check()
	exits(t, func() { w.do(func(tx cell.Tx) { a.Set(tx, 3); goexit() }) })
	is(w, a, 1)
	w.check()
	set(w, a, 4)
	is(w, a, 4)
}

func TestB03_CallbacksInOrderAfterRulesNotOnError(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) {
		x := a.Get(tx.Reader)
		w.add("rule ", x)
		tx.OnCommit(func(cell.Tx) { w.add("callback of rule ", x) })
	})
	cell.Observe(w, func(r cell.Reader) { w.add("observer ", a.Get(r)) })
	w.trace = nil
	w.do(func(tx cell.Tx) {
		tx.OnCommit(func(cell.Tx) { w.add("one") })
		tx.OnCommit(func(tx cell.Tx) {
			w.add("two")
			tx.OnCommit(func(cell.Tx) { w.add("four") })
		})
		a.Set(tx, 1)
	})
	w.saw("rule 1", "observer 1", "one", "two", "callback of rule 1", "four")
	_ = w.Update(func(tx cell.Tx) error {
		tx.OnCommit(func(cell.Tx) { w.add("never") })
		return errTest
	})
	w.saw()
}

func TestB03_CallbacksWriteForAFurtherPass(t *testing.T) {
	w := newWorld(t)
	a, b := cell.NewValue(0), cell.NewValue(0)
	cell.Observe(w, func(r cell.Reader) { w.add(a.Get(r), b.Get(r), " pass ", r.Pass()) })
	w.do(func(tx cell.Tx) {
		a.Set(tx, 1)
		tx.OnCommit(func(tx cell.Tx) { b.Set(tx, 1) })
	})
	w.saw("0 0 pass 1", "1 0 pass 1", "1 1 pass 2")
}

func TestB05_CallbacksLogUndoForALaterFailure(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	cell.Observe(w, func(r cell.Reader) { w.add(a.Get(r)) })
	w.trace = nil
	err := w.fails(func(tx cell.Tx) {
		tx.OnCommit(func(tx cell.Tx) { a.Set(tx, 1); tx.OnUndo(func() { w.add("undone") }) })
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	if err != errTest {
		t.Error(err)
	}
	w.saw("undone")
	is(w, a, 0)
}

func TestB08_UndoInsideUndo(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	var kept cell.Tx
	p := ""
	_ = w.Update(func(tx cell.Tx) error {
		kept = tx
		tx.OnUndo(func() { p = misuse(t, func() { kept.OnUndo(func() { w.add("never") }) }) })
		a.Set(tx, 1)
		return errTest
	})
	if p == "" {
		t.Error("an undo function could use a handle")
	}
	w.saw()
	is(w, a, 0)
}

func TestB08_FailingUndoFunctionDoesNotLoseTheRest(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	err := w.Update(func(tx cell.Tx) error {
		a.Set(tx, 1)
		tx.OnUndo(func() { panic("undo failed") })
		return errTest
	})
	var p *cell.PanicError
	if !errors.Is(err, errTest) || !errors.As(err, &p) || p.Value != "undo failed" {
		t.Error(err)
	}
	is(w, a, 0)
	w.check()
}

func TestB09_UndoCoversAllPasses(t *testing.T) {
	w := newWorld(t)
	a, bell, count := cell.NewValue(0), cell.NewPulse(false), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) {
		if bell.Get(tx.Reader) {
			count.Set(tx, count.Peek(tx.Reader)+1)
		} else if count.Peek(tx.Reader) == 2 {
			tx.Fail(errTest) // in the pass after the pulse
		}
	})
	set(w, bell, true)
	is(w, count, 1)
	err := w.fails(func(tx cell.Tx) { a.Set(tx, 1); bell.Set(tx, true) })
	if !errors.Is(err, errTest) {
		t.Error(err)
	}
	is(w, a, 0)
	is(w, count, 1)
	is(w, bell, false)
}

func TestB10_HandlesAreGoodOnlyInside(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	var old cell.Tx
	w.do(func(tx cell.Tx) { old = tx; a.Set(tx, 1) })
	const after = "cell: a Reader or Tx was used after the function it was given to had returned"
	for name, use := range map[string]func(){
		"Get":         func() { a.Get(old.Reader) },
		"Peek":        func() { a.Peek(old.Reader) },
		"Set":         func() { a.Set(old, 2) },
		"OnCommit":    func() { old.OnCommit(func(cell.Tx) {}) },
		"AfterCommit": func() { old.AfterCommit(func() {}) },
		"Observe":     func() { cell.Observe(old, func(cell.Reader) {}) },
		"NewScope":    func() { cell.NewScope(old) },
		"Transaction": func() { old.Transaction() },
	} {
		if words := misuse(t, use); words != after {
			t.Errorf("%s: %s", name, words)
		}
	}
	// In a later transaction the old one is as wrong.
	w.do(func(tx cell.Tx) { misuse(t, func() { a.Set(old, 3) }); a.Set(tx, 2) })
	is(w, a, 2)
}

func TestB10_ZeroHandle(t *testing.T) {
	w := newWorld(t)
	v, f, p := cell.NewValue(0), cell.NewValueFunc([]int{}, nil), cell.NewPulse(0)
	c := cell.Compute(func(r cell.Reader) int { return v.Get(r) })
	m := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { return 0 })
	var s cell.Set[int]
	var k cell.Map[int, int]
	const words = "cell: the zero Reader or Tx was used; a handle is given to the functions of Update, View and rules"
	for name, use := range map[string]func(){
		"Value.Get":      func() { v.Get(cell.Reader{}) },
		"Value.Set":      func() { v.Set(cell.Tx{}, 1) },
		"Value.Peek":     func() { v.Peek(cell.Reader{}) },
		"ValueFunc.Get":  func() { f.Get(cell.Reader{}) },
		"Pulse.Get":      func() { p.Get(cell.Reader{}) },
		"Pulse.Set":      func() { p.Set(cell.Tx{}, 1) },
		"Computed.Get":   func() { c.Get(cell.Reader{}) },
		"Maintained.Get": func() { m.Get(cell.Reader{}) },
		"Maintained.Set": func() { m.Set(cell.Tx{}, 1) },
		"Set.Add":        func() { s.Add(cell.Tx{}, 1) },
		"Set.Clear":      func() { s.Clear(cell.Tx{}) },
		"Set.Remove":     func() { s.Remove(cell.Tx{}, 1) },
		"Map.Set":        func() { k.Set(cell.Tx{}, 1, 1) },
		"Map.Clear":      func() { k.Clear(cell.Tx{}) },
		"Observe":        func() { cell.Observe(cell.Tx{}, func(cell.Reader) {}) },
		"OnCommit":       func() { cell.Tx{}.OnCommit(func(cell.Tx) {}) },
	} {
		if got := misuse(t, use); got != words {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestB10_OuterHandle(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	var outer cell.Tx
	c := cell.Compute(func(r cell.Reader) int { return a.Get(outer.Reader) }).Named("the computed")
	p := misuse(t, func() { w.do(func(tx cell.Tx) { outer = tx; c.Get(tx.Reader) }) })
	if want := "cell: the wrong Reader or Tx was used: running is the computed, but the handle is that of " +
		"a function that has returned or that called this one; pass the innermost one on"; p != want {
		t.Error(p)
	}
	w.check()
	// A rule that uses its handle after one inside it was begun and left is fine.
	b := cell.NewValue(0)
	d := cell.Compute(func(r cell.Reader) int { return a.Get(r) + 1 })
	cell.Rule(w, func(tx cell.Tx) { _ = d.Get(tx.Reader); b.Set(tx, a.Get(tx.Reader)) })
	set(w, a, 5)
	is(w, b, 5)
}

func TestB11_NothingIsLeftOfATransaction(t *testing.T) {
	// Every world checks it at its end, and after every failure.
	w := newWorld(t)
	a := cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int { return a.Get(r) })
	cell.Rule(w, func(tx cell.Tx) { c.Get(tx.Reader) })
	o := cell.Observe(w, func(r cell.Reader) {
		if c.Get(r) < 0 {
			r.Fail(errTest)
		}
	})
	w.check()
	set(w, a, 1)
	w.check()
	w.fails(func(tx cell.Tx) { a.Set(tx, -1) })
	o.Stop()
	w.check()
}
