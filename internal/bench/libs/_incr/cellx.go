package main

import (
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
	"github.com/wcharczuk/go-incr"
)

func cellx(layers int) graphs.Cellx {
	g := newGraph()
	var sources [4]incr.VarIncr[int]
	var row [4]incr.Incr[int]
	for i := range sources {
		sources[i] = incr.Var(g, i+1)
		row[i] = sources[i]
	}
	same := func(x int) int { return x }
	for range layers {
		a, b, c, d := row[0], row[1], row[2], row[3]
		row = [4]incr.Incr[int]{
			cut(g, incr.Map(g, b, same)),
			cut(g, incr.Map2(g, a, c, func(a, c int) int { return a - c })),
			cut(g, incr.Map2(g, b, d, func(b, d int) int { return b + d })),
			cut(g, incr.Map(g, c, same)),
		}
		for _, x := range row {
			effect(g, x, func(int) {})
		}
	}
	stabilize(g)
	return graphs.Cellx{
		Set: func(values ...int) {
			for i, x := range values {
				sources[i].Set(x)
			}
			stabilize(g)
		},
		Read: func() (values [4]int) {
			for i, c := range row {
				values[i] = c.Value()
			}
			return values
		},
	}
}
