package cell_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// Rules that are made while rules run begin on the lowest level, so what they change
// is seen before what was changed deeper down, and earlier.
func TestTurnsOfDepthsThatFallAndRise(t *testing.T) {
	w := newWorld(t)
	in, deep, low1, low2, mid := cell.NewValue(0), cell.NewValue(0), cell.NewValue(0), cell.NewValue(0), cell.NewValue(0)
	for name, v := range map[string]*cell.Value[int]{"deep": deep, "mid": mid} {
		cell.Observe(w, func(r cell.Reader) { w.add(name, " ", v.Get(r)) })
	}
	cell.Observe(w, func(r cell.Reader) { w.add("low2 ", low2.Get(r)) })
	cell.Observe(w, func(r cell.Reader) { w.add("low1 ", low1.Get(r)) })
	var below cell.Readable[int] = in
	for range 3 {
		source := below
		below = cell.Compute(func(r cell.Reader) int { return source.Get(r) })
	}
	cell.Rule(w, func(tx cell.Tx) {
		x := below.Get(tx.Reader)
		if x == 0 {
			return
		}
		deep.Set(tx, x)
		cell.Rule(tx, func(tx cell.Tx) {
			low1.Set(tx, x)
			low2.Set(tx, x)
		})
		follows := cell.Compute(func(r cell.Reader) int { return low1.Get(r) })
		cell.Rule(tx, func(tx cell.Tx) { mid.Set(tx, follows.Get(tx.Reader)) })
	})
	w.trace = nil
	set(w, in, 1)
	w.saw("low2 1", "low1 1", "mid 1", "deep 1")
}

// Whatever comes and goes in whatever order, each has one turn, by depth and creation.
func TestTurns(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		var ran []int
		var all []*cell.Observer
		for i := range 6 {
			all = append(all, cell.Observe(w, func(cell.Reader) { ran = append(ran, i) }))
		}
		ran = nil
		depths := map[int]int{}
		w.do(func(tx cell.Tx) {
			for range rapid.IntRange(0, 30).Draw(rt, "steps") {
				i := rapid.IntRange(0, len(all)-1).Draw(rt, "observer")
				if rapid.IntRange(0, 4).Draw(rt, "what") == 0 {
					cell.NoTurnOf(all[i])
					delete(depths, i)
					continue
				}
				depth := rapid.IntRange(0, 3).Draw(rt, "depth")
				cell.TurnOf(tx, all[i], depth)
				if had, has := depths[i]; !has || depth < had {
					depths[i] = depth
				}
			}
		})
		want := slices.SortedFunc(maps.Keys(depths), func(a, b int) int { return cmp.Or(cmp.Compare(depths[a], depths[b]), cmp.Compare(a, b)) })
		if fmt.Sprint(ran) != fmt.Sprint(want) {
			rt.Fatalf("ran %v, not %v, with depths %v", ran, want, depths)
		}
		w.check()
	})
}
