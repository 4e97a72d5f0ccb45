package cell_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// clockModel is a graph of timers and, beside it, what they should show.
type clockModel struct {
	t      *rapid.T
	g      *cell.Graph
	timers []*timerModel
	broken cell.Value[int] // the timer with this number fails when it is reached
	next   cell.Moment     // as an observer sees it
	now    cell.Moment
}

// timerModel is true when its moment and its duration are over, and flag has been
// true for the duration.
type timerModel struct {
	begin    cell.Value[cell.Moment]
	duration cell.Value[time.Duration]
	flag     cell.Value[bool]
	since    *cell.Maintained[cell.Moment]
	reached  *cell.Computed[bool]
	observer *cell.Observer

	timerState
	want []bool
}

// timerState is the model of a timer.
type timerState struct {
	mBegin, mSince cell.Moment
	mDuration      time.Duration
	mFlag          bool
	seen           []bool // by the observer
}

// states returns those of all timers, to restore them.
func (m *clockModel) states() (all []timerState) {
	for _, x := range m.timers {
		all = append(all, x.timerState)
	}
	return all
}

var errBroken = errors.New("broken")

func (m *clockModel) add(tx cell.Tx) *timerModel {
	x := &timerModel{}
	number := len(m.timers) + 1
	x.since = cell.Since(tx, func(r cell.Reader) bool { return x.flag.Get(r) })
	x.reached = cell.Compute(func(r cell.Reader) bool {
		d := x.duration.Get(r)
		return r.Reached(x.begin.Get(r).Add(d)) && r.Reached(x.since.Get(r).Add(d))
	})
	x.observer = cell.Observe(tx, func(r cell.Reader) {
		now := x.reached.Get(r)
		if now && m.broken.Get(r) == number {
			r.Fail(errBroken)
		}
		if n := len(x.seen); n == 0 || x.seen[n-1] != now {
			x.seen = append(x.seen, now)
		}
	})
	return x
}

// is is what the model says.
func (x *timerModel) is(now cell.Moment) bool {
	m := x.mBegin
	if m.Before(x.mSince) {
		m = x.mSince
	}
	return !now.Before(m.Add(x.mDuration)) && x.mBegin != cell.NotYet && x.mSince != cell.NotYet
}

// due is when that may change.
func (x *timerModel) due(now cell.Moment) cell.Moment {
	for _, m := range []cell.Moment{x.mBegin.Add(x.mDuration), x.mSince.Add(x.mDuration)} {
		if m == cell.NotYet || now.Before(m) {
			return m
		}
	}
	return cell.NotYet
}

// expect compares everything.
func (m *clockModel) expect() {
	t := m.t
	if err := cell.Check(m.g); err != nil {
		t.Fatal(err)
	}
	next := cell.NotYet
	for i, x := range m.timers {
		if is := x.is(m.now); len(x.want) == 0 || x.want[len(x.want)-1] != is {
			x.want = append(x.want, is)
		}
		if x.observer == nil {
			x.seen = x.want // nobody looks
		}
		if len(x.seen) != len(x.want) || x.seen[len(x.seen)-1] != x.want[len(x.want)-1] {
			t.Fatalf("timer %d has shown %v, want %v", i+1, x.seen, x.want)
		}
		if got := cell.Read(m.g, x.reached); got != x.is(m.now) {
			t.Fatalf("timer %d is %v", i+1, got)
		}
		if got := cell.Read(m.g, x.since); got != x.mSince {
			t.Fatalf("timer %d since %v, want %v", i+1, got, x.mSince)
		}
		if due := x.due(m.now); x.observer != nil && due.Before(next) {
			next = due
		}
	}
	m.g.View(func(r cell.Reader) {
		if r.Now() != m.now || r.NextMoment() != next || m.next != next {
			t.Fatalf("now is %v, want %v; next is %v and was shown as %v, want %v", r.Now(), m.now, r.NextMoment(), m.next, next)
		}
	})
}

func TestClockModel(t *testing.T) {
	start := cell.At(noon)
	moments := rapid.Custom(func(t *rapid.T) cell.Moment {
		if rapid.IntRange(0, 4).Draw(t, "never") == 0 {
			return cell.NotYet
		}
		return start.Add(time.Duration(rapid.IntRange(-5, 40).Draw(t, "moment")))
	})
	durations := rapid.Custom(func(t *rapid.T) time.Duration { return time.Duration(rapid.IntRange(-2, 12).Draw(t, "duration")) })
	rapid.Check(t, func(t *rapid.T) {
		m := &clockModel{t: t, g: cell.NewGraph(cell.WithManualClock(noon)), now: start}
		cell.Observe(m.g, func(r cell.Reader) { m.next = r.NextMoment() })
		t.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) { m.expect() },
			"add": func(t *rapid.T) {
				if len(m.timers) == 6 {
					return
				}
				var x *timerModel
				if err := m.g.Update(func(tx cell.Tx) error { x = m.add(tx); return nil }); err == nil {
					m.timers = append(m.timers, x)
				} else {
					m.undo(err, nil)
				}
			},
			"add and fail": func(t *rapid.T) {
				err := m.g.Update(func(tx cell.Tx) error {
					x := m.add(tx)
					x.flag.Set(tx, true)
					x.begin.Set(tx, moments.Draw(t, "begin"))
					tx.OnCommit(func(tx cell.Tx) { x.duration.Set(tx, 1); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
					return nil
				})
				m.undo(err, nil)
			},
			"stop": func(t *rapid.T) {
				if len(m.timers) > 0 {
					if x := rapid.SampledFrom(m.timers).Draw(t, "timer"); x.observer != nil {
						x.observer.Stop()
						x.observer = nil
					}
				}
			},
			"set": func(t *rapid.T) {
				if len(m.timers) == 0 {
					return
				}
				before := m.states()
				fail := rapid.IntRange(0, 2).Draw(t, "fail")
				err := m.g.Update(func(tx cell.Tx) error {
					for range rapid.IntRange(1, 4).Draw(t, "changes") {
						x := rapid.SampledFrom(m.timers).Draw(t, "timer")
						x.mBegin, x.mDuration, x.mFlag = moments.Draw(t, "begin"), durations.Draw(t, "d"), rapid.Bool().Draw(t, "flag")
						x.begin.Set(tx, x.mBegin)
						x.duration.Set(tx, x.mDuration)
						x.flag.Set(tx, x.mFlag)
					}
					if fail == 0 {
						return errTest
					}
					if fail == 1 && rapid.IntRange(0, 3).Draw(t, "late") == 0 {
						tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
					}
					return nil
				})
				for _, x := range m.timers {
					if !x.mFlag {
						x.mSince = cell.NotYet
					} else if x.mSince == cell.NotYet {
						x.mSince = m.now
					}
				}
				m.undo(err, before)
			},
			"break": func(t *rapid.T) {
				n := rapid.IntRange(0, 6).Draw(t, "number")
				_ = m.g.Update(func(tx cell.Tx) error { m.broken.Set(tx, n); return nil })
			},
			"advance": func(t *rapid.T) {
				d := time.Duration(rapid.IntRange(0, 15).Draw(t, "by"))
				before, now := m.states(), m.now
				m.now = m.now.Add(d)
				if err := m.g.Advance(d); err != nil {
					m.now = now
					m.undo(err, before)
				}
			},
		})
	})
}

// undo restores the model, and what observers cannot, after an error.
func (m *clockModel) undo(err error, before []timerState) {
	if err == nil {
		return
	}
	if !errors.Is(err, errTest) && !errors.Is(err, errBroken) {
		m.t.Fatal(err)
	}
	for i, x := range m.timers[:len(before)] {
		x.timerState = before[i]
	}
	m.g.View(func(r cell.Reader) { m.next = r.NextMoment() }) // the observer's own memory is not undone
}
