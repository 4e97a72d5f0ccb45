package kinds_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/kinds"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// Every slot of the recording is made and ended, and names a live channel.
func TestSlots(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	var lot *fsw.Handlers[*kinds.Slot]
	err := g.Update(func(tx cell.Tx) error { lot = fsw.Handle(tx, sw, kinds.Slots); return nil })
	if err != nil {
		t.Fatal(err)
	}
	var history []string
	known := map[*kinds.Slot]bool{}
	cell.Observe(g, func(r cell.Reader) {
		now := map[*kinds.Slot]bool{}
		for key, slot := range lot.All(r) {
			now[slot] = true
			if !known[slot] {
				history = append(history, fmt.Sprintf("+%s live=%v", key, sw.Channel(r, slot.Channel.Get(r)) != nil))
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

func TestSlotsAfterAGap(t *testing.T) {
	inBubble(t, func(t *testing.T, s server) {
		shown := "<lots>\n  <lot name=\"lot1\">\n    <extension uuid=\"u1\">7001</extension>\n    <extension uuid=\"u2\">7002</extension>\n  </lot>\n</lots>\n"
		s.Server.Handle("valet_info", func(string) string { return shown })
		slots := handle(s, kinds.Slots)
		s.ready(t)
		one, two := at(s, slots, "lot1/7001"), at(s, slots, "lot1/7002")
		if one == nil || two == nil || cell.Read(s.sw.Graph(), &one.Channel) != "u1" || cell.Read(s.sw.Graph(), &two.Extension) != "7002" {
			t.Fatal(one, two)
		}
		s.outage(t, func() {
			shown = "<lots>\n  <lot name=\"lot1\">\n    <extension uuid=\"u2\">7002</extension>\n  </lot>\n</lots>\n"
		})
		if cell.Read(s.sw.Graph(), &one.Closed) != fsw.CauseLost || at(s, slots, "lot1/7002") != two {
			t.Error("the gap was not made up for")
		}
		s.outage(t, func() { shown = "nonsense" })
		if got := cell.Read(s.sw.Graph(), &slots.Snapshot); got != fsw.SnapshotUnavailable {
			t.Error(got)
		}
	})
}
