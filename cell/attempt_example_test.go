package cell_test

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

// A program that hosts other people's rules goes on without those that fail.
func ExampleGraph_Attempt() {
	g := cell.NewGraph()
	parts := cell.NewValue(1)
	cell.Rule(g, func(tx cell.Tx) { _ = 10 / parts.Get(tx.Reader) }).Named("share")
	set := func(tx cell.Tx) error { parts.Set(tx, 0); return nil }
	err := g.Attempt(set)
	fmt.Println(err)
	if rule, ok := cell.Culprit(err); ok {
		rule.Stop()
	}
	fmt.Println(g.Attempt(set), cell.Read(g, parts))
	// Output:
	// cell: panic in share: runtime error: integer divide by zero
	// <nil> 0
}
