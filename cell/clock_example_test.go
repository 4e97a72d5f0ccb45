package cell_test

import (
	"context"
	"fmt"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// An alarm clock: the alarm can be set anew, also to no time at all.
func ExampleReader_Reached() {
	g := cell.NewGraph(cell.WithManualClock(time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)))
	alarm := cell.NewValue(cell.At(time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)))
	cell.Observe(g, func(r cell.Reader) {
		fmt.Println(r.Now().Time().UTC().Format("15:04"), r.Reached(alarm.Get(r)))
	})
	_ = g.Advance(8 * time.Hour)
	_ = g.Update(func(tx cell.Tx) error { alarm.Set(tx, tx.Now().Add(2*time.Hour)); return nil })
	_ = g.Advance(2 * time.Hour)
	_ = g.Update(func(tx cell.Tx) error { alarm.Set(tx, cell.NotYet); return nil })
	// Output:
	// 22:00 false
	// 06:00 false
	// 08:00 true
	// 08:00 false
}

// An idle timer: true when nobody has been busy for a while.
func ExampleSince() {
	g := cell.NewGraph(cell.WithManualClock(time.Time{}))
	busy, patience := cell.NewValue(false), cell.NewValue(20*time.Second)
	idle := cell.Since(g, func(r cell.Reader) bool { return !busy.Get(r) })
	bored := cell.Compute(func(r cell.Reader) bool {
		return r.Reached(idle.Get(r).Add(patience.Get(r)))
	})
	cell.Observe(g, func(r cell.Reader) { fmt.Println("bored:", bored.Get(r)) })
	_ = g.Advance(15 * time.Second)
	_ = g.Update(func(tx cell.Tx) error { busy.Set(tx, true); return nil })
	_ = g.Advance(time.Minute)
	_ = g.Update(func(tx cell.Tx) error { busy.Set(tx, false); return nil })
	_ = g.Advance(15 * time.Second)
	_ = g.Update(func(tx cell.Tx) error { patience.Set(tx, 10*time.Second); return nil })
	// Output:
	// bored: false
	// bored: true
}

// A rule that knows how often it has been told: once a minute.
func ExampleReader_Elapsed() {
	g := cell.NewGraph(cell.WithManualClock(time.Time{}))
	answered := cell.NewValue(cell.NotYet)
	cell.Observe(g, func(r cell.Reader) {
		fmt.Println("talking for", r.Elapsed(answered.Get(r), time.Minute))
	})
	_ = g.Update(func(tx cell.Tx) error { answered.Set(tx, tx.Now()); return nil })
	for range 4 {
		_ = g.Advance(40 * time.Second)
	}
	// Output:
	// talking for 0s
	// talking for 0s
	// talking for 1m0s
	// talking for 2m0s
}

// A simulation goes from moment to moment, as long as anything is waited for.
func ExampleReader_NextMoment() {
	g := cell.NewGraph(cell.WithManualClock(time.Time{}))
	start := cell.At(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	cell.Observe(g, func(r cell.Reader) {
		done := r.Reached(start.Add(90 * time.Minute))
		fmt.Println(r.Now().Sub(start), "half:", r.Reached(start.Add(45*time.Minute)), "done:", done)
	})
	for {
		next := cell.NotYet
		g.View(func(r cell.Reader) { next = r.NextMoment() })
		if next == cell.NotYet {
			break
		}
		_ = g.AdvanceTo(next)
	}
	// Output:
	// 0s half: false done: false
	// 45m0s half: true done: false
	// 1h30m0s half: true done: true
}

// What fails because of the time is nobody's Update.
func ExampleWithErrorHandler() {
	failed := make(chan error)
	g := cell.NewGraph(cell.WithErrorHandler(func(err error) {
		if rule, ok := cell.Culprit(err); ok {
			rule.Stop() // it would be tried again
		}
		failed <- err
	}))
	cell.Rule(g, func(tx cell.Tx) {
		if tx.Elapsed(tx.Now(), time.Millisecond); tx.Transaction() > 1 {
			tx.Fail(fmt.Errorf("no answer in time"))
		}
	}).Named("patience")
	fmt.Println((<-failed).(*cell.ClockError).Err)
	// Output:
	// cell: patience: no answer in time
}

// A goroutine that follows a cell.
func ExampleChanges() {
	g := cell.NewGraph()
	calls := cell.NewValue(1)
	for n, err := range cell.Changes(context.Background(), g, calls) {
		if err != nil || n > 3 {
			break
		}
		fmt.Println(n, "calls")
		_ = g.Update(func(tx cell.Tx) error { calls.Set(tx, n+1); return nil })
	}
	// Output:
	// 1 calls
	// 2 calls
	// 3 calls
}
