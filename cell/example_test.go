package cell_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

func ExampleGraph_Update() {
	g := cell.NewGraph()
	from, to := cell.NewValue(100), cell.NewValue(0)
	cell.Observe(g, func(r cell.Reader) { fmt.Println("from", from.Get(r), "to", to.Get(r)) })
	transfer := func(amount int) error {
		return g.Update(func(tx cell.Tx) error {
			from.Set(tx, from.Get(tx.Reader)-amount)
			to.Set(tx, to.Get(tx.Reader)+amount)
			if from.Get(tx.Reader) < 0 {
				return errors.New("not enough")
			}
			return nil
		})
	}
	fmt.Println(transfer(30))
	fmt.Println(transfer(80), "- from still has", cell.Read(g, from))
	// Output:
	// from 100 to 0
	// from 70 to 30
	// <nil>
	// not enough - from still has 70
}

func ExampleValue() {
	type Channel struct {
		State  cell.Value[string] // ready for use
		Digits cell.Value[int]
	}
	g := cell.NewGraph()
	c := &Channel{}
	cell.Observe(g, func(r cell.Reader) { fmt.Printf("%q %d\n", c.State.Get(r), c.Digits.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { c.State.Set(tx, "ringing"); c.Digits.Set(tx, 2); return nil })
	_ = g.Update(func(tx cell.Tx) error { c.State.Set(tx, "ringing"); return nil }) // no change
	// Output:
	// "" 0
	// "ringing" 2
}

func ExampleNewValueFunc() {
	g := cell.NewGraph()
	tags := cell.NewValueFunc([]string{"a"}, func(a, b []string) bool { return fmt.Sprint(a) == fmt.Sprint(b) })
	cell.Observe(g, func(r cell.Reader) { fmt.Println(tags.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { tags.Set(tx, []string{"a"}); return nil })
	_ = g.Update(func(tx cell.Tx) error { tags.Set(tx, []string{"a", "b"}); return nil })
	// Output:
	// [a]
	// [a b]
}

func ExamplePulse() {
	g := cell.NewGraph()
	var hangup cell.Pulse[string]
	count := cell.NewValue(0)
	cell.Rule(g, func(tx cell.Tx) {
		if hangup.Get(tx.Reader) != "" {
			count.Set(tx, count.Peek(tx.Reader)+1)
		}
	})
	cell.Observe(g, func(r cell.Reader) { fmt.Printf("%q after %d\n", hangup.Get(r), count.Get(r)) })
	for range 2 {
		_ = g.Update(func(tx cell.Tx) error { hangup.Set(tx, "NORMAL_CLEARING"); return nil })
	}
	// Output:
	// "" after 0
	// "NORMAL_CLEARING" after 1
	// "" after 1
	// "NORMAL_CLEARING" after 2
	// "" after 2
}

func ExampleCompute() {
	g := cell.NewGraph()
	metric, celsius := cell.NewValue(true), cell.NewValue(20)
	text := cell.Compute(func(r cell.Reader) string {
		if metric.Get(r) {
			return fmt.Sprint(celsius.Get(r), "°C")
		}
		return fmt.Sprint(celsius.Get(r)*9/5+32, "°F")
	})
	cell.Observe(g, func(r cell.Reader) { fmt.Println(text.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error {
		celsius.Set(tx, 30)
		fmt.Println("inside the transaction:", text.Get(tx.Reader))
		metric.Set(tx, false)
		return nil
	})
	// Output:
	// 20°C
	// inside the transaction: 30°C
	// 86°F
}

// Two cells that follow each other: set either, the other moves.
func ExampleMaintain() {
	g := cell.NewGraph()
	var f, c *cell.Maintained[float64]
	_ = g.Update(func(tx cell.Tx) error {
		f = cell.Maintain(tx, 32, func(tx cell.Tx, _ float64) float64 { return c.Get(tx.Reader)*1.8 + 32 })
		c = cell.Maintain(tx, 0, func(tx cell.Tx, _ float64) float64 { return (f.Get(tx.Reader) - 32) / 1.8 })
		return nil
	})
	cell.Observe(g, func(r cell.Reader) { fmt.Printf("%.0f°F is %.0f°C\n", f.Get(r), c.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { c.Set(tx, 100); return nil })
	_ = g.Update(func(tx cell.Tx) error { f.Set(tx, 68); return nil })
	// Output:
	// 32°F is 0°C
	// 212°F is 100°C
	// 68°F is 20°C
}

func ExampleRule() {
	g := cell.NewGraph()
	busy := cell.NewValue(0)
	var alarm cell.Pulse[string]
	cell.Rule(g, func(tx cell.Tx) {
		if n := busy.Get(tx.Reader); n > 10 {
			alarm.Set(tx, fmt.Sprint(n, " lines busy"))
		}
	})
	cell.Observe(g, func(r cell.Reader) {
		if a := alarm.Get(r); a != "" {
			fmt.Println(a)
		}
	})
	for _, n := range []int{5, 11, 7, 12} {
		_ = g.Update(func(tx cell.Tx) error { busy.Set(tx, n); return nil })
	}
	// Output:
	// 11 lines busy
	// 12 lines busy
}

func ExampleObserve() {
	g := cell.NewGraph()
	x, y := cell.NewValue(1), cell.NewValue(2)
	o := cell.Observe(g, func(r cell.Reader) {
		if x.Get(r) > y.Get(r) {
			r.Fail(errors.New("x must not exceed y"))
		}
		fmt.Println(x.Get(r), y.Get(r))
	}).Named("the order of x and y")
	err := g.Update(func(tx cell.Tx) error { x.Set(tx, 5); return nil })
	fmt.Println(err)
	_ = g.Update(func(tx cell.Tx) error { x.Set(tx, 5); y.Set(tx, 6); return nil })
	o.Stop()
	_ = g.Update(func(tx cell.Tx) error { y.Set(tx, 7); return nil })
	// Output:
	// 1 2
	// cell: the order of x and y: x must not exceed y
	// 5 6
}

func ExampleEffect() {
	g := cell.NewGraph()
	state := cell.NewValue("idle")
	cell.Effect(g, func(r cell.Reader) func() {
		s := state.Get(r) // inside the transaction
		return func() { fmt.Println("sent:", s) }
	})
	_ = g.Update(func(tx cell.Tx) error {
		state.Set(tx, "never")
		return errors.New("no")
	})
	_ = g.Update(func(tx cell.Tx) error { state.Set(tx, "ringing"); return nil })
	// Output:
	// sent: idle
	// sent: ringing
}

func ExampleSet() {
	g := cell.NewGraph()
	var members cell.Set[string]
	cell.Observe(g, func(r cell.Reader) {
		for name := range members.Added(r) {
			fmt.Println(name, "joined")
		}
		for name := range members.Removed(r) {
			fmt.Println(name, "left")
		}
	})
	cell.Observe(g, func(r cell.Reader) { fmt.Println(members.Len(r), "members") })
	_ = g.Update(func(tx cell.Tx) error { members.Add(tx, "ann", "bob"); return nil })
	_ = g.Update(func(tx cell.Tx) error {
		members.Remove(tx, "ann")
		members.Add(tx, "cid")
		members.Remove(tx, "cid") // as if never added
		return nil
	})
	// Output:
	// 0 members
	// ann joined
	// bob joined
	// 2 members
	// ann left
	// 1 members
}

func ExampleMap() {
	g := cell.NewGraph()
	var calls cell.Map[string, int]
	cell.Observe(g, func(r cell.Reader) {
		for k, v := range calls.Added(r) {
			fmt.Println("new", k, v)
		}
		for k, v := range calls.Changed(r) {
			fmt.Println("now", k, v)
		}
		for k, v := range calls.Removed(r) {
			fmt.Println("was", k, v)
		}
	})
	_ = g.Update(func(tx cell.Tx) error { calls.Set(tx, "ann", 1); calls.Set(tx, "bob", 1); return nil })
	_ = g.Update(func(tx cell.Tx) error { calls.Set(tx, "ann", 2); calls.Delete(tx, "bob"); return nil })
	// Output:
	// new ann 1
	// new bob 1
	// now ann 2
	// was bob 1
}

func ExampleScope() {
	g := cell.NewGraph()
	v := cell.NewValue(1)
	call := cell.NewScope(g)
	cell.Observe(call, func(r cell.Reader) { fmt.Println("one sees", v.Get(r)) })
	leg := cell.NewScope(call)
	cell.Observe(leg, func(r cell.Reader) { fmt.Println("two sees", v.Get(r)) })
	call.Stop() // with all that it owns
	_ = g.Update(func(tx cell.Tx) error { v.Set(tx, 2); return nil })
	// Output:
	// one sees 1
	// two sees 1
}

func ExampleWait() {
	g := cell.NewGraph()
	state := cell.NewValue("ringing")
	go func() {
		_ = g.Update(func(tx cell.Tx) error { state.Set(tx, "answered"); return nil })
	}()
	err := cell.Wait(context.Background(), g, func(r cell.Reader) bool { return state.Get(r) == "answered" })
	fmt.Println(err, cell.Read(g, state))
	// Output: <nil> answered
}

// Counter is a cell of an own kind: it can only be increased.
type Counter struct {
	c cell.Custom
	n int
}

func (c *Counter) Get(r cell.Reader) int { c.c.Read(r); return c.n }

func (c *Counter) Add(tx cell.Tx, by uint) {
	c.c.Log(tx, (*counterKind)(c), c.n) // so that it can be undone
	c.n += int(by)
	c.c.Changed(tx)
}

type counterKind Counter

func (c *counterKind) Undo(n int) { c.n = n }
func (c *counterKind) Reset()     {}

func ExampleCustom() {
	g := cell.NewGraph()
	var c Counter
	cell.Observe(g, func(r cell.Reader) { fmt.Println(c.Get(r)) })
	_ = g.Update(func(tx cell.Tx) error { c.Add(tx, 2); c.Add(tx, 3); return nil })
	_ = g.Update(func(tx cell.Tx) error { c.Add(tx, 100); return errors.New("no") })
	fmt.Println(cell.Read(g, &c))
	// Output:
	// 0
	// 5
	// 5
}
