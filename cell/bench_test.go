package cell_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func BenchmarkSetObserve(b *testing.B) {
	g := cell.NewGraph()
	v := cell.NewValue(0)
	cell.Observe(g, func(r cell.Reader) { v.Get(r) })
	b.ReportAllocs()
	for i := range b.N {
		g.Update(func(tx cell.Tx) error { v.Set(tx, i+1); return nil })
	}
}

func BenchmarkChain(b *testing.B) {
	g := cell.NewGraph()
	v := cell.NewValue(0)
	var c cell.Readable[int] = v
	for range 50 {
		prev := c
		c = cell.Compute(func(r cell.Reader) int { return prev.Get(r) + 1 })
	}
	cell.Observe(g, func(r cell.Reader) { c.Get(r) })
	b.ReportAllocs()
	for i := range b.N {
		g.Update(func(tx cell.Tx) error { v.Set(tx, i+1); return nil })
	}
}

func BenchmarkDiamond(b *testing.B) {
	g := cell.NewGraph()
	v := cell.NewValue(0)
	var arms []cell.Readable[int]
	for range 50 {
		arms = append(arms, cell.Compute(func(r cell.Reader) int { return v.Get(r) + 1 }))
	}
	sum := cell.Compute(func(r cell.Reader) (n int) {
		for _, a := range arms {
			n += a.Get(r)
		}
		return n
	})
	cell.Observe(g, func(r cell.Reader) { sum.Get(r) })
	b.ReportAllocs()
	for i := range b.N {
		g.Update(func(tx cell.Tx) error { v.Set(tx, i+1); return nil })
	}
}

func BenchmarkRules(b *testing.B) {
	g := cell.NewGraph()
	v := cell.NewValue(0)
	for range 50 {
		x := cell.NewValue(0)
		cell.Rule(g, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)) })
	}
	b.ReportAllocs()
	for i := range b.N {
		g.Update(func(tx cell.Tx) error { v.Set(tx, i+1); return nil })
	}
}

func BenchmarkRead(b *testing.B) {
	g := cell.NewGraph()
	v := cell.NewValue(0)
	b.ReportAllocs()
	for range b.N {
		cell.Read(g, v)
	}
}
