package cell_test

import (
	"cmp"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

type agent struct {
	Name  string
	Calls cell.Value[int]
}

func (a *agent) String() string { return a.Name }

func agents(names ...string) (set *cell.Set[*agent], all []*agent) {
	for _, name := range names {
		all = append(all, &agent{Name: name})
	}
	return cell.NewSet(all...), all
}

func ExampleSorted() {
	g := cell.NewGraph()
	set, all := agents("ann", "bob", "cid")
	busiest := cell.Sorted(set, func(r cell.Reader, a *agent) int { return a.Calls.Get(r) },
		func(a, b int) int { return cmp.Compare(b, a) })
	cell.Observe(g, func(r cell.Reader) { fmt.Println(busiest.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { all[2].Calls.Set(tx, 5); return nil })
	_ = g.Update(func(tx cell.Tx) error { all[2].Calls.Set(tx, 6); return nil }) // still first
	_ = g.Update(func(tx cell.Tx) error { set.Remove(tx, all[0]); return nil })
	// Output:
	// [ann bob cid]
	// [cid ann bob]
	// [cid bob]
}

func ExampleLimit() {
	g := cell.NewGraph()
	set, all := agents("ann", "bob", "cid")
	calls := func(r cell.Reader, a *agent) int { return a.Calls.Get(r) }
	top := cell.Limit(cell.Sorted(set, calls, func(a, b int) int { return cmp.Compare(b, a) }), 2)
	cell.Observe(g, func(r cell.Reader) {
		for c := range top.Splices(r) {
			fmt.Println("from", c.Start, "to", c.End, "is now", top.Slice(r, c.At, c.At+c.Size))
		}
	})
	_ = g.Update(func(tx cell.Tx) error { all[2].Calls.Set(tx, 5); return nil })
	_ = g.Update(func(tx cell.Tx) error { set.Remove(tx, all[1]); return nil }) // not seen
	// Output:
	// from 1 to 2 is now []
	// from 0 to 0 is now [cid]
}

func ExampleReversed() {
	g := cell.NewGraph()
	set, _ := agents("bob", "cid", "ann")
	up := cell.NewValue(true)
	byName := cell.Sorted(set, func(_ cell.Reader, a *agent) string { return a.Name }, cmp.Compare)
	down := cell.Compute(func(r cell.Reader) bool { return !up.Get(r) })
	shown := cell.Reversed(byName, down)
	cell.Observe(g, func(r cell.Reader) { fmt.Println(shown.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { up.Set(tx, false); return nil })
	// Output:
	// [ann bob cid]
	// [cid bob ann]
}

func ExampleObserving() {
	g := cell.NewGraph()
	set, all := agents("ann", "bob")
	calls := cell.Observing(set, func(r cell.Reader, a *agent) int { return a.Calls.Get(r) })
	cell.Observe(g, func(r cell.Reader) {
		for a, c := range calls.Updated(r) {
			fmt.Println(a, "had", c.Old, "and has", c.New)
		}
	})
	_ = g.Update(func(tx cell.Tx) error { all[1].Calls.Set(tx, 3); return nil })
	_ = g.Update(func(tx cell.Tx) error { set.Add(tx, &agent{Name: "cid"}); return nil })
	// Output:
	// bob had 0 and has 3
	// cid had 0 and has 0
}

// The length may be a cell.
func ExampleLimitBy() {
	g := cell.NewGraph()
	queue, rows := cell.NewList("ann", "bob", "cid", "dan"), cell.NewValue(2)
	shown := cell.LimitBy(queue, rows)
	cell.Observe(g, func(r cell.Reader) { fmt.Println(shown.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { rows.Set(tx, 3); return nil })
	_ = g.Update(func(tx cell.Tx) error { queue.Delete(tx, 0, 1); return nil })
	_ = g.Update(func(tx cell.Tx) error { queue.Append(tx, "eve"); return nil }) // not shown
	// Output:
	// [ann bob]
	// [ann bob cid]
	// [bob cid dan]
}
