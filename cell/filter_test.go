package cell_test

import (
	"runtime"
	"testing"
	"weak"

	"github.com/freeswytch/freeswytch/cell"
)

func TestFilter(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(1, 2, 3, 4)
	asked := 0
	even := cell.Filter(s, func(r cell.Reader, x int) bool { asked++; return x%2 == 0 })
	w.View(func(r cell.Reader) { w.add(list(even.All(r)), even.Len(r), even.Has(r, 2), even.Has(r, 3)) })
	w.saw("[2 4]2 true false")
	o := cell.Observe(w, func(r cell.Reader) {
		w.add(list(even.All(r)), " +", list(even.Added(r)), " -", list(even.Removed(r)))
	})
	w.saw("[2 4] +[] -[]")
	asked = 0
	w.do(func(tx cell.Tx) {
		s.Add(tx, 5, 6)
		w.add(even.Len(tx.Reader))
		s.Remove(tx, 2)
		s.Remove(tx, 4)
		s.Add(tx, 4)
		w.add(even.Len(tx.Reader))
	})
	w.saw("3", "2", "[4 6] +[6] -[2]", "[4 6] +[] -[]")
	if asked != 3 { // 4 has left and come back
		t.Errorf("asked %d times", asked)
	}
	w.fails(func(tx cell.Tx) {
		s.Clear(tx)
		even.Len(tx.Reader)
		s.Add(tx, 8)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	w.saw("[8] +[8] -[4 6]")
	w.do(func(tx cell.Tx) { s.Add(tx, 10) })
	w.saw("[4 6 10] +[10] -[]", "[4 6 10] +[] -[]")
	o.Stop()
	w.do(func(tx cell.Tx) { s.Add(tx, 12) })
	w.View(func(r cell.Reader) { w.add(list(even.All(r))) })
	w.saw("[4 6 10 12]")
	if n := cell.Listeners(even); n != 0 {
		t.Errorf("%d listeners", n)
	}
}

type person struct {
	name string
	age  cell.Value[int]
}

func TestFilterByCells(t *testing.T) {
	w := newWorld(t)
	ann, bob, eve := &person{name: "ann"}, &person{name: "bob"}, &person{name: "eve"}
	s := cell.NewSet(ann, bob)
	limit := cell.NewValue(18)
	double := cell.Compute(func(r cell.Reader) int { return 2 * limit.Get(r) })
	asked := 0
	old := cell.Filter(s, func(r cell.Reader, p *person) bool {
		asked++
		if p.name == "eve" {
			return true
		}
		return 2*p.age.Get(r) >= double.Get(r)
	})
	number := cell.Count(s, func(r cell.Reader, p *person) bool { return p.age.Get(r) > 0 })
	names := func(r cell.Reader) (out []string) {
		for p := range old.All(r) {
			out = append(out, p.name)
		}
		return out
	}
	o := cell.Observe(w, func(r cell.Reader) { w.add(names(r), number.Get(r)) })
	w.saw("[] 0")
	asked = 0
	w.do(func(tx cell.Tx) {
		ann.age.Set(tx, 20)
		w.add(names(tx.Reader), number.Get(tx.Reader)) // fresh
		s.Add(tx, eve)
		eve.age.Set(tx, 1)
	})
	w.saw("[ann] 1", "[ann eve] 2")
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
	asked = 0
	w.do(func(tx cell.Tx) { bob.age.Set(tx, 30); limit.Set(tx, 25) })
	w.saw("[eve bob] 3")
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
	w.fails(func(tx cell.Tx) {
		s.Remove(tx, bob)
		limit.Set(tx, 0)
		w.add(names(tx.Reader))
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	w.saw("[eve ann]", "[eve ann] 2")
	w.do(func(tx cell.Tx) { bob.age.Set(tx, 1) })
	w.saw("[eve] 3")
	o.Stop()
	for _, p := range []*person{ann, bob, eve} {
		if n := cell.Listeners(&p.age); n != 0 {
			t.Errorf("%s has %d listeners", p.name, n)
		}
	}
}

func TestFilterCanBeCollected(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(1, 2, 3)
	v := cell.NewValue(2)
	f := cell.Filter(s, func(r cell.Reader, x int) bool { return x >= v.Get(r) })
	o := cell.Observe(w, func(r cell.Reader) { f.Len(r) })
	o.Stop()
	p := weak.Make(f)
	f, o = nil, nil
	w.do(func(tx cell.Tx) { s.Add(tx, 4) })
	for range 10 {
		if runtime.GC(); p.Value() == nil {
			return
		}
	}
	t.Error("it is still there")
}
