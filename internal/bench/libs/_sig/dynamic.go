package main

import (
	"github.com/AnatoleLucet/sig"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func dynamic(p *graphs.Plan) graphs.Dynamic {
	count := 0
	sources := make([]*sig.Signal[float64], p.Width)
	row := make([]readable[float64], p.Width)
	for i := range row {
		sources[i] = sig.NewSignal(float64(i))
		row[i] = sources[i]
	}
	for _, static := range p.Static {
		next := make([]readable[float64], p.Width)
		for x := range next {
			from := make([]readable[float64], p.Sources)
			for k := range from {
				from[k] = row[(x+k)%p.Width]
			}
			if static[x] {
				next[x] = sig.NewComputed(func() (sum float64) {
					count++
					for _, c := range from {
						sum += c.Read()
					}
					return sum
				})
				continue
			}
			first, tail := from[0], from[1:]
			next[x] = sig.NewComputed(func() float64 {
				count++
				sum := first.Read()
				leave := graphs.Leave(sum, p.Sources)
				for i, c := range tail {
					if i != leave {
						sum += c.Read()
					}
				}
				return sum
			})
		}
		row = next
	}
	var leaves []readable[float64]
	for _, i := range p.Leaves {
		leaves = append(leaves, row[i])
	}
	sum := func() (sum float64) {
		for _, c := range leaves {
			sum += c.Read()
		}
		return sum
	}
	sig.NewEffect(func() { sum() })
	return graphs.Dynamic{
		Write: func(i int, v float64) {
			sig.NewBatch(func() {
				sources[i].Write(v)
			})
		},
		Read:  sum,
		Count: &count,
	}
}
