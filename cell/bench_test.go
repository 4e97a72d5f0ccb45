package cell_test

import (
	"fmt"
	"testing"
	"time"

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

// An event moves the deadline of one of many idle timers.
func BenchmarkMovedDeadline(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			g := cell.NewGraph()
			last := make([]cell.Value[cell.Moment], n)
			_ = g.Update(func(tx cell.Tx) error {
				for i := range last {
					last[i].Set(tx, tx.Now().Add(time.Duration(i)))
					cell.Observe(tx, func(r cell.Reader) { r.Reached(last[i].Get(r).Add(time.Hour)) })
				}
				return nil
			})
			i := 0
			event := func(tx cell.Tx) error { last[i].Set(tx, tx.Now()); return nil }
			b.ReportAllocs()
			for b.Loop() {
				i = (i + 7919) % n
				_ = g.Update(event)
			}
		})
	}
}

// A Try that fails by itself costs the same in a graph with many rules.
func BenchmarkTryThatFails(b *testing.B) {
	g := cell.NewGraph()
	v := cell.NewValue(0)
	_ = g.Update(func(tx cell.Tx) error {
		for range 10_000 {
			cell.Rule(tx, func(tx cell.Tx) { v.Get(tx.Reader) })
		}
		return nil
	})
	w := cell.NewValue(0)
	cell.Rule(g, func(tx cell.Tx) {
		w.Get(tx.Reader)
		_ = tx.Try(func(tx cell.Tx) error { tx.Fail(errTest); return nil })
	})
	for i := 1; b.Loop(); i++ {
		_ = g.Update(func(tx cell.Tx) error { w.Set(tx, i); return nil })
	}
}
