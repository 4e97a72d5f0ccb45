package main

import (
	alien "github.com/delaneyj/alien-signals-go"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func avoidable(rs *alien.ReactiveSystem) graphs.Kairo {
	head := alien.Signal(rs, 0)
	c1 := alien.Computed(rs, func(int) int { return head.Value() })
	c2 := alien.Computed(rs, func(int) int { c1.Value(); return 0 })
	c3 := alien.Computed(rs, func(int) int { graphs.Busy(); return c2.Value() + 1 })
	c4 := alien.Computed(rs, func(int) int { return c3.Value() + 2 })
	c5 := alien.Computed(rs, func(int) int { return c4.Value() + 3 })
	alien.Effect(rs, func() error { c5.Value(); graphs.Busy(); return nil })
	return drive(rs, head, c5, nil)
}

func broad(rs *alien.ReactiveSystem) graphs.Kairo {
	head := alien.Signal(rs, 0)
	runs := 0
	var last readable[int]
	for i := range graphs.BroadWidth {
		a := alien.Computed(rs, func(int) int { return head.Value() + i })
		b := alien.Computed(rs, func(int) int { return a.Value() + 1 })
		alien.Effect(rs, func() error { b.Value(); runs++; return nil })
		last = b
	}
	return drive(rs, head, last, &runs)
}

func deep(rs *alien.ReactiveSystem) graphs.Kairo {
	head := alien.Signal(rs, 0)
	runs := 0
	var last readable[int] = head
	for range graphs.DeepHeight {
		below := last
		last = alien.Computed(rs, func(int) int { return below.Value() + 1 })
	}
	alien.Effect(rs, func() error { last.Value(); runs++; return nil })
	return drive(rs, head, last, &runs)
}

func diamond(rs *alien.ReactiveSystem) graphs.Kairo {
	head := alien.Signal(rs, 0)
	runs := 0
	var arms []*alien.ReadonlySignal[int]
	for range graphs.DiamondWidth {
		arms = append(arms, alien.Computed(rs, func(int) int { return head.Value() + 1 }))
	}
	sum := alien.Computed(rs, func(int) (n int) {
		for _, a := range arms {
			n += a.Value()
		}
		return n
	})
	alien.Effect(rs, func() error { sum.Value(); runs++; return nil })
	return drive(rs, head, sum, &runs)
}

func mux(rs *alien.ReactiveSystem) graphs.Kairo {
	heads := make([]*alien.WriteableSignal[int], graphs.MuxWidth)
	for i := range heads {
		heads[i] = alien.Signal(rs, 0)
	}
	all := alien.Computed(rs, func(*graphs.Vec) *graphs.Vec {
		m := new(graphs.Vec)
		for i, h := range heads {
			m[i] = h.Value()
		}
		return m
	})
	k := graphs.Kairo{}
	for i, h := range heads {
		a := alien.Computed(rs, func(int) int { return all.Value()[i] })
		b := alien.Computed(rs, func(int) int { return a.Value() + 1 })
		alien.Effect(rs, func() error { b.Value(); return nil })
		k.Set = append(k.Set, set(rs, h))
		k.Get = append(k.Get, b.Value)
	}
	return k
}

func repeated(rs *alien.ReactiveSystem) graphs.Kairo {
	head := alien.Signal(rs, 0)
	runs := 0
	sum := alien.Computed(rs, func(int) (n int) {
		for range graphs.RepeatedReads {
			n += head.Value()
		}
		return n
	})
	alien.Effect(rs, func() error { sum.Value(); runs++; return nil })
	return drive(rs, head, sum, &runs)
}

func triangle(rs *alien.ReactiveSystem) graphs.Kairo {
	head := alien.Signal(rs, 0)
	runs := 0
	var last readable[int] = head
	var all []readable[int]
	for range graphs.TriangleWidth {
		below := last
		all = append(all, below)
		last = alien.Computed(rs, func(int) int { return below.Value() + 1 })
	}
	sum := alien.Computed(rs, func(int) (n int) {
		for _, c := range all {
			n += c.Value()
		}
		return n
	})
	alien.Effect(rs, func() error { sum.Value(); runs++; return nil })
	return drive(rs, head, sum, &runs)
}

func unstable(rs *alien.ReactiveSystem) graphs.Kairo {
	head := alien.Signal(rs, 0)
	runs := 0
	double := alien.Computed(rs, func(int) int { return head.Value() * 2 })
	inverse := alien.Computed(rs, func(int) int { return -head.Value() })
	sum := alien.Computed(rs, func(int) (n int) {
		for range graphs.UnstableReads {
			if head.Value()%2 != 0 {
				n += double.Value()
			} else {
				n += inverse.Value()
			}
		}
		return n
	})
	alien.Effect(rs, func() error { sum.Value(); runs++; return nil })
	return drive(rs, head, sum, &runs)
}

func mol(rs *alien.ReactiveSystem) graphs.Kairo {
	a, b := alien.Signal(rs, 0), alien.Signal(rs, 0)
	c := alien.Computed(rs, func(int) int { return a.Value()%2 + b.Value()%2 })
	d := alien.Computed(rs, func(*graphs.Vec) *graphs.Vec {
		v := new(graphs.Vec)
		for i := range 5 {
			v[i] = i + a.Value()%2 - b.Value()%2
		}
		return v
	})
	e := alien.Computed(rs, func(int) int { return graphs.Hard(c.Value() + a.Value() + d.Value()[0]) })
	f := alien.Computed(rs, func(int) int {
		x := d.Value()[2]
		if x == 0 {
			x = b.Value()
		}
		return graphs.Hard(x)
	})
	last := alien.Computed(rs, func(int) int {
		x := c.Value()
		if x == 0 {
			x = e.Value() % 2
		}
		return c.Value() + x + d.Value()[4] + f.Value()
	})
	runs := 0
	alien.Effect(rs, func() error { graphs.Sink = graphs.Hard(last.Value()); runs++; return nil })
	alien.Effect(rs, func() error { graphs.Sink = last.Value(); runs++; return nil })
	alien.Effect(rs, func() error { graphs.Sink = graphs.Hard(f.Value()); runs++; return nil })
	odd := func(i int) {
		rs.StartBatch()
		b.SetValue(1)
		a.SetValue(1 + 2*i)
		rs.EndBatch()
	}
	even := func(i int) {
		rs.StartBatch()
		a.SetValue(2 + 2*i)
		b.SetValue(2)
		rs.EndBatch()
	}
	return graphs.Kairo{Set: []func(int){odd, even}, Get: []func() int{last.Value}, Runs: &runs}
}
