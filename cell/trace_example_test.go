package cell_test

import (
	"fmt"
	"log/slog"
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

// What a tracer writes of a transaction that fails.
func ExampleTextTracer() {
	g := cell.NewGraph()
	level := cell.NewValue(0).Named("level")
	cell.Observe(g, func(r cell.Reader) {
		if n := level.Get(r); n > 9 {
			r.Fail(fmt.Errorf("%d is too high", n))
		}
	}).Named("guard")
	g.SetTracer(&cell.TextTracer{W: os.Stdout})
	_ = g.Update(func(tx cell.Tx) error { level.Set(tx, 10); return nil })
	// Output:
	// transaction 2 began
	//   level was set
	// transaction 2 was undone: cell: guard: 10 is too high (reached by level)
}

func ExampleLogTracer() {
	g := cell.NewGraph()
	level := cell.NewValue(0).Named("level")
	text := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "took" {
			return slog.Attr{}
		}
		return a
	}})
	g.SetTracer(cell.LogTracer{Logger: slog.New(text)})
	_ = g.Update(func(tx cell.Tx) error { level.Set(tx, 10); return nil })
	// Output:
	// level=INFO msg="cell: began" transaction=1 pass=1
	// level=INFO msg="cell: written" transaction=1 pass=1 name=level by="code outside rules"
	// level=INFO msg="cell: committed" transaction=1 pass=1
}
