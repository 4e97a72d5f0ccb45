package cell_test

import (
	"errors"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

func ExampleTx_Try() {
	g := cell.NewGraph()
	stock, sold := cell.NewValue(1), cell.NewValue(0)
	sell := func(tx cell.Tx) error {
		sold.Set(tx, sold.Get(tx.Reader)+1)
		stock.Set(tx, stock.Get(tx.Reader)-1)
		if stock.Get(tx.Reader) < 0 {
			return errors.New("sold out")
		}
		return nil
	}
	_ = g.Update(func(tx cell.Tx) error {
		fmt.Println(tx.Try(sell))
		fmt.Println(tx.Try(sell)) // undone, and the transaction goes on
		return nil
	})
	fmt.Println(cell.Read(g, stock), cell.Read(g, sold))
	// Output:
	// <nil>
	// sold out
	// 0 1
}
