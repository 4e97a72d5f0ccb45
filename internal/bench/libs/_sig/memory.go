package main

import (
	"github.com/AnatoleLucet/sig"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

type memory struct {
	values   []*sig.Signal[int]
	computed []*sig.Computed[int]
}

func newMemory(n int) graphs.Memory {
	m := &memory{make([]*sig.Signal[int], n), make([]*sig.Computed[int], n)}
	return graphs.Memory{Values: m.create, Compute: m.compute, Observe: m.observe, Drop: m.drop}
}

func (m *memory) create() {
	for i := range m.values {
		m.values[i] = sig.NewSignal(i)
	}
}

func plusOne(v *sig.Signal[int]) *sig.Computed[int] {
	return sig.NewComputed(func() int { return v.Read() + 1 })
}

func (m *memory) compute() {
	for i, v := range m.values {
		m.computed[i] = plusOne(v)
		m.computed[i].Read()
	}
}

func (m *memory) observe() {
	sig.NewEffect(func() {
		for _, c := range m.computed {
			graphs.Sink += c.Read()
		}
	})
}

func (m *memory) drop() {
	for range m.computed {
		plusOne(m.values[0]).Read()
	}
}
