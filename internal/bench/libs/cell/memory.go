package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

type memory struct {
	g        *cell.Graph
	values   []*cell.Value[int]
	computed []*cell.Computed[int]
}

func newMemory(n int) graphs.Memory {
	m := &memory{cell.NewGraph(), make([]*cell.Value[int], n), make([]*cell.Computed[int], n)}
	return graphs.Memory{Values: m.create, Compute: m.compute, Observe: m.observe, Drop: m.drop}
}

func (m *memory) create() {
	for i := range m.values {
		m.values[i] = cell.NewValue(i)
	}
}

func plusOne(v *cell.Value[int]) *cell.Computed[int] {
	return cell.Compute(func(r cell.Reader) int { return v.Get(r) + 1 })
}

func (m *memory) compute() {
	m.g.View(func(r cell.Reader) {
		for i, v := range m.values {
			m.computed[i] = plusOne(v)
			m.computed[i].Get(r)
		}
	})
}

func (m *memory) observe() {
	cell.Observe(m.g, func(r cell.Reader) {
		for _, c := range m.computed {
			graphs.Sink += c.Get(r)
		}
	})
}

func (m *memory) drop() {
	m.g.View(func(r cell.Reader) {
		for range m.computed {
			plusOne(m.values[0]).Get(r)
		}
	})
}
