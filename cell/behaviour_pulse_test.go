package cell_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB53_PulseLastsOnePass(t *testing.T) {
	w := newWorld(t)
	p := cell.NewPulse(0)
	cell.Rule(w, func(tx cell.Tx) { w.add("rule ", p.Get(tx.Reader)) })
	cell.Observe(w, func(r cell.Reader) { w.add("observer ", p.Get(r)) })
	w.trace = nil
	set(w, p, 5)
	w.saw("rule 5", "observer 5", "rule 0", "observer 0")
}

func TestB54_SameValueTwiceIsTwoPulses(t *testing.T) {
	w := newWorld(t)
	p := cell.NewPulse(0)
	cell.Observe(w, func(r cell.Reader) { w.add(p.Get(r)) })
	set(w, p, 5)
	set(w, p, 5)
	w.saw("0", "5", "0", "5", "0")
	set(w, p, 0)
	w.saw()
	// In one transaction the last one counts.
	w.do(func(tx cell.Tx) { p.Set(tx, 5); p.Set(tx, 6); p.Set(tx, 6) })
	w.saw("6", "0")
	w.do(func(tx cell.Tx) { p.Set(tx, 5); p.Set(tx, 0) })
	w.saw("0")
}

func TestB55_OutsideSeesTheDefault(t *testing.T) {
	w := newWorld(t)
	p := cell.NewPulse("idle")
	c := cell.Compute(func(r cell.Reader) string { return "<" + p.Get(r) + ">" })
	is(w, p, "idle")
	w.do(func(tx cell.Tx) { p.Set(tx, "ring"); w.add(p.Get(tx.Reader), c.Get(tx.Reader), p.Peek(tx.Reader)) })
	w.saw("ring<ring>ring")
	is(w, p, "idle")
	is(w, c, "<idle>")
}

func TestB56_OrderOfAPulse(t *testing.T) {
	w := newWorld(t)
	d := cell.NewPulse(0)
	cell.Observe(w, func(r cell.Reader) { w.add("observer ", d.Get(r)) })
	cell.Rule(w, func(tx cell.Tx) { w.add("rule ", d.Get(tx.Reader)) })
	w.trace = nil
	w.do(func(tx cell.Tx) {
		tx.OnCommit(func(tx cell.Tx) { w.add("callback ", d.Peek(tx.Reader)) })
		d.Set(tx, 5)
	})
	w.saw("rule 5", "observer 5", "callback 5", "rule 0", "observer 0")
}

func TestB56_PulseSetInACallbackIsForTheNextPass(t *testing.T) {
	w := newWorld(t)
	d := cell.NewPulse(0)
	cell.Observe(w, func(r cell.Reader) { w.add(d.Get(r), " in pass ", r.Pass()) })
	w.do(func(tx cell.Tx) {
		d.Set(tx, 5)
		tx.OnCommit(func(tx cell.Tx) { d.Set(tx, 5) })
	})
	w.saw("0 in pass 1", "5 in pass 1", "5 in pass 2", "0 in pass 3")
}

func TestB57_PulseByARule(t *testing.T) {
	w := newWorld(t)
	// The high detector of Trellis' README.
	v, high := cell.NewValue(0), cell.NewPulse(false)
	cell.Rule(w, func(tx cell.Tx) {
		if v.Get(tx.Reader) > 10 {
			high.Set(tx, true)
		}
	})
	cell.Observe(w, func(r cell.Reader) {
		if high.Get(r) {
			w.add("high!")
		}
	})
	for _, x := range []int{5, 12, 13, 7, 14} {
		set(w, v, x)
	}
	w.saw("high!", "high!", "high!")
}

func TestPulseConflict(t *testing.T) {
	w := newWorld(t)
	v, p := cell.NewValue(0), cell.NewPulse(0)
	for i := range 2 {
		cell.Rule(w, func(tx cell.Tx) { p.Set(tx, v.Get(tx.Reader)*(1+i)) })
	}
	w.fails(func(tx cell.Tx) { v.Set(tx, 1) })
	is(w, p, 0)
	is(w, v, 0)
}

// The traces of trellis-semantics.md 3.13 that are not among the numbered ones.

func TestTrace_Converter(t *testing.T) {
	w := newWorld(t)
	f, c := converter(w)
	cell.Observe(w, func(r cell.Reader) { w.add("observer ", f.Get(r), c.Get(r)) })
	w.trace = nil
	set(w, c, 100)
	w.saw("f", "observer 212 100")
}

func TestTrace_LateReader(t *testing.T) {
	w := newWorld(t)
	v, out := cell.NewValue(0), cell.NewValue(0)
	two := cell.NewValue(false)
	// Nothing tells the order before both have inputs in common.
	cell.Rule(w, func(tx cell.Tx) {
		if two.Get(tx.Reader) {
			w.add("reader ", v.Get(tx.Reader), out.Get(tx.Reader))
		}
	})
	cell.Rule(w, func(tx cell.Tx) {
		if two.Get(tx.Reader) {
			w.add("writer")
			out.Set(tx, v.Get(tx.Reader))
		}
	})
	w.do(func(tx cell.Tx) { v.Set(tx, 1); two.Set(tx, true) })
	w.saw("reader 1 0", "writer", "writer", "reader 1 1")
	set(w, v, 2)
	w.saw("writer", "reader 2 2")
}

func TestTrace_ErrorInTheSecondPass(t *testing.T) {
	w := newWorld(t)
	d, sum := cell.NewPulse(0), cell.NewValue(0)
	armed := cell.NewValue(false)
	cell.Rule(w, func(tx cell.Tx) {
		if x := d.Get(tx.Reader); x != 0 {
			sum.Set(tx, sum.Peek(tx.Reader)+x)
		}
	})
	cell.Rule(w, func(tx cell.Tx) {
		if d.Get(tx.Reader) == 0 && armed.Peek(tx.Reader) {
			tx.Fail(errTest)
		}
	})
	set(w, d, 3)
	set(w, armed, true)
	w.fails(func(tx cell.Tx) { d.Set(tx, 4) })
	is(w, d, 0)
	is(w, sum, 3)
	set(w, armed, false)
	set(w, d, 4)
	is(w, sum, 7)
}

func TestTrace_TwoRulesOneCollector(t *testing.T) {
	// Trellis' todo cell, here a set: both rules' items are seen at once.
	w := newWorld(t)
	go1 := cell.NewPulse(false)
	var s cell.Set[string]
	for _, name := range []string{"r1", "r2"} {
		cell.Rule(w, func(tx cell.Tx) {
			if go1.Get(tx.Reader) {
				s.Add(tx, name)
			}
		})
	}
	cell.Observe(w, func(r cell.Reader) { w.add(list(s.Added(r))) })
	set(w, go1, true)
	w.saw("[]", "[r1 r2]", "[]")
}

func TestB23_DiscreteRuleWithoutInputs(t *testing.T) {
	w := newWorld(t)
	// Its value is seen once; then it is the default for ever.
	var hello *cell.Pulse[string]
	w.do(func(tx cell.Tx) {
		hello = cell.NewPulse("")
		cell.Rule(tx, func(tx cell.Tx) { w.add("rule"); hello.Set(tx, "hello") })
		cell.Observe(tx, func(r cell.Reader) { w.add("observer ", hello.Get(r)) })
	})
	w.saw("rule", "observer hello", "observer ")
	set(w, cell.NewValue(0), 1)
	w.saw()
	is(w, hello, "")
}

func TestB57_TheResetDoesNotRunTheRule(t *testing.T) {
	w := newWorld(t)
	v, high := cell.NewValue(0), cell.NewPulse(false)
	rule := cell.Rule(w, func(tx cell.Tx) { w.add("rule"); high.Set(tx, v.Get(tx.Reader) > 10) })
	cell.Observe(w, func(r cell.Reader) { w.add(high.Get(r)) })
	w.trace = nil
	for _, x := range []int{5, 12, 13, 7} {
		set(w, v, x)
	}
	w.saw("rule", "rule", "true", "false", "rule", "true", "false", "rule")
	if n := cell.Sources(rule); n != 1 {
		t.Error(n, "links")
	}
}

// Rules that pulse each other for ever are named.
func TestLoopOfPulses(t *testing.T) {
	w := newWorld(t)
	on, ping, pong := cell.NewValue(false), cell.NewPulse(0), cell.NewPulse(0)
	cell.Rule(w, func(tx cell.Tx) {
		if on.Get(tx.Reader) && pong.Get(tx.Reader) == 0 {
			ping.Set(tx, tx.Pass())
		}
	}).Named("pinger")
	cell.Rule(w, func(tx cell.Tx) {
		if ping.Get(tx.Reader) != 0 {
			pong.Set(tx, tx.Pass())
		}
	}).Named("ponger")
	err := w.fails(func(tx cell.Tx) { on.Set(tx, true) })
	var ce *cell.CircularityError
	if !errors.As(err, &ce) || !slices.Contains(ce.Path, "pinger") || !slices.Contains(ce.Path, "ponger") {
		t.Error(err)
	}
	is(w, on, false)
	is(w, ping, 0)
}
