package main

import (
	alien "github.com/delaneyj/alien-signals-go"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

type sjs struct {
	rs     *alien.ReactiveSystem
	values []*alien.WriteableSignal[int]
	stop   alien.ErrFn
}

func (s *sjs) drive() graphs.SJS {
	return graphs.SJS{Values: s.create, Touch: s.touch, Rules: s.rules, Set: s.set, Close: s.close}
}

func (s *sjs) create(n int) {
	s.values = make([]*alien.WriteableSignal[int], n)
	for i := range s.values {
		s.values[i] = alien.Signal(s.rs, i)
	}
}

func (s *sjs) touch() {
	for _, v := range s.values {
		v.Value()
		v.Value()
		v.Value()
	}
}

func (s *sjs) set(x int) {
	s.rs.StartBatch()
	s.values[0].SetValue(x)
	s.rs.EndBatch()
}

func (s *sjs) close() {
	if s.stop != nil {
		s.stop()
	}
}

func (s *sjs) rules(n, reads, fan int) {
	s.stop = alien.EffectScope(s.rs, func() error {
		for j := range n {
			from := j / fan * reads
			effect(s.rs, s.values[from:from+reads])
		}
		return nil
	})
}

func effect(rs *alien.ReactiveSystem, v []*alien.WriteableSignal[int]) {
	switch len(v) {
	case 0:
		alien.Effect(rs, func() error { graphs.Sink++; return nil })
	case 1:
		a := v[0]
		alien.Effect(rs, func() error { graphs.Sink += a.Value(); return nil })
	case 2:
		a, b := v[0], v[1]
		alien.Effect(rs, func() error { graphs.Sink += a.Value() + b.Value(); return nil })
	case 4:
		a, b, c, d := v[0], v[1], v[2], v[3]
		alien.Effect(rs, func() error { graphs.Sink += a.Value() + b.Value() + c.Value() + d.Value(); return nil })
	default:
		alien.Effect(rs, func() error {
			n := 0
			for _, x := range v {
				n += x.Value()
			}
			graphs.Sink += n
			return nil
		})
	}
}
