package cell_test

import (
	"fmt"
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

// Keys, Values and Entries make sets of a map, to be combined with others.
func ExampleKeys() {
	g := cell.NewGraph()
	var names cell.Map[int, string] // by extension
	var away cell.Set[int]
	here := cell.Difference(cell.Keys(&names), &away)
	distinct, lines := cell.Values(&names), cell.Entries(&names)
	_ = g.Update(func(tx cell.Tx) error {
		names.Set(tx, 1001, "ann")
		names.Set(tx, 1002, "bob")
		names.Set(tx, 1003, "ann")
		away.Add(tx, 1002)
		return nil
	})
	g.View(func(r cell.Reader) {
		fmt.Println(slices.Collect(here.All(r)))
		fmt.Println(slices.Collect(distinct.All(r)))
		fmt.Println(slices.Collect(lines.All(r)))
	})
	// Output:
	// [1001 1003]
	// [ann bob]
	// [{1001 ann} {1002 bob} {1003 ann}]
}
