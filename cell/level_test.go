package cell_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestLadderOfUnevenDiamonds(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	high := cell.NewValue(false)
	// The bottom rises from level 0 to 50 and pushes the ladder up. If every way
	// through it were followed there would be 2^40.
	deep := chain(v, 50)
	var bottom cell.Readable[int] = cell.Compute(func(r cell.Reader) int {
		if high.Get(r) {
			return deep.Get(r)
		}
		return v.Get(r)
	})
	runs := 0
	top := bottom
	for range 40 {
		from := top
		long := cell.Compute(func(r cell.Reader) int { return from.Get(r) + 1 })
		longer := cell.Compute(func(r cell.Reader) int { return long.Get(r) })
		top = cell.Compute(func(r cell.Reader) int { runs++; return from.Get(r) + longer.Get(r) })
	}
	cell.Observe(w, func(r cell.Reader) { top.Get(r) })
	set(w, high, true)
	w.check()
	runs = 0
	set(w, v, 1)
	if runs != 40 {
		t.Error(runs, "runs of 40 cells")
	}
}

func chain(from cell.Readable[int], n int) cell.Readable[int] {
	for range n {
		prev := from
		from = cell.Compute(func(r cell.Reader) int { return prev.Get(r) + 1 })
	}
	return from
}

func TestLongChain(t *testing.T) {
	w := &world{Graph: cell.NewGraph(), t: t} // the check would take long
	const n = 100_000
	v := cell.NewValue(0)
	end := chain(v, n)
	is(w, end, n)
	o := cell.Observe(w, func(r cell.Reader) { w.add(end.Get(r)) })
	set(w, v, 1)
	w.do(func(tx cell.Tx) {
		v.Set(tx, 2)
		if end.Get(tx.Reader) != n+2 {
			t.Error(end.Get(tx.Reader))
		}
	})
	w.fails(func(tx cell.Tx) { v.Set(tx, 3); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
	o.Stop()
	is(w, end, n+2)
	w.saw("100000", "100001", "100002", "100003")
}

func TestLevelsOfCirclesStayLow(t *testing.T) {
	for name, make := range map[string]func(w *world) (a, b *cell.Maintained[float64], via *cell.Computed[float64]){
		"direct": func(w *world) (*cell.Maintained[float64], *cell.Maintained[float64], *cell.Computed[float64]) {
			f, c := converter(w)
			return f, c, nil
		},
		"through computed cells": func(w *world) (f, c *cell.Maintained[float64], x *cell.Computed[float64]) {
			x = cell.Compute(func(r cell.Reader) float64 { return f.Get(r) - 32 })
			y := cell.Compute(func(r cell.Reader) float64 { return c.Get(r) * 1.8 })
			w.do(func(tx cell.Tx) {
				f = cell.Maintain(tx, 32, func(tx cell.Tx, _ float64) float64 { return y.Get(tx.Reader) + 32 })
				c = cell.Maintain(tx, 0, func(tx cell.Tx, _ float64) float64 { return x.Get(tx.Reader) / 1.8 })
			})
			return f, c, x
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			f, c, x := make(w)
			cell.Observe(w, func(r cell.Reader) { f.Get(r); c.Get(r) })
			for i := range 10_000 {
				set(w, c, float64(10*i))
				is(w, f, float64(18*i+32))
				set(w, f, float64(18*i+50))
				is(w, c, float64(10*i+10))
			}
			highest := max(cell.Level(f), cell.Level(c))
			if x != nil {
				highest = max(highest, cell.Level(x))
			}
			if highest > 2000 {
				t.Error("level", highest)
			}
		})
	}
}

func TestLoweringLevelsKeepsTheOrder(t *testing.T) {
	w := newWorld(t)
	v, out := cell.NewValue(1), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) { w.add("reader ", v.Get(tx.Reader), out.Get(tx.Reader)) })
	cell.Rule(w, func(tx cell.Tx) { w.add("writer"); out.Set(tx, v.Get(tx.Reader)) })
	end := chain(v, 3000)
	o := cell.Observe(w, func(r cell.Reader) { end.Get(r) })
	w.trace = nil
	set(w, v, 2)
	w.saw("writer", "reader 2 2")
	w.check()
	o.Stop()
	set(w, v, 3)
	w.saw("writer", "reader 3 3")
}

func TestLinksThatComeBackAreAboveWhatWasRaised(t *testing.T) {
	w := newWorld(t)
	v, reads, deep := cell.NewValue(0), cell.NewValue(true), cell.NewValue(false)
	end := chain(v, 20)
	c := cell.Compute(func(r cell.Reader) int {
		if deep.Get(r) {
			return end.Get(r)
		}
		return v.Get(r)
	})
	m := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int {
		if reads.Get(tx.Reader) {
			return c.Get(tx.Reader)
		}
		return 0
	})
	cell.Observe(w, func(r cell.Reader) {
		if c.Get(r) == 20 {
			r.Fail(errTest)
		}
	})
	w.fails(func(tx cell.Tx) {
		reads.Set(tx, false)
		tx.OnCommit(func(tx cell.Tx) { deep.Set(tx, true) })
	})
	set(w, v, 1)
	is(w, m, 1)
}
