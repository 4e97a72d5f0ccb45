package fswtest

import (
	"strings"
	"testing"
	"time"
)

// A channel with another id is found by that alone, and so is its row when the table
// has got to it.
func TestRename(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain CHANNEL_UUID", "+OK event listener enabled plain")
		call, other := s.Call(CallOptions{UUID: "one"}), s.Call(CallOptions{UUID: "other"})
		time.Sleep(time.Second)
		if call.Rename("") || call.Rename("other") || !call.Rename("two") {
			t.Fatal("only an id that nobody has will do")
		}
		if e := c.event(); e.get("Unique-ID") != "two" || e.get("Old-Unique-ID") != "one" || e.get("Channel-Call-UUID") != "two" {
			t.Errorf("%v", e)
		}
		if s.Channel("one") != nil || s.Channel("two") == nil || c.reply("api uuid_exists two") != "true" {
			t.Error("it is found by its old id")
		}
		rows := func() string { return c.reply("api show channels as json") }
		if !strings.Contains(rows(), `"uuid":"one"`) {
			t.Error("the table is not late")
		}
		time.Sleep(time.Second)
		if text := rows(); strings.Contains(text, `"one"`) || !strings.Contains(text, `"uuid":"two"`) || !strings.Contains(text, `"uuid":"other"`) {
			t.Errorf("the table has %s", text)
		}
		call.Hangup("")
		other.Hangup("")
		if call.Rename("three") {
			t.Error("a channel that has hung up was renamed")
		}
	})
}
