package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func avoidable() graphs.Kairo {
	g := cell.NewGraph()
	head := cell.NewValue(0)
	c1 := cell.Compute(func(r cell.Reader) int { return head.Get(r) })
	c2 := cell.Compute(func(r cell.Reader) int { c1.Get(r); return 0 })
	c3 := cell.Compute(func(r cell.Reader) int { graphs.Busy(); return c2.Get(r) + 1 })
	c4 := cell.Compute(func(r cell.Reader) int { return c3.Get(r) + 2 })
	c5 := cell.Compute(func(r cell.Reader) int { return c4.Get(r) + 3 })
	cell.Observe(g, func(r cell.Reader) { c5.Get(r); graphs.Busy() })
	return drive(g, head, c5, nil)
}

func broad() graphs.Kairo {
	g := cell.NewGraph()
	head := cell.NewValue(0)
	runs := 0
	var last cell.Readable[int]
	for i := range graphs.BroadWidth {
		a := cell.Compute(func(r cell.Reader) int { return head.Get(r) + i })
		b := cell.Compute(func(r cell.Reader) int { return a.Get(r) + 1 })
		cell.Observe(g, func(r cell.Reader) { b.Get(r); runs++ })
		last = b
	}
	return drive(g, head, last, &runs)
}

func deep() graphs.Kairo {
	g := cell.NewGraph()
	head := cell.NewValue(0)
	runs := 0
	var last cell.Readable[int] = head
	for range graphs.DeepHeight {
		below := last
		last = cell.Compute(func(r cell.Reader) int { return below.Get(r) + 1 })
	}
	cell.Observe(g, func(r cell.Reader) { last.Get(r); runs++ })
	return drive(g, head, last, &runs)
}

func diamond() graphs.Kairo {
	g := cell.NewGraph()
	head := cell.NewValue(0)
	runs := 0
	var arms []*cell.Computed[int]
	for range graphs.DiamondWidth {
		arms = append(arms, cell.Compute(func(r cell.Reader) int { return head.Get(r) + 1 }))
	}
	sum := cell.Compute(func(r cell.Reader) (n int) {
		for _, a := range arms {
			n += a.Get(r)
		}
		return n
	})
	cell.Observe(g, func(r cell.Reader) { sum.Get(r); runs++ })
	return drive(g, head, sum, &runs)
}

func mux() graphs.Kairo {
	g := cell.NewGraph()
	heads := make([]cell.Value[int], graphs.MuxWidth)
	all := cell.Compute(func(r cell.Reader) *graphs.Vec {
		m := new(graphs.Vec)
		for i := range heads {
			m[i] = heads[i].Get(r)
		}
		return m
	})
	k := graphs.Kairo{}
	for i := range heads {
		a := cell.Compute(func(r cell.Reader) int { return all.Get(r)[i] })
		b := cell.Compute(func(r cell.Reader) int { return a.Get(r) + 1 })
		cell.Observe(g, func(r cell.Reader) { b.Get(r) })
		k.Set = append(k.Set, set(g, &heads[i]))
		k.Get = append(k.Get, get(g, b))
	}
	return k
}

func repeated() graphs.Kairo {
	g := cell.NewGraph()
	head := cell.NewValue(0)
	runs := 0
	sum := cell.Compute(func(r cell.Reader) (n int) {
		for range graphs.RepeatedReads {
			n += head.Get(r)
		}
		return n
	})
	cell.Observe(g, func(r cell.Reader) { sum.Get(r); runs++ })
	return drive(g, head, sum, &runs)
}

func triangle() graphs.Kairo {
	g := cell.NewGraph()
	head := cell.NewValue(0)
	runs := 0
	var last cell.Readable[int] = head
	var all []cell.Readable[int]
	for range graphs.TriangleWidth {
		below := last
		all = append(all, below)
		last = cell.Compute(func(r cell.Reader) int { return below.Get(r) + 1 })
	}
	sum := cell.Compute(func(r cell.Reader) (n int) {
		for _, c := range all {
			n += c.Get(r)
		}
		return n
	})
	cell.Observe(g, func(r cell.Reader) { sum.Get(r); runs++ })
	return drive(g, head, sum, &runs)
}

func unstable() graphs.Kairo {
	g := cell.NewGraph()
	head := cell.NewValue(0)
	runs := 0
	double := cell.Compute(func(r cell.Reader) int { return head.Get(r) * 2 })
	inverse := cell.Compute(func(r cell.Reader) int { return -head.Get(r) })
	sum := cell.Compute(func(r cell.Reader) (n int) {
		for range graphs.UnstableReads {
			if head.Get(r)%2 != 0 {
				n += double.Get(r)
			} else {
				n += inverse.Get(r)
			}
		}
		return n
	})
	cell.Observe(g, func(r cell.Reader) { sum.Get(r); runs++ })
	return drive(g, head, sum, &runs)
}

func mol() graphs.Kairo {
	g := cell.NewGraph()
	a, b := cell.NewValue(0), cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int { return a.Get(r)%2 + b.Get(r)%2 })
	d := cell.Compute(func(r cell.Reader) *graphs.Vec {
		v := new(graphs.Vec)
		for i := range 5 {
			v[i] = i + a.Get(r)%2 - b.Get(r)%2
		}
		return v
	})
	e := cell.Compute(func(r cell.Reader) int { return graphs.Hard(c.Get(r) + a.Get(r) + d.Get(r)[0]) })
	f := cell.Compute(func(r cell.Reader) int {
		x := d.Get(r)[2]
		if x == 0 {
			x = b.Get(r)
		}
		return graphs.Hard(x)
	})
	last := cell.Compute(func(r cell.Reader) int {
		x := c.Get(r)
		if x == 0 {
			x = e.Get(r) % 2
		}
		return c.Get(r) + x + d.Get(r)[4] + f.Get(r)
	})
	runs := 0
	cell.Observe(g, func(r cell.Reader) { graphs.Sink = graphs.Hard(last.Get(r)); runs++ })
	cell.Observe(g, func(r cell.Reader) { graphs.Sink = last.Get(r); runs++ })
	cell.Observe(g, func(r cell.Reader) { graphs.Sink = graphs.Hard(f.Get(r)); runs++ })
	odd := func(i int) {
		g.Update(func(tx cell.Tx) error { b.Set(tx, 1); a.Set(tx, 1+2*i); return nil })
	}
	even := func(i int) {
		g.Update(func(tx cell.Tx) error { a.Set(tx, 2+2*i); b.Set(tx, 2); return nil })
	}
	return graphs.Kairo{Set: []func(int){odd, even}, Get: []func() int{get(g, last)}, Runs: &runs}
}
