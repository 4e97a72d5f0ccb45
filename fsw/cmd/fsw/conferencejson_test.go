package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// A recorded conference, halfway.
func TestReplayConference(t *testing.T) {
	got := replayJSON(t, capture("05_conference"), "--at", "37")
	if len(got.Conferences) != 1 {
		t.Fatalf("%d conferences", len(got.Conferences))
	}
	c := got.Conferences[0]
	if c.Name != "conf217" || c.UUID != "f2923c47-ad86-473f-b57e-42acc7e18946" || c.Locked || c.Recording || c.FloorMemberID != 1 || c.Size != 3 {
		t.Errorf("%+v", c)
	}
	if len(c.Members) != 3 {
		t.Fatalf("%d members", len(c.Members))
	}
	for i, want := range []memberJSON{
		{ID: 1, ChannelUUID: "ca267dd4-492f-4c41-adb2-15cd896e948f", Floor: true, Moderator: true, Energy: 6563},
		{ID: 2, ChannelUUID: "8b167a2f-81ad-42ff-8222-da0d2f3a8cc5", Muted: true},
		{ID: 3, ChannelUUID: "032b0ece-e0a4-494e-955a-cc5ef5cb40f4", Muted: true},
	} {
		want.CallerIDName, want.CallerIDNumber, want.EnergyLevel = "Outbound Call", "default", 100
		m := c.Members[i]
		if m.JoinTime == nil {
			t.Errorf("no join_time")
		}
		m.JoinTime = nil
		if m != want {
			t.Errorf("member %d:\nhave %+v\nwant %+v", i, m, want)
		}
	}
	if got := replayJSON(t, capture("05_conference"), "--at", "41"); !got.Conferences[0].Locked {
		t.Error("not locked after lock")
	}
	if got := replayJSON(t, capture("05_conference"), "--at", "53"); !got.Conferences[0].Recording || got.Conferences[0].FloorMemberID != 0 {
		t.Errorf("after start-recording: %+v", got.Conferences[0])
	}
	text := command(t, "replay", "--at=41", capture("05_conference")).succeeds(t).stdout
	if !strings.Contains(text, "1 conference live") || !strings.Contains(text, "floor moderator") {
		t.Error(text)
	}
}

// The names of the JSON objects are a promise.
func TestConferenceFields(t *testing.T) {
	out := command(t, "replay", "--json", "--at=60", capture("05_conference")).succeeds(t).stdout
	var object struct{ Conferences []map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(out), &object); err != nil {
		t.Fatal(err)
	}
	conference := object.Conferences[0]
	var members []map[string]json.RawMessage
	if err := json.Unmarshal(conference["members"], &members); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"name", "uuid", "locked", "recording", "floor_member_id", "members"} {
		if _, ok := conference[name]; !ok {
			t.Errorf("a conference has no %s", name)
		}
	}
	for _, name := range []string{"id", "channel_uuid", "caller_id_name", "caller_id_number", "talking", "muted", "deaf", "hold", "floor"} {
		if _, ok := members[0][name]; !ok {
			t.Errorf("a member has no %s", name)
		}
	}
}

// Every conference of the recordings ends.
func TestReplayedConferencesEnd(t *testing.T) {
	for _, session := range []string{"05_conference", "10_load"} {
		if out := command(t, "replay", "--json", capture(session)).succeeds(t).stdout; !strings.Contains(out, `"conferences":[]`) {
			t.Errorf("%s: conferences are left: %s", session, out)
		}
	}
}
