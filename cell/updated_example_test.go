package cell_test

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

// What was and what is, of the keys that a pass has added or changed.
func ExampleMap_Updated() {
	g := cell.NewGraph()
	var prices cell.Map[string, int]
	cell.Observe(g, func(r cell.Reader) {
		for name, c := range prices.Updated(r) {
			fmt.Println(name, c.Old, "->", c.New)
		}
	})
	set := func(name string, price int) {
		_ = g.Update(func(tx cell.Tx) error { prices.Set(tx, name, price); return nil })
	}
	set("tea", 3) // new: old is the same
	set("tea", 4)
	// Output:
	// tea 3 -> 3
	// tea 3 -> 4
}
