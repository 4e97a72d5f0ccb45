package cell_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB69_SubSetFollowsItsBase(t *testing.T) {
	w := newWorld(t)
	base := cell.NewSet(1, 2, 3)
	s := cell.NewSubSet(w, base)
	cell.Observe(w, func(r cell.Reader) { w.add(list(s.All(r)), "+", list(s.Added(r)), "-", list(s.Removed(r))) })
	w.saw("[]+[]-[]")
	w.do(func(tx cell.Tx) { s.Add(tx, 1, 2, 9) })
	w.saw("[1 2]+[1 2]-[]", "[1 2]+[]-[]")
	w.do(func(tx cell.Tx) { base.Add(tx, 9) }) // it was left out, and stays out
	w.saw()
	w.do(func(tx cell.Tx) { base.Remove(tx, 1) })
	w.saw("[2]+[]-[1]", "[2]+[]-[]")
	w.do(func(tx cell.Tx) { base.Add(tx, 1) })
	w.saw()
	w.do(func(tx cell.Tx) { s.Add(tx, 7); base.Add(tx, 7) })
	w.saw("[2 7]+[7]-[]", "[2 7]+[]-[]")
	w.fails(func(tx cell.Tx) { base.Clear(tx); tx.Fail(errTest) })
	w.do(func(tx cell.Tx) { s.Remove(tx, 2) })
	w.saw("[7]+[]-[2]", "[7]+[]-[]")
}

func TestDefect3_SubSetRemovesMembersOnlyAndFollowsAnotherBase(t *testing.T) {
	w := newWorld(t)
	base, other := cell.NewSet(1, 2, 3), cell.NewSet(2, 3)
	s := cell.NewSubSet(w, base)
	w.do(func(tx cell.Tx) { s.Add(tx, 1, 2) })
	cell.Observe(w, func(r cell.Reader) { w.add(list(s.All(r)), "-", list(s.Removed(r))) })
	w.saw("[1 2]-[]")
	w.do(func(tx cell.Tx) { base.Remove(tx, 3) }) // no member
	w.saw()
	w.do(func(tx cell.Tx) { s.SetBase(tx, other) })
	w.saw("[2]-[1]", "[2]-[]")
	w.do(func(tx cell.Tx) { base.Remove(tx, 2) }) // it is not the base any more
	w.saw()
	w.do(func(tx cell.Tx) { other.Remove(tx, 2) })
	w.saw("[]-[2]", "[]-[]")
}

func TestSubSetIsReadAsASet(t *testing.T) {
	w := newWorld(t)
	base := cell.NewSet("a", "b", "c")
	s := cell.NewSubSet(w, base).Named("chosen")
	n := cell.Count(s, func(cell.Reader, string) bool { return true })
	w.do(func(tx cell.Tx) { s.Add(tx, "a", "b", "z") })
	w.View(func(r cell.Reader) {
		if s.Len(r) != 2 || !s.Has(r, "a") || s.Has(r, "c") || s.Has(r, "z") {
			t.Error(s.Len(r))
		}
	})
	is(w, n, 2)
	w.do(func(tx cell.Tx) { s.Clear(tx) })
	is(w, n, 0)
}
