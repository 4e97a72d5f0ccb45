package cell_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

// traced collects lines of text.
func (w *world) traced() (lines func() []string) {
	var b bytes.Buffer
	w.SetTracer(&cell.TextTracer{W: &b})
	return func() []string {
		defer b.Reset()
		var out []string
		for _, l := range strings.Split(strings.TrimSpace(b.String()), "\n") {
			l = strings.TrimSpace(l)
			if !strings.HasSuffix(l, " began") {
				out = append(out, l)
			}
		}
		return out
	}
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTraceOfARetry(t *testing.T) {
	w := newWorld(t)
	v, out := cell.NewValue(0).Named("v"), cell.NewValue(0).Named("out")
	lines := w.traced()
	w.do(func(tx cell.Tx) {
		cell.Rule(tx, func(tx cell.Tx) { v.Get(tx.Reader); out.Get(tx.Reader) }).Named("reader")
		cell.Rule(tx, func(tx cell.Tx) { out.Set(tx, v.Get(tx.Reader)) }).Named("writer")
	})
	same(t, lines(),
		"reader ran for the first time",
		"writer ran for the first time",
		"transaction 1 was committed: passes 1, runs 2")
	set(w, v, 1)
	same(t, lines(),
		"v was set",
		"reader ran because v was set",
		"writer changed out",
		"writer ran because v was set",
		"writer was undone",
		"reader was undone, to run again, because writer changed out after it was read",
		"writer changed out",
		"writer ran because v was set",
		"reader ran again, because writer changed out after it was read and v was set",
		"transaction 2 was committed: passes 1, runs 4")
	set(w, v, 2) // the order is known
	same(t, lines(),
		"v was set",
		"writer changed out",
		"writer ran because v was set",
		"reader ran because v was set and writer changed out",
		"transaction 3 was committed: passes 1, runs 2")
}

func TestTraceOfErrorsAndPasses(t *testing.T) {
	w := newWorld(t)
	p := cell.NewPulse(0).Named("pulse")
	v := cell.NewValue(0).Named("v")
	var set func(tx cell.Tx)
	w.do(func(tx cell.Tx) {
		cell.Rule(tx, func(tx cell.Tx) {
			if n := p.Get(tx.Reader); n > 1 {
				tx.Fail(errTest)
			} else if n == 1 {
				tx.OnCommit(func(tx cell.Tx) { v.Set(tx, 1) })
			}
		}).Named("rule")
		cell.Observe(tx, func(r cell.Reader) { v.Get(r) }).Named("observer")
		set = func(tx cell.Tx) { p.Set(tx, 1) }
	})
	lines := w.traced()
	w.do(set)
	same(t, lines(),
		"pulse was set",
		"rule ran because pulse was set",
		"a callback of rule changed v",
		"the end of the pass changed pulse",
		"rule ran because the end of the pass changed pulse",
		"observer ran because a callback of rule changed v",
		"transaction 2 was committed: passes 2, runs 3")
	w.fails(func(tx cell.Tx) { p.Set(tx, 2) })
	same(t, lines(), "pulse was set", "transaction 3 was undone: cell: rule: test (reached by pulse)")
	w.fails(func(tx cell.Tx) { tx.Fail(errTest) })
	same(t, lines(), "transaction 4 was undone: test")
	panics(func() { _ = w.Update(func(cell.Tx) error { panic("oh") }) })
	same(t, lines(), "transaction 5 was undone: cell: panic: oh")
	exits(t, func() { _ = w.Update(func(cell.Tx) error { goexit(); return nil }) })
	same(t, lines(), "transaction 6 was undone: <nil>")
	w.check()
}

func TestTraceOfWhatRunsInside(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(1).Named("v")
	double := cell.Compute(func(r cell.Reader) int { return 2 * v.Get(r) }).Named("double")
	more := cell.Compute(func(r cell.Reader) int { return 1 + double.Get(r) }).Named("more")
	lines := w.traced()
	is(w, more, 3) // a View
	same(t, lines(), "double ran because more reads it", "more ran because code outside rules reads it")
	var o *cell.Observer
	w.do(func(tx cell.Tx) { o = cell.Observe(tx, func(r cell.Reader) { more.Get(r) }).Named("observer") })
	same(t, lines(),
		"double ran because more reads it",
		"more ran because observer reads it",
		"observer ran for the first time",
		"transaction 1 was committed: passes 1, runs 3")
	w.do(func(tx cell.Tx) {
		v.Set(tx, 2)
		more.Get(tx.Reader) // out of date
	})
	same(t, lines(),
		"v was set",
		"double ran because v was set: changed",
		"more ran because double changed: changed",
		"observer ran because more changed",
		"transaction 2 was committed: passes 1, runs 3")
	o.Stop()
	w.SetTracer(nil)
	set(w, v, 3)
	same(t, lines(), "transaction 3 was committed: passes 1, runs 0")
}

func TestTraceOfTheConverter(t *testing.T) {
	w := newWorld(t)
	_, c := converter(w)
	lines := w.traced()
	set(w, c, 100)
	same(t, lines(),
		"C was set",
		"F ran because C was set: changed",
		"transaction 2 was committed: passes 1, runs 1")
}

// broken is a Tracer that fails at an event.
type broken struct {
	at    cell.TraceKind
	fail  func()
	calls int
}

func (b *broken) Trace(e cell.TraceEvent) {
	b.calls++
	if e.Kind == b.at {
		b.fail()
	}
}

func TestTracerThatPanics(t *testing.T) {
	for at := cell.TraceBegan; at <= cell.TraceEffect; at++ {
		w := newWorld(t)
		v, out := cell.NewValue(0), cell.NewValue(0)
		w.do(func(tx cell.Tx) { // the first is going to be retried
			cell.Rule(tx, func(tx cell.Tx) { v.Get(tx.Reader); out.Get(tx.Reader) })
			cell.Rule(tx, func(tx cell.Tx) { out.Set(tx, v.Get(tx.Reader)) })
		})
		cell.Effect(w, func(r cell.Reader) func() { v.Get(r); return func() { w.add("effect") } })
		w.saw("effect")
		b := &broken{at: at, fail: func() { panic("tracer") }}
		w.SetTracer(b)
		fail := at == cell.TraceRolledBack
		p := panics(func() {
			err := w.Update(func(tx cell.Tx) error {
				v.Set(tx, 1)
				if fail {
					return errTest
				}
				return nil
			})
			var pe *cell.PanicError
			if !errors.Is(err, errTest) || !errors.As(err, &pe) || pe.Value != "tracer" {
				t.Error(at, err)
			}
		})
		if want := any("tracer"); p != want && !fail {
			t.Errorf("%v: panic %v", at, p)
		}
		w.check()
		calls := b.calls
		if !fail {
			w.saw("effect")
			is(w, out, 1)
		}
		set(w, v, 5)
		is(w, out, 5)
		if b.calls != calls {
			t.Error(at, "called again")
		}
	}
}

func TestTracerThatPanicsIsContained(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	w.SetTracer(&broken{at: cell.TraceWritten, fail: func() { panic("tracer") }})
	err := w.Attempt(func(tx cell.Tx) error { v.Set(tx, 1); return nil })
	var ee *cell.EffectError
	if !errors.As(err, &ee) || !strings.Contains(err.Error(), "panic in the tracer: tracer") {
		t.Error(err)
	}
	is(w, v, 1)
}

func TestTracerThatExits(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) { v.Get(tx.Reader) })
	for at := cell.TraceBegan; at <= cell.TraceCommitted; at++ {
		if at == cell.TraceUndone {
			continue
		}
		w.SetTracer(&broken{at: at, fail: runtime.Goexit})
		exits(t, func() { _ = w.Update(func(tx cell.Tx) error { v.Set(tx, 1); return nil }) })
		w.check()
		is(w, v, 0)
	}
	set(w, v, 1)
}

func TestTracerMustNotUseTheGraph(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	var kept cell.Tx
	for _, use := range []func(){
		func() { cell.Read(w.Graph, v) },
		func() { v.Set(kept, 2) },
	} {
		w.SetTracer(&broken{at: cell.TraceWritten, fail: use})
		words := misuse(t, func() {
			_ = w.Update(func(tx cell.Tx) error { kept = tx; v.Set(tx, v.Get(tx.Reader)+10); return nil })
		})
		t.Log(words)
	}
	is(w, v, 20)
	w.SetTracer(nil)
	misuse(t, func() { w.do(func(cell.Tx) { w.SetTracer(nil) }) })
}

func TestTracerInAView(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(1)
	c := cell.Compute(func(r cell.Reader) int { return v.Get(r) })
	w.SetTracer(&broken{at: cell.TraceRan, fail: func() { panic("tracer") }})
	if p := panics(func() { cell.Read(w.Graph, c) }); p != "tracer" {
		t.Error(p)
	}
	w.check()
	is(w, c, 1)
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestTextTracerCountsWhatIsLost(t *testing.T) {
	w := newWorld(t)
	tracer := &cell.TextTracer{W: failingWriter{}, Times: true}
	w.SetTracer(tracer)
	set(w, cell.NewValue(0), 1)
	if n := tracer.Lost(); n != 3 {
		t.Error(n)
	}
}

func TestLogTracer(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0).Named("v")
	cell.Rule(w, func(tx cell.Tx) {
		if v.Get(tx.Reader) == 2 {
			tx.Fail(errTest)
		}
	}).Named("rule")
	var b bytes.Buffer
	w.SetTracer(cell.Tracers(cell.LogTracer{Logger: slog.New(slog.NewJSONHandler(&b, nil))}, &cell.Profile{}))
	set(w, v, 1)
	w.fails(func(tx cell.Tx) { v.Set(tx, 2) })
	var got []string
	for line := range strings.Lines(b.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		delete(m, "time")
		delete(m, "took")
		text, _ := json.Marshal(m)
		got = append(got, string(text))
	}
	same(t, got,
		`{"level":"INFO","msg":"cell: began","pass":1,"transaction":2}`,
		`{"by":"code outside rules","level":"INFO","msg":"cell: written","name":"v","pass":1,"transaction":2}`,
		`{"changed":false,"level":"INFO","msg":"cell: ran","name":"rule","pass":1,"transaction":2,"why":"because v was set"}`,
		`{"level":"INFO","msg":"cell: committed","pass":1,"transaction":2}`,
		`{"level":"INFO","msg":"cell: began","pass":1,"transaction":3}`,
		`{"by":"code outside rules","level":"INFO","msg":"cell: written","name":"v","pass":1,"transaction":3}`,
		`{"error":"cell: rule: test (reached by v)","level":"INFO","msg":"cell: rolled back","pass":1,"transaction":3}`)
}

func TestTraceOfATry(t *testing.T) {
	w := newWorld(t)
	v, out := cell.NewValue(0).Named("v"), cell.NewValue(0).Named("out")
	w.do(func(tx cell.Tx) {
		cell.Rule(tx, func(tx cell.Tx) { out.Get(tx.Reader) }).Named("late")
		cell.Rule(tx, func(tx cell.Tx) {
			n := v.Get(tx.Reader)
			_ = tx.Try(func(tx cell.Tx) error { out.Set(tx, n); return errTest })
		}).Named("careful")
	})
	lines := w.traced()
	set(w, v, 1)
	same(t, lines(),
		"v was set",
		"careful changed out",
		"a Try of careful was undone",
		"careful ran because v was set",
		"transaction 2 was committed: passes 1, runs 1")
}

func TestSnapshotOfWhatNobodyNames(t *testing.T) {
	w := newWorld(t, cell.WithManualClock(time.Date(2008, 5, 1, 0, 0, 0, 0, time.UTC)))
	m := cell.At(time.Date(2008, 5, 2, 0, 0, 0, 0, time.UTC))
	cell.Observe(w, func(r cell.Reader) {
		r.Poll()
		r.Reached(m)
		r.NextMoment()
	})
	s := w.snapshot(cell.SnapshotOptions{})
	var got []string
	for _, n := range s.Nodes[:3] {
		got = append(got, n.Kind+" "+n.Name+" "+n.Value)
	}
	same(t, got, "Poll anything ", "Reached 2008-05-02T00:00:00Z 2008-05-02T00:00:00Z", "NextMoment the next moment 2008-05-02T00:00:00Z")
}
