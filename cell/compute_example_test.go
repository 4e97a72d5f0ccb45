package cell_test

import (
	"fmt"
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

// A result of any type, with a function that says when it is another one.
func ExampleComputeFunc() {
	g := cell.NewGraph()
	text := cell.NewValue("b a")
	letters := cell.ComputeFunc(func(r cell.Reader) []rune {
		return slices.Sorted(slices.Values([]rune(text.Get(r))))
	}, slices.Equal)
	cell.Observe(g, func(r cell.Reader) { fmt.Printf("%q\n", letters.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { text.Set(tx, "a b"); return nil }) // the same letters
	_ = g.Update(func(tx cell.Tx) error { text.Set(tx, "abc"); return nil })
	// Output:
	// [' ' 'a' 'b']
	// ['a' 'b' 'c']
}
