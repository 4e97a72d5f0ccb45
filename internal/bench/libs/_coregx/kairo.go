package main

import (
	"github.com/coregx/signals"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func avoidable() graphs.Kairo {
	head := signals.New(0)
	c1 := signals.Computed(head.Get, head.AsReadonly())
	c2 := signals.Computed(func() int { c1.Get(); return 0 }, c1)
	c3 := signals.Computed(func() int { graphs.Busy(); return c2.Get() + 1 }, c2)
	c4 := signals.Computed(func() int { return c3.Get() + 2 }, c3)
	c5 := signals.Computed(func() int { return c4.Get() + 3 }, c4)
	signals.Effect(func() { c5.Get(); graphs.Busy() }, c5)
	return drive(head, c5, nil)
}

func broad() graphs.Kairo {
	head := signals.New(0)
	runs := 0
	var last signals.ReadonlySignal[int]
	for i := range graphs.BroadWidth {
		a := signals.Computed(func() int { return head.Get() + i }, head.AsReadonly())
		b := signals.Computed(func() int { return a.Get() + 1 }, a)
		signals.Effect(func() { b.Get(); runs++ }, b)
		last = b
	}
	return drive(head, last, &runs)
}

func deep() graphs.Kairo {
	head := signals.New(0)
	runs := 0
	last := head.AsReadonly()
	for range graphs.DeepHeight {
		below := last
		last = signals.Computed(func() int { return below.Get() + 1 }, below)
	}
	signals.Effect(func() { last.Get(); runs++ }, last)
	return drive(head, last, &runs)
}

func diamond() graphs.Kairo {
	head := signals.New(0)
	runs := 0
	var arms []signals.ReadonlySignal[int]
	for range graphs.DiamondWidth {
		arms = append(arms, signals.Computed(func() int { return head.Get() + 1 }, head.AsReadonly()))
	}
	sum := add(arms)
	signals.Effect(func() { sum.Get(); runs++ }, sum)
	return drive(head, sum, &runs)
}

// add adds up signals.
func add(list []signals.ReadonlySignal[int]) signals.ReadonlySignal[int] {
	inputs := make([]any, len(list))
	for i, s := range list {
		inputs[i] = s
	}
	return signals.Computed(func() (n int) {
		for _, s := range list {
			n += s.Get()
		}
		return n
	}, inputs...)
}

func mux() graphs.Kairo {
	heads := make([]signals.Signal[int], graphs.MuxWidth)
	inputs := make([]any, len(heads))
	for i := range heads {
		heads[i] = signals.New(0)
		inputs[i] = heads[i].AsReadonly()
	}
	all := signals.Computed(func() *graphs.Vec {
		m := new(graphs.Vec)
		for i, h := range heads {
			m[i] = h.Get()
		}
		return m
	}, inputs...)
	k := graphs.Kairo{}
	for i, h := range heads {
		a := signals.Computed(func() int { return all.Get()[i] }, all)
		b := signals.Computed(func() int { return a.Get() + 1 }, a)
		signals.Effect(func() { b.Get() }, b)
		k.Set = append(k.Set, h.Set)
		k.Get = append(k.Get, b.Get)
	}
	return k
}

func repeated() graphs.Kairo {
	head := signals.New(0)
	runs := 0
	sum := signals.Computed(func() (n int) {
		for range graphs.RepeatedReads {
			n += head.Get()
		}
		return n
	}, head.AsReadonly())
	signals.Effect(func() { sum.Get(); runs++ }, sum)
	return drive(head, sum, &runs)
}

func triangle() graphs.Kairo {
	head := signals.New(0)
	runs := 0
	last := head.AsReadonly()
	var all []signals.ReadonlySignal[int]
	for range graphs.TriangleWidth {
		below := last
		all = append(all, below)
		last = signals.Computed(func() int { return below.Get() + 1 }, below)
	}
	sum := add(all)
	signals.Effect(func() { sum.Get(); runs++ }, sum)
	return drive(head, sum, &runs)
}

func unstable() graphs.Kairo {
	head := signals.New(0)
	runs := 0
	double := signals.Computed(func() int { return head.Get() * 2 }, head.AsReadonly())
	inverse := signals.Computed(func() int { return -head.Get() }, head.AsReadonly())
	sum := signals.Computed(func() (n int) {
		for range graphs.UnstableReads {
			if head.Get()%2 != 0 {
				n += double.Get()
			} else {
				n += inverse.Get()
			}
		}
		return n
	}, head.AsReadonly(), double, inverse)
	signals.Effect(func() { sum.Get(); runs++ }, sum)
	return drive(head, sum, &runs)
}

func mol() graphs.Kairo {
	a, b := signals.New(0), signals.New(0)
	ra, rb := a.AsReadonly(), b.AsReadonly()
	c := signals.Computed(func() int { return a.Get()%2 + b.Get()%2 }, ra, rb)
	d := signals.Computed(func() *graphs.Vec {
		v := new(graphs.Vec)
		for i := range 5 {
			v[i] = i + a.Get()%2 - b.Get()%2
		}
		return v
	}, ra, rb)
	e := signals.Computed(func() int { return graphs.Hard(c.Get() + a.Get() + d.Get()[0]) }, c, ra, d)
	f := signals.Computed(func() int {
		x := d.Get()[2]
		if x == 0 {
			x = b.Get()
		}
		return graphs.Hard(x)
	}, d, rb)
	last := signals.Computed(func() int {
		x := c.Get()
		if x == 0 {
			x = e.Get() % 2
		}
		return c.Get() + x + d.Get()[4] + f.Get()
	}, c, e, d, f)
	runs := 0
	signals.Effect(func() { graphs.Sink = graphs.Hard(last.Get()); runs++ }, last)
	signals.Effect(func() { graphs.Sink = last.Get(); runs++ }, last)
	signals.Effect(func() { graphs.Sink = graphs.Hard(f.Get()); runs++ }, f)
	odd := func(i int) { b.Set(1); a.Set(1 + 2*i) } // there are no batches
	even := func(i int) { a.Set(2 + 2*i); b.Set(2) }
	return graphs.Kairo{Set: []func(int){odd, even}, Get: []func() int{last.Get}, Runs: &runs}
}
