package kinds_test

import (
	"context"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/fsw/kinds"
)

// A wallboard: who of the agents takes calls. It is right from the start, since the
// module is asked for its table, and after each reconnect.
func Example() {
	srv, err := fswtest.Listen("127.0.0.1:0", fswtest.Options{})
	if err != nil {
		panic(err)
	}
	defer srv.Close()
	srv.Handle("json", func(string) string {
		return `{"status":"success","response":[{"name":"ann","status":"Available","state":"Waiting"}]}`
	})
	ctx := context.Background()
	sw, err := fsw.Connect(ctx, srv.Addr(), fsw.Options{Password: "ClueCon"})
	if err != nil {
		panic(err)
	}
	defer sw.Close()
	g := sw.Graph()

	var agents *fsw.Handlers[*kinds.Agent]
	_ = g.Update(func(tx cell.Tx) error { agents = fsw.Handle(tx, sw, kinds.Agents); return nil })
	ann := func(r cell.Reader) (a *kinds.Agent) { a, _ = agents.Get(r, "ann"); return a }
	_ = sw.Wait(ctx, func(r cell.Reader) bool { return ann(r) != nil })
	g.View(func(r cell.Reader) { fmt.Println("ann:", ann(r).Status.Get(r), "-", ann(r).State.Get(r)) })

	srv.FireCustom("callcenter::info", "CC-Agent", "ann", "CC-Action", "agent-status-change", "CC-Agent-Status", "On Break")
	_ = sw.Wait(ctx, func(r cell.Reader) bool { return ann(r).Status.Get(r) == kinds.AgentOnBreak })
	g.View(func(r cell.Reader) { fmt.Println("ann:", ann(r).Status.Get(r), "-", ann(r).State.Get(r)) })
	// Output:
	// ann: Available - Waiting
	// ann: On Break - Waiting
}
