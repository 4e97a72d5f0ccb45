package main

import (
	"github.com/AnatoleLucet/sig"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func transactions(many int) graphs.Transactions {
	one := sig.NewSignal(0)
	sig.NewEffect(func() { graphs.Sink += one.Read() })

	values := make([]*sig.Signal[int], many)
	var last *sig.Computed[int]
	for i := range values {
		v := sig.NewSignal(i)
		c := sig.NewComputed(func() int { return v.Read() + 1 })
		sig.NewEffect(func() { graphs.Sink += c.Read() })
		values[i], last = v, c
	}
	return graphs.Transactions{
		Set: one.Write,
		SetMany: func(x int) {
			sig.NewBatch(func() {
				for i, v := range values {
					v.Write(x + i)
				}
			})
		},
		Last: func() int { return last.Read() },
	}
}
