package fsw_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/pipe"
)

// Events that are not a part of the model, and what there is to read in them.
func ExampleSwitch_events() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()

	//doc:events
	_ = sw.Graph().Update(func(tx cell.Tx) error {
		sw.WatchEvents.Add(tx, "HEARTBEAT", "sofia::register")
		return nil
	})
	seen := make(chan string, 10)
	cell.Effect(sw.Scope(), func(r cell.Reader) func() {
		var lines []string
		for ev := range sw.Events.All(r) {
			if ev.Subclass() == "sofia::register" {
				user, _ := ev.Get("from-user")
				expires, _ := ev.Int("expires")
				lines = append(lines, fmt.Sprint(user, " for ", expires, " s"))
			}
		}
		return func() {
			for _, line := range lines {
				seen <- line
			}
		}
	})
	//doc:end
	_ = sw.Wait(context.Background(), func(r cell.Reader) bool { return len(sw.CommandsSent(r)) == 0 })
	srv.FireCustom("sofia::register", "from-user", "1000", "expires", "3600")
	fmt.Println(<-seen)
	// Output:
	// 1000 for 3600 s
}

// The log of the server, line by line.
func ExampleSwitch_log() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	ctx := context.Background()

	//doc:logs
	lines := pipe.Subscribe(ctx, sw.Scope(), &sw.LogData, pipe.DropOldest(10_000))
	_ = sw.Graph().Update(func(tx cell.Tx) error {
		sw.LogLevel.Set(tx, esl.LogWarning) // and worse
		return nil
	})
	//doc:end
	_ = sw.Wait(ctx, func(r cell.Reader) bool { return len(sw.CommandsSent(r)) == 0 })
	srv.Log(3, "disk full")
	//doc:loglines
	for line := range lines.All() {
		fmt.Println(line.Level, strings.Contains(line.Text, "disk full"))
		break
	}
	//doc:end
	// Output:
	// err true
}

// A rule that fails is stopped, reported, and takes nothing with it.
func ExampleFault() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	faults := make(chan *fsw.Fault, 1)

	//doc:faults
	cell.Effect(sw.Scope(), func(r cell.Reader) func() {
		for f := range sw.Faults.All(r) {
			return func() { faults <- f }
		}
		return nil
	})
	var areas cell.Map[*fsw.Channel, string]
	cell.Rule(sw.Scope(), func(tx cell.Tx) {
		for ch := range sw.Channels.Added(tx.Reader) {
			areas.Set(tx, ch, ch.Number.Peek(tx.Reader)[:4]) // short numbers exist, too
		}
	})
	//doc:end
	srv.Call(fswtest.CallOptions{From: "110"})
	f := <-faults
	fmt.Println(f.Stopped, strings.Contains(f.Error(), "slice bounds out of range"))
	_ = sw.Wait(context.Background(), func(r cell.Reader) bool { return sw.Channels.Len(r) == 1 })
	fmt.Println("the channel is there:", cell.Read(sw.Graph(), &sw.DroppedEvents) == 0)
	// Output:
	// true true
	// the channel is there: true
}
