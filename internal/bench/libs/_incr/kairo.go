package main

import (
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
	"github.com/wcharczuk/go-incr"
)

func avoidable() graphs.Kairo {
	g := newGraph()
	head := incr.Var(g, 0)
	c1 := cut(g, incr.Map(g, head, func(x int) int { return x }))
	c2 := cut(g, incr.Map(g, c1, func(int) int { return 0 }))
	c3 := cut(g, incr.Map(g, c2, func(x int) int { graphs.Busy(); return x + 1 }))
	c4 := cut(g, incr.Map(g, c3, func(x int) int { return x + 2 }))
	c5 := cut(g, incr.Map(g, c4, func(x int) int { return x + 3 }))
	effect(g, c5, func(int) { graphs.Busy() })
	return drive(g, head, c5, nil)
}

func broad() graphs.Kairo {
	g := newGraph()
	head := incr.Var(g, 0)
	runs := 0
	var last incr.Incr[int]
	for i := range graphs.BroadWidth {
		a := cut(g, incr.Map(g, head, func(x int) int { return x + i }))
		last = cut(g, incr.Map(g, a, func(x int) int { return x + 1 }))
		effect(g, last, func(int) { runs++ })
	}
	return drive(g, head, last, &runs)
}

func deep() graphs.Kairo {
	g := newGraph()
	head := incr.Var(g, 0)
	runs := 0
	var last incr.Incr[int] = head
	for range graphs.DeepHeight {
		last = cut(g, incr.Map(g, last, func(x int) int { return x + 1 }))
	}
	effect(g, last, func(int) { runs++ })
	return drive(g, head, last, &runs)
}

func sum(x ...int) (n int) {
	for _, x := range x {
		n += x
	}
	return n
}

func diamond() graphs.Kairo {
	g := newGraph()
	head := incr.Var(g, 0)
	runs := 0
	var arms []incr.Incr[int]
	for range graphs.DiamondWidth {
		arms = append(arms, cut(g, incr.Map(g, head, func(x int) int { return x + 1 })))
	}
	last := cut(g, incr.MapN(g, sum, arms...))
	effect(g, last, func(int) { runs++ })
	return drive(g, head, last, &runs)
}

func mux() graphs.Kairo {
	g := newGraph()
	heads := make([]incr.Incr[int], graphs.MuxWidth)
	k := graphs.Kairo{}
	for i := range heads {
		head := incr.Var(g, 0)
		heads[i] = head
		k.Set = append(k.Set, set(g, head))
	}
	all := cut(g, incr.MapN(g, func(x ...int) *graphs.Vec {
		m := new(graphs.Vec)
		copy(m[:], x)
		return m
	}, heads...))
	for i := range heads {
		a := cut(g, incr.Map(g, all, func(m *graphs.Vec) int { return m[i] }))
		b := cut(g, incr.Map(g, a, func(x int) int { return x + 1 }))
		effect(g, b, func(int) {})
		k.Get = append(k.Get, b.Value)
	}
	stabilize(g)
	return k
}

func repeated() graphs.Kairo {
	g := newGraph()
	head := incr.Var(g, 0)
	runs := 0
	last := cut(g, incr.Map(g, head, func(x int) (n int) {
		for range graphs.RepeatedReads {
			n += x
		}
		return n
	}))
	effect(g, last, func(int) { runs++ })
	return drive(g, head, last, &runs)
}

func triangle() graphs.Kairo {
	g := newGraph()
	head := incr.Var(g, 0)
	runs := 0
	var below incr.Incr[int] = head
	var all []incr.Incr[int]
	for range graphs.TriangleWidth {
		all = append(all, below)
		below = cut(g, incr.Map(g, below, func(x int) int { return x + 1 }))
	}
	last := cut(g, incr.MapN(g, sum, all...))
	effect(g, last, func(int) { runs++ })
	return drive(g, head, last, &runs)
}

func unstable() graphs.Kairo {
	g := newGraph()
	head := incr.Var(g, 0)
	runs := 0
	double := cut(g, incr.Map(g, head, func(x int) int { return x * 2 }))
	inverse := cut(g, incr.Map(g, head, func(x int) int { return -x }))
	last := cut(g, incr.Map3(g, head, double, inverse, func(head, double, inverse int) (n int) {
		for range graphs.UnstableReads {
			if head%2 != 0 {
				n += double
			} else {
				n += inverse
			}
		}
		return n
	}))
	effect(g, last, func(int) { runs++ })
	return drive(g, head, last, &runs)
}

func mol() graphs.Kairo {
	g := newGraph()
	a, b := incr.Var(g, 0), incr.Var(g, 0)
	c := cut(g, incr.Map2(g, a, b, func(a, b int) int { return a%2 + b%2 }))
	d := cut(g, incr.Map2(g, a, b, func(a, b int) *graphs.Vec {
		v := new(graphs.Vec)
		for i := range 5 {
			v[i] = i + a%2 - b%2
		}
		return v
	}))
	e := cut(g, incr.Map3(g, c, a, d, func(c, a int, d *graphs.Vec) int { return graphs.Hard(c + a + d[0]) }))
	f := cut(g, incr.Map2(g, d, b, func(d *graphs.Vec, b int) int {
		x := d[2]
		if x == 0 {
			x = b
		}
		return graphs.Hard(x)
	}))
	last := cut(g, incr.Map4(g, c, e, d, f, func(c, e int, d *graphs.Vec, f int) int {
		x := c
		if x == 0 {
			x = e % 2
		}
		return c + x + d[4] + f
	}))
	runs := 0
	effect(g, last, func(x int) { graphs.Sink = graphs.Hard(x); runs++ })
	effect(g, last, func(x int) { graphs.Sink = x; runs++ })
	effect(g, f, func(x int) { graphs.Sink = graphs.Hard(x); runs++ })
	stabilize(g)
	odd := func(i int) {
		b.Set(1)
		a.Set(1 + 2*i)
		stabilize(g)
	}
	even := func(i int) {
		a.Set(2 + 2*i)
		b.Set(2)
		stabilize(g)
	}
	return graphs.Kairo{Set: []func(int){odd, even}, Get: []func() int{last.Value}, Runs: &runs}
}
