package fsw_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

func TestFleet(t *testing.T) {
	g := cell.NewGraph()
	f := fsw.NewFleet()
	a, b := fsw.New(g), fsw.New(g)
	var seen [][]string
	cell.Observe(g, func(r cell.Reader) {
		var now []string
		for ch := range f.Channels.All(r) {
			now = append(now, ch.UUID.Get(r))
			if ch.Switch() != a && ch.Switch() != b {
				t.Error("a channel knows not its switch")
			}
		}
		seen = append(seen, now)
	})
	do := func(fn func(tx cell.Tx)) {
		if err := g.Update(func(tx cell.Tx) error { fn(tx); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	event := func(sw *fsw.Switch, name, id string) {
		sw.ReceivedMessage(esl.NewEvent(name, "Unique-ID", id).PlainMessage())
	}
	event(a, "CHANNEL_CREATE", "1")
	do(func(tx cell.Tx) { f.Switches.Add(tx, a, b) })
	event(b, "CHANNEL_CREATE", "2")
	event(a, "CHANNEL_DESTROY", "1")
	event(a, "CHANNEL_CREATE", "3")
	b.ReceivedMessage(esl.NewEvent("CUSTOM", "Event-Subclass", "conference::maintenance", "Action", "conference-create",
		"Conference-Name", "standup", "Conference-Unique-ID", "u").PlainMessage())
	do(func(tx cell.Tx) {
		if n := f.Conferences.Len(tx.Reader); n != 1 {
			t.Error(n, "conferences")
		}
		if ch := f.Channel(tx.Reader, "2"); ch == nil || ch.Switch() != b {
			t.Error("the channel of the second switch was not found")
		}
		if f.Channel(tx.Reader, "1") != nil {
			t.Error("a dead channel was found")
		}
		if f.Calls.Len(tx.Reader) != 2 {
			t.Error(f.Calls.Len(tx.Reader), "calls")
		}
		f.Switches.Remove(tx, a)
	})
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	want := [][]string{nil, {"1"}, {"1", "2"}, {"2"}, {"2", "3"}, {"2"}, nil}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}

// A rule may look at several switches at once, and act on each.
func ExampleFleet() {
	g := cell.NewGraph()
	fleet := fsw.NewFleet()
	perSwitch := map[string]*fsw.Switch{"east": fsw.New(g), "west": fsw.New(g)}
	g.Update(func(tx cell.Tx) error {
		fleet.Switches.Add(tx, perSwitch["east"], perSwitch["west"])
		return nil
	})
	busiest := cell.Compute(func(r cell.Reader) string {
		names := []string{"east", "west"}
		return slices.MaxFunc(names, func(a, b string) int {
			return perSwitch[a].Channels.Len(r) - perSwitch[b].Channels.Len(r)
		})
	})
	cell.Observe(g, func(r cell.Reader) {
		fmt.Println(fleet.Channels.Len(r), "channels, most of them", busiest.Get(r))
	})
	perSwitch["west"].ReceivedMessage(esl.NewEvent("CHANNEL_CREATE", "Unique-ID", "1").PlainMessage())
	perSwitch["east"].ReceivedMessage(esl.NewEvent("CHANNEL_CREATE", "Unique-ID", "2").PlainMessage())
	// Output:
	// 0 channels, most of them east
	// 1 channels, most of them west
	// 2 channels, most of them east
}
