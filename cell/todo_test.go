package cell_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func newTodo() *cell.Todo[[]string] {
	return cell.NewTodo(func() []string { return nil }, slices.Clone[[]string])
}

func TestB58_Future(t *testing.T) {
	w := newWorld(t)
	todo := newTodo()
	cell.Observe(w, func(r cell.Reader) { w.add(todo.Get(r)) })
	w.do(func(tx cell.Tx) {
		f := todo.Future(tx)
		*f = append(*f, "one")
		if todo.Future(tx) != f {
			t.Error("another object for the same accessor")
		}
		*f = append(*f, "two")
		w.add("inside ", todo.Peek(tx.Reader))
		cell.Rule(tx, func(tx cell.Tx) {
			g := todo.Future(tx)
			if g == f || todo.Future(tx) != g {
				t.Error("the same object for another accessor")
			}
			*g = append(*g, "three")
		})
	})
	w.saw("[]", "inside [one two]", "[one two three]", "[]")
	is(w, cell.Readable[[]string](todo), nil)
	// Only in a transaction, and only with what it was made with.
	misuse(t, func() { todo.Future(cell.Tx{}) })
	var zero cell.Todo[int]
	misuse(t, func() { w.do(func(tx cell.Tx) { zero.Future(tx) }) })
}

func TestB58_PartialRollback(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(0), cell.NewValue(0)
	todo := newTodo()
	counts := cell.NewTodo(func() map[string]int { return map[string]int{} }, maps.Clone[map[string]int])
	cell.Observe(w, func(r cell.Reader) { w.add(todo.Get(r), counts.Get(r)) })
	say := func(tx cell.Tx, s string) {
		f := todo.Future(tx)
		*f = append(*f, s)
		(*counts.Future(tx))[s]++
	}
	w.trace = nil
	w.do(func(tx cell.Tx) {
		say(tx, "code")
		v.Set(tx, 1)
		// The first one has to be undone, since it reads what the second writes.
		cell.Rule(tx, func(tx cell.Tx) { say(tx, fmt.Sprint("late", x.Get(tx.Reader))) })
		cell.Rule(tx, func(tx cell.Tx) { say(tx, "early"); x.Set(tx, v.Get(tx.Reader)) })
		err := tx.Try(func(tx cell.Tx) error { say(tx, "never"); return errTest })
		if err != errTest {
			t.Error(err)
		}
		say(tx, "code")
	})
	w.saw("[code code early late1] map[code:2 early:1 late1:1]", "[] map[]")
	w.fails(func(tx cell.Tx) {
		say(tx, "code")
		tx.OnCommit(func(tx cell.Tx) { say(tx, "next"); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
	})
	w.trace = nil
	w.do(func(tx cell.Tx) {
		say(tx, "code")
		tx.OnCommit(func(tx cell.Tx) { say(tx, "next") })
	})
	w.saw("[code] map[code:1]", "[next] map[next:1]", "[] map[]")
}

func TestB59_TwoRulesOneTodo(t *testing.T) {
	w := newWorld(t)
	bell := cell.NewPulse(false)
	todo := newTodo()
	// The consumer is older than those who write: it is undone and sees it all.
	cell.Rule(w, func(tx cell.Tx) { w.add("rule ", todo.Get(tx.Reader)) })
	for _, name := range []string{"r1", "r2"} {
		cell.Rule(w, func(tx cell.Tx) {
			if bell.Get(tx.Reader) {
				f := todo.Future(tx)
				*f = append(*f, name)
			}
		})
	}
	cell.Observe(w, func(r cell.Reader) { w.add("observer ", todo.Get(r)) })
	w.trace = nil
	set(w, bell, true)
	if got := w.trace[len(w.trace)-4:]; fmt.Sprint(got) != "[rule [r1 r2] observer [r1 r2] rule [] observer []]" {
		t.Error(got)
	}
	w.trace = nil
	set(w, bell, true)
	w.saw("rule [r1 r2]", "observer [r1 r2]", "rule []", "observer []")
}

// Rules contribute to one request, whoever sends it sees it complete.
func ExampleTodo() {
	g := cell.NewGraph()
	dial := cell.NewPulse("")
	headers := cell.NewTodo(func() map[string]string { return map[string]string{} }, maps.Clone[map[string]string])
	cell.Rule(g, func(tx cell.Tx) {
		if to := dial.Get(tx.Reader); to != "" {
			(*headers.Future(tx))["To"] = to
		}
	})
	cell.Rule(g, func(tx cell.Tx) {
		if dial.Get(tx.Reader) != "" {
			(*headers.Future(tx))["Caller"] = "1000"
		}
	})
	cell.Effect(g, func(r cell.Reader) func() {
		h := headers.Get(r)
		if len(h) == 0 {
			return nil
		}
		return func() { fmt.Println(h) }
	})
	_ = g.Update(func(tx cell.Tx) error { dial.Set(tx, "1001"); return nil })
	// Output: map[Caller:1000 To:1001]
}
