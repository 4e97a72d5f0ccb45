package cell_test

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

func ExampleGroupBy() {
	type call struct {
		queue  string
		length cell.Value[int]
	}
	g := cell.NewGraph()
	a, b, c := &call{queue: "sales"}, &call{queue: "support"}, &call{queue: "sales"}
	calls := cell.NewSet(a, b)
	queues := cell.GroupBy(calls, func(_ cell.Reader, c *call) string { return c.queue })
	long := cell.Filter(calls, func(r cell.Reader, c *call) bool { return c.length.Get(r) > 60 })
	total := cell.Sum(calls, func(r cell.Reader, c *call) int { return c.length.Get(r) })
	longest := cell.Max(calls, func(r cell.Reader, c *call) int { return c.length.Get(r) })
	cell.Observe(g, func(r cell.Reader) {
		for queue, calls := range queues.All(r) {
			fmt.Print(queue, " ", calls.Len(r), ", ")
		}
		fmt.Println("long", long.Len(r), "total", total.Get(r), "longest", longest.Get(r))
	})
	g.Update(func(tx cell.Tx) error { calls.Add(tx, c); c.length.Set(tx, 90); a.length.Set(tx, 20); return nil })
	g.Update(func(tx cell.Tx) error { calls.Remove(tx, b); return nil })
	// Output:
	// sales 1, support 1, long 0 total 0 longest 0
	// sales 2, support 1, long 1 total 110 longest 90
	// sales 2, long 1 total 110 longest 90
}

func ExampleJoin() {
	g := cell.NewGraph()
	var names, numbers cell.Map[int, string]
	both := cell.Join(&names, &numbers)
	cell.Observe(g, func(r cell.Reader) {
		for id, p := range both.Added(r) {
			fmt.Println(id, p.Left, p.Right)
		}
	})
	g.Update(func(tx cell.Tx) error { names.Set(tx, 1, "ann"); names.Set(tx, 2, "bob"); return nil })
	g.Update(func(tx cell.Tx) error { numbers.Set(tx, 2, "1002"); return nil })
	// Output:
	// 2 bob 1002
}
