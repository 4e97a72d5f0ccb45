package fsw_test

import (
	"context"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Two switches on graphs of their own, whose messages are applied at the same time, by
// different cores, and a third graph that looks at both.
func ExampleNewMirror() {
	east, west := fsw.New(cell.NewGraph()), fsw.New(cell.NewGraph())

	//doc:mirror
	g := cell.NewGraph()
	fleet := fsw.NewFleet()
	for _, source := range []*fsw.Switch{east, west} {
		mirror := fsw.NewMirror(g, source, fsw.MirrorOptions{})
		defer mirror.Close()
		g.Update(func(tx cell.Tx) error { fleet.Switches.Add(tx, mirror); return nil })
	}
	shown := cell.Observe(g, func(r cell.Reader) { fmt.Println(fleet.Channels.Len(r), "channels") })
	defer shown.Stop()
	//doc:end

	// What one of them learns, the mirror has a moment later.
	east.ReceivedMessage(esl.NewEvent("CHANNEL_CREATE", "Unique-ID", "1").PlainMessage())
	cell.Wait(context.Background(), g, func(r cell.Reader) bool { return fleet.Channels.Len(r) == 1 })
	west.ReceivedMessage(esl.NewEvent("CHANNEL_CREATE", "Unique-ID", "2").PlainMessage())
	cell.Wait(context.Background(), g, func(r cell.Reader) bool { return fleet.Channels.Len(r) == 2 })
	// Output:
	// 0 channels
	// 1 channels
	// 2 channels
}
