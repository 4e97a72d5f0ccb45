package fswtest

import (
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/internal/captures"
)

// conferencePlan has the extensions that the recordings use.
func conferencePlan(d Destination) ([]Action, bool) {
	if d.Endpoint == "loopback" && d.Number == "pulsed" {
		return []Action{{"answer", ""}, {"playback", "silence_stream://-1"}}, true
	}
	return nil, false
}

// playConference sends what the client of 05_conference sent, when it did, and
// makes the sound of the member that hears tones on and off.
func playConference(t *testing.T) (out []byte) {
	const talker = "ca267dd4-492f-4c41-adb2-15cd896e948f"
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{Heartbeat: noHeartbeat, Hostname: "vm", Dialplan: conferencePlan, Playback: func(file string) (time.Duration, bool) {
			switch {
			case strings.HasSuffix(file, "/a.wav"):
				return 1500 * time.Millisecond, true
			case strings.HasSuffix(file, "/b.wav"):
				return time.Second, true
			}
			return defaultPlayback(file)
		}})
		defer s.Close()
		start := time.Now()
		for k := range 6 {
			on := start.Add(time.Duration(k)*3*time.Second + 45*time.Millisecond)
			if k == 0 {
				on = start.Add(23 * time.Millisecond) // before the second member, who took longer to come
			}
			time.AfterFunc(time.Until(on), func() { sound(s, talker, (*Channel).Talk) })
			time.AfterFunc(time.Until(on)+1480*time.Millisecond, func() { sound(s, talker, (*Channel).Quiet) })
		}
		out = playTimeline(t, s, "05_conference")
	})
	return out
}

func sound(s *Server, uuid string, f func(*Channel)) {
	if c := s.Channel(uuid); c != nil {
		f(c)
	}
}

var conferenceNumbers = regexp.MustCompile(`("(join_time|run_time|last_talking)":\t|run_time="|<(join_time|last_talking)>)\d+`)

// TestConferenceReplies compares every answer of the recording with those to
// the same commands.
func TestConferenceReplies(t *testing.T) {
	clean := func(data []byte) []string {
		text := normalise(string(withoutEvents(data)))
		return strings.Split(conferenceNumbers.ReplaceAllString(text, "${1}n"), "\n")
	}
	want := clean(captures.Read(t, "05_conference", "server.bin"))
	if d := diffLines(want, clean(playConference(t))); d != "" {
		t.Errorf("recorded (-) and simulated (+):\n%s", d)
	}
}

// looseHeaders differ from run to run.
var looseHeaders = regexp.MustCompile(`^(Core-UUID|Event-Date-.*|Event-Sequence|Conference-Unique-ID|Conference-Domain|Current-Energy|` +
	`talking-.*|Caller-.*-Time|Caller-Transfer-Source|Samples-Out|Milliseconds-Elapsed|Record-File-Size|Other-Leg-.*-Time|FreeSWITCH-.*)$`)

// lines are an event, one line a header, without what differs.
func (e ev) lines() []string {
	var out []string
	for _, h := range e.headers {
		ofOther := e.name() == "DTMF" && strings.HasSuffix(h.value, e.get("Unique-ID")) // of a leg whose id nobody chose
		if looseHeaders.MatchString(h.name) || ofOther {
			out = append(out, h.name)
		} else {
			out = append(out, h.name+": "+h.value)
		}
	}
	return out
}

// conferenceEvents splits the events about conferences, and of keys, into those of the
// members' sound, and all others: their threads overtake one another.
func conferenceEvents(evs []ev) (sound, others []ev) {
	for _, e := range evs {
		switch action := e.get("Action"); {
		case action == "start-talking", action == "stop-talking":
			sound = append(sound, e)
		case action != "", e.name() == "DTMF":
			others = append(others, e)
		}
	}
	return sound, others
}

// TestConferenceEvents compares the events about conferences with those of the
// recording: their order, and all of their headers.
func TestConferenceEvents(t *testing.T) {
	wantSound, want := conferenceEvents(recorded(t, "05_conference"))
	gotSound, got := conferenceEvents(eventsIn(t, playConference(t)))
	compareEvents(t, wantSound, gotSound)
	compareEvents(t, want, got)
}

func compareEvents(t *testing.T, want, got []ev) {
	t.Helper()
	if d := diffLines(actions(want), actions(got)); d != "" {
		t.Fatalf("recorded (-) and simulated (+):\n%s", d)
	}
	for i := range want {
		if d := diffLines(want[i].lines(), got[i].lines()); d != "" {
			t.Errorf("event %d, %s: recorded (-) and simulated (+):\n%s", i, want[i].get("Action"), d)
		}
	}
}

func actions(evs []ev) []string {
	var out []string
	for _, e := range evs {
		out = append(out, strings.Join([]string{e.get("Conference-Name"), e.get("Action"), e.get("Member-ID"), e.get("New-ID"), e.get("File"), e.get("DTMF-Digit")}, " "))
	}
	return out
}
