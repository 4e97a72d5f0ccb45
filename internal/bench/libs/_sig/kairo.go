package main

import (
	"github.com/AnatoleLucet/sig"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func avoidable() graphs.Kairo {
	head := sig.NewSignal(0)
	c1 := sig.NewComputed(func() int { return head.Read() })
	c2 := sig.NewComputed(func() int { c1.Read(); return 0 })
	c3 := sig.NewComputed(func() int { graphs.Busy(); return c2.Read() + 1 })
	c4 := sig.NewComputed(func() int { return c3.Read() + 2 })
	c5 := sig.NewComputed(func() int { return c4.Read() + 3 })
	sig.NewEffect(func() { c5.Read(); graphs.Busy() })
	return drive(head, c5, nil)
}

func broad() graphs.Kairo {
	head := sig.NewSignal(0)
	runs := 0
	var last readable[int]
	for i := range graphs.BroadWidth {
		a := sig.NewComputed(func() int { return head.Read() + i })
		b := sig.NewComputed(func() int { return a.Read() + 1 })
		sig.NewEffect(func() { b.Read(); runs++ })
		last = b
	}
	return drive(head, last, &runs)
}

func deep() graphs.Kairo {
	head := sig.NewSignal(0)
	runs := 0
	var last readable[int] = head
	for range graphs.DeepHeight {
		below := last
		last = sig.NewComputed(func() int { return below.Read() + 1 })
	}
	sig.NewEffect(func() { last.Read(); runs++ })
	return drive(head, last, &runs)
}

func diamond() graphs.Kairo {
	head := sig.NewSignal(0)
	runs := 0
	var arms []*sig.Computed[int]
	for range graphs.DiamondWidth {
		arms = append(arms, sig.NewComputed(func() int { return head.Read() + 1 }))
	}
	sum := sig.NewComputed(func() (n int) {
		for _, a := range arms {
			n += a.Read()
		}
		return n
	})
	sig.NewEffect(func() { sum.Read(); runs++ })
	return drive(head, sum, &runs)
}

func mux() graphs.Kairo {
	heads := make([]*sig.Signal[int], graphs.MuxWidth)
	for i := range heads {
		heads[i] = sig.NewSignal(0)
	}
	all := sig.NewComputed(func() *graphs.Vec {
		m := new(graphs.Vec)
		for i, h := range heads {
			m[i] = h.Read()
		}
		return m
	})
	k := graphs.Kairo{}
	for i, h := range heads {
		a := sig.NewComputed(func() int { return all.Read()[i] })
		b := sig.NewComputed(func() int { return a.Read() + 1 })
		sig.NewEffect(func() { b.Read() })
		k.Set = append(k.Set, set(h))
		k.Get = append(k.Get, b.Read)
	}
	return k
}

func repeated() graphs.Kairo {
	head := sig.NewSignal(0)
	runs := 0
	sum := sig.NewComputed(func() (n int) {
		for range graphs.RepeatedReads {
			n += head.Read()
		}
		return n
	})
	sig.NewEffect(func() { sum.Read(); runs++ })
	return drive(head, sum, &runs)
}

func triangle() graphs.Kairo {
	head := sig.NewSignal(0)
	runs := 0
	var last readable[int] = head
	var all []readable[int]
	for range graphs.TriangleWidth {
		below := last
		all = append(all, below)
		last = sig.NewComputed(func() int { return below.Read() + 1 })
	}
	sum := sig.NewComputed(func() (n int) {
		for _, c := range all {
			n += c.Read()
		}
		return n
	})
	sig.NewEffect(func() { sum.Read(); runs++ })
	return drive(head, sum, &runs)
}

func unstable() graphs.Kairo {
	head := sig.NewSignal(0)
	runs := 0
	double := sig.NewComputed(func() int { return head.Read() * 2 })
	inverse := sig.NewComputed(func() int { return -head.Read() })
	sum := sig.NewComputed(func() (n int) {
		for range graphs.UnstableReads {
			if head.Read()%2 != 0 {
				n += double.Read()
			} else {
				n += inverse.Read()
			}
		}
		return n
	})
	sig.NewEffect(func() { sum.Read(); runs++ })
	return drive(head, sum, &runs)
}

func mol() graphs.Kairo {
	a, b := sig.NewSignal(0), sig.NewSignal(0)
	c := sig.NewComputed(func() int { return a.Read()%2 + b.Read()%2 })
	d := sig.NewComputed(func() *graphs.Vec {
		v := new(graphs.Vec)
		for i := range 5 {
			v[i] = i + a.Read()%2 - b.Read()%2
		}
		return v
	})
	e := sig.NewComputed(func() int { return graphs.Hard(c.Read() + a.Read() + d.Read()[0]) })
	f := sig.NewComputed(func() int {
		x := d.Read()[2]
		if x == 0 {
			x = b.Read()
		}
		return graphs.Hard(x)
	})
	last := sig.NewComputed(func() int {
		x := c.Read()
		if x == 0 {
			x = e.Read() % 2
		}
		return c.Read() + x + d.Read()[4] + f.Read()
	})
	runs := 0
	sig.NewEffect(func() { graphs.Sink = graphs.Hard(last.Read()); runs++ })
	sig.NewEffect(func() { graphs.Sink = last.Read(); runs++ })
	sig.NewEffect(func() { graphs.Sink = graphs.Hard(f.Read()); runs++ })
	odd := func(i int) {
		sig.NewBatch(func() {
			b.Write(1)
			a.Write(1 + 2*i)
		})
	}
	even := func(i int) {
		sig.NewBatch(func() {
			a.Write(2 + 2*i)
			b.Write(2)
		})
	}
	return graphs.Kairo{Set: []func(int){odd, even}, Get: []func() int{last.Read}, Runs: &runs}
}
