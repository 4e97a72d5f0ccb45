package cell_test

import (
	"fmt"
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

func ExampleUnion() {
	g := cell.NewGraph()
	sales, support := cell.NewSet("ann", "bob"), cell.NewSet("bob", "cid")
	all := cell.Union[string](sales, support)
	cell.Observe(g, func(r cell.Reader) { fmt.Println(slices.Collect(all.All(r))) })
	_ = g.Update(func(tx cell.Tx) error { support.Remove(tx, "bob"); return nil }) // still in sales
	_ = g.Update(func(tx cell.Tx) error { sales.Remove(tx, "bob"); return nil })
	// Output:
	// [ann bob cid]
	// [ann cid]
}

func ExampleIntersect() {
	g := cell.NewGraph()
	agents, online := cell.NewSet("ann", "bob", "cid"), cell.NewSet("bob", "dan")
	free := cell.Intersect[string](agents, online)
	cell.Observe(g, func(r cell.Reader) { fmt.Println(slices.Collect(free.All(r))) })
	_ = g.Update(func(tx cell.Tx) error { online.Add(tx, "ann", "eve"); return nil })
	// Output:
	// [bob]
	// [bob ann]
}

func ExampleDifference() {
	g := cell.NewGraph()
	agents, busy, away := cell.NewSet("ann", "bob", "cid"), cell.NewSet("bob"), cell.NewSet[string]()
	free := cell.Difference[string](agents, busy, away)
	cell.Observe(g, func(r cell.Reader) { fmt.Println(slices.Collect(free.All(r))) })
	_ = g.Update(func(tx cell.Tx) error { away.Add(tx, "ann"); return nil })
	_ = g.Update(func(tx cell.Tx) error { busy.Clear(tx); return nil })
	// Output:
	// [ann cid]
	// [cid]
	// [cid bob]
}
