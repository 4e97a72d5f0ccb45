package fswtest

import (
	"testing"
	"time"
)

// A leg that is sent elsewhere while it is being dialled is lost for who dials it: its
// answer does not bridge it back.
func TestLegThatIsSentElsewhereWhileDialled(t *testing.T) {
	plan := func(d Destination) ([]Action, bool) {
		if d.Number == "slow" && d.Endpoint == "user" {
			return []Action{{"ring_ready", ""}, {"sleep", "1000"}, {"answer", ""}}, true
		}
		return nil, false
	}
	bubble(t, Options{Dialplan: plan}, func(t *testing.T, s *Server) {
		call := s.Call(CallOptions{Actions: []Action{{"set", "continue_on_fail=true"}, {"bridge", "user/slow"}, {"park", ""}}})
		time.Sleep(100 * time.Millisecond)
		leg := s.Channels()[1]
		if out := s.API("uuid_transfer " + leg.UUID + " park"); out != "+OK\n" {
			t.Fatal(out)
		}
		time.Sleep(3 * time.Second)
		a, _ := call.Info()
		b, live := s.Channel(leg.UUID).Info()
		if a.OtherLegUUID != "" || a.Application != "park" {
			t.Errorf("who has dialled it is bridged to %q, in %s", a.OtherLegUUID, a.Application)
		}
		if !live || b.OtherLegUUID != "" || b.Application != "park" || b.AnswerState != "answered" {
			t.Errorf("the leg is bridged to %q, in %s, and %s", b.OtherLegUUID, b.Application, b.AnswerState)
		}
	})
}
