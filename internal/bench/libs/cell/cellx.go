package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func cellx(layers int) graphs.Cellx {
	g := cell.NewGraph()
	var sources [4]*cell.Value[int]
	var row [4]cell.Readable[int]
	for i := range sources {
		sources[i] = cell.NewValue(i + 1)
		row[i] = sources[i]
	}
	for range layers {
		a, b, c, d := row[0], row[1], row[2], row[3]
		row = [4]cell.Readable[int]{
			cell.Compute(func(r cell.Reader) int { return b.Get(r) }),
			cell.Compute(func(r cell.Reader) int { return a.Get(r) - c.Get(r) }),
			cell.Compute(func(r cell.Reader) int { return b.Get(r) + d.Get(r) }),
			cell.Compute(func(r cell.Reader) int { return c.Get(r) }),
		}
		for _, x := range row {
			cell.Observe(g, func(r cell.Reader) { x.Get(r) })
		}
	}
	return graphs.Cellx{
		Set: func(values ...int) {
			g.Update(func(tx cell.Tx) error {
				for i, x := range values {
					sources[i].Set(tx, x)
				}
				return nil
			})
		},
		Read: func() (values [4]int) {
			g.View(func(r cell.Reader) {
				for i, c := range row {
					values[i] = c.Get(r)
				}
			})
			return values
		},
	}
}
