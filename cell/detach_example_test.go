package cell_test

import (
	"context"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

// Update does not wait for the effects of a graph that is detached.
func ExampleGraph_Detach() {
	g := cell.NewGraph()
	attach := g.Detach(func(err *cell.EffectError) { fmt.Println("failed:", err.Err) })
	defer attach()

	calls, printer := cell.NewValue(0), make(chan bool)
	cell.Effect(g, func(r cell.Reader) func() {
		n := calls.Get(r)
		return func() { <-printer; fmt.Println("calls:", n) }
	})
	_ = g.Update(func(tx cell.Tx) error { calls.Set(tx, 1); return nil })
	fmt.Println("committed")

	close(printer)
	_ = g.Flush(context.Background())
	// Output:
	// committed
	// calls: 0
	// calls: 1
}
