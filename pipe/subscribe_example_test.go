package pipe_test

import (
	"context"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

// A goroutine gets every item that was committed, one after the other, and may
// take its time: with Wait, whoever adds more than fit waits for it.
func ExampleSubscribe() {
	g := cell.NewGraph()
	calls := cell.NewScope(g)
	var hangups pipe.Pipe[string]
	bills := pipe.Subscribe(context.Background(), calls, &hangups, pipe.Wait(100))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for call := range bills.All() {
			fmt.Println("bill", call)
		}
		fmt.Println("end:", bills.Err())
	}()
	_ = g.Update(func(tx cell.Tx) error { hangups.Append(tx, "a", "b"); return nil })
	_ = g.Update(func(tx cell.Tx) error { hangups.Append(tx, "lost"); return fmt.Errorf("undone") })
	_ = g.Update(func(tx cell.Tx) error { hangups.Append(tx, "c"); return nil })
	calls.Stop()
	<-done
	// Output:
	// bill a
	// bill b
	// bill c
	// end: <nil>
}

// For whoever only wants to know what is newest.
func ExampleDropOldest() {
	g := cell.NewGraph()
	var levels pipe.Pipe[int]
	meter := pipe.Subscribe(context.Background(), g, &levels, pipe.DropOldest(1))
	for i := range 5 {
		_ = g.Update(func(tx cell.Tx) error { levels.Append(tx, 10*i); return nil })
	}
	meter.Stop() // what it holds can still be had
	for level := range meter.All() {
		fmt.Println(level, "after", meter.Dropped(), "dropped")
	}
	// Output: 40 after 4 dropped
}

func ExampleFail() {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	s := pipe.Subscribe(context.Background(), g, &p, pipe.Fail(2))
	_ = g.Update(func(tx cell.Tx) error { p.Append(tx, 1); return nil })
	_ = g.Update(func(tx cell.Tx) error { p.Append(tx, 2, 3); return nil })
	for x := range s.All() {
		fmt.Println(x)
	}
	fmt.Println(s.Err())
	// Output:
	// 1
	// pipe: the consumer is too slow: 2 further items do not fit into a subscription for 2
}

// A Subscription can be made to anything that has items for a pass.
func ExampleItems() {
	g := cell.NewGraph()
	members := cell.NewSet("al")
	joined := pipe.Subscribe(context.Background(), g, pipe.Items[string](members.Added), pipe.Wait(10))
	_ = g.Update(func(tx cell.Tx) error { members.Add(tx, "bo", "cy"); return nil })
	for name := range joined.All() {
		fmt.Println(name)
		if name == "cy" {
			break
		}
	}
	// Output:
	// bo
	// cy
}

func ExampleDropNewest() {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	s := pipe.Subscribe(context.Background(), g, &p, pipe.DropNewest(2))
	_ = g.Update(func(tx cell.Tx) error { p.Append(tx, 1, 2, 3, 4); return nil })
	s.Stop()
	for x := range s.All() {
		fmt.Println(x)
	}
	fmt.Println(s.Dropped(), "dropped")
	// Output:
	// 1
	// 2
	// 2 dropped
}
