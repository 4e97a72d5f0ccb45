package cell_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
)

// elsewhere runs fn on another goroutine, waits for it, and returns the words of
// the *UsageError that it panicked with.
func elsewhere(t *testing.T, fn func()) (words string) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if p := panics(fn); p != nil {
			words = p.(*cell.UsageError).Error()
		}
	}()
	<-done
	return words
}

// A handle belongs to a function, not to a goroutine, since Go does not tell them
// apart: while that function waits for it, another goroutine may use it.
func TestHandleLentToAnotherGoroutine(t *testing.T) {
	w := newWorld(t)
	n := cell.NewValue(0)
	cell.Observe(w, func(r cell.Reader) {
		if words := elsewhere(t, func() { w.add(n.Get(r)) }); words != "" {
			t.Error(words)
		}
	})
	w.do(func(tx cell.Tx) {
		if words := elsewhere(t, func() { n.Set(tx, 1) }); words != "" {
			t.Error(words)
		}
	})
	w.saw("0", "1") // and what it reads is an input
}

// A handle that was kept is refused, on whichever goroutine and whatever runs.
func TestHandleKeptByAGoroutine(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	n := cell.NewValue(0)
	kept := map[string]func(){}
	use := func(name string, r cell.Reader) { kept[name] = func() { n.Get(r) } }
	c := cell.Compute(func(r cell.Reader) int { use("computed", r); return n.Get(r) })
	cell.Rule(w, func(tx cell.Tx) {
		use("rule", tx.Reader)
		kept["rule that writes"] = func() { n.Set(tx, 7) }
		c.Get(tx.Reader)
	})
	cell.Observe(w, func(r cell.Reader) { use("observer", r) })
	w.View(func(r cell.Reader) { use("View", r) })
	w.do(func(tx cell.Tx) {
		use("Update", tx.Reader)
		kept["AfterCommit"] = func() { tx.AfterCommit(func() { t.Error("it has run") }) }
		tx.OnCommit(func(tx cell.Tx) { use("callback", tx.Reader) })
	})
	for name, fn := range kept {
		if words := elsewhere(t, fn); !strings.Contains(words, "after the function it was given to had returned") {
			t.Errorf("%s: %q", name, words)
		}
		w.do(func(cell.Tx) { // the graph is in use by somebody else
			if words := elsewhere(t, fn); !strings.Contains(words, "the wrong Reader or Tx was used") {
				t.Errorf("%s: %q", name, words)
			}
		})
		w.check()
	}
	is(w, n, 0)
}

// Where a transaction may be started, and where it is refused with words.
func TestTransactionsInFunctionsOfTheUser(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	add := func(w *world, n *cell.Value[int]) func() {
		return func() { w.do(func(tx cell.Tx) { n.Set(tx, n.Get(tx.Reader)+1) }) }
	}
	for name, in := range map[string]func(w *world, fn func()){
		"effect": func(w *world, fn func()) {
			cell.Effect(w, func(cell.Reader) func() { return fn })
		},
		"effect of a detached graph": func(w *world, fn func()) {
			defer w.Detach(nil)()
			cell.Effect(w, func(cell.Reader) func() { return fn })
		},
		"effect in a lane": func(w *world, fn func()) {
			l := cell.NewLane(w, nil)
			cell.Effect(l, func(cell.Reader) func() { return fn })
			if err := l.Flush(t.Context()); err != nil {
				t.Error(err)
			}
		},
		"AfterCommit": func(w *world, fn func()) { w.do(func(tx cell.Tx) { tx.AfterCommit(fn) }) },
		"failure of an effect": func(w *world, fn func()) {
			defer w.Detach(func(*cell.EffectError) { fn() })()
			w.do(func(tx cell.Tx) { tx.AfterCommit(func() { panic("oh") }) })
		},
		"connect": func(w *world, fn func()) {
			s := cell.NewSensor(0, cell.Connector[int]{Connect: func(func(int) error) (func(), error) { fn(); return nil, nil }})
			listen(w, s)
		},
		"disconnect": func(w *world, fn func()) {
			s := cell.NewSensor(0, cell.Connector[int]{Connect: func(func(int) error) (func(), error) { return fn, nil }})
			o := listen(w, s)
			w.flush()
			o.Stop()
		},
		"write": func(w *world, fn func()) {
			e := cell.NewEffector(0, cell.Connector[int]{Write: func(int) error { fn(); return nil }})
			set(w, e, 1)
		},
		"the function of a Cache": func(w *world, fn func()) {
			cell.NewCache(func(int) *cell.Value[int] { fn(); return cell.NewValue(1) }).Get(1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			n := cell.NewValue(0)
			in(w, add(w, n))
			w.flush()
			is(w, n, 1)
		})
	}
	for name, in := range map[string]func(w *world, fn func()){
		"AtCommit": func(w *world, fn func()) { w.do(func(tx cell.Tx) { tx.AtCommit(fn) }) },
		"OnUndo": func(w *world, fn func()) {
			err := w.fails(func(tx cell.Tx) { tx.OnUndo(fn); tx.Fail(errTest) })
			var e *cell.UsageError
			if !errors.Is(err, errTest) || !errors.As(err, &e) {
				t.Error(err)
			}
			panic(e)
		},
		"the comparison of a value": func(w *world, fn func()) {
			v := cell.NewValueFunc(0, func(int, int) bool { fn(); return false })
			set(w, v, 1)
		},
		"read": func(w *world, fn func()) {
			cell.Read(w.Graph, cell.NewSensor(0, cell.Connector[int]{Read: func() int { fn(); return 0 }}))
		},
		"the comparison of a sensor": func(w *world, fn func()) {
			e := cell.NewEffectorFunc(0, func(int, int) bool { fn(); return false }, cell.Connector[int]{})
			set(w, e, 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			n := cell.NewValue(0)
			if words := misuse(t, func() { in(w, add(w, n)) }); !strings.Contains(words, "inside a transaction") {
				t.Error(words)
			}
			is(w, n, 0)
		})
	}
}

// A transaction that waits for a goroutine that waits for the graph is not found
// out: there is nothing on that goroutine's stack. A context ends it.
func TestTransactionThatWaitsForAnother(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	w.do(func(cell.Tx) {
		ctx, cancel := context.WithCancelCause(t.Context())
		got := make(chan error)
		go func() { got <- w.UpdateContext(ctx, func(cell.Tx) error { return nil }) }()
		cancel(errTest)
		if err := <-got; err != errTest {
			t.Error(err)
		}
	})
}

// What is of one graph is not asked, changed or stopped inside another.
func TestThingsOfAnotherGraph(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	s := cell.NewScope(other)
	var custom struct{ cell.Custom }
	other.View(func(r cell.Reader) { custom.Read(r) })
	for name, misused := range map[string]func(cell.Tx){
		"Living":         func(tx cell.Tx) { other.Living(tx.Reader) },
		"Stopped":        func(tx cell.Tx) { s.Stopped(tx.Reader) },
		"Custom.Changed": func(tx cell.Tx) { custom.Changed(tx) },
	} {
		if words := misuse(t, func() { w.do(misused) }); !strings.Contains(words, "another graph") {
			t.Errorf("%s: %s", name, words)
		}
	}
}

func TestMaintainedWithoutInit(t *testing.T) {
	w := newWorld(t)
	var m cell.Maintained[int]
	for name, misused := range map[string]func(cell.Tx){
		"read":    func(tx cell.Tx) { m.Get(tx.Reader) },
		"set":     func(tx cell.Tx) { m.Set(tx, 1) },
		"touched": func(tx cell.Tx) { m.Touch(tx) },
		"stopped": func(tx cell.Tx) { m.StopIn(tx) },
	} {
		if words := misuse(t, func() { w.do(misused) }); !strings.Contains(words, name+" before Init") {
			t.Errorf("%s: %s", name, words)
		}
	}
	if words := misuse(t, m.Stop); !strings.Contains(words, "stopped before Init") {
		t.Error(words)
	}
}
