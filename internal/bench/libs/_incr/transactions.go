package main

import (
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
	"github.com/wcharczuk/go-incr"
)

func transactions(many int) graphs.Transactions {
	g := newGraph()
	add := func(x int) { graphs.Sink += x }
	one := incr.Var(g, 0)
	effect(g, one, add)

	values := make([]incr.VarIncr[int], many)
	var last incr.Incr[int]
	for i := range values {
		values[i] = incr.Var(g, i)
		last = cut(g, incr.Map(g, values[i], func(x int) int { return x + 1 }))
		effect(g, last, add)
	}
	stabilize(g)
	return graphs.Transactions{
		Set: set(g, one),
		SetMany: func(x int) {
			for i, v := range values {
				v.Set(x + i)
			}
			stabilize(g)
		},
		Last: func() int { return last.Value() },
	}
}
