package main

import (
	"sync"

	"github.com/freeswytch/freeswytch/internal/bench/graphs"
	"github.com/wcharczuk/go-incr"
)

// goroutines locks the graph: setting and stabilizing are not one step otherwise.
func goroutines() graphs.Goroutines {
	g := newGraph()
	var mu sync.Mutex
	var values [graphs.MaxGoroutines]incr.VarIncr[int]
	inputs := make([]incr.Incr[int], len(values))
	for i := range values {
		values[i] = incr.Var(g, 0)
		inputs[i] = values[i]
	}
	last := incr.MapN(g, sum, inputs...)
	effect(g, last, func(int) {})
	stabilize(g)
	return graphs.Goroutines{
		Set: func(i, x int) {
			mu.Lock()
			defer mu.Unlock()
			values[i].Set(x)
			stabilize(g)
		},
		Sum: func() int {
			mu.Lock()
			defer mu.Unlock()
			return last.Value()
		},
	}
}
