package cell_test

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

func ExampleJoinBy() {
	type agent struct{ name, extension string }
	type call struct{ id, to string }
	g := cell.NewGraph()
	agents := cell.NewSet(agent{"ann", "1001"}, agent{"bob", "1002"})
	calls := cell.NewSet(call{"a", "1002"})
	busy := cell.JoinBy(agents, func(_ cell.Reader, a agent) string { return a.extension },
		calls, func(_ cell.Reader, c call) string { return c.to })
	cell.Observe(g, func(r cell.Reader) {
		for p := range busy.All(r) {
			fmt.Print(p.Left.name, " has ", p.Right.id, ", ")
		}
		fmt.Println(busy.Len(r), "in all")
	})
	_ = g.Update(func(tx cell.Tx) error { calls.Add(tx, call{"b", "1001"}, call{"c", "9999"}); return nil })
	// Output:
	// bob has a, 1 in all
	// bob has a, ann has b, 2 in all
}
