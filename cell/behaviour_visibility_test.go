package cell_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB41_InsideATransactionValuesAreNewRulesOld(t *testing.T) {
	w := newWorld(t)
	x := cell.NewValue(1)
	rule := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { return 3 * x.Get(tx.Reader) })
	lazy := cell.Compute(func(r cell.Reader) int { return 5 * x.Get(r) })
	observed := cell.Compute(func(r cell.Reader) int { return 7 * x.Get(r) })
	cell.Observe(w, func(r cell.Reader) { observed.Get(r) })
	w.do(func(tx cell.Tx) {
		r := tx.Reader
		x.Set(tx, 7)
		w.add(x.Get(r), rule.Get(r), lazy.Get(r), observed.Get(r))
		x.Set(tx, 8)
		w.add(x.Get(r), rule.Get(r), lazy.Get(r), observed.Get(r))
	})
	w.saw("7 3 35 49", "8 3 40 56")
	is(w, rule, 24)
	is(w, observed, 56)
}

func TestB42_InsideARule(t *testing.T) {
	w := newWorld(t)
	go1, v1 := cell.NewValue(false), cell.NewValue(1)
	v2 := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { return 2 * v1.Get(tx.Reader) })
	cell.Rule(w, func(tx cell.Tx) {
		if go1.Get(tx.Reader) {
			v1.Set(tx, 10)
			w.add(v1.Peek(tx.Reader), v2.Peek(tx.Reader))
		}
	})
	set(w, go1, true)
	w.saw("10 2")
	is(w, v2, 20)
}

func TestB43_SeveralSetsOneRun(t *testing.T) {
	w := newWorld(t)
	x, y := cell.NewValue(0), cell.NewValue(0)
	cell.Observe(w, func(r cell.Reader) { w.add(x.Get(r), y.Get(r)) })
	w.do(func(tx cell.Tx) { x.Set(tx, 3); y.Set(tx, 4) })
	w.saw("0 0", "3 4")
}

func TestB44_UntrackedAddsNoInputs(t *testing.T) {
	w := newWorld(t)
	a, b, sum := cell.NewValue(1), cell.NewValue(10), cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int { return b.Get(r) })
	cell.Rule(w, func(tx cell.Tx) {
		x := a.Get(tx.Reader)
		tx.Untracked(func(tx cell.Tx) { sum.Set(tx, x+c.Get(tx.Reader)) })
		w.add("run")
	}).Named("adder")
	w.saw("run")
	set(w, b, 20)
	w.saw()
	set(w, a, 2)
	w.saw("run")
	is(w, sum, 22)
	// The rule is the writer.
	err := w.fails(func(tx cell.Tx) { sum.Set(tx, 5); a.Set(tx, 3) })
	var ce *cell.ConflictError
	if !errors.As(err, &ce) || ce.Writers[1] != "adder" {
		t.Error(err)
	}
}

func TestB45_UnobservedComputed(t *testing.T) {
	w := newWorld(t)
	a, other := cell.NewValue(1), cell.NewValue(1)
	c := cell.Compute(func(r cell.Reader) int { w.add("run"); return a.Get(r) })
	w.View(func(r cell.Reader) { c.Get(r); c.Get(r) })
	w.saw("run")
	is(w, c, 1)
	w.saw() // cached until the next change of anything
	set(w, other, 2)
	w.saw()
	is(w, c, 1)
	w.saw("run")
	w.do(func(tx cell.Tx) { c.Get(tx.Reader); a.Set(tx, 2); c.Get(tx.Reader); c.Get(tx.Reader) })
	w.saw("run")
	is(w, c, 2)
	if n := cell.Sources(c); n != 0 {
		t.Error(n, "links")
	}
	// What an undone transaction made of it does not last.
	_ = w.Update(func(tx cell.Tx) error { a.Set(tx, 5); c.Get(tx.Reader); return errTest })
	is(w, c, 2)
}

func TestB46_ObservedComputed(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(1)
	c := cell.Compute(func(r cell.Reader) int { w.add("run"); return a.Get(r) })
	o := cell.Observe(w, func(r cell.Reader) { c.Get(r) })
	is(w, c, 1)
	is(w, c, 1)
	if n := cell.Sources(c); n != 1 {
		t.Error(n, "links")
	}
	w.saw("run")
	o.Stop()
	if n := cell.Sources(c); n != 0 {
		t.Error(n, "links")
	}
	set(w, a, 2)
	w.saw()
	is(w, c, 2)
	w.saw("run")
}

func TestB46_ListenerChangesHandsWithoutARun(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(1)
	c := cell.Compute(func(r cell.Reader) int { w.add("run"); return a.Get(r) })
	o := cell.Observe(w, func(r cell.Reader) { c.Get(r) })
	w.do(func(tx cell.Tx) {
		o.StopIn(tx)
		cell.Observe(tx, func(r cell.Reader) { c.Get(r) })
	})
	w.saw("run")
	if n := cell.Sources(c); n != 1 {
		t.Error(n, "links")
	}
}

func TestB47_ObserversAndComputedCannotWrite(t *testing.T) {
	// Without a Tx it does not compile; one smuggled in is refused.
	w := newWorld(t)
	a := cell.NewValue(0)
	var tx cell.Tx
	p := misuse(t, func() {
		w.do(func(t cell.Tx) {
			tx = t
			cell.Observe(tx, func(cell.Reader) { a.Set(tx, 1) })
		})
	})
	is(w, a, 0)
	w.check()
	c := cell.Compute(func(cell.Reader) int { a.Set(tx, 1); return 0 })
	q := misuse(t, func() { w.do(func(t cell.Tx) { tx = t; c.Get(tx.Reader) }) })
	if p == "" || q == "" {
		t.Error("no words")
	}
	is(w, a, 0)
}

func TestB49_ObserversRunAtCreationThenOncePerPassAfterRules(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(1)
	w.do(func(tx cell.Tx) {
		cell.Observe(tx, func(r cell.Reader) { w.add("observer ", v.Get(r)) })
		cell.Rule(tx, func(tx cell.Tx) { w.add("rule ", v.Get(tx.Reader)) })
		w.add("code")
	})
	w.saw("code", "rule 1", "observer 1")
	set(w, v, 2)
	w.saw("rule 2", "observer 2")
}

func TestB50_ObserverError(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(0), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)) })
	cell.Observe(w, func(r cell.Reader) {
		w.add(x.Get(r))
		if x.Get(r) == 13 {
			r.Fail(errTest)
		}
	}).Named("observer")
	err := w.fails(func(tx cell.Tx) { v.Set(tx, 13) })
	var re *cell.RuleError
	if !errors.Is(err, errTest) || !errors.As(err, &re) || re.Rule != "observer" {
		t.Error(err)
	}
	is(w, x, 0)
	set(w, v, 1)
	w.saw("0", "13", "1")
}

func TestB51_StopEndsAnObserver(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	o := cell.Observe(w, func(r cell.Reader) { w.add(v.Get(r)) })
	s := cell.NewScope(w)
	cell.Observe(s, func(r cell.Reader) { w.add("scoped ", v.Get(r)) })
	inner := cell.NewScope(s)
	cell.Observe(inner, func(r cell.Reader) { w.add("inner ", v.Get(r)) })
	set(w, v, 1)
	w.saw("0", "scoped 0", "inner 0", "1", "scoped 1", "inner 1")
	o.Stop()
	o.Stop()
	set(w, v, 2)
	w.saw("scoped 2", "inner 2")
	// An undone stop is none.
	_ = w.Update(func(tx cell.Tx) error { s.StopIn(tx); return errTest })
	set(w, v, 3)
	w.saw("scoped 3", "inner 3")
	// Stopped after it was scheduled, it does not run.
	w.do(func(tx cell.Tx) { v.Set(tx, 4); s.StopIn(tx) })
	set(w, v, 5)
	w.saw()
	misuse(t, func() { cell.Observe(inner, func(cell.Reader) {}) })
	w.check()
}

func TestB52_ObserverFollowsItsTarget(t *testing.T) {
	w := newWorld(t)
	a, b := cell.NewValue("a1"), cell.NewValue("b1")
	target := cell.NewValue(a)
	cell.Observe(w, func(r cell.Reader) { w.add(target.Get(r).Get(r)) })
	set(w, target, b)
	set(w, a, "a2")
	set(w, b, "b2")
	w.saw("a1", "b1", "b2")
}

// What design.md 3.3 fixes beyond Trellis.

func TestOrder_ObserversByDepthThenCreation(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	far := cell.NewValue(0)
	nearer := cell.NewValue(0)
	seen := func(name string, c cell.Readable[int]) {
		cell.Observe(w, func(r cell.Reader) { c.Get(r); w.add(name) })
	}
	seen("far", far)
	seen("near", nearer)
	seen("outside 1", v)
	seen("outside 2", v)
	cell.Observe(w, func(r cell.Reader) { far.Get(r); v.Get(r); w.add("both") })
	cell.Rule(w, func(tx cell.Tx) { nearer.Set(tx, v.Get(tx.Reader)) })
	cell.Rule(w, func(tx cell.Tx) { far.Set(tx, nearer.Get(tx.Reader)) })
	w.trace = nil
	for i := range 3 {
		set(w, v, i+1)
		w.saw("outside 1", "outside 2", "both", "near", "far")
	}
}

func TestOrder_MaintainRulesOfALevelByCreation(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	var want []string
	for i := range 100 {
		cell.Rule(w, func(tx cell.Tx) { w.add(i, v.Get(tx.Reader)) })
		want = append(want, fmt.Sprint(i, 7))
	}
	w.trace = nil
	set(w, v, 7)
	w.saw(want...)
}

func TestOrder_CallbackOnceThoughTheRuleWasRetried(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(0), cell.NewValue(0)
	w.do(func(tx cell.Tx) {
		for i := range 3 {
			cell.Rule(tx, func(tx cell.Tx) {
				got := v.Get(tx.Reader) + x.Get(tx.Reader)
				w.add("run ", i, " ", got)
				tx.OnCommit(func(cell.Tx) { w.add("callback ", i, " ", got) })
				tx.AfterCommit(func() { w.add("after ", i, " ", got) })
			})
		}
		cell.Rule(tx, func(tx cell.Tx) { x.Set(tx, 10+v.Get(tx.Reader)) })
	})
	w.saw("run 0 0", "run 1 0", "run 2 0", "run 0 10", "run 1 10", "run 2 10",
		"callback 0 10", "callback 1 10", "callback 2 10", "after 0 10", "after 1 10", "after 2 10")
	set(w, v, 1)
	w.saw("run 0 12", "run 1 12", "run 2 12",
		"callback 0 12", "callback 1 12", "callback 2 12", "after 0 12", "after 1 12", "after 2 12")
}
