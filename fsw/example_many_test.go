package fsw_test

import (
	"context"
	"fmt"
	"log"
	"slices"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// Callers who wait are connected with agents who are free: a queue, as two sets and a rule.
func ExampleSwitch_queue() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()

	//doc:queue
	var agents cell.Set[string]                // who are logged in
	var offered cell.Map[*fsw.Channel, string] // to whom a caller has been given
	waiting := cell.Filter(&sw.Channels, func(r cell.Reader, ch *fsw.Channel) bool {
		_, given := offered.Get(r, ch)
		return ch.Direction.Get(r) == esl.Inbound && ch.AnswerState.Get(r) == esl.AnswerAnswered &&
			len(ch.Call.Get(r).Legs.Get(r)) == 1 && !given // alone in its call
	})
	called := cell.MapSet(&sw.Channels, func(r cell.Reader, ch *fsw.Channel) string {
		return ch.Destination.Get(r)
	})
	free := cell.Difference(&agents, called, cell.Values(&offered))
	cell.Rule(sw.Scope(), func(tx cell.Tx) {
		callers, idle := slices.Collect(waiting.All(tx.Reader)), slices.Collect(free.All(tx.Reader))
		for i := range min(len(callers), len(idle)) {
			caller := callers[i]
			offered.Set(tx, caller, idle[i])
			err := caller.SendBridge(tx, esl.Dial(esl.User(idle[i])), func(tx cell.Tx, r fsw.Reply) {
				offered.Delete(tx, caller) // their talk is over, or there was none
			})
			if err != nil {
				tx.Fail(err)
			}
		}
	})
	//doc:end
	_ = sw.Graph().Update(func(tx cell.Tx) error { agents.Add(tx, "1001", "1002"); return nil })
	for range 3 {
		srv.Call(fswtest.CallOptions{To: "park", Route: true})
	}
	talking := cell.Compute(func(r cell.Reader) int { return sw.Bridges.Len(r) })
	_ = sw.Wait(context.Background(), func(r cell.Reader) bool { return talking.Get(r) == 2 && waiting.Len(r) == 1 })
	sw.Graph().View(func(r cell.Reader) {
		fmt.Println(talking.Get(r), "talk,", waiting.Len(r), "waits,", free.Len(r), "is free")
	})
	// Output:
	// 2 talk, 1 waits, 0 is free
}

// Switches on one graph: a rule sees them in one state.
func ExampleNewFleet() {
	east, west := fswtest.NewServer(fswtest.Options{Hostname: "east"}), fswtest.NewServer(fswtest.Options{Hostname: "west"})
	defer east.Close()
	defer west.Close()
	ctx := context.Background()

	//doc:fleet
	g, fleet := cell.NewGraph(), fsw.NewFleet()
	for _, srv := range []*fswtest.Server{east, west} {
		sw, err := fsw.Connect(ctx, "pbx", fsw.Options{Graph: g, Password: "ClueCon", DialContext: srv.DialContext})
		if err != nil {
			log.Fatal(err)
		}
		defer sw.Close()
		_ = g.Update(func(tx cell.Tx) error { fleet.Switches.Add(tx, sw); return nil })
	}
	err := cell.Wait(ctx, g, func(r cell.Reader) bool {
		for sw := range fleet.Switches.All(r) {
			if !sw.Ready.Get(r) {
				return false
			}
		}
		return true
	})
	fmt.Println(cell.Read(g, cell.Compute(func(r cell.Reader) int { return fleet.Switches.Len(r) })), "switches", err)
	//doc:end
	east.Call(fswtest.CallOptions{})
	west.Call(fswtest.CallOptions{})
	_ = cell.Wait(ctx, g, func(r cell.Reader) bool { return fleet.Channels.Len(r) == 2 })
	// Output:
	// 2 switches <nil>
}
