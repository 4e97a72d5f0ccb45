package main

import (
	"slices"

	"github.com/freeswytch/freeswytch/internal/bench/graphs"
	"github.com/wcharczuk/go-incr"
)

func dynamic(p *graphs.Plan) graphs.Dynamic {
	g := newGraph()
	count := 0
	sources := make([]incr.VarIncr[float64], p.Width)
	row := make([]incr.Incr[float64], p.Width)
	for i := range row {
		sources[i] = incr.Var(g, float64(i))
		row[i] = sources[i]
	}
	for _, static := range p.Static {
		next := make([]incr.Incr[float64], p.Width)
		for x := range next {
			from := make([]incr.Incr[float64], p.Sources)
			for k := range from {
				from[k] = row[(x+k)%p.Width]
			}
			if static[x] {
				next[x] = cut(g, incr.MapN(g, func(x ...float64) float64 {
					count++
					return add(0, x)
				}, from...))
			} else {
				next[x] = cut(g, leaving(g, p.Sources, from, &count))
			}
		}
		row = next
	}
	var leaves []incr.Incr[float64]
	for _, i := range p.Leaves {
		leaves = append(leaves, row[i])
	}
	effect(g, incr.MapN(g, func(x ...float64) float64 { return add(0, x) }, leaves...), func(float64) {})
	stabilize(g)
	return graphs.Dynamic{
		Write: func(i int, v float64) {
			sources[i].Set(v)
			stabilize(g)
		},
		Read: func() (sum float64) {
			for _, c := range leaves {
				sum += c.Value()
			}
			return sum
		},
		Count: &count,
	}
}

func add(to float64, x []float64) float64 {
	for _, x := range x {
		to += x
	}
	return to
}

// leaving adds up what it reads, but leaves one out if the first is odd.
func leaving(g *incr.Graph, sources int, from []incr.Incr[float64], count *int) incr.Incr[float64] {
	return incr.Bind(g, from[0], func(s incr.Scope, first float64) incr.Incr[float64] {
		*count++
		read := from[1:]
		if leave := graphs.Leave(first, sources); leave >= 0 {
			read = slices.Concat(read[:leave], read[leave+1:])
		}
		counted := true // by the Bind, the first time
		return incr.MapN(s, func(x ...float64) float64 {
			if !counted {
				*count++
			}
			counted = false
			return add(first, x)
		}, read...)
	})
}
