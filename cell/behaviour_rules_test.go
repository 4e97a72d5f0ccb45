package cell_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB13_SetEqualRunsNothing(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(1)
	cell.Rule(w, func(tx cell.Tx) { w.add("rule ", a.Get(tx.Reader)) })
	cell.Observe(w, func(r cell.Reader) { w.add("observer ", a.Get(r)) })
	w.saw("rule 1", "observer 1")
	set(w, a, 1)
	w.saw()
	set(w, a, 2)
	w.saw("rule 2", "observer 2")
}

func TestB14_EqualButOtherValueIsStoredSilently(t *testing.T) {
	w := newWorld(t)
	x, y := []int{1}, []int{1}
	same := func(a, b []int) bool { return len(a) == len(b) }
	a := cell.NewValueFunc(x, same)
	cell.Observe(w, func(r cell.Reader) { w.add(a.Get(r)) })
	w.saw("[1]")
	set(w, a, y)
	w.saw()
	if &cell.Read(w.Graph, a)[0] != &y[0] {
		t.Error("not stored")
	}
	_ = w.Update(func(tx cell.Tx) error { a.Set(tx, x); return errTest })
	if &cell.Read(w.Graph, a)[0] != &y[0] {
		t.Error("not restored")
	}
}

func TestB15_ChainStopsAtAnUnchangedResult(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	c1 := cell.Compute(func(r cell.Reader) int { w.add("c1"); return v.Get(r) / 2 })
	cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { w.add("c2 ", c1.Get(tx.Reader)); return 0 })
	w.saw("c1", "c2 0")
	set(w, v, 1)
	w.saw("c1")
	set(w, v, 2)
	w.saw("c1", "c2 1")
}

func TestB16_DroppedInputsDoNotTrigger(t *testing.T) {
	w := newWorld(t)
	flag, a, b := cell.NewValue(true), cell.NewValue(1), cell.NewValue(10)
	o := cell.Observe(w, func(r cell.Reader) {
		if flag.Get(r) {
			w.add("a", a.Get(r))
		} else {
			w.add("b", b.Get(r))
		}
	})
	set(w, b, 11)
	set(w, a, 2)
	w.saw("a1", "a2")
	set(w, flag, false)
	set(w, a, 3)
	set(w, b, 12)
	w.saw("b11", "b12")
	if n := cell.Sources(o); n != 2 {
		t.Error(n, "links")
	}
	// A failing transaction brings the old inputs back.
	_ = w.Update(func(tx cell.Tx) error {
		flag.Set(tx, true)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
		return nil
	})
	w.saw("a3")
	set(w, a, 4)
	set(w, b, 13)
	w.saw("b13")
}

func TestB17_LaterReadsRunNothing(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(1)
	var m *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		m = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { w.add("run"); return a.Get(tx.Reader) })
		if m.Get(tx.Reader) != 1 { // the first read runs it
			t.Error(m.Get(tx.Reader))
		}
		m.Get(tx.Reader)
	})
	is(w, m, 1)
	is(w, m, 1)
	w.saw("run")
}

func TestB18_OwnValueIsThePreviousOne(t *testing.T) {
	w := newWorld(t)
	in := cell.NewValue(10.0)
	var m *cell.Maintained[float64]
	w.do(func(tx cell.Tx) {
		// The noise filter of Trellis' README: ignore small changes.
		m = cell.Maintain(tx, 0, func(tx cell.Tx, prev float64) float64 {
			w.add("run")
			if m.Get(tx.Reader) != prev {
				t.Error("Get in the own rule is not the previous value")
			}
			if x := in.Get(tx.Reader); x-prev > 2 || prev-x > 2 {
				return x
			}
			return prev
		})
	})
	set(w, in, 11)
	is(w, m, 10)
	set(w, in, 13)
	is(w, m, 13)
	w.saw("run", "run", "run")
	if n := cell.Sources(m); n != 1 {
		t.Error("the own value is a link")
	}
}

func TestB19_ComputedReadingItself(t *testing.T) {
	w := newWorld(t)
	var c, d *cell.Computed[int]
	c = cell.Compute(func(r cell.Reader) int { return c.Get(r) + 1 }).Named("c")
	p := panics(func() { cell.Read(w.Graph, c) })
	ce, ok := p.(*cell.CircularityError)
	if !ok || !cmp.Equal(ce.Path, []string{"c"}) {
		t.Fatal(p)
	}
	w.check()
	// By way of another, when observed.
	on := cell.NewValue(false)
	c = cell.Compute(func(r cell.Reader) int {
		if on.Get(r) {
			return d.Get(r)
		}
		return 0
	}).Named("c")
	d = cell.Compute(func(r cell.Reader) int { return c.Get(r) + 1 }).Named("d")
	cell.Observe(w, func(r cell.Reader) { w.add(d.Get(r)) })
	err := w.fails(func(tx cell.Tx) { on.Set(tx, true) })
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	if got := strings.Join(ce.Path, " "); got != "c d" && got != "d c" {
		t.Error(got)
	}
	is(w, on, false)
	is(w, d, 1)
	err = w.Update(func(tx cell.Tx) error { on.Set(tx, true); d.Get(tx.Reader); return nil })
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	w.check()
	w.saw("1")
}

func TestB20_PentagramOfDeath(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	rule := func(name string, from ...cell.Readable[int]) *cell.Maintained[int] {
		return cell.Maintain(w, 0, func(tx cell.Tx, _ int) (sum int) {
			w.add(name)
			for _, c := range from {
				sum += c.Get(tx.Reader)
			}
			return sum
		})
	}
	b := rule("b", a)
	c := rule("c", b)
	d := rule("d", a, c)
	e := rule("e", b, d)
	w.trace = nil
	set(w, a, 1)
	w.saw("b", "c", "d", "e")
	is(w, e, 3)
}

func TestB21_Levels(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	b := cell.Compute(func(r cell.Reader) int { return a.Get(r) })
	c := cell.Compute(func(r cell.Reader) int { return a.Get(r) + b.Get(r) })
	var d *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		d = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return c.Get(tx.Reader) + d.Get(tx.Reader) })
	})
	if cell.Level(b) != 0 || cell.Level(c) != 1 || cell.Level(d) != 2 {
		t.Error(cell.Level(b), cell.Level(c), cell.Level(d))
	}
}

func TestB22_ConstantsAreNotTracked(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(1)
	two := cell.Compute(func(cell.Reader) int { w.add("two"); return 2 })
	four := cell.Compute(func(r cell.Reader) int { w.add("four"); return 2 * two.Get(r) })
	var peeks, mixed *cell.Computed[int]
	mixed = cell.Compute(func(r cell.Reader) int { return four.Get(r) * a.Get(r) })
	peeks = cell.Compute(func(r cell.Reader) int { return a.Peek(r) })
	is(w, four, 4)
	is(w, four, 4)
	w.saw("four", "two")
	cell.Observe(w, func(r cell.Reader) { w.add(four.Get(r), mixed.Get(r)) })
	set(w, a, 3)
	w.saw("4 4", "4 12")
	if n := cell.Sources(mixed); n != 1 {
		t.Error(n, "links")
	}
	// Looking without tracking does not make a constant.
	is(w, peeks, 3)
	_ = w.Update(func(tx cell.Tx) error {
		a.Set(tx, 5)
		if peeks.Get(tx.Reader) != 5 {
			t.Error(peeks.Get(tx.Reader))
		}
		return errTest
	})
	is(w, peeks, 3)
	cell.Observe(w, func(r cell.Reader) { peeks.Get(r) })
	set(w, a, 6)
	is(w, peeks, 6)
}

func TestB24_SetSuppressesTheRuleInThatPassOnly(t *testing.T) {
	for _, setFirst := range []bool{true, false} {
		w := newWorld(t)
		in := cell.NewValue(1)
		m := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { w.add("rule"); return in.Get(tx.Reader) })
		w.saw("rule")
		w.do(func(tx cell.Tx) {
			if setFirst {
				m.Set(tx, 50)
				in.Set(tx, 2)
			} else {
				in.Set(tx, 2)
				m.Set(tx, 50)
			}
		})
		is(w, m, 50)
		w.saw()
		set(w, in, 3)
		is(w, m, 3)
		w.saw("rule")
	}
}

func TestB25_SetBeforeTheFirstRun(t *testing.T) {
	w := newWorld(t)
	in := cell.NewValue(1)
	var m *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		m = cell.Maintain(tx, 0, func(tx cell.Tx, prev int) int { w.add("prev ", prev); return in.Get(tx.Reader) })
		m.Set(tx, 7)
		w.add("set ", m.Get(tx.Reader))
	})
	w.saw("set 7", "prev 7")
	is(w, m, 7)
	set(w, in, 2) // its inputs were found
	is(w, m, 2)
	// An explicit set after the first run overrides the initial result.
	var n *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		n = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return in.Get(tx.Reader) })
		n.Get(tx.Reader)
		n.Set(tx, 9)
	})
	is(w, n, 9)
}

// converter returns Fahrenheit and Celsius kept together.
func converter(w *world) (f, c *cell.Maintained[float64]) {
	w.do(func(tx cell.Tx) {
		f = cell.Maintain(tx, 32, func(tx cell.Tx, _ float64) float64 { w.add("f"); return c.Get(tx.Reader)*1.8 + 32 }).Named("F")
		c = cell.Maintain(tx, 0, func(tx cell.Tx, _ float64) float64 { w.add("c"); return (f.Get(tx.Reader) - 32) / 1.8 }).Named("C")
	})
	w.trace = nil
	return f, c
}

func TestB26_CircularPair(t *testing.T) {
	w := newWorld(t)
	f, c := converter(w)
	cell.Observe(w, func(r cell.Reader) { w.add(f.Get(r), c.Get(r)) })
	w.saw("32 0")
	set(w, c, 100)
	w.saw("f", "212 100")
	set(w, f, 32)
	w.saw("c", "32 0")
	err := w.fails(func(tx cell.Tx) {
		c.Set(tx, 10)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	if err != errTest {
		t.Error(err)
	}
	w.saw("f", "50 10")
	is(w, f, 32)
	set(w, c, 100)
	w.saw("f", "212 100")
}

func TestB27_CircularPairDrivenByAThird(t *testing.T) {
	w := newWorld(t)
	x := cell.NewValue(0)
	var a, b *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		a = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return x.Get(tx.Reader) + b.Get(tx.Reader) }).Named("A")
		b = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return a.Get(tx.Reader) }).Named("B")
	})
	err := w.fails(func(tx cell.Tx) { x.Set(tx, 1) })
	var ce *cell.CircularityError
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	is(w, x, 0)
	is(w, a, 0)
	is(w, b, 0)
	set(w, a, 5)
	is(w, b, 5)
}

func TestB28_CircularityErrorCarriesRoutesAndPath(t *testing.T) {
	w := newWorld(t)
	x := cell.NewValue(0)
	v := [3]*cell.Value[int]{cell.NewValue(0), cell.NewValue(0), cell.NewValue(0)}
	for i, name := range []string{"A", "B", "C"} {
		cell.Rule(w, func(tx cell.Tx) {
			if x.Get(tx.Reader) > 0 {
				v[(i+1)%3].Set(tx, v[i].Get(tx.Reader)+1)
			}
		}).Named(name)
	}
	err := w.fails(func(tx cell.Tx) { x.Set(tx, 1) })
	var ce *cell.CircularityError
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	// The path may begin anywhere on the loop.
	path := strings.Join(ce.Path, " ")
	if !strings.Contains("A B C A B", path) || len(ce.Path) != 3 {
		t.Error(path)
	}
	for i, from := range ce.Path {
		to := ce.Path[(i+1)%3]
		if !strings.Contains(strings.Join(ce.Routes[from], " "), to) {
			t.Errorf("no route from %s to %s: %v", from, to, ce.Routes)
		}
	}
	if want := "circular rules: " + strings.Join(append(ce.Path, ce.Path[0]), " -> "); !strings.HasSuffix(err.Error(), want) {
		t.Error(err)
	}
	is(w, x, 0)
}

func TestB29_RetriedRuleMayNotifyAnotherRetriedRule(t *testing.T) {
	w := newWorld(t)
	v, x, y, z := cell.NewValue(0), cell.NewValue(0), cell.NewValue(0), cell.NewValue(0)
	// In the wrong order: last reads what middle writes, middle what first writes.
	cell.Rule(w, func(tx cell.Tx) { v.Get(tx.Reader); z.Set(tx, y.Get(tx.Reader)+x.Get(tx.Reader)) }).Named("last")
	cell.Rule(w, func(tx cell.Tx) { v.Get(tx.Reader); y.Set(tx, x.Get(tx.Reader)) }).Named("middle")
	cell.Rule(w, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)) }).Named("first")
	set(w, v, 1)
	is(w, z, 2)
	set(w, v, 2)
	is(w, z, 4)
}

func TestB30_ReaderBeforeWriterIsUndoneAndRunAfter(t *testing.T) {
	w := newWorld(t)
	v, out := cell.NewValue(1), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) { w.add("reader ", v.Get(tx.Reader), out.Get(tx.Reader)) })
	cell.Rule(w, func(tx cell.Tx) { w.add("writer"); out.Set(tx, v.Get(tx.Reader)) })
	w.saw("reader 1 0", "writer", "reader 1 1")
	// The creation of the writer has taught the order already.
	set(w, v, 2)
	w.saw("writer", "reader 2 2")
	set(w, v, 3)
	w.saw("writer", "reader 3 3")
}

func TestB30_BothCreatedAtOnce(t *testing.T) {
	w := newWorld(t)
	v, out := cell.NewValue(1), cell.NewValue(0)
	w.do(func(tx cell.Tx) {
		cell.Rule(tx, func(tx cell.Tx) {
			w.add("reader ", v.Get(tx.Reader), out.Get(tx.Reader))
			tx.OnCommit(func(cell.Tx) { w.add("callback") })
			tx.OnUndo(func() { w.add("undone") })
		})
		cell.Rule(tx, func(tx cell.Tx) { w.add("writer"); out.Set(tx, v.Get(tx.Reader)) })
	})
	w.saw("reader 1 0", "writer", "undone", "writer", "reader 1 1", "callback")
	set(w, v, 2)
	w.saw("writer", "reader 2 2", "callback")
}

func TestB31_OwnWriteDoesNotRunTheRuleAgain(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(1), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) {
		w.add("run ", x.Get(tx.Reader))
		if v.Get(tx.Reader) > x.Get(tx.Reader) {
			x.Set(tx, v.Get(tx.Reader))
		}
	})
	set(w, v, 2)
	is(w, x, 2)
	w.saw("run 0", "run 1")
	set(w, x, 10) // from outside it does
	w.saw("run 10")
}

func TestB32_SetAfterItsRuleIsScheduled(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	m := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { w.add("rule"); return v.Get(tx.Reader) })
	cell.Rule(w, func(tx cell.Tx) {
		if v.Get(tx.Reader) > 0 {
			m.Set(tx, 100)
		}
	})
	// The setter has to run before the rule; its order is learned once.
	w.trace = nil
	w.do(func(tx cell.Tx) { v.Set(tx, 1); m.Set(tx, 100) })
	is(w, m, 100)
	w.saw()
}

func TestB33_RulesThatDisagree(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(0), cell.NewValue(0).Named("x")
	cell.Rule(w, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)) }).Named("one")
	cell.Rule(w, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)%10) }).Named("two")
	set(w, v, 5) // they agree
	is(w, x, 5)
	err := w.fails(func(tx cell.Tx) { v.Set(tx, 12) })
	var ce *cell.ConflictError
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	want := &cell.ConflictError{Cell: "x", Writers: [2]string{"one", "two"}, Values: [2]any{12, 2}}
	if diff := cmp.Diff(want, ce); diff != "" {
		t.Error(diff)
	}
	if want := "cell: two: cell: conflict about x: one wrote 12, two wrote 2"; err.Error() != want {
		t.Error(err)
	}
	is(w, x, 5)
	is(w, v, 5)
}

func TestB34_CodeAndRuleDisagree(t *testing.T) {
	w := newWorld(t)
	in, x := cell.NewValue(0), cell.NewValue(1)
	cell.Rule(w, func(tx cell.Tx) {
		if i := in.Get(tx.Reader); i > 0 {
			x.Set(tx, i)
		}
	}).Named("rule")
	err := w.fails(func(tx cell.Tx) { x.Set(tx, 9); in.Set(tx, 10) })
	var ce *cell.ConflictError
	if !errors.As(err, &ce) || ce.Writers != [2]string{"code outside rules", "rule"} || ce.Values != [2]any{9, 10} {
		t.Fatal(err)
	}
	is(w, x, 1)
	is(w, in, 0)
	w.do(func(tx cell.Tx) { x.Set(tx, 10); in.Set(tx, 10) })
	is(w, x, 10)
}

func TestB35_CodeMaySetRepeatedly(t *testing.T) {
	w := newWorld(t)
	x := cell.NewValue(1)
	cell.Observe(w, func(r cell.Reader) { w.add(x.Get(r)) })
	w.do(func(tx cell.Tx) { x.Set(tx, 2); x.Set(tx, 3); x.Set(tx, 4) })
	w.saw("1", "4")
	// After the pass anybody may set it again.
	w.do(func(tx cell.Tx) {
		x.Set(tx, 5)
		tx.OnCommit(func(tx cell.Tx) { x.Set(tx, 6) })
		tx.OnCommit(func(tx cell.Tx) { x.Set(tx, 7) })
	})
	w.saw("5", "7")
}

func TestB36_ErrorInARule(t *testing.T) {
	for name, fail := range map[string]func(tx cell.Tx){
		"Fail":         func(tx cell.Tx) { tx.Fail(errTest) },
		"panic(error)": func(tx cell.Tx) { panic(errTest) },
		"in Untracked": func(tx cell.Tx) { tx.Untracked(func(cell.Tx) { panic(errTest) }) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			v, x := cell.NewValue(0), cell.NewValue(0)
			cell.Rule(w, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)) })
			cell.Rule(w, func(tx cell.Tx) {
				if x.Get(tx.Reader) == 13 {
					fail(tx)
				}
			}).Named("superstition")
			err := w.fails(func(tx cell.Tx) { v.Set(tx, 13) })
			var re *cell.RuleError
			if !errors.Is(err, errTest) || !errors.As(err, &re) || re.Rule != "superstition" {
				t.Error(err)
			}
			is(w, v, 0)
			is(w, x, 0)
			set(w, v, 14)
			is(w, x, 14)
		})
	}
}

func TestB36_PanicAndGoexitInARule(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(0), cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int { return v.Get(r) })
	cell.Rule(w, func(tx cell.Tx) { x.Set(tx, c.Get(tx.Reader)) })
	cell.Rule(w, func(tx cell.Tx) {
		switch x.Get(tx.Reader) {
		case 13:
			panic("not an error")
		case 14:
			goexit()
		case 15:
			var none []int
			_ = none[v.Get(tx.Reader)]
		}
	}).Named("superstition")
	if p := panics(func() { w.do(func(tx cell.Tx) { v.Set(tx, 13) }) }); p != "not an error" {
		t.Error(p)
	}
	is(w, x, 0)
	exits(t, func() { w.do(func(tx cell.Tx) { v.Set(tx, 14) }) })
	is(w, x, 0)
	w.check()
	if _, bug := panics(func() { w.do(func(tx cell.Tx) { v.Set(tx, 15) }) }).(interface{ RuntimeError() }); !bug {
		t.Error("a bug did not come out as it was")
	}
	is(w, x, 0)
	err := w.Attempt(func(tx cell.Tx) error { v.Set(tx, 13); return nil })
	var pe *cell.PanicError
	if !errors.As(err, &pe) || pe.Value != "not an error" || pe.Rule != "superstition" || !strings.Contains(string(pe.Stack), "TestB36") {
		t.Error(err)
	}
	culprit, ok := cell.Culprit(err)
	if !ok {
		t.Fatal("no culprit")
	}
	culprit.Stop()
	set(w, v, 13)
	is(w, x, 13)
}

func TestB30_RetryInALaterPassGoesBackToThatPass(t *testing.T) {
	w := newWorld(t)
	v, out, two := cell.NewValue(0), cell.NewValue(0), cell.NewValue(false)
	m := cell.Maintain(w, 0, func(tx cell.Tx, prev int) int {
		w.add("from ", prev)
		if two.Get(tx.Reader) {
			prev += out.Get(tx.Reader)
		}
		return prev + v.Get(tx.Reader)
	})
	cell.Rule(w, func(tx cell.Tx) {
		if two.Get(tx.Reader) {
			out.Set(tx, 100)
		}
	})
	w.trace = nil
	w.do(func(tx cell.Tx) {
		v.Set(tx, 1)
		tx.OnCommit(func(tx cell.Tx) { v.Set(tx, 10); two.Set(tx, true) })
	})
	w.saw("from 0", "from 1", "from 1")
	is(w, m, 111)
}

func TestB30_WhatTheUndoneRunScheduledDoesNotRun(t *testing.T) {
	w := newWorld(t)
	on, out, q := cell.NewValue(false), cell.NewValue(0), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) {
		if on.Get(tx.Reader) && out.Get(tx.Reader) == 0 {
			q.Set(tx, 1)
		}
	})
	cell.Rule(w, func(tx cell.Tx) {
		if on.Get(tx.Reader) {
			out.Set(tx, 1)
		}
	})
	c := cell.Compute(func(r cell.Reader) int { w.add("computed ", q.Get(r)); return 0 })
	cell.Rule(w, func(tx cell.Tx) { w.add("rule ", q.Get(tx.Reader)) })
	cell.Observe(w, func(r cell.Reader) { c.Get(r); w.add("observer ", q.Get(r)) })
	w.trace = nil
	set(w, on, true)
	w.saw()
	is(w, q, 0)
}
