package cell_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

// realWorld is a world with a real clock, inside a bubble of synctest, and a
// trace that is written after commits.
type realWorld struct {
	*world
	began time.Time
	mu    sync.Mutex
	lines []string
	errs  []error

	sorted bool // noted is to be in alphabetical order
}

// inBubble runs fn where time passes only when all goroutines wait for it.
func inBubble(t *testing.T, fn func(t *testing.T, w *realWorld)) {
	synctest.Test(t, func(t *testing.T) {
		w := &realWorld{began: time.Now()}
		w.world = newWorld(t, cell.WithErrorHandler(func(err error) {
			w.note(err)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.errs = append(w.errs, err)
		}))
		fn(t, w)
		synctest.Wait()
		w.check()
	})
}

func (w *realWorld) at(seconds int) cell.Moment {
	return cell.At(w.began).Add(time.Duration(seconds) * s)
}

// note adds a line with the time.
func (w *realWorld) note(what ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, fmt.Sprint(time.Since(w.began).Seconds(), ": ", fmt.Sprint(what...)))
}

func (w *realWorld) noted(want ...string) {
	w.t.Helper()
	synctest.Wait()
	w.mu.Lock()
	w.trace, w.lines = w.lines, nil
	if w.sorted {
		slices.Sort(w.trace)
	}
	w.mu.Unlock()
	w.saw(want...)
	w.check()
}

// forget forgets what was noted.
func (w *realWorld) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = nil
}

// effect notes what fn says, after the commit.
func (w *realWorld) effect(o cell.Owner, fn func(r cell.Reader) string) *cell.Observer {
	return cell.Effect(o, func(r cell.Reader) func() {
		what := fn(r)
		return func() { w.note(what) }
	})
}

// reported returns the errors that the handler was given.
func (w *realWorld) reported() []error {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.errs
}

func (w *realWorld) armed(want bool) {
	w.t.Helper()
	if cell.Armed(w.Graph) != want {
		w.t.Errorf("armed: %v", !want)
	}
}

func TestRealClock_TellsOfMoments(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		w.effect(w, func(r cell.Reader) string {
			return fmt.Sprint(r.Reached(w.at(10)), r.Reached(w.at(20)), " now ", r.Now().Sub(w.at(0)))
		})
		w.armed(true)
		time.Sleep(time.Hour)
		w.noted("0: false false now 0s", "10: true false now 10s", "20: true true now 20s")
		w.armed(false)
	})
}

func TestRealClock_StopsWithTheLastInterest(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		m := cell.NewValue(w.at(10))
		o := w.effect(w, func(r cell.Reader) string { return fmt.Sprint(r.Reached(m.Get(r))) })
		time.Sleep(5 * s)
		set(w.world, m, w.at(30)) // later
		set(w.world, m, cell.NotYet)
		w.armed(false)
		set(w.world, m, w.at(20))
		w.armed(true)
		o.Stop()
		w.armed(false)
		time.Sleep(time.Hour)
		w.noted("0: false", "5: false", "5: false", "5: false")
	})
}

func TestRealClock_WaitForAMoment(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		late := cell.Compute(func(r cell.Reader) bool { return r.Reached(w.at(10)) })
		if err := cell.Wait(t.Context(), w.Graph, func(r cell.Reader) bool { return late.Get(r) }); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*s)
		defer cancel()
		if err := cell.Wait(ctx, w.Graph, func(r cell.Reader) bool { return r.Reached(w.at(20)) }); err != context.DeadlineExceeded {
			t.Error(err)
		}
		w.note("given up")
		w.armed(false)
		w.noted("15: given up")
	})
}

func TestRealClock_ReadsOutsideAreOfNow(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		late := cell.Compute(func(r cell.Reader) bool { return r.Reached(w.at(10)) })
		is(w.world, late, false)
		time.Sleep(10 * s)
		is(w.world, late, true) // nobody observes it
		w.armed(false)
		w.View(func(r cell.Reader) {
			if r.Now() != w.at(10) {
				t.Error(r.Now())
			}
			time.Sleep(s)
			if r.Now() != w.at(10) {
				t.Error("now has moved during a View")
			}
		})
		w.do(func(tx cell.Tx) {
			before := tx.Now()
			time.Sleep(s)
			cell.Observe(tx, func(r cell.Reader) {
				if r.Now() != before || before != w.at(11) {
					t.Error("now has moved during a transaction")
				}
			})
		})
	})
}

// Until the clock has told of a moment, nobody sees a time after it.
func TestRealClock_NobodyIsAheadOfIt(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		late := cell.Compute(func(r cell.Reader) bool { return r.Reached(w.at(10)) })
		w.effect(w, func(r cell.Reader) string { return fmt.Sprint("late=", late.Get(r)) })
		look := func(r cell.Reader, want bool) {
			t.Helper()
			if late.Get(r) != want || r.Reached(w.at(10)) != want || r.Now().Before(w.at(10)) == want || r.NextMoment().Before(r.Now()) {
				t.Error(late.Get(r), r.Reached(w.at(10)), r.Now(), r.NextMoment())
			}
		}
		both := func(want bool) {
			t.Helper()
			w.View(func(r cell.Reader) { look(r, want) })
			w.do(func(tx cell.Tx) { look(tx.Reader, want) })
		}
		cell.LeapAhead(w.Graph, 20*s) // the timer is late
		both(false)
		cell.Wake(w.Graph)
		both(true)
		w.armed(false)
		w.noted("0: late=false", "0: late=true")
	})
}

func TestRealClock_FailuresAreReportedAndTriedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		broken := cell.NewValue(true)
		for i := range 4 {
			w.effect(w, func(r cell.Reader) string {
				return fmt.Sprint(i, " reached: ", r.Reached(w.at(10).Add(time.Duration(i))))
			})
		}
		cell.Rule(w, func(tx cell.Tx) {
			if tx.Reached(w.at(10).Add(2)) && broken.Peek(tx.Reader) {
				tx.Fail(errTest)
			}
		}).Named("bad")
		w.noted("0: 0 reached: false", "0: 1 reached: false", "0: 2 reached: false", "0: 3 reached: false")
		time.Sleep(10*s - 1)
		cell.LeapAhead(w.Graph, 6) // so that they are due together
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		// The others have been told, one by one.
		at := func(m int) string { return w.at(m).Add(2).String() }
		const each = "cell: at %v: cell: bad: test"
		w.sorted = true // the report need not be before what is told next
		w.noted("10: 0 reached: true", "10: 1 reached: true", "10: 3 reached: true", "10: "+fmt.Sprintf(each, at(10)))
		var ce *cell.ClockError
		if err := w.reported()[0]; !errors.As(err, &ce) || !errors.Is(err, errTest) || ce.At != w.at(10).Add(2) || ce.Retry != w.at(11).Add(6) {
			t.Errorf("%#v", ce)
		}
		if stopper, ok := cell.Culprit(w.reported()[0]); !ok || stopper == nil {
			t.Error("no culprit")
		}
		// Each time after as long as it is late, or a minute.
		time.Sleep(200 * s)
		synctest.Wait()
		var late []time.Duration
		for _, err := range w.reported() {
			errors.As(err, &ce)
			late = append(late, ce.Retry.Sub(ce.At).Round(s))
		}
		if want := "[1s 2s 4s 8s 16s 32s 1m4s 2m4s 3m4s 4m4s]"; fmt.Sprint(late) != want {
			t.Error(late, "want", want)
		}
		w.forget()
		set(w.world, broken, false)
		time.Sleep(60 * s)
		w.noted("254.000000252: 2 reached: true")
		w.armed(false)
	})
}

// A rule that fails because of the time fails nobody else.
func TestRealClock_FailuresStayWithTheClock(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		n := cell.NewValue(0)
		o := cell.Observe(w, func(r cell.Reader) {
			if r.Reached(w.at(10)) {
				r.Fail(errTest)
			}
		})
		time.Sleep(15*s + 1)
		for i := range 5 {
			set(w.world, n, i+1)
			w.do(func(tx cell.Tx) {
				if tx.Now() != w.at(15+i).Add(1) {
					t.Error("time stands still:", tx.Now())
				}
			})
			time.Sleep(s)
		}
		synctest.Wait()
		if len(w.reported()) != 5 { // at 10, 11, 12, 14, 18
			t.Error(w.reported())
		}
		o.Stop()
		w.armed(false)
		w.forget()
	})
}

func TestRealClock_HandlerMayStopTheCulprit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w *world
		reports := 0
		w = newWorld(t, cell.WithErrorHandler(func(err error) {
			reports++
			if bad, ok := cell.Culprit(err); ok {
				bad.Stop()
			}
		}))
		cell.Rule(w, func(tx cell.Tx) {
			if tx.Elapsed(cell.At(time.Now()), s) == 0 && tx.Transaction() > 2 {
				panic("oh")
			}
		})
		time.Sleep(time.Hour)
		synctest.Wait()
		if reports != 1 || cell.Armed(w.Graph) {
			t.Error(reports, "reports")
		}
	})
}

func TestRealClock_PanicsAndGoexit(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		how := cell.NewValue(0)
		failing := cell.Observe(w, func(r cell.Reader) {
			how := how.Peek(r)
			if r.Reached(w.at(10)) {
				switch how {
				case 0:
					panic("oh")
				case 1:
					goexit()
				case 2:
					var v *cell.Value[int]
					v.Get(r)
				}
			}
		})
		cell.Observe(w, func(r cell.Reader) { r.Reached(w.at(10).Add(1)) })
		cell.LeapAhead(w.Graph, 5)
		synctest.Wait()
		for i := range 3 {
			time.Sleep(time.Minute)
			synctest.Wait()
			last := w.reported()[len(w.reported())-1]
			var pe *cell.PanicError
			var re runtime.Error
			switch i {
			case 0:
				if !errors.As(last, &pe) || pe.Value != "oh" {
					t.Errorf("%#v", last)
				}
			case 1:
				if !errors.Is(last, cell.ErrGoexit) {
					t.Errorf("%#v", last)
				}
			case 2:
				if !errors.As(last, &pe) || !errors.As(last, &re) {
					t.Errorf("%#v", last)
				}
			}
			set(w.world, how, i+1)
		}
		failing.Stop()
		w.forget()
	})
}

func TestRealClock_EffectsThatFail(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		cell.Effect(w, func(r cell.Reader) func() {
			switch {
			case r.Reached(w.at(20)):
				return goexit
			case r.Reached(w.at(10)):
				return func() { panic("oh") }
			}
			return nil
		})
		w.effect(w, func(r cell.Reader) string { return fmt.Sprint(r.Reached(w.at(10)), r.Reached(w.at(20))) })
		time.Sleep(time.Hour)
		synctest.Wait()
		var ce *cell.ClockError
		var ee *cell.EffectError
		if len(w.reported()) != 2 || !errors.As(w.reported()[0], &ce) || ce.Retry != cell.NotYet || !errors.As(ce, &ee) {
			t.Fatal(w.reported())
		}
		if !errors.As(w.reported()[1], &ce) || ce.Retry != cell.NotYet || !errors.Is(ce, cell.ErrGoexit) {
			t.Fatal(w.reported())
		}
		w.armed(false)
		w.forget()
	})
}

// An effect that takes long does not hold up the clock.
func TestRealClock_GoesOnDuringAnEffect(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		cell.Effect(w, func(r cell.Reader) func() {
			if r.Reached(w.at(10)) {
				return func() { time.Sleep(100 * s); w.note("slow") }
			}
			return nil
		})
		cell.Observe(w, func(r cell.Reader) {
			if r.Reached(w.at(20)) {
				w.note("next")
			}
		})
		time.Sleep(time.Hour)
		w.noted("20: next", "110: slow")
	})
}

// Nobody takes what rules have for a full subscription; time goes on.
func TestRealClock_DoesNotWaitForConsumers(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		var p pipe.Pipe[time.Duration]
		sub := pipe.Subscribe(context.Background(), w, &p, pipe.Wait(1))
		ticks := cell.Rule(w, func(tx cell.Tx) { p.Append(tx, tx.Elapsed(w.at(0), s)) })
		time.Sleep(10*s + s/2)
		ticks.Stop()
		synctest.Wait() // if a goroutine were left the bubble could not end
		if n := sub.Len(); n != 11 {
			t.Error(n, "items")
		}
	})
}

func TestRealClock_LogsWithoutAHandler(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		began := cell.At(time.Now())
		o := cell.Observe(w, func(r cell.Reader) {
			if r.Reached(began.Add(s)) {
				r.Fail(errTest)
			}
		}).Named("bad")
		time.Sleep(s)
		synctest.Wait()
		o.Stop()
	})
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "bad: test") || !strings.Contains(got, "retry=2000-01-01T00:00:02Z") {
		t.Error(got)
	}
}

func TestRealClock_ManyGoroutines(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		var timeout, fired cell.Value[time.Duration]
		set(w.world, &timeout, 5*s)
		var last cell.Value[cell.Moment]
		cell.Rule(w, func(tx cell.Tx) {
			if tx.Reached(last.Get(tx.Reader).Add(timeout.Get(tx.Reader))) {
				fired.Set(tx, tx.Now().Sub(w.at(0)))
			}
		})
		var done sync.WaitGroup
		for i := range 8 {
			done.Go(func() {
				for range 100 {
					w.do(func(tx cell.Tx) { last.Set(tx, tx.Now()) })
					time.Sleep(time.Duration(i+1) * s)
				}
			})
		}
		done.Wait()
		time.Sleep(time.Hour)
		synctest.Wait()
		is(w.world, &fired, 797*s) // the slowest one was last seen after 792 s
	})
}
