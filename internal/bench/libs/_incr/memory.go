package main

import (
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
	"github.com/wcharczuk/go-incr"
)

type memory struct {
	g        *incr.Graph
	values   []incr.VarIncr[int]
	computed []incr.Incr[int]
}

func newMemory(n int) graphs.Memory {
	m := &memory{newGraph(), make([]incr.VarIncr[int], n), make([]incr.Incr[int], n)}
	return graphs.Memory{Values: m.create, Compute: m.compute, Observe: m.observe, Drop: m.drop}
}

func (m *memory) create() {
	for i := range m.values {
		m.values[i] = incr.Var(m.g, i)
	}
}

// plusOne returns a node that has no value yet: only what is observed gets one.
func (m *memory) plusOne(v incr.Incr[int]) incr.Incr[int] {
	return cut(m.g, incr.Map(m.g, v, func(x int) int { return x + 1 }))
}

func (m *memory) compute() {
	for i, v := range m.values {
		m.computed[i] = m.plusOne(v)
	}
}

func (m *memory) observe() {
	effect(m.g, incr.MapN(m.g, sum, m.computed...), func(x int) { graphs.Sink += x })
	stabilize(m.g)
}

func (m *memory) drop() {
	for range m.computed {
		m.plusOne(m.values[0])
	}
}
