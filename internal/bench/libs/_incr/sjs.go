package main

import (
	"context"

	"github.com/freeswytch/freeswytch/internal/bench/graphs"
	"github.com/wcharczuk/go-incr"
)

type sjs struct {
	g         *incr.Graph
	values    []incr.VarIncr[int]
	observers []incr.IObserver
}

func (s *sjs) drive() graphs.SJS {
	return graphs.SJS{Values: s.create, Touch: s.touch, Rules: s.rules, Set: s.set, Close: s.close}
}

func (s *sjs) create(n int) {
	s.values = make([]incr.VarIncr[int], n)
	for i := range s.values {
		s.values[i] = incr.Var(s.g, i)
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
	s.values[0].Set(x)
	stabilize(s.g)
}

func (s *sjs) close() {
	for _, o := range s.observers {
		o.Unobserve(background)
	}
}

func (s *sjs) rules(n, reads, fan int) {
	s.observers = make([]incr.IObserver, n)
	for j := range n {
		from := j / fan * reads
		s.observers[j] = effect(s.g, s.sum(s.values[from:from+reads]), func(x int) { graphs.Sink += x })
	}
	stabilize(s.g)
}

func (s *sjs) sum(v []incr.VarIncr[int]) incr.Incr[int] {
	switch len(v) {
	case 0:
		return incr.Func(s.g, func(context.Context) (int, error) { return 1, nil })
	case 1: // an observer of a Var itself is not told of what it holds at first
		return cut(s.g, incr.Map(s.g, v[0], func(x int) int { return x }))
	case 2:
		return cut(s.g, incr.Map2(s.g, v[0], v[1], func(a, b int) int { return a + b }))
	case 4:
		return cut(s.g, incr.Map4(s.g, v[0], v[1], v[2], v[3], func(a, b, c, d int) int { return a + b + c + d }))
	}
	inputs := make([]incr.Incr[int], len(v))
	for i, x := range v {
		inputs[i] = x
	}
	return cut(s.g, incr.MapN(s.g, sum, inputs...))
}
