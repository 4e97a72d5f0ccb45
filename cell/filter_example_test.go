package cell_test

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

func ExampleFilter() {
	g := cell.NewGraph()
	limit := cell.NewValue(60)
	lengths := cell.NewSet(30, 90, 200)
	long := cell.Filter(lengths, func(r cell.Reader, n int) bool { return n > limit.Get(r) })
	cell.Observe(g, func(r cell.Reader) {
		for n := range long.All(r) {
			fmt.Print(n, " ")
		}
		fmt.Println("are long")
	})
	_ = g.Update(func(tx cell.Tx) error { lengths.Add(tx, 70, 5); return nil })
	_ = g.Update(func(tx cell.Tx) error { limit.Set(tx, 100); return nil })
	// Output:
	// 90 200 are long
	// 90 200 70 are long
	// 200 are long
}

func ExampleFilterMap() {
	g := cell.NewGraph()
	var states cell.Map[string, string]
	talking := cell.FilterMap(&states, func(_ cell.Reader, _, state string) bool { return state == "talking" })
	cell.Observe(g, func(r cell.Reader) {
		for who := range talking.Added(r) {
			fmt.Println(who, "talks")
		}
		for who := range talking.Removed(r) {
			fmt.Println(who, "is silent")
		}
	})
	_ = g.Update(func(tx cell.Tx) error { states.Set(tx, "ann", "talking"); states.Set(tx, "bob", "ringing"); return nil })
	_ = g.Update(func(tx cell.Tx) error { states.Set(tx, "ann", "held"); return nil })
	// Output:
	// ann talks
	// ann is silent
}

// An item is in the set as long as any of those that are mapped to it is there.
func ExampleMapSet() {
	g := cell.NewGraph()
	extensions := cell.NewSet(1001, 1002, 2001)
	offices := cell.MapSet(extensions, func(_ cell.Reader, n int) int { return n / 1000 })
	cell.Observe(g, func(r cell.Reader) {
		for n := range offices.Removed(r) {
			fmt.Println("office", n, "is empty")
		}
	})
	_ = g.Update(func(tx cell.Tx) error { extensions.Remove(tx, 1001); return nil })
	_ = g.Update(func(tx cell.Tx) error { extensions.Remove(tx, 1002); return nil })
	// Output:
	// office 1 is empty
}

func ExampleMapValues() {
	g := cell.NewGraph()
	var seconds cell.Map[string, int]
	minutes := cell.MapValues(&seconds, func(_ cell.Reader, _ string, n int) int { return n / 60 })
	cell.Observe(g, func(r cell.Reader) {
		for call, n := range minutes.All(r) {
			fmt.Println(call, n)
		}
	})
	_ = g.Update(func(tx cell.Tx) error { seconds.Set(tx, "a", 100); return nil })
	_ = g.Update(func(tx cell.Tx) error { seconds.Set(tx, "a", 110); return nil }) // the same minute
	_ = g.Update(func(tx cell.Tx) error { seconds.Set(tx, "a", 120); return nil })
	// Output:
	// a 1
	// a 2
}
