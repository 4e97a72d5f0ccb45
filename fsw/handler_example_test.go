package fsw_test

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

//doc:gateway

// Gateway is a SIP trunk, as the events of mod_sofia tell about it.
type Gateway struct {
	fsw.Handler
	State  cell.Value[string] `fsw:"State"`
	Status cell.Value[string] `fsw:"Ping-Status"`
}

// stateChanged is called when the cells have been updated.
func (g *Gateway) stateChanged(tx cell.Tx, ev *esl.Event) {
	tx.AfterCommit(func() { fmt.Println("event of", g.Key()) })
}

var gateways = fsw.NewKind[Gateway]("gateway").
	Key("Gateway").
	On("sofia::gateway_state", (*Gateway).stateChanged)

//doc:end

func ExampleHandle() {
	g := cell.NewGraph()
	sw := fsw.New(g)
	//doc:handle
	var known *fsw.Handlers[*Gateway]
	g.Update(func(tx cell.Tx) error {
		known = fsw.Handle(tx, sw, gateways)
		return nil
	})
	cell.Observe(g, func(r cell.Reader) {
		for name, gw := range known.All(r) {
			fmt.Printf("%s: %q %q\n", name, gw.State.Get(r), gw.Status.Get(r))
		}
	})
	//doc:end
	sw.ReceivedMessage(esl.NewEvent("CUSTOM", "Event-Subclass", "sofia::gateway_state",
		"Gateway", "acme", "State", "TRYING").PlainMessage())
	sw.ReceivedMessage(esl.NewEvent("CUSTOM", "Event-Subclass", "sofia::gateway_state",
		"Gateway", "acme", "State", "REGED", "Ping-Status", "UP").PlainMessage())
	// Output:
	// acme: "TRYING" ""
	// event of acme
	// acme: "REGED" "UP"
	// event of acme
}
