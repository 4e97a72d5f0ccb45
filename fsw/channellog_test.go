package fsw_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Lines about a channel are its own, by the id that it has now, and all of them are the
// switch's.
func TestLogLinesOfAChannel(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	var seen []string
	cell.Observe(g, func(r cell.Reader) {
		for l := range sw.LogData.All(r) {
			seen = append(seen, "all "+l.Text)
		}
	})
	line := func(id, text string) {
		sw.ReceivedMessage(esl.NewMessage(esl.LogData, text, "Log-Level", "4", "User-Data", id))
	}
	sw.ReceivedMessage(channelEvent("CHANNEL_CREATE", "a").PlainMessage())
	line("a", "before")
	_ = g.Update(func(tx cell.Tx) error {
		ch := sw.Channel(tx.Reader, "a")
		logs := ch.LogData(tx)
		if ch.LogData(tx) != logs {
			t.Error("another pipe")
		}
		cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) {
			for l := range logs.All(r) {
				seen = append(seen, fmt.Sprintf("a %v %s", l.Level, l.Text))
			}
		})
		return nil
	})
	line("a", "one")
	line("b", "two")
	line("", "three")
	sw.ReceivedMessage(channelEvent("CHANNEL_UUID", "c", "Old-Unique-ID", "a").PlainMessage())
	line("a", "four")
	line("c", "five")
	want := []string{"all before", "all one", "a warning one", "all two", "all three", "all four", "all five", "a warning five"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}
