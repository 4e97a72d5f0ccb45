package fsw_test

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

// Cells without any switch: values, what follows from them, and who looks.
func Example_cells() {
	//doc:cells
	g := cell.NewGraph()
	inbound, outbound := cell.NewValue(0), cell.NewValue(0)
	total := cell.Compute(func(r cell.Reader) int { return inbound.Get(r) + outbound.Get(r) })
	most := cell.Maintain(g, 0, func(tx cell.Tx, before int) int { return max(before, total.Get(tx.Reader)) })
	cell.Observe(g, func(r cell.Reader) { fmt.Println(total.Get(r), "calls, at most", most.Get(r)) })

	_ = g.Update(func(tx cell.Tx) error { inbound.Set(tx, 2); outbound.Set(tx, 3); return nil })
	_ = g.Update(func(tx cell.Tx) error { outbound.Set(tx, 1); return nil })
	err := g.Update(func(tx cell.Tx) error { inbound.Set(tx, 99); return fmt.Errorf("never mind") })
	fmt.Println(err, cell.Read(g, inbound))
	//doc:end

	// Output:
	// 0 calls, at most 0
	// 5 calls, at most 5
	// 3 calls, at most 5
	// never mind 2
}
