package fswtest

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// shape is what an event about a conference consists of, but for the block of
// its channel, which other tests compare, and the conference's variables: where
// it was made, and the names of its headers in order. What is said of the floor
// in one block is said of the member in another.
func (e ev) shape() string {
	var names []string
	for _, h := range e.headers {
		switch {
		case h.name == "Event-Calling-File", h.name == "Event-Calling-Function", h.name == "Event-Calling-Line-Number":
			names = append(names, h.value)
		case strings.HasPrefix(h.name, "Channel-"), strings.HasPrefix(h.name, "Caller-"), strings.HasPrefix(h.name, "Other-Leg-"),
			strings.HasPrefix(h.name, "cvar"), h.name == "Other-Type", h.name == "Hangup-Cause", h.name == "Presence-ID",
			h.name == "Presence-Data-Cols", h.name == "Answer-State":
		default:
			names = append(names, h.name)
		}
	}
	return strings.Join(names, " ")
}

// notRecorded are ends of shapes that are only known from the source of
// mod_conference: a key that nobody pressed, a file that played behind others.
var notRecorded = []string{"conference_loop_energy_dn 410", "samples Action File Async"}

// TestConferenceShapes compares the make of every event about conferences that
// random ones give with those of the two recordings, some 2,000.
func TestConferenceShapes(t *testing.T) {
	known := map[string][]string{}
	for _, session := range []string{"05_conference", "17_truth_a"} {
		for _, e := range recorded(t, session) {
			if e.get("Event-Subclass") == maintenance {
				action := e.get("Action")
				if shape := e.shape(); !slices.Contains(known[action], shape) {
					known[action] = append(known[action], shape)
				}
			}
		}
	}
	if len(known) < 35 {
		t.Fatalf("only %d actions are recorded", len(known))
	}
	seen := map[string]bool{}
	for seed := range uint64(2) {
		synctest.Test(t, func(t *testing.T) {
			err := randomConferences(t, 100+seed, 800, func(e ev) {
				action := e.get("Action")
				shape := e.shape()
				seen[action] = true
				fromSource := slices.ContainsFunc(notRecorded, func(part string) bool { return strings.Contains(shape, part) })
				if len(known[action]) > 0 && !slices.Contains(known[action], shape) && !fromSource && !seen[shape] {
					seen[shape] = true
					t.Errorf("%s is\n\t%s\nrecorded as\n\t%s", action, shape, strings.Join(known[action], "\n\t"))
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for action := range known {
		if !seen[action] {
			t.Errorf("%s has not happened", action)
		}
	}
}

// TestConferencePresence compares what is told to those who watch a conference.
func TestConferencePresence(t *testing.T) {
	presences := func(evs []ev) map[string][]string {
		out := map[string][]string{}
		for _, e := range evs {
			if e.name() != "PRESENCE_IN" || e.get("login") != "conf300" {
				continue
			}
			var lines []string
			for _, line := range e.lines() {
				if !strings.HasPrefix(line, "from: ") && !strings.HasPrefix(line, "event_count: ") {
					lines = append(lines, line)
				}
			}
			out[e.get("force-status")] = lines
		}
		return out
	}
	want := presences(recorded(t, "17_truth_a"))
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain PRESENCE_IN CUSTOM test::mark", "+OK event listener enabled plain")
		joins(s, "1", "conf300")
		joins(s, "2", "conf300")
		s.API("conference conf300 kick all")
		got := presences(c.untilMark(s))
		for _, status := range []string{"Inactive", "Active (1 caller)", "Active (2 callers)"} {
			if d := diffLines(want[status], got[status]); d != "" || len(want[status]) == 0 {
				t.Errorf("%s: recorded (-) and simulated (+):\n%s", status, d)
			}
		}
	})
}
