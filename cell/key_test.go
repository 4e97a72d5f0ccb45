package cell_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestAskingForOneKeyDependsOnThatKey(t *testing.T) {
	w := newWorld(t)
	s, m := cell.NewSet(1), &cell.Map[int, int]{}
	even := cell.Filter(s, func(_ cell.Reader, x int) bool { return x%2 == 0 })
	a := cell.Observe(w, func(r cell.Reader) { w.add("set ", s.Has(r, 2)) })
	b := cell.Observe(w, func(r cell.Reader) { w.add("even ", even.Has(r, 2)) })
	c := cell.Observe(w, func(r cell.Reader) { w.add("map ", m0(m.Get(r, 2))) })
	w.saw("set false", "even false", "map 0")
	w.do(func(tx cell.Tx) { s.Add(tx, 3, 4); m.Set(tx, 1, 1) })
	w.saw()
	w.do(func(tx cell.Tx) { s.Add(tx, 2); m.Set(tx, 2, 5) })
	w.saw("set true", "map 5", "even true")
	w.fails(func(tx cell.Tx) { s.Remove(tx, 2); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
	w.saw("set false", "even false")
	w.do(func(tx cell.Tx) { s.Clear(tx); m.Delete(tx, 1) })
	w.saw("set false", "even false")
	if n := cell.Keyed(s) + cell.Keyed(even); n != 2 {
		t.Errorf("%d keys are known", n)
	}
	a.Stop()
	b.Stop()
	c.Stop()
	if n := cell.Keyed(s) + cell.Keyed(even); n != 0 {
		t.Errorf("%d keys are still known", n)
	}
	if n := cell.Listeners(even); n != 0 {
		t.Errorf("%d listeners", n)
	}
}
