package cell_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

func TestRuleThatStopsItself(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(0), cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int { return x.Get(r) })
	var m *cell.Maintained[int]
	for _, untracked := range []bool{false, true} {
		m = cell.Maintain(w, 0, func(tx cell.Tx, _ int) int {
			w.add("run ", v.Get(tx.Reader))
			if v.Get(tx.Reader) == 1 {
				if untracked {
					tx.Untracked(func(tx cell.Tx) { m.StopIn(tx) })
				} else {
					m.StopIn(tx)
				}
			}
			return c.Get(tx.Reader) + x.Get(tx.Reader) + v.Get(tx.Reader)
		})
		w.fails(func(tx cell.Tx) { v.Set(tx, 1); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
		set(w, v, 1)
		is(w, m, 1)
		w.check()
		set(w, v, 2)
		set(w, x, 2)
		is(w, m, 1)
		w.saw("run 0", "run 1", "run 1")
		if n := cell.Sources(c); n != 0 {
			t.Error(n, "links of a computed cell that nobody reads")
		}
		set(w, m, 7) // without a rule it is a value
		is(w, m, 7)
		w.do(func(tx cell.Tx) { v.Set(tx, 0); x.Set(tx, 0) })
	}
}

func TestScopeStoppedWhileItsRuleRuns(t *testing.T) {
	w := newWorld(t)
	v, after := cell.NewValue(0), cell.NewValue(0)
	s := cell.NewScope(w)
	cell.Rule(s, func(tx cell.Tx) {
		if v.Get(tx.Reader) == 1 {
			s.StopIn(tx)
			misuse(t, func() { cell.Rule(s.In(tx), func(cell.Tx) {}) })
		}
		after.Get(tx.Reader)
		w.add("run")
	})
	cell.Observe(s, func(r cell.Reader) { v.Get(r); w.add("observer") })
	w.trace = nil
	w.fails(func(tx cell.Tx) { v.Set(tx, 1); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
	w.saw("run")
	set(w, after, 1)
	w.saw("run") // it lives
	set(w, v, 1)
	w.saw("run")
	set(w, after, 2)
	set(w, v, 2)
	w.saw()
	w.View(func(r cell.Reader) {
		if !s.Stopped(r) {
			t.Error("not stopped")
		}
	})
}

func TestRuleStopsAnotherThatIsScheduledOrHasRun(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	var rules [3]*cell.Maintained[struct{}]
	for i := range rules {
		rules[i] = cell.Rule(w, func(tx cell.Tx) {
			if v.Get(tx.Reader); v.Peek(tx.Reader) == 1 && i == 1 {
				rules[0].StopIn(tx)
				rules[2].StopIn(tx)
			}
			w.add(i)
		})
	}
	w.trace = nil
	set(w, v, 1)
	w.saw("0", "1")
	set(w, v, 2)
	w.saw("1")
}

func TestMaintainedCreatedInARuleThatIsRetried(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(1), cell.NewValue(0)
	var made []*cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		cell.Rule(tx, func(tx cell.Tx) {
			if v.Get(tx.Reader) == 0 {
				return
			}
			m := cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return v.Get(tx.Reader) + x.Get(tx.Reader) })
			m.Get(tx.Reader)
			cell.Observe(tx, func(r cell.Reader) { w.add(m.Get(r)) })
			made = append(made, m)
			x.Get(tx.Reader)
		})
		cell.Rule(tx, func(tx cell.Tx) { x.Set(tx, 10*v.Get(tx.Reader)) })
	})
	w.saw("11")
	if len(made) != 2 {
		t.Fatal(len(made), "made")
	}
	is(w, made[1], 11)
	is(w, made[0], 0) // undone
	w.check()
	made[0].Stop()
	set(w, v, 0)
	w.saw("0")
}

func TestScopeThatRulesOwn(t *testing.T) {
	// A rule that builds a part of the graph anew whenever its input changes.
	w := newWorld(t)
	n, v := cell.NewValue(2), cell.NewValue(0)
	var s *cell.Scope
	cell.Rule(w, func(tx cell.Tx) {
		if s != nil {
			s.StopIn(tx)
		}
		was := s
		tx.OnUndo(func() { s = was })
		s = cell.NewScope(tx)
		for i := range n.Get(tx.Reader) {
			cell.Observe(s.In(tx), func(r cell.Reader) { w.add(i, v.Get(r)) })
		}
	})
	w.saw("0 0", "1 0")
	w.fails(func(tx cell.Tx) { n.Set(tx, 3); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
	w.saw("0 0", "1 0", "2 0")
	set(w, v, 1)
	w.saw("0 1", "1 1")
	set(w, n, 1)
	set(w, v, 2)
	w.saw("0 1", "0 2")
}

func TestLivingInOrderAfterUndoneStops(t *testing.T) {
	w := newWorld(t)
	var os []*cell.Observer
	for i := range 5 {
		os = append(os, cell.Observe(w, func(cell.Reader) {}).Named(fmt.Sprint(i)))
	}
	_ = w.Update(func(tx cell.Tx) error {
		for _, i := range []int{3, 0, 4} {
			os[i].StopIn(tx)
		}
		return errTest
	})
	w.View(func(r cell.Reader) {
		if got := w.Living(r); !slices.Equal(got, []string{"0", "1", "2", "3", "4"}) {
			t.Error(got)
		}
	})
}

// What was stopped in vain is back in its place, in whatever order.
func TestScopesInOrderAfterUndoneStops(t *testing.T) {
	w := newWorld(t)
	var scopes []*cell.Scope
	var rules []*cell.Observer
	for i := range 4 {
		s := cell.NewScope(w)
		scopes = append(scopes, s)
		for j := range 3 {
			rules = append(rules, cell.Observe(s, func(cell.Reader) {}).Named(fmt.Sprint(i, j)))
		}
	}
	living := func() (out []string) {
		w.View(func(r cell.Reader) { out = w.Living(r) })
		return out
	}
	before := living()
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation([]int{0, 1, 2, 3}).Draw(t, "order")
		stop := func(tx cell.Tx) error {
			for _, i := range order {
				rules[3*i+order[i]%3].StopIn(tx)
				scopes[i].StopIn(tx)
				cell.Observe(cell.NewScope(tx).In(tx), func(cell.Reader) {})
			}
			return errTest
		}
		w.Update(stop)
		w.Update(func(tx cell.Tx) error { tx.Try(stop); tx.Try(stop); return nil })
		if after := living(); !slices.Equal(after, before) {
			t.Fatalf("%v, before %v", after, before)
		}
		if err := cell.Check(w.Graph); err != nil {
			t.Fatal(err)
		}
	})
}

// Each is put back in one step, also if the oldest was stopped first.
func TestManyUndoneStops(t *testing.T) {
	w := newWorld(t)
	var rules []*cell.Observer
	w.do(func(tx cell.Tx) {
		for range 100_000 {
			rules = append(rules, cell.Observe(tx, func(cell.Reader) {}))
		}
	})
	w.fails(func(tx cell.Tx) {
		for _, o := range rules {
			o.StopIn(tx)
		}
		tx.Fail(errTest)
	})
}

func TestObserverFailsAfterOneThatWasStopped(t *testing.T) {
	w := newWorld(t)
	w.fails(func(tx cell.Tx) {
		o := cell.Observe(tx, func(cell.Reader) {})
		cell.Observe(tx, func(r cell.Reader) { r.Fail(errTest) })
		o.StopIn(tx)
	})
}
