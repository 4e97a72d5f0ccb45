package cell_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// manager traces what is done to it.
type manager struct {
	w     *world
	name  string
	enter error
	exit  func(err error) error
}

func (m *manager) Enter() error { m.w.add("enter ", m.name); return m.enter }

func (m *manager) Exit(err error) error {
	m.w.add("exit ", m.name, ": ", err)
	if m.exit != nil {
		return m.exit(err)
	}
	return nil
}

func TestB06_ManagersEnterOnceAndExitInReverse(t *testing.T) {
	w := newWorld(t)
	a, b := &manager{w: w, name: "a"}, &manager{w: w, name: "b"}
	v := cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) {
		if v.Get(tx.Reader) != 0 {
			tx.Manage(b)
			w.add("rule")
		}
	})
	cell.Effect(w, func(r cell.Reader) func() { x := v.Get(r); return func() { w.add("effect ", x) } })
	w.trace = nil
	w.do(func(tx cell.Tx) {
		tx.Manage(a)
		tx.Manage(a)
		v.Set(tx, 1)
		tx.OnCommit(func(tx cell.Tx) { tx.Manage(a); w.add("callback") })
		tx.AtCommit(func() { w.add("at commit") })
	})
	w.saw("enter a", "enter b", "rule", "callback", "at commit", "exit b: <nil>", "exit a: <nil>", "effect 1")
	err := w.fails(func(tx cell.Tx) {
		tx.Manage(a)
		v.Set(tx, 2)
		tx.OnUndo(func() { w.add("undone") })
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	if err != errTest {
		t.Error(err)
	}
	w.saw("enter a", "enter b", "rule", "undone", "exit b: test", "exit a: test")
	// One that cannot be entered is not left.
	c := &manager{w: w, name: "c", enter: errTest}
	if err := w.fails(func(tx cell.Tx) { tx.Manage(a); tx.Manage(c) }); err != errTest {
		t.Error(err)
	}
	w.saw("enter a", "enter c", "exit a: test")
	// Nor is it lost when what entered it is undone.
	w.do(func(tx cell.Tx) {
		if err := tx.Try(func(tx cell.Tx) error { tx.Manage(a); return errTest }); err != errTest {
			t.Error(err)
		}
		w.add("go on")
	})
	w.saw("enter a", "go on", "exit a: <nil>")
}

func TestB06_FailingExitUndoesNothing(t *testing.T) {
	w := newWorld(t)
	other := errors.New("other")
	a := &manager{w: w, name: "a"}
	b := &manager{w: w, name: "b", exit: func(error) error { return errTest }}
	c := &manager{w: w, name: "c", exit: func(error) error { panic(other) }}
	v := cell.NewValue(0)
	cell.Effect(w, func(r cell.Reader) func() { x := v.Get(r); return func() { w.add("effect ", x) } })
	cell.Rule(w, func(tx cell.Tx) {
		if v.Get(tx.Reader) > 0 {
			tx.Manage(c)
		}
	}).Named("the rule")
	w.trace = nil
	err := w.Update(func(tx cell.Tx) error { tx.Manage(a); tx.Manage(b); v.Set(tx, 1); return nil })
	var committed *cell.EffectError
	if !errors.As(err, &committed) || !errors.Is(err, errTest) || !errors.Is(err, other) {
		t.Error(err)
	}
	is(w, v, 1)
	const panicked = "cell: the rule: cell: panic: other"
	w.saw("enter a", "enter b", "enter c", "exit c: <nil>", "exit b: "+panicked, "exit a: "+panicked+"\ntest", "effect 1")
	if s, ok := cell.Culprit(err); !ok || !strings.Contains(fmt.Sprintf("%T", s), "Maintained") {
		t.Error("no culprit")
	}
	// If the transaction fails the error is joined to its own.
	third := errors.New("third")
	err = w.Update(func(tx cell.Tx) error { tx.Manage(a); tx.Manage(b); return third })
	if !errors.Is(err, third) || !errors.Is(err, errTest) || errors.As(err, &committed) {
		t.Error(err)
	}
	w.saw("enter a", "enter b", "exit b: third", "exit a: third\ntest")
}

func TestB06_PanicAndGoexit(t *testing.T) {
	w := newWorld(t)
	a, b := &manager{w: w, name: "a"}, &manager{w: w, name: "b"}
	v := cell.NewValue(0)
	both := func(tx cell.Tx) { v.Set(tx, v.Get(tx.Reader)+1); tx.Manage(a); tx.Manage(b) }
	if p := panics(func() { w.do(func(tx cell.Tx) { both(tx); panic("words") }) }); p != "words" {
		t.Error(p)
	}
	w.saw("enter a", "enter b", "exit b: cell: panic: words", "exit a: cell: panic: words")
	exits(t, func() { w.do(func(tx cell.Tx) { both(tx); goexit() }) })
	const exited = "cell: a rule, observer or effect called runtime.Goexit"
	w.saw("enter a", "enter b", "exit b: "+exited, "exit a: "+exited)
	is(w, v, 0)
	b.exit = func(error) error { goexit(); return nil }
	exits(t, func() { w.do(both) })
	w.saw("enter a", "enter b", "exit b: <nil>", "exit a: "+exited)
	is(w, v, 1)
	exits(t, func() { w.do(func(tx cell.Tx) { both(tx); panic(errTest) }) })
	w.saw("enter a", "enter b", "exit b: cell: panic: test", "exit a: "+exited)
	is(w, v, 1)
	w.check()
}

func TestB12_ExitBelongsToNoTransaction(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	var kept cell.Tx
	var wait sync.WaitGroup
	m := &manager{w: w, name: "m"}
	m.exit = func(error) error {
		misuse(t, func() { v.Set(kept, 5) })
		misuse(t, func() { _ = w.Update(func(cell.Tx) error { return nil }) })
		wait.Go(func() { set(w, v, 2) }) // in the next one
		return nil
	}
	w.do(func(tx cell.Tx) { kept = tx; tx.Manage(m); v.Set(tx, 1) })
	wait.Wait()
	is(w, v, 2)
}

// A mutex that guards something outside the graph, held as long as the graph's
// transaction lasts.
type held struct{ sync.Mutex }

func (h *held) Enter() error         { h.Lock(); return nil }
func (h *held) Exit(err error) error { h.Unlock(); return nil }

func ExampleManager() {
	g := cell.NewGraph()
	var mu held
	stock := map[string]int{"apples": 3} // guarded by mu, used by others, too
	wanted, sold := cell.NewPulse(""), cell.NewValue(0)
	cell.Rule(g, func(tx cell.Tx) {
		what := wanted.Get(tx.Reader)
		tx.Manage(&mu)
		if stock[what] == 0 {
			return
		}
		stock[what]--
		tx.OnUndo(func() { stock[what]++ })
		sold.Set(tx, sold.Peek(tx.Reader)+1)
	})
	for _, what := range []string{"apples", "pears", "apples"} {
		_ = g.Update(func(tx cell.Tx) error { wanted.Set(tx, what); return nil })
	}
	mu.Lock()
	defer mu.Unlock()
	fmt.Println(cell.Read(g, sold), stock["apples"])
	// Output: 2 1
}
