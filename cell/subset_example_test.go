package cell_test

import (
	"fmt"
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

// What leaves the base leaves the selection, and does not come back with it.
func ExampleSubSet() {
	g := cell.NewGraph()
	calls := cell.NewSet("a", "b", "c")
	selected := cell.NewSubSet(g, calls)
	cell.Observe(g, func(r cell.Reader) { fmt.Println(slices.Collect(selected.All(r))) })
	_ = g.Update(func(tx cell.Tx) error { selected.Add(tx, "b", "c", "x"); return nil })
	_ = g.Update(func(tx cell.Tx) error { calls.Remove(tx, "b"); return nil })
	_ = g.Update(func(tx cell.Tx) error { calls.Add(tx, "b"); return nil })
	// Output:
	// []
	// [b c]
	// [c]
}
