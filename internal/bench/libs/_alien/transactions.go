package main

import (
	alien "github.com/delaneyj/alien-signals-go"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

// transactions has no scope and, where there is one value to set, no batch, so
// it shows the least that can be had without a lock and without undo.
func transactions(many int) graphs.Transactions {
	rs := newSystem()
	one := alien.Signal(rs, 0)
	alien.Effect(rs, func() error { graphs.Sink += one.Value(); return nil })

	values := make([]*alien.WriteableSignal[int], many)
	var last *alien.ReadonlySignal[int]
	for i := range values {
		v := alien.Signal(rs, i)
		c := alien.Computed(rs, func(int) int { return v.Value() + 1 })
		alien.Effect(rs, func() error { graphs.Sink += c.Value(); return nil })
		values[i], last = v, c
	}
	return graphs.Transactions{
		Set: one.SetValue,
		SetMany: func(x int) {
			rs.StartBatch()
			for i, v := range values {
				v.SetValue(x + i)
			}
			rs.EndBatch()
		},
		Last: func() int { return last.Value() },
	}
}
