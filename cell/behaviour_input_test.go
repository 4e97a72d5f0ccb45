package cell_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB15_ChainStopsAtAnUnchangedResult(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	c1 := cell.Compute(func(r cell.Reader) int { w.add("c1"); return v.Get(r) / 2 })
	cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { w.add("c2 ", c1.Get(tx.Reader)); return 0 })
	w.saw("c1", "c2 0")
	set(w, v, 1)
	w.saw("c1")
	set(w, v, 2)
	w.saw("c1", "c2 1")
}

func TestB16_DroppedInputsDoNotTrigger(t *testing.T) {
	w := newWorld(t)
	flag, a, b := cell.NewValue(true), cell.NewValue(1), cell.NewValue(10)
	o := cell.Observe(w, func(r cell.Reader) {
		if flag.Get(r) {
			w.add("a", a.Get(r))
		} else {
			w.add("b", b.Get(r))
		}
	})
	set(w, b, 11)
	set(w, a, 2)
	w.saw("a1", "a2")
	set(w, flag, false)
	set(w, a, 3)
	set(w, b, 12)
	w.saw("b11", "b12")
	if n := cell.Sources(o); n != 2 {
		t.Error(n, "links")
	}
	// A failing transaction brings the old inputs back.
	_ = w.Update(func(tx cell.Tx) error {
		flag.Set(tx, true)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
		return nil
	})
	w.saw("a3")
	set(w, a, 4)
	set(w, b, 13)
	w.saw("b13")
}

func TestB17_LaterReadsRunNothing(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(1)
	var m *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		m = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { w.add("run"); return a.Get(tx.Reader) })
		if m.Get(tx.Reader) != 1 { // the first read runs it
			t.Error(m.Get(tx.Reader))
		}
		m.Get(tx.Reader)
	})
	is(w, m, 1)
	is(w, m, 1)
	w.saw("run")
}

func TestB18_OwnValueIsThePreviousOne(t *testing.T) {
	w := newWorld(t)
	in := cell.NewValue(10.0)
	var m *cell.Maintained[float64]
	w.do(func(tx cell.Tx) {
		// The noise filter of Trellis' README: ignore small changes.
		m = cell.Maintain(tx, 0, func(tx cell.Tx, prev float64) float64 {
			w.add("run")
			if m.Get(tx.Reader) != prev {
				t.Error("Get in the own rule is not the previous value")
			}
			if x := in.Get(tx.Reader); x-prev > 2 || prev-x > 2 {
				return x
			}
			return prev
		})
	})
	set(w, in, 11)
	is(w, m, 10)
	set(w, in, 13)
	is(w, m, 13)
	w.saw("run", "run", "run")
	if n := cell.Sources(m); n != 1 {
		t.Error("the own value is a link")
	}
}

func TestB22_ConstantsAreNotTracked(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(1)
	two := cell.Compute(func(cell.Reader) int { w.add("two"); return 2 })
	four := cell.Compute(func(r cell.Reader) int { w.add("four"); return 2 * two.Get(r) })
	var peeks, mixed *cell.Computed[int]
	mixed = cell.Compute(func(r cell.Reader) int { return four.Get(r) * a.Get(r) })
	peeks = cell.Compute(func(r cell.Reader) int { return a.Peek(r) })
	is(w, four, 4)
	is(w, four, 4)
	w.saw("four", "two")
	cell.Observe(w, func(r cell.Reader) { w.add(four.Get(r), mixed.Get(r)) })
	set(w, a, 3)
	w.saw("4 4", "4 12")
	if n := cell.Sources(mixed); n != 1 {
		t.Error(n, "links")
	}
	// Looking without tracking does not make a constant.
	is(w, peeks, 3)
	_ = w.Update(func(tx cell.Tx) error {
		a.Set(tx, 5)
		if peeks.Get(tx.Reader) != 5 {
			t.Error(peeks.Get(tx.Reader))
		}
		return errTest
	})
	is(w, peeks, 3)
	cell.Observe(w, func(r cell.Reader) { peeks.Get(r) })
	set(w, a, 6)
	is(w, peeks, 6)
}
