package fsw_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// Slot is where a channel is parked by mod_valet_parking: an extension of a lot.
type Slot struct {
	fsw.Handler
	Lot       cell.Value[string] `fsw:"Valet-Lot-Name"`
	Extension cell.Value[string] `fsw:"Valet-Extension"`
	Parked    cell.Value[string] `fsw:"Unique-ID"` // the channel
}

// slots are made when somebody is parked, and end when it is picked up or goes.
var slots = fsw.NewKind[Slot]("slot").
	KeyFunc(func(ev *esl.Event) string { return ev.Value("Valet-Lot-Name") + "/" + ev.Value("Valet-Extension") }).
	On("valet_parking::info", nil).
	Begins(func(ev *esl.Event) bool { return ev.Value("Action") == "hold" }).
	Ends(func(ev *esl.Event) string {
		switch action := ev.Value("Action"); action {
		case "bridge", "exit":
			return action
		}
		return ""
	})

// Every slot of the recording is made and ended, and names a live channel.
func TestValetParking(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	var lot *fsw.Handlers[*Slot]
	err := g.Update(func(tx cell.Tx) error { lot = fsw.Handle(tx, sw, slots); return nil })
	if err != nil {
		t.Fatal(err)
	}
	var history []string
	known := map[*Slot]bool{}
	cell.Observe(g, func(r cell.Reader) {
		now := map[*Slot]bool{}
		for key, slot := range lot.All(r) {
			now[slot] = true
			if !known[slot] {
				history = append(history, fmt.Sprintf("+%s live=%v", key, sw.Channel(r, slot.Parked.Get(r)) != nil))
			}
		}
		for slot := range known {
			if !now[slot] {
				history = append(history, "-"+slot.Key()+" "+slot.Closed.Get(r))
			}
		}
		known = now
	})
	if err := sw.ReceivedBytes(captures.Read(t, "17_truth_a", "server.bin")); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"+lot1/7002 live=true", "+lot1/7001 live=true", "-lot1/7002 exit", "-lot1/7001 exit",
		"+lot1/7002 live=true", "-lot1/7002 exit", "+lot1/7002 live=true", "-lot1/7002 exit",
		"+lot1/7001 live=true", "-lot1/7001 exit",
	}
	if diff := cmp.Diff(want, history); diff != "" {
		t.Error(diff)
	}
}
