package cell_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

const s = time.Second

// timedWorld is a world with a manual clock. Its moments are told as seconds
// since the start.
type timedWorld struct {
	*world
	start cell.Moment
}

func newTimedWorld(t *testing.T) *timedWorld {
	return &timedWorld{newWorld(t, cell.WithManualClock(noon)), cell.At(noon)}
}

func (w *timedWorld) at(seconds int) cell.Moment { return w.start.Add(time.Duration(seconds) * s) }

// sec is a moment in a trace.
func (w *timedWorld) sec(m cell.Moment) string {
	if m == cell.NotYet {
		return "never"
	}
	return fmt.Sprint(m.Sub(w.start).Seconds())
}

func (w *timedWorld) advance(d time.Duration) {
	w.t.Helper()
	if err := w.Advance(d); err != nil {
		w.t.Fatal(err)
	}
	w.check()
}

// waits fails the test unless so many deadlines are waited for.
func (w *timedWorld) waits(want int) {
	w.t.Helper()
	if n := cell.Deadlines(w.Graph); n != want {
		w.t.Errorf("%d deadlines, want %d", n, want)
	}
}

func (w *timedWorld) now() (m cell.Moment) {
	w.View(func(r cell.Reader) { m = r.Now() })
	return m
}

func TestB83_AlarmFiresOnce(t *testing.T) {
	w := newTimedWorld(t)
	alarm := cell.NewValue(w.at(20))
	cell.Observe(w, func(r cell.Reader) { w.add(r.Reached(alarm.Get(r)), " at ", w.sec(r.Now())) })
	w.advance(10 * s)
	w.advance(9 * s)
	w.saw("false at 0")
	w.advance(1 * s)
	w.saw("true at 20")
	w.waits(0)
	w.advance(100 * s)
	w.saw()
	set(w.world, alarm, w.at(130))
	w.saw("false at 120")
	set(w.world, alarm, cell.NotYet)
	w.saw("false at 120")
	w.waits(0)
	w.advance(100 * s)
	w.saw()
}

func TestB83_ElapsedFollowsItsDuration(t *testing.T) {
	w := newTimedWorld(t)
	duration := cell.NewValue(20 * s)
	cell.Observe(w, func(r cell.Reader) {
		if r.Reached(w.start.Add(duration.Get(r))) {
			w.add("timed out after ", duration.Get(r))
		}
	})
	w.advance(15 * s)
	w.saw()
	set(w.world, duration, 10*s) // reached already
	w.saw("timed out after 10s")
	set(w.world, duration, 15*s)
	w.saw("timed out after 15s")
	set(w.world, duration, 20*s)
	w.saw()
	w.waits(1)
	w.advance(5 * s)
	w.saw("timed out after 20s")
}

func TestB83_IdleTimer(t *testing.T) {
	w := newTimedWorld(t)
	busy, timeout := cell.NewValue(false), cell.NewValue(20*s)
	idle := cell.Since(w, func(r cell.Reader) bool { return !busy.Get(r) })
	tooLong := cell.Compute(func(r cell.Reader) bool { return r.Reached(idle.Get(r).Add(timeout.Get(r))) })
	cell.Observe(w, func(r cell.Reader) { w.add(tooLong.Get(r), " since ", w.sec(idle.Get(r))) })
	w.saw("false since 0")
	w.advance(15 * s)
	set(w.world, busy, true)
	w.saw("false since never")
	w.waits(0)
	w.advance(30 * s)
	w.saw()
	set(w.world, busy, false)
	w.saw("false since 45")
	w.advance(10 * s)
	set(w.world, timeout, 10*s)
	w.saw("true since 45")
	set(w.world, timeout, 30*s)
	w.saw("false since 45")
	w.advance(20 * s)
	w.saw("true since 45")
	set(w.world, busy, true)
	w.saw("false since never")
}

func TestB83_BeginsWithKeepsTheFirstMoment(t *testing.T) {
	w := newTimedWorld(t)
	n := cell.NewValue(1)
	positive := cell.Since(w, func(r cell.Reader) bool { return n.Get(r) > 0 })
	is(w.world, positive, w.at(0))
	w.advance(5 * s)
	set(w.world, n, 2)
	is(w.world, positive, w.at(0))
	set(w.world, n, -1)
	is(w.world, positive, cell.NotYet)
	w.advance(5 * s)
	set(w.world, n, 1)
	is(w.world, positive, w.at(10))
	set(w.world, positive, w.at(3)) // known better, by hand
	w.advance(1 * s)
	set(w.world, n, 2)
	is(w.world, positive, w.at(3))
}

func TestB83_ElapsedInSteps(t *testing.T) {
	w := newTimedWorld(t)
	answered := cell.NewValue(cell.NotYet)
	cell.Observe(w, func(r cell.Reader) { w.add(r.Elapsed(answered.Get(r), 10*s)) })
	w.advance(7 * s)
	set(w.world, answered, w.at(9)) // still to come
	w.saw("0s", "0s")
	w.advance(11 * s)
	w.saw()
	w.advance(1 * s)
	w.saw("10s")
	w.advance(9 * s)
	w.saw()
	w.advance(35 * s) // at 63
	w.saw("50s")
	w.waits(1)
	misuse(t, func() { w.View(func(r cell.Reader) { r.Elapsed(w.start, 0) }) })
}

func TestB84_AllThatIsDueComesInOnePass(t *testing.T) {
	w := newTimedWorld(t)
	cell.Observe(w, func(r cell.Reader) {
		w.add(r.Reached(w.at(10)), r.Reached(w.at(20)), r.Reached(w.at(30)), " in pass ", r.Pass())
	})
	later := cell.NewValue(false)
	cell.Rule(w, func(tx cell.Tx) {
		if tx.Reached(w.at(20)) {
			later.Set(tx, tx.Reached(w.at(25)))
		}
	})
	cell.Observe(w, func(r cell.Reader) { w.add("25 comes with 20: ", later.Get(r), " in pass ", r.Pass()) })
	w.saw("false false false in pass 1", "25 comes with 20: false in pass 1")
	w.advance(25 * s)
	w.saw("true true false in pass 1", "25 comes with 20: true in pass 1")
}

func TestB84_RulesOfOneMomentRunInOrder(t *testing.T) {
	w := newTimedWorld(t)
	n := cell.NewValue(0)
	cell.Observe(w, func(r cell.Reader) { w.add("n=", n.Get(r)) })
	for i := range 3 {
		cell.Rule(w, func(tx cell.Tx) {
			if tx.Reached(w.at(10 - i)) {
				w.add("rule ", i)
			}
		})
	}
	cell.Rule(w, func(tx cell.Tx) {
		if tx.Reached(w.at(10)) {
			n.Set(tx, 1)
		}
	})
	w.saw("n=0")
	w.advance(10 * s)
	w.saw("rule 0", "rule 1", "rule 2", "n=1")
}

func TestB85_NextMoment(t *testing.T) {
	w := newTimedWorld(t)
	a, b := cell.NewValue(cell.NotYet), cell.NewValue(cell.NotYet)
	watch := func(c cell.Readable[cell.Moment]) *cell.Observer {
		late := cell.Compute(func(r cell.Reader) bool { return r.Reached(c.Get(r)) })
		return cell.Observe(w, func(r cell.Reader) { late.Get(r) })
	}
	oa, _ := watch(a), watch(b)
	next := cell.Observe(w, func(r cell.Reader) {
		if m := r.NextMoment(); m.Before(r.Now()) {
			t.Error("in the past")
		} else {
			w.add("next ", w.sec(m))
		}
	})
	cell.Observe(w, func(r cell.Reader) { r.NextMoment() })
	w.saw("next never")
	set(w.world, a, w.at(20))
	w.saw("next 20")
	set(w.world, b, w.at(10))
	w.saw("next 10")
	w.advance(5 * s)
	w.saw()
	w.advance(5 * s)
	w.saw("next 20")
	set(w.world, b, w.at(30))
	w.saw()
	oa.Stop()
	w.saw("next 30")
	set(w.world, b, cell.NotYet)
	w.saw("next never")
	w.fails(func(tx cell.Tx) {
		b.Set(tx, w.at(40))
		cell.Observe(tx, func(r cell.Reader) {
			if r.NextMoment() != cell.NotYet {
				r.Fail(errTest)
			}
		})
	})
	w.saw("next 40")
	set(w.world, b, w.at(40))
	w.saw("next 40")
	next.Stop()
	set(w.world, b, w.at(60))
	w.saw()
}

// Who is still interested in a moment is found in one walk, however many ways lead
// from the moment to whom.
func TestNextMomentThroughDiamonds(t *testing.T) {
	w := newTimedWorld(t)
	top := cell.Compute(func(r cell.Reader) bool { return r.Reached(w.at(20)) })
	for range 40 {
		below := top
		side := func(r cell.Reader) bool { return below.Get(r) }
		left, right := cell.Compute(side), cell.Compute(side)
		top = cell.Compute(func(r cell.Reader) bool { a, b := left.Get(r), right.Get(r); return a && b })
	}
	cell.Observe(w, func(r cell.Reader) { w.add("next ", w.sec(r.NextMoment())) })
	o := cell.Observe(w, func(r cell.Reader) { w.add(top.Get(r)) })
	w.saw("next never", "false", "next 20")
	w.do(func(tx cell.Tx) {
		o.StopIn(tx)
		w.add("then ", w.sec(tx.NextMoment()))
	})
	w.saw("then never", "next never")
}

func TestB85_StepByStep(t *testing.T) {
	w := newTimedWorld(t)
	o := cell.Observe(w, func(r cell.Reader) { w.add(r.Elapsed(w.start, 10*s)) })
	next := func() (m cell.Moment) {
		w.View(func(r cell.Reader) { m = r.NextMoment() })
		return m
	}
	for m := next(); m != cell.NotYet; m = next() {
		if err := w.AdvanceTo(m); err != nil {
			t.Fatal(err)
		}
		if len(w.trace) == 4 {
			o.Stop()
		}
	}
	w.saw("0s", "10s", "20s", "30s")
}

func TestB86_AFailingAdvanceIsUndone(t *testing.T) {
	w := newTimedWorld(t)
	broken := cell.NewValue(true)
	n := cell.NewValue(0)
	late := cell.Compute(func(r cell.Reader) bool { return r.Reached(w.at(10)) })
	cell.Observe(w, func(r cell.Reader) { w.add("late=", late.Get(r)) })
	unwatched := cell.Compute(func(r cell.Reader) bool { return r.Reached(w.at(15)) })
	cell.Rule(w, func(tx cell.Tx) {
		if tx.Reached(w.at(20)) {
			n.Set(tx, 1)
			tx.Untracked(func(tx cell.Tx) { unwatched.Get(tx.Reader) })
			if broken.Peek(tx.Reader) {
				tx.Fail(errTest)
			}
		}
	})
	w.saw("late=false")
	before := cell.Dump(w.Graph)
	for range 3 {
		if err := w.Advance(30 * s); err == nil {
			t.Fatal("did not fail")
		}
		w.check()
		w.waits(2)
		if w.now() != w.start {
			t.Error("it is", w.now())
		}
		is(w.world, late, false)
		is(w.world, unwatched, false)
		is(w.world, n, 0)
		if after := cell.Dump(w.Graph); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Error(before, after)
		}
	}
	w.saw()
	w.advance(10 * s)
	w.saw("late=true")
	set(w.world, broken, false)
	w.advance(10 * s)
	is(w.world, unwatched, true)
	is(w.world, n, 1)
	w.waits(0)
}

func TestB86_SchedulingIsUndone(t *testing.T) {
	w := newTimedWorld(t)
	m := cell.NewValue(w.at(10))
	cell.Observe(w, func(r cell.Reader) { w.add(r.Reached(m.Get(r))) })
	w.fails(func(tx cell.Tx) {
		m.Set(tx, w.at(5))
		cell.Observe(tx, func(r cell.Reader) { r.Reached(w.at(3)) })
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	w.saw("false", "false")
	w.waits(1)
	w.advance(9 * s)
	w.saw()
	w.advance(1 * s)
	w.saw("true")
}

func TestB86_RetriedRuleWaitsForWhatItSeesAtLast(t *testing.T) {
	w := newTimedWorld(t)
	v, m := cell.NewValue(0), cell.NewValue(cell.NotYet)
	since := cell.Since(w, func(r cell.Reader) bool { return m.Get(r) != cell.NotYet })
	cell.Rule(w, func(tx cell.Tx) {
		if tx.Reached(m.Get(tx.Reader)) {
			w.add("reached ", w.sec(m.Get(tx.Reader)), " with ", v.Get(tx.Reader))
		}
		v.Get(tx.Reader)
	})
	cell.Rule(w, func(tx cell.Tx) {
		if n := v.Get(tx.Reader); n > 0 {
			m.Set(tx, w.at(10*n))
		}
	})
	w.advance(1 * s)
	set(w.world, v, 1)
	w.waits(1)
	is(w.world, since, w.at(1))
	set(w.world, v, 2)
	w.waits(1)
	w.advance(10 * s)
	w.saw()
	w.advance(9 * s)
	w.saw("reached 20 with 2")
	is(w.world, since, w.at(1))
}

func TestAdvanceIsChecked(t *testing.T) {
	w := newTimedWorld(t)
	misuse(t, func() { _ = w.Advance(-1) })
	misuse(t, func() { _ = w.AdvanceTo(cell.NotYet) })
	misuse(t, func() { _ = w.AdvanceTo(w.at(-1)) })
	misuse(t, func() { _ = cell.NewGraph().Advance(1) })
	misuse(t, func() { w.do(func(tx cell.Tx) { _ = w.Advance(1) }) })
	if err := w.AdvanceTo(w.start); err != nil || w.now() != w.start {
		t.Error(err)
	}
	w.advance(1 << 62)
	w.advance(1 << 62)
	w.advance(1 << 62) // the last moment is as late as it gets
	w.advance(0)
	g := cell.NewGraph(cell.WithManualClock(time.Time{}))
	g.View(func(r cell.Reader) {
		if r.Now().Time().UTC() != time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) {
			t.Error(r.Now())
		}
	})
}

func TestTimeIsNoConstant(t *testing.T) {
	w := newTimedWorld(t)
	now := cell.Compute(func(r cell.Reader) cell.Moment { return r.Now() })
	late := cell.Compute(func(r cell.Reader) bool { return r.Reached(w.at(1)) })
	both := cell.Compute(func(r cell.Reader) string { return fmt.Sprint(w.sec(now.Get(r)), " ", late.Get(r)) })
	is(w.world, both, "0 false")
	w.advance(1 * s)
	is(w.world, both, "1 true")
	w.waits(0)
	w.advance(1 * s)
	is(w.world, both, "2 true")
}

func TestStoppedObserversWaitForNothing(t *testing.T) {
	w := newTimedWorld(t)
	scope := cell.NewScope(w)
	for i := range 1000 {
		m := w.at(i + 1)
		late := cell.Compute(func(r cell.Reader) bool { return r.Reached(m) })
		cell.Observe(scope, func(r cell.Reader) { late.Get(r) })
	}
	w.waits(1000)
	w.check()
	w.advance(500 * s)
	w.waits(500)
	scope.Stop()
	w.waits(0)
	w.check()
}

func TestManyDeadlinesComeAndGo(t *testing.T) {
	w := newTimedWorld(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	var observers []*cell.Observer
	left := map[*cell.Observer]cell.Moment{}
	for range 50 {
		w.do(func(tx cell.Tx) {
			for range 40 {
				m := tx.Now().Add(time.Duration(1+rnd.IntN(1000)) * s)
				var o *cell.Observer
				o = cell.Observe(tx, func(r cell.Reader) {
					if r.Reached(m) {
						delete(left, o)
					}
				})
				left[o] = m
				observers = append(observers, o)
			}
			for range 30 {
				i := rnd.IntN(len(observers))
				observers[i].StopIn(tx)
				delete(left, observers[i])
				observers[i] = observers[len(observers)-1]
				observers = observers[:len(observers)-1]
			}
		})
		w.advance(20 * s)
		for _, m := range left {
			if !w.now().Before(m) {
				t.Fatal("not told of", w.sec(m))
			}
		}
	}
}

// An idle timer that is set again by each event, for ever.
func TestDeadlinesThatMoveLeaveNothing(t *testing.T) {
	w := newTimedWorld(t)
	const n = 200
	var last [n]cell.Value[cell.Moment]
	for i := range last {
		cell.Observe(w, func(r cell.Reader) {
			if r.Reached(last[i].Get(r).Add(20 * s)) {
				t.Error("idle")
			}
		})
	}
	step := 0
	event := func(tx cell.Tx) error {
		for range 10 {
			last[step%n].Set(tx, tx.Now().Add(time.Duration(step)))
			step++
		}
		return nil
	}
	work := func() {
		_ = w.Update(event)
		_ = w.Advance(100 * time.Millisecond)
	}
	for range 1000 {
		work()
	}
	w.check()
	if d := cell.Deadlines(w.Graph); d > 2*n+64 {
		t.Error(d, "deadlines of", n, "timers")
	}
	if allocs := testing.AllocsPerRun(1000, func() { _ = w.Update(event) }); allocs != 0 {
		t.Error(allocs, "allocations for 10 moved deadlines")
	}
}

// A rule whose deadline comes while it is set by hand does not run, so its link
// to the deadline outlives that.
func TestRuleSetByHandWhenItsMomentComes(t *testing.T) {
	w := newTimedWorld(t)
	var m *cell.Maintained[int]
	again := cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) {
		if tx.Reached(w.at(10)) {
			m.Set(tx, 7)
		}
	})
	runs := 0
	m = cell.Maintain(w, 0, func(tx cell.Tx, n int) int {
		runs++
		if again.Get(tx.Reader); tx.Reached(w.at(10)) {
			return 1
		}
		return n
	})
	w.advance(10 * s)
	is(w.world, m, 7)
	w.waits(0)
	cell.Observe(w, func(r cell.Reader) { r.Reached(w.at(30)) })
	w.advance(10 * s)
	if runs != 1 {
		t.Error(runs, "runs")
	}
	set(w.world, again, 1)
	is(w.world, m, 1)
	w.waits(1)
}
