package fsw_test

import (
	"context"
	"fmt"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// What the server knows of a channel, as of the last event about it.
func ExampleChannel() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	call := srv.Call(fswtest.CallOptions{From: "1000", FromName: "Ada", To: "5000",
		Vars: map[string]string{"account": "acme"}})
	call.Answer()
	_ = sw.Wait(context.Background(), func(r cell.Reader) bool {
		ch := sw.Channel(r, call.UUID())
		return ch != nil && ch.CallState.Get(r) == "ACTIVE"
	})

	//doc:attributes
	sw.Graph().View(func(r cell.Reader) {
		for ch := range sw.Channels.All(r) {
			fmt.Println(ch.Name.Get(r), ch.Number.Get(r), "calls", ch.Destination.Get(r))
			fmt.Println(ch.Direction.Get(r), ch.State.Get(r), ch.CallState.Get(r), ch.AnswerState.Get(r))
			account, ok := ch.Variables.Get(r).Get("account")
			fmt.Println(account, ok, ch.Times.Get(r).Answered > 0)
		}
	})
	//doc:end
	// Output:
	// Ada 1000 calls 5000
	// inbound CS_EXECUTE ACTIVE answered
	// acme true true
}

// A wallboard: numbers and groups that are kept up to date at the cost of what changes.
func ExampleSwitch_wallboard() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()

	//doc:wallboard
	talking := cell.Count(&sw.Channels, func(r cell.Reader, ch *fsw.Channel) bool {
		return ch.AnswerState.Get(r) == "answered"
	})
	byDestination := cell.GroupBy(&sw.Channels, func(r cell.Reader, ch *fsw.Channel) string {
		return ch.Destination.Get(r)
	})
	sales := cell.Compute(func(r cell.Reader) int {
		if calls, ok := byDestination.Get(r, "sales"); ok {
			return calls.Len(r)
		}
		return 0
	})
	cell.Observe(sw.Scope(), func(r cell.Reader) {
		fmt.Println(sw.Channels.Len(r), "channels,", talking.Get(r), "talking,", sales.Get(r), "for sales")
	})
	//doc:end
	call := srv.Call(fswtest.CallOptions{To: "sales"})
	call.Answer()
	call.Hangup("")
	_ = sw.Wait(context.Background(), func(r cell.Reader) bool { return sw.UnknownIDs.Get(r) > 1 })
	// Output:
	// 0 channels, 0 talking, 0 for sales
	// 1 channels, 0 talking, 1 for sales
	// 1 channels, 1 talking, 1 for sales
	// 1 channels, 0 talking, 1 for sales
	// 0 channels, 0 talking, 0 for sales
}

// Something for each channel, that ends with it; and what is told to the outside world.
func ExampleSwitch_eachChannel() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	store := make(chan string, 10) // a database, say

	//doc:each
	cell.Rule(sw.Scope(), func(tx cell.Tx) {
		for ch := range sw.Channels.Added(tx.Reader) {
			cell.Effect(ch.Scope(tx).In(tx), func(r cell.Reader) func() {
				line := fmt.Sprintf("%s %s %q", ch.Number.Get(r), ch.CallState.Get(r), ch.Closed.Get(r))
				return func() { store <- line }
			})
		}
	})
	//doc:end
	call := srv.Call(fswtest.CallOptions{From: "1000"})
	call.Answer()
	call.Hangup("USER_BUSY")
	for range 5 {
		fmt.Println(<-store)
	}
	// Output:
	// 1000 DOWN ""
	// 1000 RINGING ""
	// 1000 ACTIVE ""
	// 1000 HANGUP ""
	// 1000 HANGUP "USER_BUSY"
}

// Legs that belong together, and who talks to whom.
func ExampleCall() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	ctx := context.Background()
	a, b := srv.Call(fswtest.CallOptions{From: "1000"}), srv.Call(fswtest.CallOptions{From: "1001"})
	a.Answer()
	b.Answer()
	_ = sw.Wait(ctx, func(r cell.Reader) bool { return sw.Channels.Len(r) == 2 })

	//doc:calls
	cell.Observe(sw.Scope(), func(r cell.Reader) {
		fmt.Println("calls:", sw.Calls.Len(r), "bridges:", sw.Bridges.Len(r))
		for bridge := range sw.Bridges.All(r) {
			call := bridge.A.Call.Get(r)
			fmt.Println(bridge.A.Number.Get(r), "talks to", bridge.B.Number.Get(r), "legs:", len(call.Legs.Get(r)))
		}
	})
	//doc:end
	a.Bridge(b)
	_ = sw.Wait(ctx, func(r cell.Reader) bool { return sw.Bridges.Len(r) == 1 })
	// Output:
	// calls: 2 bridges: 0
	// calls: 1 bridges: 1
	// 1000 talks to 1001 legs: 2
	// calls: 0 bridges: 0
}

// What is to be billed, when a call has ended.
func ExampleCallRecord() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	invoices := make(chan fsw.CallRecord, 10)

	//doc:billing
	ledger := cell.NewLane(sw.Scope(), nil) // a database may block
	cell.Effect(ledger, func(r cell.Reader) func() {
		var ended []fsw.CallRecord
		for rec := range sw.CallRecords.All(r) {
			ended = append(ended, rec)
		}
		return func() {
			for _, rec := range ended {
				invoices <- rec
			}
		}
	})
	//doc:end
	call := srv.Call(fswtest.CallOptions{From: "1000", To: "5000"})
	call.Answer()
	call.Hangup("NORMAL_CLEARING")
	//doc:invoice
	rec := <-invoices
	for _, leg := range rec.Legs {
		billed, known := leg.Billed()
		fmt.Println(leg.Number, "to", leg.Destination, leg.Cause, billed < time.Minute, known)
	}
	//doc:end
	// Output:
	// 1000 to 5000 NORMAL_CLEARING true true
}
