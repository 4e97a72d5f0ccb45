package cell_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
)

// blocker is an effect that blocks until it is let go.
type blocker struct{ begun, leave chan struct{} }

func newBlocker() blocker { return blocker{make(chan struct{}, 1), make(chan struct{})} }

func (b blocker) block() { b.begun <- struct{}{}; <-b.leave }

// blocking is the first half of an effect that blocks when c is x.
func (b blocker) when(c cell.Readable[int], x int) func(cell.Reader) func() {
	return func(r cell.Reader) func() {
		if c.Get(r) == x {
			return b.block
		}
		return nil
	}
}

func TestLane_BlockingEffectHoldsUpNobody(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(0)
	slow, other := cell.NewLane(w, nil), cell.NewLane(w, nil)
	b := newBlocker()
	var late []int
	cell.Effect(slow, b.when(n, 1))
	cell.Effect(slow, func(r cell.Reader) func() {
		x := n.Get(r)
		return func() { late = append(late, x) }
	})
	elsewhere := make(chan int, 10)
	cell.Effect(other, func(r cell.Reader) func() {
		x := n.Get(r)
		return func() { elsewhere <- x }
	})
	cell.Effect(w, func(r cell.Reader) func() {
		x := n.Get(r)
		return func() { w.add(x) }
	})
	for i := range 3 {
		set(w, n, i+1)
	}
	<-b.begun
	w.saw("0", "1", "2", "3") // before Update returned
	for i := range 4 {
		if x := <-elsewhere; x != i {
			t.Error(x)
		}
	}
	if got := slow.Backlog(); got != 3 {
		t.Errorf("%d effects are waiting", got)
	}
	close(b.leave)
	if err := slow.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	if !slices.Equal(late, []int{0, 1, 2, 3}) || slow.Backlog() != 0 {
		t.Error(late, slow.Backlog())
	}
	if err := other.Flush(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLane_CommitOrder(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(0)
	var lanes [2]*cell.Lane
	var got [2][]string // no lock: a lane runs one at a time
	for i := range lanes {
		lanes[i] = cell.NewLane(w, nil)
		cell.Effect(cell.NewScope(lanes[i]), func(r cell.Reader) func() {
			x := n.Get(r)
			return func() { got[i] = append(got[i], fmt.Sprint("effect ", x)) }
		})
		cell.Rule(lanes[i], func(tx cell.Tx) {
			x := n.Get(tx.Reader)
			tx.AfterCommit(func() { got[i] = append(got[i], fmt.Sprint("rule ", x)) })
			tx.OnCommit(func(tx cell.Tx) {
				tx.AfterCommit(func() { got[i] = append(got[i], fmt.Sprint("callback ", x)) })
			})
		})
	}
	var wg sync.WaitGroup
	const workers, each = 8, 50
	for range workers {
		wg.Go(func() {
			for range each {
				w.do(func(tx cell.Tx) { n.Set(tx, n.Get(tx.Reader)+1) })
				_ = w.Update(func(tx cell.Tx) error { n.Set(tx, -1); return errTest })
			}
		})
	}
	wg.Wait()
	for i, l := range lanes {
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{"effect 0", "rule 0", "callback 0"} // in the order of their creation
		for x := 1; x <= workers*each; x++ {
			want = append(want, fmt.Sprint("rule ", x), fmt.Sprint("effect ", x), fmt.Sprint("callback ", x))
		}
		if diff := cmp.Diff(want, got[i]); diff != "" {
			t.Errorf("lane %d: %s", i, diff)
		}
	}
}

// failures collects what a lane reports.
type failures chan *cell.EffectError

func (f failures) add(e *cell.EffectError) { f <- e }

func TestLane_PanicIsReportedAndTheOthersRun(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for _, how := range []string{"lane", "detached", "handler"} {
		w := newWorld(t)
		n := cell.NewValue(0)
		failed := make(failures, 10)
		var owner cell.Owner = w
		attach := func() {}
		switch how {
		case "lane":
			owner = cell.NewLane(w, failed.add)
		case "detached":
			attach = w.Detach(failed.add)
		case "handler":
			w.Graph = cell.NewGraph(cell.WithErrorHandler(func(err error) { failed.add(err.(*cell.EffectError)) }))
			owner = cell.NewLane(w, nil)
		}
		bad := cell.Effect(owner, func(r cell.Reader) func() {
			switch x := n.Get(r); x {
			case 1:
				return func() { panic("oh") }
			case 2:
				return func() { panic(errTest) }
			case 3:
				return goexit
			default:
				return nil
			}
		}).Named("bad")
		seen := make(chan int, 10)
		cell.Effect(owner, func(r cell.Reader) func() {
			x := n.Get(r)
			return func() { seen <- x }
		})
		for i := range 4 {
			if err := w.Attempt(func(tx cell.Tx) error { n.Set(tx, i+1); return nil }); err != nil {
				t.Error(err)
			}
		}
		for i := range 5 {
			if x := <-seen; x != i {
				t.Error(x)
			}
		}
		for i, want := range []string{"cell: after the commit: cell: panic in bad: oh", "cell: after the commit: cell: panic in bad: test"} {
			err := <-failed
			if err.Error() != want || err.Rule != "bad" || errors.Is(err, errTest) != (i == 1) {
				t.Error(err)
			}
			if who, ok := cell.Culprit(err); !ok || who != bad {
				t.Error("the culprit is not known")
			}
			if p := (*cell.PanicError)(nil); !errors.As(err, &p) || !strings.Contains(string(p.Stack), "lane_test.go") {
				t.Error("no stack of the effect")
			}
		}
		if len(failed) != 0 {
			t.Error(<-failed) // Goexit is no failure
		}
		attach()
		if err := w.Flush(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// A panic that nobody wants to know of ends the program, as in any goroutine.
func TestLane_PanicEndsTheProgram(t *testing.T) {
	const variable = "CELL_TEST_PANIC_IN_A_LANE"
	if os.Getenv(variable) != "" {
		l := cell.NewLane(cell.NewGraph(), nil)
		cell.Effect(l, func(cell.Reader) func() { return func() { panic("the effect's own words") } })
		<-make(chan int)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestLane_PanicEndsTheProgram$")
	cmd.Env = append(os.Environ(), variable+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "panic: the effect's own words") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestLane_StopLeavesWhatWasCommitted(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(0)
	l := cell.NewLane(w, nil)
	b := newBlocker()
	var seen []int
	cell.Effect(l, b.when(n, 0))
	cell.Effect(l, func(r cell.Reader) func() {
		x := n.Get(r)
		return func() { seen = append(seen, x) }
	})
	<-b.begun
	set(w, n, 1)
	l.Stop() // does not wait
	set(w, n, 2)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTest)
	if err := l.Flush(ctx); err != errTest {
		t.Error(err)
	}
	close(b.leave)
	if err := l.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	if !slices.Equal(seen, []int{0, 1}) {
		t.Error(seen)
	}
	if words := misuse(t, func() { cell.Effect(l, func(cell.Reader) func() { return nil }) }); !strings.Contains(words, "stopped") {
		t.Error(words)
	}
}

func TestLane_OfATransactionThatFails(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(0)
	outer := cell.NewLane(w, nil)
	var l *cell.Lane
	w.fails(func(tx cell.Tx) {
		l = cell.NewLane(outer.In(tx), nil)
		cell.Effect(l.In(tx), func(r cell.Reader) func() { n.Get(r); return func() { t.Error("an effect") } })
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	set(w, n, 1)
	if err := l.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	misuse(t, func() { cell.NewScope(l) })
}

func TestDetach_NoCommitterRunsEffects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		n := cell.NewValue(0)
		attach := w.Detach(nil)
		b := newBlocker()
		cell.Effect(w, b.when(n, 1))
		seen := []int{}
		cell.Effect(w, func(r cell.Reader) func() {
			x := n.Get(r)
			return func() { seen = append(seen, x) }
		})
		for i := range 3 {
			set(w, n, i+1)
		}
		// Waiting for a state does not wait for the effects of others.
		go func() { time.Sleep(time.Second); set(w, n, 4) }()
		if err := cell.Wait(t.Context(), w.Graph, func(r cell.Reader) bool { return n.Get(r) == 4 }); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if !slices.Equal(seen, []int{0}) || w.Backlog() != 4 {
			t.Error(seen, w.Backlog())
		}
		attach()
		attach() // is nothing
		set(w, n, 5)
		close(b.leave)
		synctest.Wait()
		if !slices.Equal(seen, []int{0, 1, 2, 3, 4, 5}) {
			t.Error(seen)
		}
		set(w, n, 6) // is attached again
		if len(seen) != 7 {
			t.Error("the effect was not run by who committed")
		}
	})
}

func TestDetach_TakesOverFromACommitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		n := cell.NewValue(0)
		b := newBlocker()
		var seen []int
		first, second := false, 0
		cell.Effect(w, func(r cell.Reader) func() {
			x := n.Get(r)
			return func() {
				if x == 1 {
					b.block()
				}
				seen = append(seen, x)
			}
		})
		go func() { set(w, n, 1); first = true }()
		<-b.begun
		// Two reasons; the one that is taken back first hears of nothing later.
		one := w.Detach(func(*cell.EffectError) { t.Error("told of what was committed after attach") })
		two := w.Detach(func(*cell.EffectError) { second++ })
		set(w, n, 2)
		one()
		w.do(func(tx cell.Tx) { tx.AfterCommit(func() { panic("oh") }) })
		again := newBlocker()
		w.do(func(tx cell.Tx) { tx.AfterCommit(again.block) })
		close(b.leave)
		synctest.Wait()
		if !first || second != 1 || !slices.Equal(seen, []int{0, 1, 2}) {
			t.Error(first, second, seen)
		}
		close(again.leave)
		two()
		synctest.Wait()
	})
}

// A lane is a place where one may block, the graph's own effects are not.
func TestLane_WaitingInAnEffect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		n := cell.NewValue(0)
		always := func(cell.Reader) bool { return true }
		l := cell.NewLane(w, nil)
		var got error = errTest
		w.do(func(tx cell.Tx) {
			cell.Rule(l.In(tx), func(tx cell.Tx) {
				tx.AfterCommit(func() {
					got = cell.Wait(t.Context(), w.Graph, func(r cell.Reader) bool { return n.Get(r) == 1 })
					misuse(t, func() { _ = l.Flush(t.Context()) })
				})
			})
		})
		synctest.Wait()
		set(w, n, 1)
		synctest.Wait()
		if got != nil {
			t.Error(got)
		}
		defer w.Detach(nil)()
		w.do(func(tx cell.Tx) {
			tx.AfterCommit(func() {
				misuse(t, func() { _ = cell.Wait(t.Context(), w.Graph, always) })
				misuse(t, func() { _ = w.Flush(t.Context()) })
			})
		})
		synctest.Wait()
		misuse(t, func() { w.View(func(cell.Reader) { _ = w.Flush(t.Context()) }) })
	})
}

func TestFlushRunsWhatIsDue(t *testing.T) {
	w := newWorld(t)
	if err := w.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	b := newBlocker()
	go func() { _ = w.Update(func(tx cell.Tx) error { tx.AfterCommit(b.block); return nil }) }()
	<-b.begun
	w.do(func(tx cell.Tx) { tx.AfterCommit(func() { w.add("after") }) })
	flushed := make(chan error)
	go func() { flushed <- w.Flush(context.Background()) }()
	close(b.leave)
	if err := <-flushed; err != nil {
		t.Error(err)
	}
	w.saw("after")
}
