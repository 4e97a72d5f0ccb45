package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func goroutines() graphs.Goroutines {
	g := cell.NewGraph()
	values := new([graphs.MaxGoroutines]cell.Value[int])
	sum := cell.Compute(func(r cell.Reader) (n int) {
		for i := range values {
			n += values[i].Get(r)
		}
		return n
	})
	cell.Observe(g, func(r cell.Reader) { sum.Get(r) })
	return graphs.Goroutines{
		Set: func(i, x int) {
			g.Update(func(tx cell.Tx) error { values[i].Set(tx, x); return nil })
		},
		Sum: get(g, sum),
	}
}
