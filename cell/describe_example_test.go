package cell_test

import (
	"errors"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

// Cells of a described struct are called after their fields.
func ExampleScope_Describe() {
	type call struct{ state cell.Value[string] }
	g := cell.NewGraph()
	c, scope := &call{}, cell.NewScope(g)
	_ = g.Update(func(tx cell.Tx) error {
		scope.Describe(tx, c, func() string { return "call 7" })
		return nil
	})
	cell.Observe(scope, func(r cell.Reader) {
		if c.state.Get(r) == "lost" {
			r.Fail(errors.New("no way back"))
		}
	}).Named("watch")
	fmt.Println(g.Update(func(tx cell.Tx) error { c.state.Set(tx, "lost"); return nil }))
	// Output:
	// cell: watch: no way back (reached by call 7.state)
}
