package cell_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

func Example_debounce() {
	g := cell.NewGraph(cell.WithManualClock(time.Time{}))
	typed := cell.NewValue("")
	last := cell.Maintain(g, cell.NotYet, func(tx cell.Tx, _ cell.Moment) cell.Moment {
		typed.Get(tx.Reader)
		return tx.Now()
	})
	settled := cell.Maintain(g, "", func(tx cell.Tx, before string) string {
		if text := typed.Get(tx.Reader); tx.Reached(last.Get(tx.Reader).Add(300 * time.Millisecond)) {
			return text
		}
		return before
	})
	cell.Observe(g, func(r cell.Reader) { fmt.Printf("search for %q\n", settled.Get(r)) })
	for _, text := range []string{"1", "10", "100"} {
		_ = g.Update(func(tx cell.Tx) error { typed.Set(tx, text); return nil })
		_ = g.Advance(100 * time.Millisecond)
	}
	_ = g.Advance(time.Second)
	// Output:
	// search for ""
	// search for "100"
}

func Example_previousValue() {
	g := cell.NewGraph()
	calls := cell.NewValue(3)
	type change struct{ from, to int }
	last := cell.Maintain(g, change{}, func(tx cell.Tx, c change) change {
		return change{from: c.to, to: calls.Get(tx.Reader)}
	})
	_ = g.Update(func(tx cell.Tx) error { calls.Set(tx, 5); return nil })
	_ = g.Update(func(tx cell.Tx) error { calls.Set(tx, 4); return nil })
	fmt.Println(cell.Read(g, last))
	// Output:
	// {5 4}
}

func Example_latch() {
	g := cell.NewGraph()
	load := cell.NewValue(10)
	alarm := cell.Maintain(g, false, func(tx cell.Tx, on bool) bool { return on || load.Get(tx.Reader) > 90 })
	cell.Observe(g, func(r cell.Reader) { fmt.Println("load", load.Get(r), "alarm", alarm.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { load.Set(tx, 95); return nil })
	_ = g.Update(func(tx cell.Tx) error { load.Set(tx, 20); return nil })
	_ = g.Update(func(tx cell.Tx) error { alarm.Set(tx, false); return nil }) // somebody has seen it
	// Output:
	// load 10 alarm false
	// load 95 alarm true
	// load 20 alarm true
	// load 20 alarm false
}

func Example_timeout() {
	g := cell.NewGraph(cell.WithManualClock(time.Time{}))
	var asked cell.Value[cell.Moment] // NotYet
	var answer cell.Value[string]
	state := cell.Compute(func(r cell.Reader) string {
		switch at := asked.Get(r); {
		case answer.Get(r) != "":
			return "answered: " + answer.Get(r)
		case r.Reached(at.Add(5 * time.Second)):
			return "no answer"
		default:
			return "waiting"
		}
	})
	cell.Observe(g, func(r cell.Reader) { fmt.Println(state.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { asked.Set(tx, tx.Now()); return nil })
	_ = g.Advance(6 * time.Second)
	_ = g.Update(func(tx cell.Tx) error { answer.Set(tx, "late"); return nil })
	// Output:
	// waiting
	// no answer
	// answered: late
}

func Example_toggle() {
	g := cell.NewGraph()
	var pressed cell.Pulse[bool]
	muted := cell.Maintain(g, false, func(tx cell.Tx, on bool) bool { return on != pressed.Get(tx.Reader) })
	cell.Observe(g, func(r cell.Reader) { fmt.Println("muted:", muted.Get(r)) })
	for range 2 {
		_ = g.Update(func(tx cell.Tx) error { pressed.Set(tx, true); return nil })
	}
	// Output:
	// muted: false
	// muted: true
	// muted: false
}

func Example_runningTotal() {
	g := cell.NewGraph()
	var bills pipe.Pipe[int]
	total := cell.Maintain(g, 0, func(tx cell.Tx, sum int) int {
		for amount := range bills.All(tx.Reader) {
			sum += amount
		}
		return sum
	})
	_ = g.Update(func(tx cell.Tx) error { bills.Append(tx, 30, 12); return nil })
	_ = g.Update(func(tx cell.Tx) error { bills.Append(tx, 8); return nil })
	fmt.Println(cell.Read(g, total))
	// Output:
	// 50
}

func Example_join() {
	g := cell.NewGraph()
	var agents cell.Map[string, string] // extension to name
	var calls cell.Map[string, int]     // extension to the number of calls
	busy := cell.Join(&agents, &calls)
	cell.Observe(g, func(r cell.Reader) {
		for extension, p := range busy.Added(r) {
			fmt.Println(extension, p.Left, "has", p.Right)
		}
		for extension, p := range busy.Removed(r) {
			fmt.Println(extension, p.Left, "is free")
		}
	})
	_ = g.Update(func(tx cell.Tx) error { agents.Set(tx, "1000", "anne"); agents.Set(tx, "1001", "bert"); return nil })
	_ = g.Update(func(tx cell.Tx) error { calls.Set(tx, "1001", 2); calls.Set(tx, "9999", 1); return nil })
	_ = g.Update(func(tx cell.Tx) error { calls.Delete(tx, "1001"); return nil })
	// Output:
	// 1001 bert has 2
	// 1001 bert is free
}

func Example_fanIn() {
	g := cell.NewGraph()
	var calls, mails, all pipe.Pipe[string]
	cell.Rule(g, func(tx cell.Tx) {
		for _, source := range []*pipe.Pipe[string]{&calls, &mails} {
			all.Extend(tx, source.All(tx.Reader))
		}
	})
	cell.Observe(g, func(r cell.Reader) {
		for what := range all.All(r) {
			fmt.Println(what)
		}
	})
	_ = g.Update(func(tx cell.Tx) error { mails.Append(tx, "mail 1"); calls.Append(tx, "call 1", "call 2"); return nil })
	_ = g.Update(func(tx cell.Tx) error { mails.Append(tx, "mail 2"); return nil })
	// Output:
	// call 1
	// call 2
	// mail 1
	// mail 2
}

func Example_stateMachine() {
	g := cell.NewGraph()
	type step struct{ state, event string }
	steps := map[step]string{
		{"idle", "call"}:      "ringing",
		{"ringing", "answer"}: "talking",
		{"ringing", "hangup"}: "idle",
		{"talking", "hangup"}: "idle",
	}
	var event cell.Pulse[string]
	state := cell.Maintain(g, "idle", func(tx cell.Tx, now string) string {
		if next, ok := steps[step{now, event.Get(tx.Reader)}]; ok {
			return next
		}
		return now
	})
	cell.Observe(g, func(r cell.Reader) { fmt.Println(state.Get(r)) })
	for _, e := range []string{"call", "call", "answer", "hangup"} {
		_ = g.Update(func(tx cell.Tx) error { event.Set(tx, e); return nil })
	}
	// Output:
	// idle
	// ringing
	// talking
	// idle
}

func Example_undo() {
	g := cell.NewGraph()
	var title, text cell.Value[string]
	var past cell.List[func(cell.Tx)] // what takes the edits back
	edit := func(tx cell.Tx, c *cell.Value[string], x string) {
		before := c.Get(tx.Reader)
		past.Append(tx, func(tx cell.Tx) { c.Set(tx, before) })
		c.Set(tx, x)
	}
	undo := func(tx cell.Tx) error {
		if last := past.Len(tx.Reader) - 1; last >= 0 {
			past.At(tx.Reader, last)(tx)
			past.Delete(tx, last, last+1)
		}
		return nil
	}
	cell.Observe(g, func(r cell.Reader) { fmt.Printf("%q %q, %d to undo\n", title.Get(r), text.Get(r), past.Len(r)) })
	_ = g.Update(func(tx cell.Tx) error { edit(tx, &title, "Menu"); edit(tx, &text, "Press 1"); return nil })
	_ = g.Update(undo)
	_ = g.Update(undo)
	// Output:
	// "" "", 0 to undo
	// "Menu" "Press 1", 2 to undo
	// "Menu" "", 1 to undo
	// "" "", 0 to undo
}

func Example_batching() {
	g := cell.NewGraph(cell.WithManualClock(time.Time{}))
	var lines pipe.Pipe[string]
	var batches pipe.Pipe[[]string]
	var batch cell.List[string]
	var begun cell.Value[cell.Moment]
	cell.Rule(g, func(tx cell.Tx) {
		if batch.Append(tx, lines.Get(tx.Reader)...); batch.Len(tx.Reader) > 0 {
			begun.Set(tx, begun.Get(tx.Reader).BeginsWith(tx.Reader, true))
		}
		if batch.Len(tx.Reader) >= 3 || tx.Reached(begun.Get(tx.Reader).Add(time.Second)) {
			batches.Append(tx, batch.Get(tx.Reader))
			batch.Clear(tx)
			begun.Set(tx, cell.NotYet)
		}
	})
	cell.Observe(g, func(r cell.Reader) { fmt.Print(slices.Concat(batches.Get(r)...), " ") })
	for _, line := range []string{"a", "b", "c", "d"} {
		_ = g.Update(func(tx cell.Tx) error { lines.Append(tx, line); return nil })
	}
	_ = g.Advance(time.Second)
	// Output:
	// [] [a b c] [] [d] []
}

func Example_goroutine() {
	g, ctx := cell.NewGraph(), context.Background()
	var numbers pipe.Pipe[string]
	var names cell.Map[string, string]
	asked := pipe.Subscribe(ctx, g, &numbers, pipe.Wait(100))
	defer asked.Stop()
	go func() {
		for number := range asked.All() {
			name := "name of " + number // looking it up may take its time
			_ = g.Update(func(tx cell.Tx) error { names.Set(tx, number, name); return nil })
		}
	}()
	_ = g.Update(func(tx cell.Tx) error { numbers.Append(tx, "1000", "1001"); return nil })
	var name string
	err := cell.Wait(ctx, g, func(r cell.Reader) (known bool) {
		name, known = names.Get(r, "1001")
		return known
	})
	fmt.Println(name, err)
	// Output:
	// name of 1001 <nil>
}
