package cell_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/freeswytch/freeswytch/cell"
)

// Trellis has an event loop that runs tasks, generators that are resumed when
// what they have read changes. In Go both are goroutines: the loop is who drains
// what leaves the graph, a task is sequential code with Wait, Changes and Update.

func TestB87_AfterCommitInOrderByOneDrainer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		b := newBlocker()
		n := cell.NewValue(0)
		after := func(tx cell.Tx, what string) { tx.AfterCommit(func() { w.add(what) }) } // no lock: one at a time
		update := func(fn func(tx cell.Tx)) { _ = w.Update(func(tx cell.Tx) error { fn(tx); return nil }) }
		go update(func(tx cell.Tx) { tx.AfterCommit(b.block); after(tx, "first") })
		<-b.begun
		for i := range 3 {
			go update(func(tx cell.Tx) {
				n.Set(tx, n.Get(tx.Reader)+1)
				after(tx, fmt.Sprint("commit ", n.Get(tx.Reader)))
			})
			synctest.Wait() // it has returned, its function is queued
			if w.Backlog() != i+2 {
				t.Error(w.Backlog())
			}
		}
		w.saw()
		close(b.leave)
		synctest.Wait()
		w.saw("first", "commit 1", "commit 2", "commit 3")
		// What they queue themselves comes last.
		w.do(func(tx cell.Tx) {
			tx.AfterCommit(func() { w.do(func(tx cell.Tx) { after(tx, "second") }); w.add("first") })
			after(tx, "then")
		})
		w.saw("first", "then", "second")
	})
}

func TestB87_CallsAreUndone(t *testing.T) {
	w := newWorld(t)
	n, m := cell.NewValue(0), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) { // runs too early, and again
		n := n.Get(tx.Reader)
		m := m.Get(tx.Reader)
		tx.AfterCommit(func() { w.add(n, m) })
	})
	cell.Rule(w, func(tx cell.Tx) { m.Set(tx, 10*n.Get(tx.Reader)) })
	w.saw("0 0")
	set(w, n, 1)
	w.saw("1 10")
	w.fails(func(tx cell.Tx) {
		n.Set(tx, 2)
		tx.AfterCommit(func() { t.Error("not committed") })
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	w.saw()
}

func TestB87_MisuseIsReported(t *testing.T) {
	w := newWorld(t)
	always := func(cell.Reader) bool { return true }
	w.do(func(tx cell.Tx) {
		misuse(t, func() { _ = w.Update(func(cell.Tx) error { return nil }) })
		misuse(t, func() { _ = w.Flush(t.Context()) })
		misuse(t, func() { _ = cell.Wait(t.Context(), w, always) })
		tx.AfterCommit(func() {
			misuse(t, func() { _ = w.Flush(t.Context()) })
			misuse(t, func() { _ = cell.Wait(t.Context(), w, always) })
		})
	})
}

func TestB88_TaskResumesOnlyOnChange(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		a, b, other := cell.NewValue(0), cell.NewValue(0), cell.NewValue(0)
		asked := 0
		go func() {
			w.note("starts")
			err := cell.Wait(t.Context(), w, func(r cell.Reader) bool {
				asked++
				return a.Get(r)+b.Get(r) == 4
			})
			w.note("sum is 4 ", err)
			err = cell.Wait(t.Context(), w, func(cell.Reader) bool { return true }) // without inputs: goes on
			w.note("goes on ", err)
		}()
		w.noted("0: starts")
		set(w.world, other, 1)
		set(w.world, a, 0)
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		w.do(func(tx cell.Tx) { a.Set(tx, 1); b.Set(tx, 2); a.Set(tx, 3) }) // once, however much has changed
		if asked != 2 {
			t.Errorf("asked %d times", asked)
		}
		w.noted()
		set(w.world, a, 2)
		w.noted("0: sum is 4 <nil>", "0: goes on <nil>")
		if cell.Listeners(a) != 0 {
			t.Error("a task that has ended listens")
		}
	})
}

func TestB88_InputsSinceTheLastPause(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		a, b := cell.NewValue(0), cell.NewValue(0)
		go func() {
			_ = cell.Wait(t.Context(), w, func(r cell.Reader) bool { return a.Get(r) == 1 })
			w.note("a")
			_ = cell.Wait(t.Context(), w, func(r cell.Reader) bool { return b.Get(r) == 1 })
			w.note("b")
		}()
		synctest.Wait()
		set(w.world, a, 1)
		w.noted("0: a")
		if cell.Listeners(a) != 0 || cell.Listeners(b) != 1 {
			t.Error("waits for what it has waited for before")
		}
		set(w.world, a, 0) // does not take back where the task is
		set(w.world, b, 1)
		w.noted("0: b")
	})
}

// ask is a subtask: it puts a question and waits for the answer.
func ask(ctx context.Context, g *cell.Graph, question, answer *cell.Value[string], q string) (string, error) {
	err := g.Update(func(tx cell.Tx) error { question.Set(tx, q); answer.Set(tx, ""); return nil })
	if err != nil {
		return "", err
	}
	var a string
	err = cell.Wait(ctx, g, func(r cell.Reader) bool { a = answer.Get(r); return a != "" })
	if err == nil && strings.HasSuffix(a, "!") {
		return "", errors.New(a)
	}
	return a, err
}

func TestB89_SubtasksReturnValuesAndErrors(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		var question, answer cell.Value[string]
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() { // whoever answers
			for q, err := range cell.Changes(t.Context(), w, &question) {
				if err == nil && q != "" && q != "hard" {
					set(w.world, &answer, q+"?")
				}
			}
		}()
		result := make(chan error)
		go func() {
			result <- func() error {
				first, err := ask(ctx, w.Graph, &question, &answer, "who")
				if err != nil {
					return err
				}
				second, err := ask(ctx, w.Graph, &question, &answer, first)
				w.note(first, " ", second)
				if err != nil {
					return err
				}
				_, err = ask(ctx, w.Graph, &question, &answer, "hard")
				return fmt.Errorf("third: %w", err)
			}()
		}()
		w.noted("0: who? who??")
		cancel(errTest)
		if err := <-result; !errors.Is(err, errTest) || !strings.HasPrefix(err.Error(), "third: ") {
			t.Error(err)
		}
		// An error of a rule comes to the task whose step it has failed.
		cell.Rule(w, func(tx cell.Tx) {
			if question.Get(tx.Reader) == "why" {
				tx.Fail(errTest)
			}
		})
		if _, err := ask(t.Context(), w.Graph, &question, &answer, "why"); !errors.Is(err, errTest) {
			t.Error(err)
		}
		is(w.world, &question, "hard")
	})
}

func TestB90_WritesOfAStepAreSeenAfterItsCommit(t *testing.T) {
	w := newWorld(t)
	a, b := cell.NewValue(0), cell.NewValue(0)
	double := cell.Maintain(w, 0, func(tx cell.Tx, _ int) int { return 2 * a.Get(tx.Reader) })
	cell.Observe(w, func(r cell.Reader) { w.add(a.Get(r), b.Get(r), double.Get(r)) })
	w.do(func(tx cell.Tx) { // one step
		a.Set(tx, 1)
		if double.Get(tx.Reader) != 0 {
			t.Error("a rule has run during the step")
		}
		b.Set(tx, 1)
	})
	is(w, double, 2)
	w.saw("0 0 0", "1 1 2")
}

func TestB90_NoRollbackIntoATask(t *testing.T) {
	w := newWorld(t)
	n, m := cell.NewValue(0), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) { // reads too early: is retried, the step is not
		m.Get(tx.Reader)
		n.Get(tx.Reader)
	})
	cell.Rule(w, func(tx cell.Tx) {
		if m.Set(tx, n.Get(tx.Reader)); n.Get(tx.Reader) == 3 {
			tx.Fail(errTest)
		}
	})
	var steps []int
	for i := range 5 {
		err := w.Update(func(tx cell.Tx) error { steps = append(steps, i); n.Set(tx, i); return nil })
		if (err != nil) != (i == 3) {
			t.Error(err)
		}
	}
	if !slices.Equal(steps, []int{0, 1, 2, 3, 4}) {
		t.Error("a step was run again:", steps)
	}
	is(w, m, 4)
}

// A task's own write to what it waits for resumes it.
func TestDefect7_ATaskHearsItself(t *testing.T) {
	w := newWorld(t)
	n := cell.NewValue(0)
	reached := func(r cell.Reader) bool { return n.Get(r) == 3 }
	for next := range cell.Changes(t.Context(), w, n) {
		if next == 3 {
			break
		}
		set(w, n, next+1)
	}
	if err := cell.Wait(t.Context(), w, reached); err != nil {
		t.Error(err)
	}
}

func TestWait_TheConditionCountsMoreThanTheContext(t *testing.T) {
	inBubble(t, func(t *testing.T, w *realWorld) {
		n := cell.NewValue(0)
		for range 20 {
			set(w.world, n, 0)
			ctx, cancel := context.WithCancelCause(t.Context())
			go func() {
				synctest.Wait()
				set(w.world, n, 1)
				cancel(errTest)
			}()
			if err := cell.Wait(ctx, w, func(r cell.Reader) bool { return n.Get(r) == 1 }); err != nil {
				t.Fatal(err)
			}
		}
	})
}
