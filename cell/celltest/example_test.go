package celltest_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/cell/celltest"
)

func Example() {
	var t testing.TB = &fake{} // in a test: func TestSum(t *testing.T)

	g := cell.NewGraph()
	a, b := cell.NewValue(1), cell.NewValue(2)
	sum := cell.Compute(func(r cell.Reader) int { return a.Get(r) + b.Get(r) })

	rec := celltest.New(t, g)
	celltest.Watch(rec, "sum", sum)
	rec.Want("sum=3") // it is seen at once

	rec.Update(func(tx cell.Tx) { a.Set(tx, 10); b.Set(tx, 20) })
	rec.Update(func(tx cell.Tx) { a.Set(tx, 11) })
	rec.Want("sum=30", "sum=31") // a line for each transaction

	rec.Update(func(tx cell.Tx) { a.Set(tx, 20); b.Set(tx, 11) })
	rec.Empty() // the sum is still 31
	// Output:
}
