package cell_test

import (
	"fmt"
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

func ExampleList() {
	g := cell.NewGraph()
	queue := cell.NewList("ann", "bob", "cid")
	var board []string // keeps up without looking at what has stayed
	cell.Observe(g, func(r cell.Reader) {
		if board == nil {
			board = queue.Get(r)
			return
		}
		for c := range queue.Splices(r) {
			fmt.Println(board[c.Start:c.End], "became", queue.Slice(r, c.At, c.At+c.Size))
			board = slices.Replace(board, c.Start, c.End, queue.Slice(r, c.At, c.At+c.Size)...)
		}
	})
	_ = g.Update(func(tx cell.Tx) error {
		queue.Append(tx, "dan")
		queue.Delete(tx, 0, 1)
		queue.Set(tx, 0, "bea")
		return nil
	})
	fmt.Println(board)
	// Output:
	// [] became [dan]
	// [ann bob] became [bea]
	// [bea cid dan]
}
