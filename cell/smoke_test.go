package cell

import (
	"errors"
	"fmt"
	"testing"
)

func TestSmoke(t *testing.T) {
	g := NewGraph()
	a, b := NewValue(1), NewValue(2)
	sum := Compute(func(r Reader) int { return a.Get(r) + b.Get(r) })
	var got []string
	o := Observe(g, func(r Reader) { got = append(got, fmt.Sprint("sum ", sum.Get(r))) })
	must(t, g.Update(func(tx Tx) error { a.Set(tx, 10); b.Set(tx, 20); return nil }))
	if err := g.Update(func(tx Tx) error { a.Set(tx, 99); return errors.New("no") }); err == nil {
		t.Fatal("no error")
	}
	if Read(g, sum) != 30 || Read(g, a) != 10 {
		t.Fatal(Read(g, sum), Read(g, a))
	}
	o.Stop()
	must(t, g.Update(func(tx Tx) error { a.Set(tx, 11); return nil }))
	if fmt.Sprint(got) != "[sum 3 sum 30]" {
		t.Fatal(got)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSmokeConverter(t *testing.T) {
	g := NewGraph()
	var f, c *Maintained[float64]
	must(t, g.Update(func(tx Tx) error {
		f = Maintain(tx, 32, func(tx Tx, p float64) float64 { return c.Get(tx.Reader)*1.8 + 32 })
		c = Maintain(tx, 0, func(tx Tx, p float64) float64 { return (f.Get(tx.Reader) - 32) / 1.8 })
		return nil
	}))
	n := 0
	Observe(g, func(r Reader) { n++; _, _ = f.Get(r), c.Get(r) })
	for i := range 10 {
		must(t, g.Update(func(tx Tx) error { c.Set(tx, 100); return nil }))
		if Read(g, f) != 212 {
			t.Fatal(Read(g, f))
		}
		must(t, g.Update(func(tx Tx) error { f.Set(tx, 32); return nil }))
		if Read(g, c) != 0 || n != 3+2*i {
			t.Fatal(Read(g, c), n)
		}
	}
	if f.level > 4 || c.level > 4 {
		t.Fatal(f.level, c.level)
	}
}

func TestSmokeRetry(t *testing.T) {
	g := NewGraph()
	v, out := NewValue(1), NewValue(0)
	var trace []string
	Rule(g, func(tx Tx) { trace = append(trace, fmt.Sprint("r", v.Get(tx.Reader), out.Get(tx.Reader))) })
	Rule(g, func(tx Tx) { trace = append(trace, "w"); out.Set(tx, v.Get(tx.Reader)) })
	trace = nil
	must(t, g.Update(func(tx Tx) error { v.Set(tx, 2); return nil }))
	must(t, g.Update(func(tx Tx) error { v.Set(tx, 3); return nil }))
	if fmt.Sprint(trace) != "[w r2 2 w r3 3]" {
		t.Fatal(trace)
	}
	// A third input drives a circle.
	x := NewValue(0)
	var a, b *Maintained[int]
	must(t, g.Update(func(tx Tx) error {
		a = Maintain(tx, 0, func(tx Tx, _ int) int { return x.Get(tx.Reader) + b.Get(tx.Reader) }).Named("A")
		b = Maintain(tx, 0, func(tx Tx, _ int) int { return a.Get(tx.Reader) }).Named("B")
		return nil
	}))
	err := g.Update(func(tx Tx) error { x.Set(tx, 1); return nil })
	var ce *CircularityError
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	if Read(g, a) != 0 || Read(g, x) != 0 {
		t.Fatal("not restored")
	}
	t.Log(err, ce.Routes)
	// Pulses and collections.
	p := NewPulse(0)
	s := NewSet[int]()
	var seen []string
	Observe(g, func(r Reader) {
		d := ""
		for x := range s.Added(r) {
			d += fmt.Sprint("+", x)
		}
		for x := range s.Removed(r) {
			d += fmt.Sprint("-", x)
		}
		seen = append(seen, fmt.Sprint(p.Get(r), d, s.Len(r)))
	})
	Rule(g, func(tx Tx) {
		if v := p.Get(tx.Reader); v > 0 {
			s.Add(tx, v)
		}
	})
	for _, v := range []int{5, 5, 6} {
		must(t, g.Update(func(tx Tx) error {
			tx.OnCommit(func(tx Tx) { seen = append(seen, "cb") })
			p.Set(tx, v)
			return nil
		}))
	}
	must(t, g.Update(func(tx Tx) error { s.Remove(tx, 5); s.Add(tx, 7); s.Remove(tx, 7); return nil }))
	if got := fmt.Sprint(seen); got != "[00 5+51 cb 01 51 cb 01 6+62 cb 02 0-51 01]" {
		t.Fatal(got)
	}
	func() {
		defer func() {
			if _, ok := recover().(*UsageError); !ok {
				t.Error("nested not reported")
			}
		}()
		g.Update(func(tx Tx) error { return g.Update(func(Tx) error { return nil }) })
	}()
	must(t, g.Update(func(tx Tx) error { v.Set(tx, 4); return nil }))
}

func BenchmarkSetObserve(b *testing.B) {
	g := NewGraph()
	v := NewValue(0)
	Observe(g, func(r Reader) { v.Get(r) })
	b.ReportAllocs()
	for i := range b.N {
		g.Update(func(tx Tx) error { v.Set(tx, i+1); return nil })
	}
}

func BenchmarkChain(b *testing.B) {
	g := NewGraph()
	v := NewValue(0)
	var c Readable[int] = v
	for range 50 {
		prev := c
		c = Compute(func(r Reader) int { return prev.Get(r) + 1 })
	}
	Observe(g, func(r Reader) { c.Get(r) })
	b.ReportAllocs()
	for i := range b.N {
		g.Update(func(tx Tx) error { v.Set(tx, i+1); return nil })
	}
}
