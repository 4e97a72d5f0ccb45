package pipe_test

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

// Behaviours 60 and 61 of Trellis: all items of a transaction at once, then
// empty; a rule hands them over to another pipe in the same pass.
func ExamplePipe() {
	g := cell.NewGraph()
	var p1, p2 pipe.Pipe[int]
	cell.Observe(g, func(r cell.Reader) { fmt.Println(p1.Get(r), p2.Get(r)) })
	cell.Rule(g, func(tx cell.Tx) {
		for x := range p1.All(tx.Reader) {
			p2.Append(tx, 10*x)
		}
	})
	_ = g.Update(func(tx cell.Tx) error { p1.Append(tx, 1); return nil })
	_ = g.Update(func(tx cell.Tx) error { p1.Append(tx, 2, 3); return nil })
	// Output:
	// [] []
	// [1] [10]
	// [] []
	// [2 3] [20 30]
	// [] []
}

func ExampleContains() {
	g := cell.NewGraph()
	var keys pipe.Pipe[rune]
	cell.Observe(g, func(r cell.Reader) {
		if pipe.Contains(r, &keys, '#') {
			fmt.Println("done")
		}
	})
	_ = g.Update(func(tx cell.Tx) error { keys.Append(tx, '1', '2'); return nil })
	_ = g.Update(func(tx cell.Tx) error { keys.Append(tx, '3', '#'); return nil })
	// Output: done
}
