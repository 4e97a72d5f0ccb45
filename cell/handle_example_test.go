package cell_test

import (
	"errors"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

// What belongs to the transaction, what leaves with its commit, and what is taken
// back if there is none.
func ExampleTx_AfterCommit() {
	g := cell.NewGraph()
	step := func(tx cell.Tx) {
		tx.OnCommit(func(tx cell.Tx) { fmt.Println("settled in pass", tx.Pass()-1) })
		tx.AfterCommit(func() { fmt.Println("committed") })
		tx.OnUndo(func() { fmt.Println("undone") })
	}
	_ = g.Update(func(tx cell.Tx) error { step(tx); return nil })
	_ = g.Update(func(tx cell.Tx) error { step(tx); return errors.New("no") })
	// Output:
	// settled in pass 1
	// committed
	// undone
}

// A rule that looks at something without running again for it.
func ExampleTx_Untracked() {
	g := cell.NewGraph()
	price, rate := cell.NewValue(10), cell.NewValue(2)
	cost := cell.Maintain(g, 0, func(tx cell.Tx, _ int) (cost int) {
		n := price.Get(tx.Reader)
		tx.Untracked(func(tx cell.Tx) { cost = n * rate.Get(tx.Reader) })
		return cost
	})
	_ = g.Update(func(tx cell.Tx) error { rate.Set(tx, 3); return nil })
	fmt.Println(cell.Read(g, cost))
	_ = g.Update(func(tx cell.Tx) error { price.Set(tx, 20); return nil })
	fmt.Println(cell.Read(g, cost))
	// Output:
	// 20
	// 60
}
