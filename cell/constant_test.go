package cell_test

import (
	"fmt"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB22_Constants(t *testing.T) {
	w := newWorld(t)
	a, two := cell.NewValue(5), cell.NewConstant(2)
	four := cell.Compute(func(r cell.Reader) int { w.add("four"); return 2 * two.Get(r) })
	product := func(x, y cell.Readable[int]) *cell.Computed[int] {
		return cell.Compute(func(r cell.Reader) int { return x.Get(r) * y.Get(r) })
	}
	mixed := product(a, two)
	all := product(mixed, four)
	rule := cell.Rule(w, func(tx cell.Tx) { w.add(all.Get(tx.Reader), two.Get(tx.Reader)) })
	set(w, a, 6)
	w.saw("four", "40 2", "48 2")
	if n := cell.Sources(mixed) + cell.Sources(all) + cell.Sources(rule); n != 3 {
		t.Error(n, "links")
	}
	is(w, cell.Readable[int](two), 2)
	g := cell.NewGraph() // it belongs to none
	if got := cell.Read(g, two); got != 2 {
		t.Error(got)
	}
}

func TestB22_AMaintainedNeverBecomesConstant(t *testing.T) {
	w := newWorld(t)
	m := cell.Maintain(w, 0, func(cell.Tx, int) int { w.add("rule"); return 1 })
	double := cell.Compute(func(r cell.Reader) int { return 2 * m.Get(r) })
	cell.Observe(w, func(r cell.Reader) { w.add(double.Get(r)) })
	set(w, m, 5)
	set(w, m, 6)
	w.saw("rule", "2", "10", "12")
}

func ExampleConstant() {
	g := cell.NewGraph()
	count := cell.NewValue(2)
	total := func(price cell.Readable[int]) *cell.Computed[int] {
		return cell.Compute(func(r cell.Reader) int { return price.Get(r) * count.Get(r) })
	}
	fixed := total(cell.NewConstant(20)) // where others have a cell
	fmt.Println(cell.Read(g, fixed))
	// Output: 40
}
