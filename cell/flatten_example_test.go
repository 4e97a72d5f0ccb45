package cell_test

import (
	"fmt"
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

func ExampleFlatten() {
	g := cell.NewGraph()
	sales, support := cell.NewSet("ann"), cell.NewSet("bob")
	teams := cell.NewSet(sales, support)
	members := cell.Flatten(teams)
	cell.Observe(g, func(r cell.Reader) { fmt.Println(slices.Collect(members.All(r))) })
	_ = g.Update(func(tx cell.Tx) error { sales.Add(tx, "cid"); return nil })
	_ = g.Update(func(tx cell.Tx) error { teams.Remove(tx, support); return nil })
	// Output:
	// [ann bob]
	// [ann bob cid]
	// [ann cid]
}
