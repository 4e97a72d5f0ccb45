package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

type sjs struct {
	g      *cell.Graph
	scope  *cell.Scope
	values []*cell.Value[int]
}

func newSJS() *sjs {
	g := cell.NewGraph()
	return &sjs{g: g, scope: cell.NewScope(g)}
}

func (s *sjs) drive() graphs.SJS {
	return graphs.SJS{Values: s.create, Touch: s.touch, Rules: s.rules, Set: s.set, Close: s.scope.Stop}
}

func (s *sjs) create(n int) {
	s.values = make([]*cell.Value[int], n)
	for i := range s.values {
		s.values[i] = cell.NewValue(i)
	}
}

func (s *sjs) touch() {
	s.g.View(func(r cell.Reader) {
		for _, v := range s.values {
			v.Get(r)
			v.Get(r)
			v.Get(r)
		}
	})
}

func (s *sjs) set(x int) {
	s.g.Update(func(tx cell.Tx) error { s.values[0].Set(tx, x); return nil })
}

func (s *sjs) rules(n, reads, fan int) {
	for j := range n {
		from := j / fan * reads
		observe(s.scope, s.values[from:from+reads])
	}
}

func observe(o cell.Owner, v []*cell.Value[int]) {
	switch len(v) {
	case 0:
		cell.Observe(o, func(r cell.Reader) { graphs.Sink++ })
	case 1:
		a := v[0]
		cell.Observe(o, func(r cell.Reader) { graphs.Sink += a.Get(r) })
	case 2:
		a, b := v[0], v[1]
		cell.Observe(o, func(r cell.Reader) { graphs.Sink += a.Get(r) + b.Get(r) })
	case 4:
		a, b, c, d := v[0], v[1], v[2], v[3]
		cell.Observe(o, func(r cell.Reader) { graphs.Sink += a.Get(r) + b.Get(r) + c.Get(r) + d.Get(r) })
	default:
		cell.Observe(o, func(r cell.Reader) {
			n := 0
			for _, x := range v {
				n += x.Get(r)
			}
			graphs.Sink += n
		})
	}
}
