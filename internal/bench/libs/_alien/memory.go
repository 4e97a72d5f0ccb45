package main

import (
	alien "github.com/delaneyj/alien-signals-go"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

type memory struct {
	rs       *alien.ReactiveSystem
	values   []*alien.WriteableSignal[int]
	computed []*alien.ReadonlySignal[int]
}

func newMemory(n int) graphs.Memory {
	m := &memory{newSystem(), make([]*alien.WriteableSignal[int], n), make([]*alien.ReadonlySignal[int], n)}
	return graphs.Memory{Values: m.create, Compute: m.compute, Observe: m.observe, Drop: m.drop}
}

func (m *memory) create() {
	for i := range m.values {
		m.values[i] = alien.Signal(m.rs, i)
	}
}

func (m *memory) plusOne(v *alien.WriteableSignal[int]) *alien.ReadonlySignal[int] {
	return alien.Computed(m.rs, func(int) int { return v.Value() + 1 })
}

func (m *memory) compute() {
	for i, v := range m.values {
		m.computed[i] = m.plusOne(v)
		m.computed[i].Value()
	}
}

func (m *memory) observe() {
	alien.Effect(m.rs, func() error {
		for _, c := range m.computed {
			graphs.Sink += c.Value()
		}
		return nil
	})
}

func (m *memory) drop() {
	for range m.computed {
		m.plusOne(m.values[0]).Value()
	}
}
