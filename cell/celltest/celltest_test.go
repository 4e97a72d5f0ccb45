package celltest_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/cell/celltest"
	"github.com/freeswytch/freeswytch/pipe"
)

// fake is a test that only notes its failures.
type fake struct {
	testing.TB
	failures []string
	cleanups []func()
}

func (f *fake) Helper()           {}
func (f *fake) Cleanup(fn func()) { f.cleanups = append(f.cleanups, fn) }
func (f *fake) Errorf(format string, args ...any) {
	f.failures = append(f.failures, fmt.Sprintf(format, args...))
}
func (f *fake) Fatal(args ...any) {
	f.failures = append(f.failures, fmt.Sprint(args...))
	runtime.Goexit()
}

// end runs the cleanups as the end of a test does.
func (f *fake) end() {
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
}

// says checks that f failed once, with all of the words.
func (f *fake) says(t *testing.T, words ...string) {
	t.Helper()
	if len(f.failures) != 1 {
		t.Fatalf("%d failures: %q", len(f.failures), f.failures)
	}
	// cmp mixes in non-breaking spaces, so that nobody parses its output.
	text := strings.ReplaceAll(f.failures[0], "\u00a0", " ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("the failure does not contain %q:\n%s", w, text)
		}
	}
	f.failures = nil
}

func TestWantGroupsByTransactionAndPass(t *testing.T) {
	g := cell.NewGraph()
	a, bell := cell.NewValue(1), cell.NewPulse("")
	var p pipe.Pipe[int]
	s := cell.NewSet[string]()
	rec := celltest.New(t, g)
	celltest.Watch(rec, "a", a)
	celltest.Watch(rec, "bell", bell)
	celltest.WatchItems(rec, "sent", p.All)
	celltest.WatchItems(rec, "joined", s.Added)
	rec.Want("a=1", `bell=""`)
	rec.Update(func(tx cell.Tx) { a.Set(tx, 2); bell.Set(tx, "ding dong"); p.Append(tx, 7, 8) })
	rec.Update(func(tx cell.Tx) { a.Set(tx, 3); s.Add(tx, "x", "y") })
	rec.Want(`a=2 bell="ding dong" sent=[7 8] | bell=""`, "a=3 joined=[x y]")
	rec.Empty()
}

func TestOnlyWhatWasCommitted(t *testing.T) {
	g := cell.NewGraph()
	a := cell.NewValue(1)
	rec := celltest.New(t, g)
	celltest.Watch(rec, "a", a)
	boom := errors.New("boom")
	o := cell.Observe(g, func(r cell.Reader) {
		if a.Get(r) == 2 {
			r.Fail(boom)
		}
	})
	defer o.Stop()
	rec.Want("a=1")
	err := rec.Fails(boom, func(tx cell.Tx) error { a.Set(tx, 2); return nil })
	if !errors.Is(err, boom) {
		t.Error(err)
	}
	rec.Fails(nil, func(tx cell.Tx) error { a.Set(tx, 3); return errors.New("other") })
	rec.Empty()
	rec.Update(func(tx cell.Tx) { a.Set(tx, 4) })
	rec.WantValues("a", 4)
}

func TestNextGivesValues(t *testing.T) {
	type point struct{ X, y int }
	g := cell.NewGraph()
	p, q := cell.NewValue(point{1, 2}), cell.NewValue("q")
	rec := celltest.New(t, g, celltest.Compare(cmp.AllowUnexported(point{})))
	celltest.Watch(rec, "p", p)
	celltest.Watch(rec, "q", q)
	rec.WantValues("p", point{1, 2})
	rec.Want("q=q")
	rec.Update(func(tx cell.Tx) { p.Set(tx, point{3, 4}); q.Set(tx, "r") })
	next := rec.Next()
	if len(next) != 1 || len(next[0]) != 2 || next[0][0].Value != (point{3, 4}) || next[0][1].String() != "q=r" ||
		next[0][0].Pass != 1 || next[0][0].Transaction != next[0][1].Transaction {
		t.Error(next)
	}
	q2 := rec.Observe("only-big", func(r cell.Reader) any {
		if p.Get(r).X < 10 {
			return nil
		}
		return p.Get(r).X
	})
	rec.Update(func(tx cell.Tx) { p.Set(tx, point{5, 0}) })
	rec.Skip()
	rec.Update(func(tx cell.Tx) { p.Set(tx, point{50, 0}) })
	rec.Want("p={X:50 y:0} only-big=50")
	q2.Stop()
}

func TestFailureText(t *testing.T) {
	g := cell.NewGraph()
	f := &fake{}
	a := cell.NewValue(1)
	rec := celltest.New(f, g)
	celltest.Watch(rec, "a", a)

	rec.Want("a=2", "a=3")
	f.says(t, "celltest: transactions since the last look (-want +got):", `- 	"a=2",`, `- 	"a=3",`, `+ 	"a=1",`)

	rec.Update(func(tx cell.Tx) { a.Set(tx, 5) })
	rec.Empty()
	f.says(t, `+ 	"a=5",`)

	rec.Update(func(tx cell.Tx) { a.Set(tx, 6) })
	rec.WantValues("a", 7)
	f.says(t, "celltest: values of a since the last look (-want +got):", "- 	int(7),", "+ 	int(6),")

	rec.Fails(nil, func(cell.Tx) error { return nil })
	f.says(t, "the transaction did not fail")
	rec.Fails(errors.New("this"), func(cell.Tx) error { return errors.New("that") })
	f.says(t, "failed with that, want this")

	var wg sync.WaitGroup
	wg.Go(func() { celltest.Must(f, errors.New("no luck")); t.Error("Must went on") })
	wg.Wait()
	f.says(t, "no luck")
	f.end()
	if len(f.failures) > 0 {
		t.Error(f.failures)
	}
}

func TestLeakedObserver(t *testing.T) {
	g := cell.NewGraph()
	old := cell.Observe(g, func(cell.Reader) {}).Named("there before")
	defer old.Stop()
	f := &fake{}
	rec := celltest.New(f, g)
	celltest.Watch(rec, "a", cell.NewValue(1))
	leaked := cell.Observe(g, func(cell.Reader) {}).Named("the wallboard's")
	f.end()
	f.says(t, "celltest: observers were not stopped:\n\tthe wallboard's")
	leaked.Stop()
}

func TestLeakedGoroutine(t *testing.T) {
	block, ended := make(chan struct{}), make(chan struct{})
	for _, parallel := range []bool{true, false} {
		f := &fake{}
		opts := []celltest.Option{}
		if parallel {
			opts = append(opts, celltest.Parallel())
		}
		celltest.New(f, cell.NewGraph(), opts...)
		if !parallel {
			go func() { <-block; close(ended) }()
		}
		f.end()
		if parallel {
			if len(f.failures) > 0 {
				t.Error(f.failures)
			}
		} else {
			f.says(t, "celltest: goroutines were not ended", "TestLeakedGoroutine")
		}
	}
	close(block)
	<-ended
}

func TestSeesWhatOthersDeliver(t *testing.T) {
	g := cell.NewGraph()
	n := cell.NewValue(0)
	rec := celltest.New(t, g)
	celltest.Watch(rec, "n", n)
	rec.Skip()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				rec.Update(func(tx cell.Tx) { n.Set(tx, n.Get(tx.Reader)+1) })
			}
		})
	}
	wg.Wait()
	got := rec.Next()
	if len(got) != 400 {
		t.Fatal(len(got))
	}
	for i, events := range got {
		if events[0].Value != i+1 {
			t.Fatal(i, events)
		}
	}
}
