package main

import (
	"os"

	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func Example_table() {
	ours, other, slow := &lib{name: "ours"}, &lib{name: "other"}, &lib{name: "slow", slow: true}
	cases := []graphs.Case{{Suite: "s", Name: "first"}, {Suite: "s", Name: "second"}, {Suite: "memory", Name: "cell"}}
	t := newTable(cases, []*lib{ours, other, slow})
	for round, x := range []float64{1, 5, 2} { // the machine is slow for a while
		t.add(cases[0], ours, round, graphs.Result{Value: 1000 * x})
		t.add(cases[0], other, round, graphs.Result{Value: 2000 * x, Allocs: 1})
		t.add(cases[1], ours, round, graphs.Result{Value: 20 * x})
		t.add(cases[1], other, round, graphs.Result{Value: 10 * x})
		t.add(cases[2], ours, round, graphs.Result{Value: 0.001})
		t.add(cases[2], other, round, graphs.Result{Value: 64})
	}
	t.add(cases[0], slow, 0, graphs.Result{Value: 8000})
	t.add(cases[1], slow, 0, graphs.Result{Value: 1, Wrong: "got 1, want 2"})
	t.add(cases[2], slow, 0, graphs.Result{Missing: true})
	t.print(os.Stdout)
	// Output:
	// Time in ns (allocations) an operation, for goroutines by the clock; memory in bytes a cell.
	//
	// |  | ours | other | slow |
	// | --- | --: | --: | --: |
	// | first | 2,000 (0) | 4,000 (1.00) **2.00×** | 8,000 (0) **8.00×** |
	// | second | 40.0 (0) | 20.0 (0) **0.50×** | wrong |
	// | cell | 0 | 64.0 | – |
	// | **s** |  | **1.00×** | **8.00×** (1 of 2) |
	// | **memory** |  | – | – |
	//
	// - slow, second: got 1, want 2
}
