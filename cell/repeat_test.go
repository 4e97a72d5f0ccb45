package cell_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB37_TouchTellsOfAChangeInPlace(t *testing.T) {
	w := newWorld(t)
	type queue struct{ items []int }
	// Queue4 of Trellis' README: a rule that changes its value in place.
	in := cell.NewPulse(0)
	var m *cell.Maintained[*queue]
	w.do(func(tx cell.Tx) {
		m = cell.Maintain(tx, &queue{}, func(tx cell.Tx, q *queue) *queue {
			if x := in.Get(tx.Reader); x != 0 {
				n := len(q.items)
				q.items = append(q.items, x)
				tx.OnUndo(func() { q.items = q.items[:n] })
				m.Touch(tx)
			}
			return q
		})
	})
	cell.Observe(w, func(r cell.Reader) { w.add(m.Get(r).items) })
	set(w, in, 1)
	set(w, in, 2)
	w.fails(func(tx cell.Tx) { in.Set(tx, 3); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
	set(w, in, 4)
	w.saw("[]", "[1]", "[1 2]", "[1 2 3]", "[1 2 4]")

	// The other kinds, from outside.
	v := cell.NewValue(&queue{})
	f := cell.NewValueFunc(map[int]int{}, func(a, b map[int]int) bool { return fmt.Sprintf("%p", a) == fmt.Sprintf("%p", b) })
	length := cell.Compute(func(r cell.Reader) int { return len(v.Get(r).items) })
	cell.Observe(w, func(r cell.Reader) { w.add(length.Get(r), len(f.Get(r)), len(m.Get(r).items)) })
	w.trace = nil
	w.do(func(tx cell.Tx) { v.Peek(tx.Reader).items = []int{1, 2}; v.Touch(tx) })
	w.do(func(tx cell.Tx) { f.Peek(tx.Reader)[1] = 1; f.Set(tx, f.Peek(tx.Reader)); f.Touch(tx) })
	w.do(func(tx cell.Tx) { m.Touch(tx) })
	w.saw("2 0 3", "2 1 3", "[1 2 4]", "2 1 3")
}

func TestB38_RepeatShowsEveryStep(t *testing.T) {
	w := newWorld(t)
	to := cell.NewValue(1)
	m := cell.Maintain(w, 0, func(tx cell.Tx, n int) int {
		if n < to.Get(tx.Reader) {
			n++
			tx.Repeat()
			tx.Repeat() // once is enough
		}
		return n
	})
	cell.Observe(w, func(r cell.Reader) { w.add(m.Get(r)) })
	w.trace = nil
	set(w, to, 5)
	w.saw("2", "3", "4", "5")
	// If it fails all steps are undone.
	w.fails(func(tx cell.Tx) {
		to.Set(tx, 7)
		tx.OnCommit(func(tx cell.Tx) { tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
	})
	is(w, m, 5)
	w.trace = nil
	// A rule that is retried repeats once.
	late := cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) {
		w.add("run ", late.Get(tx.Reader), " pass ", tx.Pass())
		if to.Get(tx.Reader) == 20 && tx.Pass() == 1 {
			tx.Repeat()
		}
	})
	cell.Rule(w, func(tx cell.Tx) { late.Set(tx, to.Get(tx.Reader)) })
	w.trace = nil
	w.do(func(tx cell.Tx) { to.Set(tx, 20); m.Set(tx, 20) })
	w.saw("run 20 pass 1", "20", "run 20 pass 2")
}

func TestB38_RepeatOfARuleThatIsStoppedOrSet(t *testing.T) {
	w := newWorld(t)
	to := cell.NewValue(0)
	m := cell.Maintain(w, 0, func(tx cell.Tx, n int) int {
		w.add("run")
		if to.Get(tx.Reader) > 0 {
			tx.Repeat()
		}
		return n
	})
	w.trace = nil
	w.do(func(tx cell.Tx) {
		tx.OnCommit(func(tx cell.Tx) { m.Set(tx, 9) })
		to.Set(tx, 1)
	})
	w.saw("run")
	is(w, m, 9)
	w.do(func(tx cell.Tx) {
		tx.OnCommit(func(tx cell.Tx) { m.StopIn(tx) })
		to.Set(tx, 2)
	})
	w.saw("run")
}

func TestB38_RepeatForEver(t *testing.T) {
	w := newWorld(t)
	on := cell.NewValue(false)
	cell.Rule(w, func(tx cell.Tx) {
		if on.Get(tx.Reader) {
			tx.Repeat()
		}
	}).Named("treadmill")
	err := w.fails(func(tx cell.Tx) { on.Set(tx, true) })
	var ce *cell.CircularityError
	if !errors.As(err, &ce) || strings.Join(ce.Path, " ") != "treadmill" {
		t.Error(err)
	}
	is(w, on, false)
}

func TestB62_OneInputSeveralPulses(t *testing.T) {
	w := newWorld(t)
	// The LineReceiver of Trellis.
	in, line := cell.NewPulse(""), cell.NewPulse("")
	cell.Maintain(w, "", func(tx cell.Tx, rest string) string {
		rest += in.Get(tx.Reader)
		first, more, found := strings.Cut(rest, "\n")
		if !found {
			return rest
		}
		line.Set(tx, first)
		tx.Repeat()
		return more
	})
	cell.Observe(w, func(r cell.Reader) {
		if s := line.Get(r); s != "" {
			w.add(s)
		}
	})
	set(w, in, "one\ntwo\nthr")
	w.saw("one", "two")
	set(w, in, "ee\nfour\n\n\nfive\n")
	w.saw("three", "four", "five")
}

func TestB39_PollRunsWhenAnythingChanges(t *testing.T) {
	w := newWorld(t)
	a, b, bell, outside := cell.NewValue(0), cell.NewValue(0), cell.NewPulse(0), 0
	var s cell.Set[int]
	o := cell.Observe(w, func(r cell.Reader) { r.Poll(); w.add("observer ", outside) })
	m := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { tx.Poll(); w.add("rule ", outside); return outside })
	c := cell.Compute(func(r cell.Reader) int { r.Poll(); return 10 * outside })
	cell.Observe(w, func(r cell.Reader) { w.add("computed ", c.Get(r)) })
	w.saw("observer 0", "rule 0", "computed 0")
	w.do(func(tx cell.Tx) {})
	set(w, a, 0)
	w.saw() // nothing has changed
	outside = 1
	set(w, a, 1)
	w.saw("rule 1", "observer 1", "computed 10")
	outside = 2
	w.do(func(tx cell.Tx) { s.Add(tx, 1) })
	w.saw("rule 2", "observer 2", "computed 20", "rule 2", "observer 2")
	is(w, m, 2)
	// What rules write does not make it run again in that pass; each pass that
	// begins with a change does.
	cell.Rule(w, func(tx cell.Tx) { b.Set(tx, a.Get(tx.Reader)) })
	w.trace = nil
	w.do(func(tx cell.Tx) {
		a.Set(tx, 7)
		tx.OnCommit(func(tx cell.Tx) { bell.Set(tx, 1) })
	})
	w.saw("rule 2", "observer 2", "rule 2", "observer 2", "rule 2", "observer 2")
	// In each run it is asked for anew; who is stopped does not poll.
	o.Stop()
	m.Stop()
	w.trace = nil
	outside = 3
	set(w, a, 8)
	w.saw("computed 30")
	w.fails(func(tx cell.Tx) { a.Set(tx, 9); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
	w.trace = nil
	set(w, a, 10)
	is(w, c, 30)
}

func TestB39_PollOnce(t *testing.T) {
	w := newWorld(t)
	a, n := cell.NewValue(0), 0
	cell.Observe(w, func(r cell.Reader) {
		if n++; n < 3 {
			r.Poll()
		}
	})
	for i := range 5 {
		set(w, a, i+1)
	}
	if n != 3 {
		t.Error(n, "runs")
	}
}

func TestB40_WasSet(t *testing.T) {
	w := newWorld(t)
	received := cell.NewPulse(0)
	var m *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		m = cell.Maintain(tx, 0, func(tx cell.Tx, was int) int {
			if x := received.Get(tx.Reader); x != 0 {
				return x
			}
			return was
		})
	})
	cell.Rule(w, func(tx cell.Tx) {
		if m.WasSet(tx.Reader) {
			w.add("push ", m.Get(tx.Reader))
		}
	})
	cell.Observe(w, func(r cell.Reader) { w.add(m.Get(r), m.WasSet(r)) })
	w.trace = nil
	set(w, received, 5) // what was received is not pushed
	set(w, m, 6)        // what users set is
	w.saw("5 false", "push 6", "6 true")
	w.do(func(tx cell.Tx) {
		m.Set(tx, 7)
		tx.OnCommit(func(tx cell.Tx) { received.Set(tx, 8) }) // in the next pass
	})
	w.saw("push 7", "7 true", "8 false")
	c := cell.Compute(func(r cell.Reader) bool { return m.WasSet(r) })
	set(w, m, 9)
	is(w, c, false) // after the transaction
}

func TestOnlyInRules(t *testing.T) {
	w := newWorld(t)
	m := cell.Maintain(w, 0, func(tx cell.Tx, n int) int { return n })
	w.do(func(tx cell.Tx) {
		for _, use := range []func(cell.Tx){
			func(tx cell.Tx) { tx.Repeat() },
			func(tx cell.Tx) { tx.Poll() },
			func(tx cell.Tx) { m.WasSet(tx.Reader) },
		} {
			misuse(t, func() { use(tx) })
			tx.OnCommit(func(tx cell.Tx) { misuse(t, func() { use(tx) }) })
			misuse(t, func() { use(cell.Tx{}) })
		}
		var unborn cell.Maintained[int]
		misuse(t, func() { unborn.Touch(tx) })
	})
	c := cell.Compute(func(r cell.Reader) int { misuse(t, func() { cell.Tx{Reader: r}.Repeat() }); return 1 })
	is(w, c, 1)
}
