package cell_test

import (
	"cmp"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestSteadyStateAllocatesNothing(t *testing.T) {
	g := cell.NewGraph()
	v, flip := cell.NewValue(0), cell.NewValue(false)
	f := cell.NewValueFunc(0, func(a, b int) bool { return a == b })
	p := cell.NewPulse(0)
	var s cell.Set[int]
	var m cell.Map[int, int]
	turned := cell.NewValue(false)
	l := cell.NewList(1, 2, 3, 4, 5, 6, 7)
	sorted := cell.Sorted(&s, func(_ cell.Reader, x int) int { return -x }, cmp.Compare)
	first, back := cell.Limit(sorted, 3), cell.Reversed(sorted, turned)
	n := 0
	for name, c := range map[string]struct {
		observe func(cell.Reader)
		update  func(cell.Tx) error
	}{
		"value":     {func(r cell.Reader) { v.Get(r) }, func(tx cell.Tx) error { v.Set(tx, n); return nil }},
		"valuefunc": {func(r cell.Reader) { f.Get(r) }, func(tx cell.Tx) error { f.Set(tx, n); return nil }},
		"chain":     {func(r cell.Reader) {}, func(tx cell.Tx) error { v.Set(tx, n); return nil }},
		"diamond":   {func(r cell.Reader) {}, func(tx cell.Tx) error { v.Set(tx, n); return nil }},
		"maintain":  {func(r cell.Reader) {}, func(tx cell.Tx) error { v.Set(tx, n); return nil }},
		"flip":      {func(r cell.Reader) {}, func(tx cell.Tx) error { flip.Set(tx, n%2 == 0); v.Set(tx, n); return nil }},
		"pulse":     {func(r cell.Reader) { p.Get(r) }, func(tx cell.Tx) error { p.Set(tx, n); return nil }},
		"set": {func(r cell.Reader) {
			for range s.Added(r) {
			}
			s.Len(r)
		}, func(tx cell.Tx) error { s.Add(tx, n%10); s.Remove(tx, (n+5)%10); return nil }},
		"map": {func(r cell.Reader) {
			for range m.Changed(r) {
			}
			m.Len(r)
		}, func(tx cell.Tx) error { m.Set(tx, n%10, n); return nil }},
		"list": {func(r cell.Reader) {
			for range l.Splices(r) {
			}
			l.Len(r)
		}, func(tx cell.Tx) error {
			l.Insert(tx, n%5, n)
			l.Set(tx, 6, n)
			l.Delete(tx, n%3, n%3+1)
			return nil
		}},
		"sorted": {func(r cell.Reader) {
			for range sorted.Splices(r) {
			}
			sorted.IndexOf(r, 3)
		}, func(tx cell.Tx) error { s.Add(tx, n%10); s.Remove(tx, (n+5)%10); return nil }},
		"limit": {func(r cell.Reader) {
			for range first.Splices(r) {
			}
			for range back.Splices(r) {
			}
			first.Len(r)
		}, func(tx cell.Tx) error { s.Add(tx, n%10); s.Remove(tx, (n+5)%10); turned.Set(tx, n%7 < 3); return nil }},
		"failure": {func(r cell.Reader) { v.Get(r) }, func(tx cell.Tx) error { v.Set(tx, n); return errTest }},
		"callback": {func(r cell.Reader) { v.Get(r) }, func(tx cell.Tx) error {
			v.Set(tx, n)
			tx.OnCommit(nothing)
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			scope := cell.NewScope(g)
			defer scope.Stop()
			watch := func(c cell.Readable[int]) { cell.Observe(scope, func(r cell.Reader) { c.Get(r) }) }
			switch name {
			case "chain":
				watch(chain(v, 100))
			case "diamond":
				var arms []cell.Readable[int]
				for range 10 {
					arms = append(arms, chain(v, 2))
				}
				watch(cell.Compute(func(r cell.Reader) (sum int) {
					for _, a := range arms {
						sum += a.Get(r)
					}
					return sum
				}))
			case "maintain":
				x := cell.NewValue(0)
				cell.Rule(scope, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)) })
				watch(cell.Maintain(scope, 0, func(tx cell.Tx, prev int) int { return prev + x.Get(tx.Reader) }))
			case "flip":
				a, b := chain(v, 3), chain(v, 5)
				watch(cell.Compute(func(r cell.Reader) int {
					if flip.Get(r) {
						return a.Get(r)
					}
					return b.Get(r)
				}))
			default:
				cell.Observe(scope, c.observe)
			}
			if got := testing.AllocsPerRun(1000, func() { n++; _ = g.Update(c.update) }); got != 0 {
				t.Error(got, "allocations")
			}
		})
	}
	if got := testing.AllocsPerRun(1000, func() { cell.Read(g, v) }); got != 0 {
		t.Error(got, "allocations of Read")
	}
}

func nothing(cell.Tx) {}
