package cell_test

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

// The wait of each caller is a cell: what changes costs no more for many callers.
func ExampleSum() {
	type caller struct{ waited cell.Value[int] }
	g := cell.NewGraph()
	a, b := &caller{}, &caller{}
	callers := cell.NewSet(a, b)
	waited := func(r cell.Reader, c *caller) int { return c.waited.Get(r) }
	total, longest, shortest := cell.Sum(callers, waited), cell.Max(callers, waited), cell.Min(callers, waited)
	patient := cell.Count(callers, func(r cell.Reader, c *caller) bool { return c.waited.Get(r) > 60 })
	cell.Observe(g, func(r cell.Reader) {
		fmt.Println(total.Get(r), shortest.Get(r), longest.Get(r), patient.Get(r))
	})
	_ = g.Update(func(tx cell.Tx) error { a.waited.Set(tx, 10); b.waited.Set(tx, 70); return nil })
	_ = g.Update(func(tx cell.Tx) error { callers.Remove(tx, a); return nil })
	// Output:
	// 0 0 0 0
	// 80 10 70 1
	// 70 70 70 1
}

func ExampleCount() {
	g := cell.NewGraph()
	wide := cell.NewValue(2)
	words := cell.NewSet("a", "of", "the")
	long := cell.Count(words, func(r cell.Reader, w string) bool { return len(w) >= wide.Get(r) })
	cell.Observe(g, func(r cell.Reader) { fmt.Println(long.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { wide.Set(tx, 3); return nil })
	// Output:
	// 2
	// 1
}

func ExampleMin() {
	g := cell.NewGraph()
	prices := cell.NewSet(12, 7, 9)
	best := cell.Min(prices, func(_ cell.Reader, n int) int { return n })
	cell.Observe(g, func(r cell.Reader) { fmt.Println(best.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { prices.Remove(tx, 7); return nil })
	_ = g.Update(func(tx cell.Tx) error { prices.Add(tx, 10); return nil }) // not the best
	// Output:
	// 7
	// 9
}
