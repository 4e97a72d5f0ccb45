package cell_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB13_SetEqualRunsNothing(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(1)
	cell.Rule(w, func(tx cell.Tx) { w.add("rule ", a.Get(tx.Reader)) })
	cell.Observe(w, func(r cell.Reader) { w.add("observer ", a.Get(r)) })
	w.saw("rule 1", "observer 1")
	set(w, a, 1)
	w.saw()
	set(w, a, 2)
	w.saw("rule 2", "observer 2")
}

func TestB14_EqualButOtherValueIsStoredSilently(t *testing.T) {
	w := newWorld(t)
	x, y := []int{1}, []int{1}
	same := func(a, b []int) bool { return len(a) == len(b) }
	a := cell.NewValueFunc(x, same)
	cell.Observe(w, func(r cell.Reader) { w.add(a.Get(r)) })
	w.saw("[1]")
	set(w, a, y)
	w.saw()
	if &cell.Read(w.Graph, a)[0] != &y[0] {
		t.Error("not stored")
	}
	_ = w.Update(func(tx cell.Tx) error { a.Set(tx, x); return errTest })
	if &cell.Read(w.Graph, a)[0] != &y[0] {
		t.Error("not restored")
	}
}

func TestB24_SetSuppressesTheRuleInThatPassOnly(t *testing.T) {
	for _, setFirst := range []bool{true, false} {
		w := newWorld(t)
		in := cell.NewValue(1)
		m := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { w.add("rule"); return in.Get(tx.Reader) })
		w.saw("rule")
		w.do(func(tx cell.Tx) {
			if setFirst {
				m.Set(tx, 50)
				in.Set(tx, 2)
			} else {
				in.Set(tx, 2)
				m.Set(tx, 50)
			}
		})
		is(w, m, 50)
		w.saw()
		set(w, in, 3)
		is(w, m, 3)
		w.saw("rule")
	}
}

func TestB25_SetBeforeTheFirstRun(t *testing.T) {
	w := newWorld(t)
	in := cell.NewValue(1)
	var m *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		m = cell.Maintain(tx, 0, func(tx cell.Tx, prev int) int { w.add("prev ", prev); return in.Get(tx.Reader) })
		m.Set(tx, 7)
		w.add("set ", m.Get(tx.Reader))
	})
	w.saw("set 7", "prev 7")
	is(w, m, 7)
	set(w, in, 2) // its inputs were found
	is(w, m, 2)
	// An explicit set after the first run overrides the initial result.
	var n *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		n = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return in.Get(tx.Reader) })
		n.Get(tx.Reader)
		n.Set(tx, 9)
	})
	is(w, n, 9)
}

func TestB32_SetAfterItsRuleIsScheduled(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	m := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { w.add("rule"); return v.Get(tx.Reader) })
	cell.Rule(w, func(tx cell.Tx) {
		if v.Get(tx.Reader) > 0 {
			m.Set(tx, 100)
		}
	})
	// The setter has to run before the rule; its order is learned once.
	w.trace = nil
	w.do(func(tx cell.Tx) { v.Set(tx, 1); m.Set(tx, 100) })
	is(w, m, 100)
	w.saw()
}

func TestB33_RulesThatDisagree(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(0), cell.NewValue(0).Named("x")
	cell.Rule(w, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)) }).Named("one")
	cell.Rule(w, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)%10) }).Named("two")
	set(w, v, 5) // they agree
	is(w, x, 5)
	err := w.fails(func(tx cell.Tx) { v.Set(tx, 12) })
	var ce *cell.ConflictError
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	want := &cell.ConflictError{Cell: "x", Writers: [2]string{"one", "two"}, Values: [2]any{12, 2}}
	if diff := cmp.Diff(want, ce); diff != "" {
		t.Error(diff)
	}
	if want := "cell: two: cell: conflict about x: one wrote 12, two wrote 2"; err.Error() != want {
		t.Error(err)
	}
	is(w, x, 5)
	is(w, v, 5)
}

func TestB34_CodeAndRuleDisagree(t *testing.T) {
	w := newWorld(t)
	in, x := cell.NewValue(0), cell.NewValue(1)
	cell.Rule(w, func(tx cell.Tx) {
		if i := in.Get(tx.Reader); i > 0 {
			x.Set(tx, i)
		}
	}).Named("rule")
	err := w.fails(func(tx cell.Tx) { x.Set(tx, 9); in.Set(tx, 10) })
	var ce *cell.ConflictError
	if !errors.As(err, &ce) || ce.Writers != [2]string{"code outside rules", "rule"} || ce.Values != [2]any{9, 10} {
		t.Fatal(err)
	}
	is(w, x, 1)
	is(w, in, 0)
	w.do(func(tx cell.Tx) { x.Set(tx, 10); in.Set(tx, 10) })
	is(w, x, 10)
}

func TestB35_CodeMaySetRepeatedly(t *testing.T) {
	w := newWorld(t)
	x := cell.NewValue(1)
	cell.Observe(w, func(r cell.Reader) { w.add(x.Get(r)) })
	w.do(func(tx cell.Tx) { x.Set(tx, 2); x.Set(tx, 3); x.Set(tx, 4) })
	w.saw("1", "4")
	// After the pass anybody may set it again.
	w.do(func(tx cell.Tx) {
		x.Set(tx, 5)
		tx.OnCommit(func(tx cell.Tx) { x.Set(tx, 6) })
		tx.OnCommit(func(tx cell.Tx) { x.Set(tx, 7) })
	})
	w.saw("5", "7")
}
