package cell_test

import (
	"errors"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB04_TryTakesItsCallbacksWithIt(t *testing.T) {
	w := newWorld(t)
	w.do(func(tx cell.Tx) {
		queue := func(tx cell.Tx, name string) {
			tx.OnCommit(func(cell.Tx) { w.add("callback ", name) })
			tx.AtCommit(func() { w.add("at commit ", name) })
			tx.AfterCommit(func() { w.add("after commit ", name) })
			tx.OnUndo(func() { w.add("undone ", name) })
		}
		queue(tx, "before")
		err := tx.Try(func(tx cell.Tx) error { queue(tx, "inside"); return errTest })
		if err != errTest {
			t.Error(err)
		}
		if err := tx.Try(func(tx cell.Tx) error { queue(tx, "kept"); return nil }); err != nil {
			t.Error(err)
		}
	})
	w.saw("undone inside", "callback before", "callback kept", "at commit before", "at commit kept",
		"after commit before", "after commit kept")
}

func TestB07_TryRestoresValuesLinksAndSchedule(t *testing.T) {
	w := newWorld(t)
	a, b, bell := cell.NewValue(1), cell.NewValue(1), cell.NewPulse(0)
	text := cell.NewValueFunc([]string{"old"}, func(a, b []string) bool { return len(a) == len(b) })
	set := cell.NewSet(1)
	var seq cell.List[int]
	sum := cell.Compute(func(r cell.Reader) int { w.add("sum"); return a.Get(r) + b.Get(r) })
	m := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { w.add("m"); return sum.Get(tx.Reader) })
	o := cell.Observe(w, func(r cell.Reader) { w.add("observer ", m.Get(r), bell.Get(r)) })
	w.trace = nil
	w.do(func(tx cell.Tx) {
		a.Set(tx, 2)
		err := tx.Try(func(tx cell.Tx) error {
			a.Set(tx, 3)
			b.Set(tx, 3)
			bell.Set(tx, 1)
			text.Set(tx, []string{"new"})
			set.Add(tx, 2)
			seq.Append(tx, 1)
			m.Set(tx, 100)
			o.StopIn(tx)
			sum.Get(tx.Reader)
			cell.Observe(tx, func(cell.Reader) { w.add("never") })
			return errTest
		})
		if err != errTest {
			t.Error(err)
		}
		w.add(a.Get(tx.Reader), b.Get(tx.Reader), bell.Get(tx.Reader), text.Get(tx.Reader), set.Len(tx.Reader), seq.Len(tx.Reader), m.Get(tx.Reader))
		set.Add(tx, 3, 2)
	})
	w.saw("sum", "2 1 0 [old] 1 0 2", "sum", "m", "observer 3 0")
	w.do(func(tx cell.Tx) { w.add(list(set.All(tx.Reader))) })
	w.saw("[1 3 2]") // what was added and undone has not kept a place
}

func TestB07_NestedTries(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	cell.Observe(w, func(r cell.Reader) { w.add(a.Get(r)) })
	w.do(func(tx cell.Tx) {
		a.Set(tx, 1)
		_ = tx.Try(func(tx cell.Tx) error {
			a.Set(tx, 2)
			_ = tx.Try(func(tx cell.Tx) error { a.Set(tx, 3); return nil })
			_ = tx.Try(func(tx cell.Tx) error { a.Set(tx, 4); return errTest })
			w.add("after the inner ones ", a.Get(tx.Reader))
			a.Set(tx, 5)
			return errTest
		})
		w.add("after the outer one ", a.Get(tx.Reader))
		_ = tx.Try(func(tx cell.Tx) error { a.Set(tx, 6); return nil })
		a.Set(tx, 7)
	})
	w.saw("0", "after the inner ones 3", "after the outer one 1", "7")
}

// Defect 8 of Trellis: what a failing modifier has done stays when its error is
// caught.
func TestDefect8_TryLeavesNothingHalfDone(t *testing.T) {
	for name, fail := range map[string]func(tx cell.Tx){
		"Fail":       func(tx cell.Tx) { tx.Fail(errTest) },
		"inner rule": func(tx cell.Tx) { cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { panic(errTest) }).Get(tx.Reader) },
		"computed":   func(tx cell.Tx) { cell.Compute(func(r cell.Reader) int { r.Fail(errTest); return 0 }).Get(tx.Reader) },
		"Untracked":  func(tx cell.Tx) { tx.Untracked(func(tx cell.Tx) { tx.Fail(errTest) }) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			in, a, b := cell.NewValue(0), cell.NewValue(0), cell.NewValue(0)
			half := func(tx cell.Tx, x int) error {
				return tx.Try(func(tx cell.Tx) error { a.Set(tx, x); fail(tx); b.Set(tx, x); return nil })
			}
			w.do(func(tx cell.Tx) {
				if err := half(tx, 1); !errors.Is(err, errTest) {
					t.Error(err)
				}
			})
			is(w, a, 0)
			cell.Rule(w, func(tx cell.Tx) {
				if err := half(tx, in.Get(tx.Reader)); !errors.Is(err, errTest) {
					t.Error(err)
				}
				b.Set(tx, 10*in.Get(tx.Reader))
			})
			set(w, in, 3)
			is(w, a, 0)
			is(w, b, 30)
		})
	}
}

func TestTryReturnsAConflict(t *testing.T) {
	w := newWorld(t)
	in, x, lost := cell.NewValue(0), cell.NewValue(0), cell.NewValue("")
	cell.Rule(w, func(tx cell.Tx) { x.Set(tx, in.Get(tx.Reader)) }).Named("one")
	cell.Rule(w, func(tx cell.Tx) {
		n := in.Get(tx.Reader)
		err := tx.Try(func(tx cell.Tx) error { x.Set(tx, n%10); return nil })
		var ce *cell.ConflictError
		if errors.As(err, &ce) {
			lost.Set(tx, ce.Writers[0])
		} else {
			lost.Set(tx, "")
		}
	}).Named("two")
	set(w, in, 12)
	is(w, x, 12)
	is(w, lost, "one")
	set(w, in, 3)
	is(w, lost, "")
}

func TestTryPassesOnWhatUpdateWould(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	if p := panics(func() {
		w.do(func(tx cell.Tx) { _ = tx.Try(func(tx cell.Tx) error { a.Set(tx, 1); panic("words") }) })
	}); p != "words" {
		t.Error(p)
	}
	exits(t, func() {
		w.do(func(tx cell.Tx) { _ = tx.Try(func(tx cell.Tx) error { a.Set(tx, 1); goexit(); return nil }) })
	})
	var c *cell.Computed[int]
	c = cell.Compute(func(r cell.Reader) int { return c.Get(r) })
	var ce *cell.CircularityError
	err := w.fails(func(tx cell.Tx) { _ = tx.Try(func(tx cell.Tx) error { c.Get(tx.Reader); return nil }) })
	if !errors.As(err, &ce) {
		t.Error(err)
	}
	exits(t, func() {
		w.do(func(tx cell.Tx) {
			_ = tx.Try(func(tx cell.Tx) error { tx.OnUndo(goexit); a.Set(tx, 1); return errTest })
		})
	})
	is(w, a, 0)
	w.check()
}

func TestTryAndHandles(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	w.do(func(tx cell.Tx) {
		var inner cell.Tx
		_ = tx.Try(func(in cell.Tx) error {
			inner = in
			misuse(t, func() { a.Set(tx, 1) })
			misuse(t, func() { _ = tx.Try(func(cell.Tx) error { return nil }) })
			return nil
		})
		misuse(t, func() { a.Set(inner, 1) })
		a.Set(tx, 2)
	})
	is(w, a, 2)
	c := cell.Compute(func(r cell.Reader) int {
		misuse(t, func() { _ = cell.Tx{Reader: r}.Try(func(cell.Tx) error { return nil }) })
		return a.Get(r)
	})
	is(w, c, 2)
}

// What a rule has read in a Try that failed stays its input, through what was
// undone.
func TestFailedTryKeepsItsInputs(t *testing.T) {
	w := newWorld(t)
	flag, a, result := cell.NewValue(false), cell.NewValue(1), cell.NewValue("")
	b := cell.NewValue(1)
	c := cell.Compute(func(r cell.Reader) int {
		if flag.Get(r) {
			return a.Get(r)
		}
		return 0
	})
	tries := cell.Rule(w, func(tx cell.Tx) {
		w.add("run")
		err := tx.Try(func(tx cell.Tx) error {
			flag.Set(tx, true)
			m := cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return b.Get(tx.Reader) })
			if c.Get(tx.Reader) > 10 || m.Get(tx.Reader) > 10 {
				return errTest
			}
			return errors.New("small")
		})
		result.Set(tx, err.Error())
	})
	is(w, result, "small")
	w.saw("run")
	if got := cell.Sources(tries); got != 4 { // flag, the Maintained made, and through it and c: a and b
		t.Error(got, "links")
	}
	set(w, a, 11)
	is(w, result, "test")
	set(w, a, 1)
	is(w, result, "small")
	set(w, b, 11)
	is(w, result, "test")
	w.saw("run", "run", "run")
	is(w, flag, false)
	// What was read before the Try and after it, too, and nothing twice.
	x, y := cell.NewValue(0), cell.NewValue(0)
	rule := cell.Rule(w, func(tx cell.Tx) {
		w.add("sum ", x.Get(tx.Reader)+y.Get(tx.Reader))
		for range 2 {
			_ = tx.Try(func(tx cell.Tx) error { y.Get(tx.Reader); a.Get(tx.Reader); x.Get(tx.Reader); return errTest })
		}
		y.Get(tx.Reader)
		b.Get(tx.Reader)
		x.Get(tx.Reader)
	})
	w.trace = nil
	for n := range 3 {
		set(w, y, 10*n+1)
		set(w, x, n+1)
		if got := cell.Sources(rule); got != 4 {
			t.Error(got, "links")
		}
	}
	w.saw("sum 1", "sum 2", "sum 12", "sum 13", "sum 23", "sum 24")
}

func TestFailedTryOfARuleThatStopsItself(t *testing.T) {
	w := newWorld(t)
	a := cell.NewValue(0)
	var m *cell.Maintained[struct{}]
	w.do(func(tx cell.Tx) {
		m = cell.Rule(tx, func(tx cell.Tx) {
			w.add("run ", a.Get(tx.Reader))
			_ = tx.Try(func(tx cell.Tx) error { m.StopIn(tx); a.Get(tx.Reader); return errTest })
		})
	})
	set(w, a, 1)
	set(w, a, 2)
	w.saw("run 0", "run 1", "run 2")
}

// A rule that has read what another one only tries to write is not run again.
func TestFailedTryRetriesNobody(t *testing.T) {
	w := newWorld(t)
	in, x := cell.NewValue(0), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) { in.Get(tx.Reader); w.add("reader ", x.Get(tx.Reader)) })
	cell.Rule(w, func(tx cell.Tx) {
		n := in.Get(tx.Reader)
		for range 20 {
			_ = tx.Try(func(tx cell.Tx) error { x.Set(tx, n); return errTest })
		}
	})
	w.trace = nil
	set(w, in, 1)
	set(w, in, 2)
	w.saw("reader 0", "reader 0")
}

// What a rule made out of date before a Try is as it was after it.
func TestTryOfARuleThatReadsWhatItWrites(t *testing.T) {
	w := newWorld(t)
	in, v, out := cell.NewValue(0), cell.NewValue(0), cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int { return 10 * v.Get(r) })
	cell.Rule(w, func(tx cell.Tx) {
		w.add("run")
		v.Set(tx, in.Get(tx.Reader))
		_ = tx.Try(func(tx cell.Tx) error {
			c.Get(tx.Reader)
			cell.Rule(tx, func(tx cell.Tx) { v.Set(tx, in.Peek(tx.Reader)); c.Peek(tx.Reader) }).Get(tx.Reader)
			return errTest
		})
		_ = tx.Try(func(tx cell.Tx) error { v.Set(tx, -1); return errTest })
		out.Set(tx, c.Get(tx.Reader))
	})
	cell.Observe(w, func(r cell.Reader) { w.add(c.Get(r), out.Get(r)) })
	for n := range 3 {
		set(w, in, n+1)
	}
	w.saw("run", "0 0", "run", "10 10", "run", "20 20", "run", "30 30")
}

func TestTryInACallbackThatPulses(t *testing.T) {
	w := newWorld(t)
	p := cell.NewPulse(0)
	var s cell.Set[int]
	cell.Observe(w, func(r cell.Reader) { w.add(p.Get(r), " in pass ", r.Pass()) })
	cell.Observe(w, func(r cell.Reader) { w.add(list(s.Added(r)), " in pass ", r.Pass()) })
	w.trace = nil
	w.do(func(tx cell.Tx) {
		p.Set(tx, 5)
		s.Add(tx, 1)
		tx.OnCommit(func(tx cell.Tx) {
			_ = tx.Try(func(tx cell.Tx) error { p.Set(tx, 6); s.Add(tx, 2); return errTest })
		})
	})
	w.saw("5 in pass 1", "[1] in pass 1", "0 in pass 2", "[] in pass 2")
}

func TestTryWhileIterating(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(1, 2)
	w.do(func(tx cell.Tx) {
		for x := range s.All(tx.Reader) {
			_ = tx.Try(func(tx cell.Tx) error { s.Add(tx, 10*x, 100*x); return errTest })
		}
		_ = tx.Try(func(tx cell.Tx) error {
			s.Add(tx, 3)
			for range s.Added(tx.Reader) {
				_ = tx.Try(func(tx cell.Tx) error { s.Add(tx, 4, 5); return errTest })
			}
			return errTest
		})
		w.add(list(s.All(tx.Reader)), " ", list(s.Added(tx.Reader)))
	})
	w.saw("[1 2] []")
}

func TestEqualValueStoredByARetriedRuleIsUndone(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValueFunc([]int{0}, func(a, b []int) bool { return len(a) == len(b) })
	w.do(func(tx cell.Tx) {
		v.Set(tx, []int{1})
		_ = tx.Try(func(tx cell.Tx) error { v.Set(tx, []int{2}); return errTest })
	})
	if got := cell.Read(w.Graph, v)[0]; got != 1 {
		t.Error(got)
	}
}

func TestTryReturnsTheErrorOfFailAsItIs(t *testing.T) {
	w := newWorld(t)
	inner := &cell.RuleError{Rule: "another graph's", Err: errTest}
	fail := func(tx cell.Tx) error { tx.Fail(inner); return nil }
	w.do(func(tx cell.Tx) {
		if err := tx.Try(fail); err != error(inner) {
			t.Errorf("outside rules: %#v", err)
		}
		cell.Rule(tx, func(tx cell.Tx) {
			if err := tx.Try(fail); err != error(inner) {
				t.Errorf("in a rule: %#v", err)
			}
		})
	})
}
