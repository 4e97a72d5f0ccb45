package cell_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// A rule that reads, computed, what it has just written.
func TestOwnWriteThroughComputedCells(t *testing.T) {
	for depth := 1; depth <= 3; depth++ {
		for _, observed := range []bool{false, true} {
			w := newWorld(t)
			trigger, v, out := cell.NewValue(1), cell.NewValue(0), cell.NewValue(0)
			var c cell.Readable[int] = v
			for range depth {
				of := c
				c = cell.Compute(func(r cell.Reader) int { return of.Get(r) * 10 })
			}
			factor := map[int]int{1: 10, 2: 100, 3: 1000}[depth]
			runs, saw := 0, []int{}
			if observed {
				cell.Observe(w, func(r cell.Reader) { c.Get(r) })
			}
			cell.Rule(w, func(tx cell.Tx) {
				runs++
				v.Set(tx, trigger.Get(tx.Reader))
				out.Set(tx, c.Get(tx.Reader))
			})
			cell.Observe(w, func(r cell.Reader) { saw = append(saw, out.Get(r), c.Get(r)) })
			late := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { return c.Get(tx.Reader) + out.Get(tx.Reader) })
			for n := 1; n < 6; n++ {
				runs, saw = 0, nil
				set(w, trigger, n*2)
				if runs != 1 || len(saw) != 2 || saw[0] != n*2*factor || saw[1] != n*2*factor {
					t.Errorf("depth %d: %d runs, saw %v", depth, runs, saw)
				}
				is(w, out, n*2*factor)
				is(w, late, 2*n*2*factor)
				w.check()
			}
		}
	}
}

// The rule reads first, then writes: it is not run again.
func TestOwnWriteAfterReadingComputed(t *testing.T) {
	w := newWorld(t)
	trigger, v := cell.NewValue(0), cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int { return v.Get(r) * 10 })
	runs := 0
	cell.Rule(w, func(tx cell.Tx) {
		runs++
		x := c.Get(tx.Reader)
		v.Set(tx, x+trigger.Get(tx.Reader))
	})
	for n := 1; n < 4; n++ {
		runs = 0
		set(w, trigger, n)
		if runs != 1 {
			t.Error(n, runs)
		}
	}
	is(w, v, 123)
	is(w, c, 1230)
}

// Others that read the computed cell before the rule ran are run again.
func TestOwnWriteThroughComputedReachesOthers(t *testing.T) {
	w := newWorld(t)
	trigger, v, out := cell.NewValue(1), cell.NewValue(0), cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int { return v.Get(r) * 10 })
	early := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { return c.Get(tx.Reader) + trigger.Get(tx.Reader) })
	runs := 0
	cell.Rule(w, func(tx cell.Tx) {
		runs++
		tx.Untracked(func(tx cell.Tx) { v.Set(tx, trigger.Peek(tx.Reader)) })
		out.Set(tx, c.Get(tx.Reader)+trigger.Get(tx.Reader))
		v.Set(tx, trigger.Get(tx.Reader)*2)
		out.Set(tx, c.Get(tx.Reader)+trigger.Get(tx.Reader))
	})
	for n := 2; n < 6; n++ {
		runs = 0
		set(w, trigger, n)
		is(w, out, 21*n)
		is(w, early, 21*n)
		if runs > 2 {
			t.Error(runs)
		}
		w.check()
	}
}
