package fsw_test

import (
	"context"
	"fmt"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/pipe"
)

// Sequential code in a goroutine, over state that changes by itself.
func ExampleSwitch_Wait() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	ctx := context.Background()
	call := srv.Call(fswtest.CallOptions{From: "1000"})
	go func() {
		_ = sw.Wait(ctx, func(r cell.Reader) bool { return sw.Channel(r, call.UUID()) != nil })
		call.Answer()
		call.Hangup("NORMAL_CLEARING")
	}()

	//doc:wait
	var ch *fsw.Channel
	err := sw.Wait(ctx, func(r cell.Reader) bool {
		for c := range sw.Channels.All(r) {
			if c.Number.Get(r) == "1000" {
				ch = c
			}
		}
		return ch != nil
	})
	if err != nil {
		fmt.Println(err) // ctx's, or why the switch was closed
		return
	}
	patience, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err = sw.Wait(patience, func(r cell.Reader) bool { return ch.Closed.Get(r) != "" })
	fmt.Println(cell.Read(sw.Graph(), &ch.Closed), err)
	//doc:end
	// Output:
	// NORMAL_CLEARING <nil>
}

// A loop over the newest state, and one over every event.
func ExampleSwitch_follow() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	ctx := context.Background()

	//doc:changes
	number := cell.Compute(func(r cell.Reader) int { return sw.Channels.Len(r) })
	go srv.Call(fswtest.CallOptions{From: "1000"})
	for n, err := range cell.Changes(ctx, sw.Graph(), number) {
		if err != nil || n == 1 {
			fmt.Println("now", n, err)
			break
		}
	}
	//doc:end

	//doc:subscribe
	events := pipe.Subscribe(ctx, sw.Scope(), &sw.Events, pipe.DropOldest(1000))
	go srv.Call(fswtest.CallOptions{From: "1001"})
	for ev := range events.All() {
		if ev.Name() == "CHANNEL_CREATE" {
			fmt.Println(ev.Name(), ev.Value("Caller-Caller-ID-Number"), events.Dropped())
			break
		}
	}
	//doc:end
	// Output:
	// now 1 <nil>
	// CHANNEL_CREATE 1001 0
}

// A cell that anybody may read at any time, without waiting for the model.
func ExampleSwitch_publish() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()

	//doc:publish
	number := cell.Compute(func(r cell.Reader) int { return sw.Channels.Len(r) })
	published := cell.Publish(sw.Scope(), number)
	health := func() string { // an HTTP handler, say
		return fmt.Sprintln(published.Load(), "channels")
	}
	//doc:end
	fmt.Print(health())
	// Output:
	// 0 channels
}
