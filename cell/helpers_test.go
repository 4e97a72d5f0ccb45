package cell_test

import (
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

// world is a graph, a trace of what ran in it, and a check of both at the end.
type world struct {
	*cell.Graph
	t     *testing.T
	trace []string
}

func newWorld(t *testing.T, opts ...cell.Option) *world {
	w := &world{Graph: cell.NewGraph(opts...), t: t}
	t.Cleanup(func() { w.check() })
	return w
}

// check checks the graph's invariants.
func (w *world) check() {
	w.t.Helper()
	if err := cell.Check(w.Graph); err != nil {
		w.t.Error(err)
	}
}

// add adds to the trace.
func (w *world) add(what ...any) { w.trace = append(w.trace, fmt.Sprint(what...)) }

// saw compares the trace since the last call.
func (w *world) saw(want ...string) {
	w.t.Helper()
	if want == nil {
		want = []string{}
	}
	got := w.trace
	if got == nil {
		got = []string{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("trace (-want +got):\n%s", diff)
	}
	w.trace = nil
}

// do runs fn as a transaction that must succeed.
func (w *world) do(fn func(tx cell.Tx)) {
	w.t.Helper()
	if err := w.Update(func(tx cell.Tx) error { fn(tx); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

var errTest = errors.New("test")

// fails runs fn as a transaction that must fail, and returns its error.
func (w *world) fails(fn func(tx cell.Tx)) error {
	w.t.Helper()
	err := w.Update(func(tx cell.Tx) error { fn(tx); return nil })
	if err == nil {
		w.t.Fatal("the transaction did not fail")
	}
	w.check()
	return err
}

// set is do for one cell.
func set[T any](w *world, c interface{ Set(cell.Tx, T) }, x T) {
	w.t.Helper()
	w.do(func(tx cell.Tx) { c.Set(tx, x) })
}

// is fails the test unless the committed value of c is want.
func is[T any](w *world, c cell.Readable[T], want T) {
	w.t.Helper()
	if diff := cmp.Diff(want, cell.Read(w.Graph, c)); diff != "" {
		w.t.Errorf("value (-want +got):\n%s", diff)
	}
}

// misuse runs fn, which must panic with a *UsageError, and returns its words.
func misuse(t *testing.T, fn func()) (words string) {
	t.Helper()
	defer func() {
		t.Helper()
		p := recover()
		e, ok := p.(*cell.UsageError)
		if !ok {
			t.Fatalf("want a *UsageError, got %T: %v", p, p)
		}
		words = e.Error()
	}()
	fn()
	t.Fatal("no panic")
	return ""
}

// panics runs fn and returns the value of its panic, nil if there was none.
func panics(fn func()) (p any) {
	defer func() { p = recover() }()
	fn()
	return nil
}

// exits runs fn on a goroutine of its own, which it must end with Goexit.
func exits(t *testing.T, fn func()) {
	t.Helper()
	if e := endOf(func() error { fn(); return nil }); e.returned || e.panicked != nil {
		t.Errorf("Goexit did not end the goroutine, but %+v", e)
	}
}

var goexit = runtime.Goexit
