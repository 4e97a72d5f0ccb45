package main

import (
	"errors"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

var errLast = errors.New("the last observer fails")

func transactions(many int) graphs.Transactions {
	g := cell.NewGraph()
	one := cell.NewValue(0)
	cell.Observe(g, func(r cell.Reader) { graphs.Sink += one.Get(r) })

	values := make([]cell.Value[int], many)
	var last *cell.Computed[int]
	g.Update(func(tx cell.Tx) error {
		for i := range values {
			v := &values[i]
			v.Set(tx, i)
			c := cell.Compute(func(r cell.Reader) int { return v.Get(r) + 1 })
			cell.Observe(tx, func(r cell.Reader) { graphs.Sink += c.Get(r) })
			last = c
		}
		return nil
	})
	failing := false
	if many > 0 {
		cell.Observe(g, func(r cell.Reader) {
			last.Get(r)
			if failing {
				r.Fail(errLast)
			}
		})
	}
	setMany := func(x int) error {
		return g.Update(func(tx cell.Tx) error {
			for i := range values {
				values[i].Set(tx, x+i)
			}
			return nil
		})
	}
	return graphs.Transactions{
		Set:     set(g, one),
		SetMany: func(x int) { setMany(x) },
		Fail: func(x int) {
			failing = true
			if err := setMany(x); !errors.Is(err, errLast) {
				panic(err)
			}
			failing = false
		},
		Last: func() int { return cell.Read(g, last) },
	}
}
