package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

func capture(session string) string {
	return filepath.Join(captures.Dir(), filepath.FromSlash(session), "server.bin.gz")
}

// write makes a recording of some bytes.
func write(t *testing.T, data []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "server.bin")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func replayJSON(t *testing.T, args ...string) replayed {
	t.Helper()
	return decode[replayed](t, command(t, append([]string{"replay", "--json"}, args...)...).succeeds(t).stdout)
}

// messages frames a recording.
func messages(t *testing.T, data []byte) (all []esl.Message) {
	t.Helper()
	var f esl.Framer
	f.Feed(data)
	for {
		m, ok, err := f.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return all
		}
		all = append(all, m)
	}
}

func TestReplayCounts(t *testing.T) {
	for session, want := range map[string]replayed{
		"10_load":           {Messages: 11453, Events: 11447, Replies: 4, Notices: 1, AuthRequests: 1},
		"04_call_lifecycle": {Messages: 623, Events: 574, Replies: 47, Notices: 1, AuthRequests: 1},
	} {
		got := replayJSON(t, capture(session))
		if got.Messages != want.Messages || got.Events != want.Events || got.Replies != want.Replies ||
			got.Notices != want.Notices || got.AuthRequests != want.AuthRequests {
			t.Errorf("%s: %+v", session, got)
		}
		if len(got.Channels) != 0 || len(got.Errors) != 0 || got.Unknown != 0 || got.LogLines != 0 {
			t.Errorf("%s: %+v", session, got)
		}
		if got.UnknownIDs == 0 {
			t.Errorf("%s: the events of calls that were dying when it began have unknown ids", session)
		}
	}
}

// Every recording can be replayed, and every message of it is counted once.
func TestReplayEverySession(t *testing.T) {
	for _, session := range captures.Sessions(t) {
		t.Run(session, func(t *testing.T) {
			all := messages(t, captures.Read(t, session, "server.bin"))
			got := replayJSON(t, capture(session))
			sum := got.Events + got.LogLines + got.Replies + got.Notices + got.Unknown + got.AuthRequests + got.Rejections
			if got.Messages != len(all) || sum != len(all) || got.Unknown != 0 {
				t.Errorf("%d messages: %+v", len(all), got)
			}
			for _, e := range got.Errors {
				if e.Kind != "truncated" { // some connections were cut
					t.Errorf("%+v", e)
				}
			}
		})
	}
}

// At every quiet point of the recording the channels are the server's own.
func TestReplayAtAnEventEqualsTheServer(t *testing.T) {
	points := json.NewDecoder(bytes.NewReader(captures.Read(t, "17_truth_a", "truth.jsonl")))
	compared := 0
	for n := 0; points.More(); n++ {
		var point struct {
			Events   int
			Dirty    bool
			Channels []struct{ UUID string }
		}
		if err := points.Decode(&point); err != nil {
			t.Fatal(err)
		}
		if point.Dirty || n%20 != 0 && len(point.Channels) < 120 {
			continue
		}
		got := replayJSON(t, capture("17_truth_a"), "--at", strconv.Itoa(point.Events))
		var have, want []string
		for _, c := range got.Channels {
			have = append(have, c.UUID)
		}
		for _, c := range point.Channels {
			want = append(want, c.UUID)
		}
		slices.Sort(have)
		slices.Sort(want)
		if got.Events != point.Events || !slices.Equal(have, want) {
			t.Errorf("after %d events:\nhave %q\nwant %q", point.Events, have, want)
		}
		compared++
	}
	if compared < 5 {
		t.Errorf("compared only %d points", compared)
	}
}

func TestReplayAt(t *testing.T) {
	call := capture("04_call_lifecycle")
	for _, c := range []struct {
		at     string
		events int
	}{{"0", 0}, {"1", 1}, {"100", 100}, {"574", 574}, {"575", 574}, {"1000000", 574}} {
		got := replayJSON(t, call, "--at", c.at)
		if got.Events != c.events || len(got.Errors) != 0 {
			t.Errorf("--at %s: %+v", c.at, got)
		}
	}
	if got := replayJSON(t, call, "--at=0"); got.Messages != 0 || len(got.Channels) != 0 {
		t.Errorf("before any event: %+v", got)
	}
	// Nothing behind the N-th event is read, not even what is wrong.
	data := append(bytes.Clone(captures.Read(t, "04_call_lifecycle", "server.bin")), "nonsense\n\n"...)
	if got := replayJSON(t, write(t, data), "--at", "574"); len(got.Errors) != 0 {
		t.Errorf("%+v", got.Errors)
	}
}

// The channel of a recorded call, halfway.
func TestReplayChannel(t *testing.T) {
	got := replayJSON(t, capture("10_load"), "--at", "300")
	if len(got.Channels) != 17 || len(got.Conferences) != 1 {
		t.Fatalf("%d channels, %d conferences", len(got.Channels), len(got.Conferences))
	}
	c := got.Channels[1]
	for name, pair := range map[string][2]string{
		"uuid":             {c.UUID, "6b0a9718-e2b7-4955-b178-4773ddee6729"},
		"channel_name":     {c.ChannelName, "loopback/conf217-b"},
		"state":            {c.State, "CS_EXECUTE"},
		"call_state":       {c.CallState, "ACTIVE"},
		"answer_state":     {c.AnswerState, "answered"},
		"direction":        {c.Direction, "inbound"},
		"caller_id_name":   {c.CallerIDName, "Load Call 0 - žluť"},
		"caller_id_number": {c.CallerIDNumber, "100000"},
		"destination":      {c.Destination, "conf217"},
		"application":      {c.Application, "conference"},
		"read_codec":       {c.ReadCodec, "L16"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s = %q, want %q", name, pair[0], pair[1])
		}
	}
	if c.CreatedTime == nil || c.AnsweredTime == nil || c.HangupTime != nil || c.ReadCodecRate != 8000 {
		t.Errorf("%+v", c)
	}
}

// The names of the JSON objects are a promise.
func TestReplayFields(t *testing.T) {
	out := command(t, "replay", "--json", "--at=300", capture("10_load")).succeeds(t).stdout
	object := decode[map[string]json.RawMessage](t, out)
	for _, name := range []string{
		"bytes", "messages", "events", "xml_events", "log_lines", "replies", "notices", "auth_requests", "rejections",
		"unknown", "errors", "malformed_lines", "unknown_ids", "channels", "conferences",
	} {
		if _, ok := object[name]; !ok {
			t.Errorf("no %s", name)
		}
	}
	if string(object["errors"]) != "[]" || object["stats"] != nil {
		t.Errorf("errors %s, stats %s", object["errors"], object["stats"])
	}
	channel := decode[[]map[string]any](t, string(object["channels"]))[0]
	help := command(t, "channels", "--help").stdout
	for name := range channel {
		if !strings.Contains(help, name) {
			t.Errorf("the help of channels lacks %s", name)
		}
	}
}

func TestReplaySources(t *testing.T) {
	data := captures.Read(t, "04_call_lifecycle", "server.bin")
	packed, err := os.ReadFile(capture("04_call_lifecycle"))
	if err != nil {
		t.Fatal(err)
	}
	want := replayJSON(t, capture("04_call_lifecycle"))
	for name, o := range map[string]outcome{
		"plain":        command(t, "replay", "--json", write(t, data)),
		"misnamed":     command(t, "replay", "--json", write(t, packed)),
		"stdin":        commandWith(t.Context(), string(data), "replay", "-", "--json"),
		"packed stdin": commandWith(t.Context(), string(packed), "replay", "-", "--json"),
	} {
		if got := decode[replayed](t, o.succeeds(t).stdout); got.Events != want.Events || got.Bytes != int64(len(data)) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestReplayTruncated(t *testing.T) {
	data := captures.Read(t, "04_call_lifecycle", "server.bin")
	all := messages(t, data)
	m := all[100]
	start, end := int(m.Offset()), int(m.Offset())+m.Size()
	for cut, truncated := range map[int]bool{start: false, start + 1: true, start + 30: true, end - 1: true, end: false} {
		got := replayJSON(t, write(t, data[:cut]))
		if !truncated {
			if len(got.Errors) != 0 {
				t.Errorf("cut at %d, between messages: %+v", cut, got.Errors)
			}
			continue
		}
		if got.Messages != 100 || len(got.Errors) != 1 || got.Errors[0].Kind != "truncated" || got.Errors[0].Offset != m.Offset() {
			t.Errorf("cut at %d: %+v", cut, got)
		}
	}
	for _, tail := range []string{"\n", "\n\n\n", "\r\n\r\n"} {
		got := replayJSON(t, write(t, append(bytes.Clone(data), tail...)))
		if got.Messages != len(all) || len(got.Errors) != 0 {
			t.Errorf("%q at the end: %+v", tail, got.Errors)
		}
	}
	if got := replayJSON(t, write(t, nil)); got.Messages != 0 || len(got.Errors) != 0 {
		t.Errorf("empty: %+v", got)
	}
}

func TestReplayDamaged(t *testing.T) {
	good := string(captures.Read(t, "01_auth_ok", "server.bin"))
	for name, c := range map[string]struct {
		data   string
		kind   string
		offset int
	}{
		"garbage":        {"\x00\x01 garbage\nmore\n\n", "framing", 0},
		"garbage behind": {good + "no header\n\n", "framing", len(good)},
		"huge body":      {good + "Content-Length: 99999999999\n\n", "framing", len(good)},
		"no event":       {good + esl.NewMessage(esl.EventJSON, "[]").Wire() + good, "event", len(good)},
	} {
		got := replayJSON(t, write(t, []byte(c.data)))
		if len(got.Errors) != 1 || got.Errors[0].Kind != c.kind || got.Errors[0].Offset != int64(c.offset) || got.Errors[0].Detail == "" {
			t.Errorf("%s: %+v", name, got.Errors)
		}
		if name == "no event" && got.Messages != 2*len(messages(t, []byte(good)))+1 {
			t.Errorf("%s: it did not go on: %+v", name, got)
		}
	}
	// A damaged compression is no reason to forget what could be read.
	packed, err := os.ReadFile(capture("10_load"))
	if err != nil {
		t.Fatal(err)
	}
	got := replayJSON(t, write(t, packed[:len(packed)/2]))
	if got.Events == 0 || got.Errors[0].Kind != "read" {
		t.Errorf("half of a gzip file: %d events, %+v", got.Events, got.Errors)
	}
}

func TestReplayOddMessages(t *testing.T) {
	xml := replayJSON(t, capture("07_event_xml"))
	if xml.XMLEvents == 0 || xml.XMLEvents > xml.Events || len(xml.Errors) != 0 {
		t.Errorf("%+v", xml)
	}
	data := esl.NewMessage("text/strange", "x").Wire() + esl.NewMessage(esl.RudeRejection, "go away").Wire() +
		esl.NewMessage(esl.LogData, "a line\n").Wire()
	got := replayJSON(t, write(t, []byte(data)))
	if got.Unknown != 1 || got.Rejections != 1 || got.LogLines != 1 || got.Messages != 3 {
		t.Errorf("%+v", got)
	}
}

func TestReplayText(t *testing.T) {
	out := command(t, "replay", capture("10_load"), "--at", "300", "--stats").succeeds(t).stdout
	for _, word := range []string{"300 events", "17 channels live", "allocations per event", "žluť", "conf217"} {
		if !strings.Contains(out, word) {
			t.Errorf("no %q in:\n%s", word, out)
		}
	}
	if got := replayJSON(t, capture("10_load"), "--stats"); got.Stats == nil || got.Stats.AllocsPerEvent <= 0 || got.Stats.EventsPerSecond <= 0 {
		t.Errorf("%+v", got.Stats)
	}
}

func TestReplayOfNoFile(t *testing.T) {
	command(t, "replay", filepath.Join(t.TempDir(), "missing")).fails(t, exitFailed, "no such file")
	command(t, "replay", "--json", "--stats", t.TempDir()).fails(t, exitFailed, "directory")
	command(t, "replay", "--json", t.TempDir()).fails(t, exitFailed, "directory")
}
