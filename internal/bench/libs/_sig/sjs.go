package main

import (
	"github.com/AnatoleLucet/sig"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

type sjs struct {
	owner  *sig.Owner
	values []*sig.Signal[int]
}

func (s *sjs) drive() graphs.SJS {
	return graphs.SJS{Values: s.create, Touch: s.touch, Rules: s.rules, Set: s.set, Close: s.owner.Dispose}
}

func (s *sjs) create(n int) {
	s.values = make([]*sig.Signal[int], n)
	for i := range s.values {
		s.values[i] = sig.NewSignal(i)
	}
}

func (s *sjs) touch() {
	for _, v := range s.values {
		v.Read()
		v.Read()
		v.Read()
	}
}

func (s *sjs) set(x int) {
	sig.NewBatch(func() {
		s.values[0].Write(x)
	})
}

func (s *sjs) rules(n, reads, fan int) {
	s.owner.Run(func() error {
		for j := range n {
			from := j / fan * reads
			effect(s.values[from : from+reads])
		}
		return nil
	})
}

func effect(v []*sig.Signal[int]) {
	switch len(v) {
	case 0:
		sig.NewEffect(func() { graphs.Sink++ })
	case 1:
		a := v[0]
		sig.NewEffect(func() { graphs.Sink += a.Read() })
	case 2:
		a, b := v[0], v[1]
		sig.NewEffect(func() { graphs.Sink += a.Read() + b.Read() })
	case 4:
		a, b, c, d := v[0], v[1], v[2], v[3]
		sig.NewEffect(func() { graphs.Sink += a.Read() + b.Read() + c.Read() + d.Read() })
	default:
		sig.NewEffect(func() {
			n := 0
			for _, x := range v {
				n += x.Read()
			}
			graphs.Sink += n
		})
	}
}
