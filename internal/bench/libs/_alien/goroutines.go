package main

import (
	"sync"

	alien "github.com/delaneyj/alien-signals-go"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

// goroutines locks the graph: reading a signal changes it, too.
func goroutines() graphs.Goroutines {
	rs := newSystem()
	var mu sync.Mutex
	var values [graphs.MaxGoroutines]*alien.WriteableSignal[int]
	for i := range values {
		values[i] = alien.Signal(rs, 0)
	}
	sum := alien.Computed(rs, func(int) (n int) {
		for _, v := range values {
			n += v.Value()
		}
		return n
	})
	alien.Effect(rs, func() error { sum.Value(); return nil })
	return graphs.Goroutines{
		Set: func(i, x int) {
			mu.Lock()
			defer mu.Unlock()
			values[i].SetValue(x)
		},
		Sum: func() int {
			mu.Lock()
			defer mu.Unlock()
			return sum.Value()
		},
	}
}
