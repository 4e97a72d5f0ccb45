package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func dynamic(p *graphs.Plan) graphs.Dynamic {
	g := cell.NewGraph()
	count := 0
	sources := make([]*cell.Value[float64], p.Width)
	row := make([]cell.Readable[float64], p.Width)
	for i := range row {
		sources[i] = cell.NewValue(float64(i))
		row[i] = sources[i]
	}
	for _, static := range p.Static {
		next := make([]cell.Readable[float64], p.Width)
		for x := range next {
			from := make([]cell.Readable[float64], p.Sources)
			for k := range from {
				from[k] = row[(x+k)%p.Width]
			}
			if static[x] {
				next[x] = cell.Compute(func(r cell.Reader) (sum float64) {
					count++
					for _, c := range from {
						sum += c.Get(r)
					}
					return sum
				})
				continue
			}
			first, tail := from[0], from[1:]
			next[x] = cell.Compute(func(r cell.Reader) float64 {
				count++
				sum := first.Get(r)
				leave := graphs.Leave(sum, p.Sources)
				for i, c := range tail {
					if i != leave {
						sum += c.Get(r)
					}
				}
				return sum
			})
		}
		row = next
	}
	var leaves []cell.Readable[float64]
	for _, i := range p.Leaves {
		leaves = append(leaves, row[i])
	}
	sum := func(r cell.Reader) (sum float64) {
		for _, c := range leaves {
			sum += c.Get(r)
		}
		return sum
	}
	cell.Observe(g, func(r cell.Reader) { sum(r) })
	return graphs.Dynamic{
		Write: func(i int, v float64) {
			g.Update(func(tx cell.Tx) error { sources[i].Set(tx, v); return nil })
		},
		Read: func() (all float64) {
			g.View(func(r cell.Reader) { all = sum(r) })
			return all
		},
		Count: &count,
	}
}
