package cell_test

import (
	"errors"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// blamed fails the test unless err is blamed on the rule.
func blamed(t *testing.T, err error, want cell.Stopper) {
	t.Helper()
	if got, _ := cell.Culprit(err); got != want {
		t.Errorf("Culprit(%v) = %v", err, got)
	}
}

func TestAtCommit(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	cell.Effect(w, func(r cell.Reader) func() { v.Get(r); return func() { w.add("effect") } })
	cell.Rule(w, func(tx cell.Tx) {
		n := v.Get(tx.Reader)
		tx.AfterCommit(func() { w.add("after ", n) })
		tx.AtCommit(func() { w.add("at ", n) })
	})
	w.trace = nil
	w.do(func(tx cell.Tx) {
		v.Set(tx, 1)
		tx.AtCommit(func() { w.add("first") })
		tx.OnCommit(func(tx cell.Tx) { tx.AtCommit(func() { w.add("last") }) })
	})
	w.saw("first", "at 1", "last", "after 1", "effect")
	w.fails(func(tx cell.Tx) {
		tx.AtCommit(func() { w.add("never") })
		v.Set(tx, 2)
		tx.Fail(errTest)
	})
	w.saw()
}

func TestAtCommitOfARetriedRule(t *testing.T) {
	w := newWorld(t)
	trigger, v := cell.NewValue(0), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) {
		trigger.Get(tx.Reader)
		n := v.Get(tx.Reader)
		tx.AtCommit(func() { w.add(n) })
	})
	cell.Rule(w, func(tx cell.Tx) { v.Set(tx, trigger.Get(tx.Reader)) })
	w.trace = nil
	set(w, trigger, 1)
	w.saw("1")
}

func TestAtCommitMustNotUseTheGraph(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	words := misuse(t, func() {
		w.do(func(tx cell.Tx) {
			v.Set(tx, 1)
			tx.AtCommit(func() { v.Set(tx, 2) })
		})
	})
	t.Log(words)
	is(w, v, 0)
}

func TestCallbackIsBlamedOnItsRule(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	fail := func(tx cell.Tx) { tx.Fail(errTest) }
	bad := cell.Compute(func(r cell.Reader) int { panic("bad") })
	rule := cell.Rule(w, func(tx cell.Tx) {
		switch v.Get(tx.Reader) {
		case 1:
			tx.OnCommit(fail)
		case 2:
			tx.OnCommit(func(cell.Tx) { panic("oh") })
		case 3:
			tx.OnCommit(func(tx cell.Tx) { tx.OnCommit(fail) })
		case 4:
			tx.OnCommit(func(tx cell.Tx) { bad.Get(tx.Reader) })
		}
	}).Named("rule")
	for n := 1; n <= 4; n++ {
		err := w.Attempt(func(tx cell.Tx) error { v.Set(tx, n); return nil })
		blamed(t, err, rule)
		var re *cell.RuleError
		var pe *cell.PanicError
		switch {
		case errors.As(err, &re) && re.Rule == "rule" && errors.Is(err, errTest):
		case errors.As(err, &pe) && (pe.Rule == "rule" || n == 4):
		default:
			t.Error(n, err)
		}
		w.check()
	}
	err := w.Attempt(func(tx cell.Tx) error { tx.OnCommit(fail); return nil })
	if err != errTest {
		t.Error(err)
	}
	blamed(t, err, nil)
}

func TestAttemptContainsEffects(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	effect := cell.Effect(w, func(r cell.Reader) func() {
		if v.Get(r) != 1 {
			return nil
		}
		return func() { panic(errTest) }
	}).Named("effect")
	cell.Effect(w, func(r cell.Reader) func() {
		n := v.Get(r)
		return func() { w.add(n) }
	})
	w.trace = nil
	err := w.Attempt(func(tx cell.Tx) error { v.Set(tx, 1); return nil })
	var e *cell.EffectError
	var p *cell.PanicError
	if !errors.As(err, &e) || e.Rule != "effect" || !errors.As(e.Err, &p) || p.Rule != "effect" || !errors.Is(err, errTest) {
		t.Errorf("%T %v", err, err)
	}
	blamed(t, err, effect)
	w.saw("1")
	is(w, v, 1)

	rule := cell.Rule(w, func(tx cell.Tx) {
		if v.Get(tx.Reader) == 2 {
			tx.AfterCommit(func() { panic("rule's") })
		}
	})
	err = w.Attempt(func(tx cell.Tx) error {
		tx.AfterCommit(func() { w.add("still") })
		v.Set(tx, 2)
		return nil
	})
	if !errors.As(err, &e) {
		t.Error(err)
	}
	blamed(t, err, rule)

	err = w.Attempt(func(tx cell.Tx) error { tx.AfterCommit(func() { panic("nobody's") }); return nil })
	if !errors.As(err, &e) || e.Rule != "" {
		t.Error(err)
	}
	blamed(t, err, nil)
}
