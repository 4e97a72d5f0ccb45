package cell_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB20_PentagramOfDeath(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	rule := func(name string, from ...cell.Readable[int]) *cell.Maintained[int] {
		return cell.Maintain(w, 0, func(tx cell.Tx, _ int) (sum int) {
			w.add(name)
			for _, c := range from {
				sum += c.Get(tx.Reader)
			}
			return sum
		})
	}
	b := rule("b", a)
	c := rule("c", b)
	d := rule("d", a, c)
	e := rule("e", b, d)
	w.trace = nil
	set(w, a, 1)
	w.saw("b", "c", "d", "e")
	is(w, e, 3)
}

func TestB21_Levels(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	b := cell.Compute(func(r cell.Reader) int { return a.Get(r) })
	c := cell.Compute(func(r cell.Reader) int { return a.Get(r) + b.Get(r) })
	var d *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		d = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return c.Get(tx.Reader) + d.Get(tx.Reader) })
	})
	if cell.Level(b) != 0 || cell.Level(c) != 1 || cell.Level(d) != 2 {
		t.Error(cell.Level(b), cell.Level(c), cell.Level(d))
	}
}

func TestB29_RetriedRuleMayNotifyAnotherRetriedRule(t *testing.T) {
	w := newWorld(t)
	v, x, y, z := cell.NewValue(0), cell.NewValue(0), cell.NewValue(0), cell.NewValue(0)
	// In the wrong order: last reads what middle writes, middle what first writes.
	cell.Rule(w, func(tx cell.Tx) { v.Get(tx.Reader); z.Set(tx, y.Get(tx.Reader)+x.Get(tx.Reader)) }).Named("last")
	cell.Rule(w, func(tx cell.Tx) { v.Get(tx.Reader); y.Set(tx, x.Get(tx.Reader)) }).Named("middle")
	cell.Rule(w, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)) }).Named("first")
	set(w, v, 1)
	is(w, z, 2)
	set(w, v, 2)
	is(w, z, 4)
}

func TestB30_ReaderBeforeWriterIsUndoneAndRunAfter(t *testing.T) {
	w := newWorld(t)
	v, out := cell.NewValue(1), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) { w.add("reader ", v.Get(tx.Reader), out.Get(tx.Reader)) })
	cell.Rule(w, func(tx cell.Tx) { w.add("writer"); out.Set(tx, v.Get(tx.Reader)) })
	w.saw("reader 1 0", "writer", "reader 1 1")
	// The creation of the writer has taught the order already.
	set(w, v, 2)
	w.saw("writer", "reader 2 2")
	set(w, v, 3)
	w.saw("writer", "reader 3 3")
}

func TestB30_BothCreatedAtOnce(t *testing.T) {
	w := newWorld(t)
	v, out := cell.NewValue(1), cell.NewValue(0)
	w.do(func(tx cell.Tx) {
		cell.Rule(tx, func(tx cell.Tx) {
			w.add("reader ", v.Get(tx.Reader), out.Get(tx.Reader))
			tx.OnCommit(func(cell.Tx) { w.add("callback") })
			tx.OnUndo(func() { w.add("undone") })
		})
		cell.Rule(tx, func(tx cell.Tx) { w.add("writer"); out.Set(tx, v.Get(tx.Reader)) })
	})
	w.saw("reader 1 0", "writer", "undone", "writer", "reader 1 1", "callback")
	set(w, v, 2)
	w.saw("writer", "reader 2 2", "callback")
}

func TestB31_OwnWriteDoesNotRunTheRuleAgain(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(1), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) {
		w.add("run ", x.Get(tx.Reader))
		if v.Get(tx.Reader) > x.Get(tx.Reader) {
			x.Set(tx, v.Get(tx.Reader))
		}
	})
	set(w, v, 2)
	is(w, x, 2)
	w.saw("run 0", "run 1")
	set(w, x, 10) // from outside it does
	w.saw("run 10")
}

func TestB30_RetryInALaterPassGoesBackToThatPass(t *testing.T) {
	w := newWorld(t)
	v, out, two := cell.NewValue(0), cell.NewValue(0), cell.NewValue(false)
	m := cell.Maintain(w, 0, func(tx cell.Tx, prev int) int {
		w.add("from ", prev)
		if two.Get(tx.Reader) {
			prev += out.Get(tx.Reader)
		}
		return prev + v.Get(tx.Reader)
	})
	cell.Rule(w, func(tx cell.Tx) {
		if two.Get(tx.Reader) {
			out.Set(tx, 100)
		}
	})
	w.trace = nil
	w.do(func(tx cell.Tx) {
		v.Set(tx, 1)
		tx.OnCommit(func(tx cell.Tx) { v.Set(tx, 10); two.Set(tx, true) })
	})
	w.saw("from 0", "from 1", "from 1")
	is(w, m, 111)
}

func TestB30_WhatTheUndoneRunScheduledDoesNotRun(t *testing.T) {
	w := newWorld(t)
	on, out, q := cell.NewValue(false), cell.NewValue(0), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) {
		if on.Get(tx.Reader) && out.Get(tx.Reader) == 0 {
			q.Set(tx, 1)
		}
	})
	cell.Rule(w, func(tx cell.Tx) {
		if on.Get(tx.Reader) {
			out.Set(tx, 1)
		}
	})
	c := cell.Compute(func(r cell.Reader) int { w.add("computed ", q.Get(r)); return 0 })
	cell.Rule(w, func(tx cell.Tx) { w.add("rule ", q.Get(tx.Reader)) })
	cell.Observe(w, func(r cell.Reader) { c.Get(r); w.add("observer ", q.Get(r)) })
	w.trace = nil
	set(w, on, true)
	w.saw()
	is(w, q, 0)
}
