package main

import (
	alien "github.com/delaneyj/alien-signals-go"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func cellx(rs *alien.ReactiveSystem, layers int) graphs.Cellx {
	var sources [4]*alien.WriteableSignal[int]
	var row [4]readable[int]
	for i := range sources {
		sources[i] = alien.Signal(rs, i+1)
		row[i] = sources[i]
	}
	for range layers {
		a, b, c, d := row[0], row[1], row[2], row[3]
		row = [4]readable[int]{
			alien.Computed(rs, func(int) int { return b.Value() }),
			alien.Computed(rs, func(int) int { return a.Value() - c.Value() }),
			alien.Computed(rs, func(int) int { return b.Value() + d.Value() }),
			alien.Computed(rs, func(int) int { return c.Value() }),
		}
		for _, x := range row {
			alien.Effect(rs, func() error { x.Value(); return nil })
		}
	}
	return graphs.Cellx{
		Set: func(values ...int) {
			rs.StartBatch()
			for i, x := range values {
				sources[i].SetValue(x)
			}
			rs.EndBatch()
		},
		Read: func() (values [4]int) {
			for i, c := range row {
				values[i] = c.Value()
			}
			return values
		},
	}
}
