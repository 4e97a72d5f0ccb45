package main

import (
	"github.com/AnatoleLucet/sig"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func cellx(layers int) graphs.Cellx {
	var sources [4]*sig.Signal[int]
	var row [4]readable[int]
	for i := range sources {
		sources[i] = sig.NewSignal(i + 1)
		row[i] = sources[i]
	}
	for range layers {
		a, b, c, d := row[0], row[1], row[2], row[3]
		row = [4]readable[int]{
			sig.NewComputed(func() int { return b.Read() }),
			sig.NewComputed(func() int { return a.Read() - c.Read() }),
			sig.NewComputed(func() int { return b.Read() + d.Read() }),
			sig.NewComputed(func() int { return c.Read() }),
		}
		for _, x := range row {
			sig.NewEffect(func() { x.Read() })
		}
	}
	return graphs.Cellx{
		Set: func(values ...int) {
			sig.NewBatch(func() {
				for i, x := range values {
					sources[i].Write(x)
				}
			})
		},
		Read: func() (values [4]int) {
			for i, c := range row {
				values[i] = c.Read()
			}
			return values
		},
	}
}
