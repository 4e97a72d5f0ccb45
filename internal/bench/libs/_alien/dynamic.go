package main

import (
	alien "github.com/delaneyj/alien-signals-go"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func dynamic(rs *alien.ReactiveSystem, p *graphs.Plan) graphs.Dynamic {
	count := 0
	sources := make([]*alien.WriteableSignal[float64], p.Width)
	row := make([]readable[float64], p.Width)
	for i := range row {
		sources[i] = alien.Signal(rs, float64(i))
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
				next[x] = alien.Computed(rs, func(float64) (sum float64) {
					count++
					for _, c := range from {
						sum += c.Value()
					}
					return sum
				})
				continue
			}
			first, tail := from[0], from[1:]
			next[x] = alien.Computed(rs, func(float64) float64 {
				count++
				sum := first.Value()
				leave := graphs.Leave(sum, p.Sources)
				for i, c := range tail {
					if i != leave {
						sum += c.Value()
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
			sum += c.Value()
		}
		return sum
	}
	alien.Effect(rs, func() error { sum(); return nil })
	return graphs.Dynamic{
		Write: func(i int, v float64) {
			rs.StartBatch()
			sources[i].SetValue(v)
			rs.EndBatch()
		},
		Read:  sum,
		Count: &count,
	}
}
