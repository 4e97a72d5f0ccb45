package cell_test

import (
	"fmt"
	"os"

	"github.com/freeswytch/freeswytch/cell"
)

// A chain of causes, from what was set to what was done.
func ExampleGraph_SetTracer() {
	g := cell.NewGraph()
	temp, target := cell.NewValue(19).Named("temperature"), cell.NewValue(20).Named("target")
	heating := cell.NewValue(false).Named("heating")
	cold := cell.Compute(func(r cell.Reader) bool { return temp.Get(r) < target.Get(r) }).Named("cold")
	cell.Rule(g, func(tx cell.Tx) { heating.Set(tx, cold.Get(tx.Reader)) }).Named("thermostat")
	cell.Effect(g, func(r cell.Reader) func() {
		on := heating.Get(r)
		return func() { fmt.Println("burner on:", on) }
	}).Named("burner")

	g.SetTracer(&cell.TextTracer{W: os.Stdout})
	_ = g.Update(func(tx cell.Tx) error { temp.Set(tx, 21); return nil })
	_ = g.Update(func(tx cell.Tx) error { temp.Set(tx, 22); return nil })
	// Output:
	// burner on: true
	// transaction 3 began
	//   temperature was set
	//   cold ran because temperature was set: changed
	//     thermostat changed heating
	//   thermostat ran because cold changed
	//   burner ran because thermostat changed heating
	// transaction 3 was committed: passes 1, runs 3
	// burner on: false
	// transaction 3: effect of burner was run
	// transaction 4 began
	//   temperature was set
	//   cold ran because temperature was set
	// transaction 4 was committed: passes 1, runs 1
}

// What is inside a graph, and how often it ran.
func ExampleGraph_Snapshot() {
	g := cell.NewGraph()
	var p cell.Profile
	g.SetTracer(&p)
	temp, target := cell.NewValue(19).Named("temperature"), cell.NewValue(20).Named("target")
	pin := cell.NewValue("1234").Named("pin")
	heating := cell.NewValue(false).Named("heating")
	cold := cell.Compute(func(r cell.Reader) bool { return temp.Get(r) < target.Get(r) }).Named("cold")
	cell.Rule(g, func(tx cell.Tx) { heating.Set(tx, cold.Get(tx.Reader)) }).Named("thermostat")
	cell.Observe(g, func(r cell.Reader) { _ = pin.Get(r) }).Named("lock")
	_ = g.Update(func(tx cell.Tx) error { temp.Set(tx, 21); return nil })

	g.View(func(r cell.Reader) {
		fmt.Print(g.Snapshot(r, cell.SnapshotOptions{Profile: &p, Format: func(n cell.SnapshotNode, _ any) (string, bool) {
			return "(secret)", n.Name == "pin"
		}}))
	})
	// Output:
	// Value temperature = 21
	// Value target = 20
	// Computed cold = false, 2 runs; reads temperature, target
	// Rule thermostat, 2 runs; reads cold; writes heating
	// Value heating = false
	// Value pin = (secret)
	// Observer lock, 1 runs; reads pin
}
