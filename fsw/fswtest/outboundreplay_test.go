package fswtest

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/internal/captures"
)

// recordedPlan is the dialplan of the recorded server.
func recordedPlan(d Destination) ([]Action, bool) {
	socket := func(words string, before ...Action) ([]Action, bool) {
		return append(before, Action{"socket", strings.TrimSpace("127.0.0.1:8084 " + words)}, Action{"hangup", "NORMAL_UNSPECIFIED"}), true
	}
	switch d.Number {
	case "sock-async-full":
		return socket("async full")
	case "sock-async":
		return socket("async")
	case "sock-sync-full":
		return socket("full")
	case "sock-sync":
		return socket("")
	case "sock-weird":
		return socket("async full", Action{"set", `weird_var=a b&c=d%41 100% 'q' "dq" ünïcödé +1 ;x`},
			Action{"set", "with space and: colon=v"}, Action{"set", "arrvar=ARRAY::first item|:second: item|x|:third%20item é"})
	}
	return nil, false
}

var varying = regexp.MustCompile(`(?m)^(FreeSWITCH-IPv.|Event-Date-[A-Za-z]+|Event-Sequence|Event-Calling-Line-Number|.*-Created-Time|variable_session_id): .*$`)

// matched depends on how the recorded dialplan was written.
var matched = regexp.MustCompile(`(?m)^variable_DP_MATCH: .*\n`)

// TestOutboundReplay plays what recorded programs sent to the server that had
// connected to them, and compares all that is no event byte by byte, and the
// events by their kind and order.
func TestOutboundReplay(t *testing.T) {
	for _, x := range []struct {
		session, number string
		hangup          time.Duration // by somebody else
		cause           string
		late            bool // noticed after all of the hang-up's events
	}{
		{"async_full_linger", "sock-async-full", 0, "", true},
		{"async_full_linger_forever_exit", "sock-async-full", 305 * time.Millisecond, "USER_BUSY", false},
		{"async_full_nolinger_remote_hangup", "sock-async-full", 509 * time.Millisecond, "NORMAL_CLEARING", false},
		{"async_full_resume", "sock-async-full", 0, "", false},
		{"async_full_client_closes", "sock-async-full", 0, "", false},
		{"async_not_full", "sock-async", 0, "", true},
		{"connect_weird_vars", "sock-weird", 0, "", false},
		{"first_command_not_connect", "sock-async-full", 3354 * time.Millisecond, "MANAGER_REQUEST", true},
		{"silent_client_25s", "sock-async-full", 0, "", false},
		{"sync_full", "sock-sync-full", 0, "", false},
		{"sync_not_full", "sock-sync", 0, "", false},
	} {
		t.Run(x.session, func(t *testing.T) {
			name := "09_outbound/" + x.session
			want := captures.Read(t, name, "server.bin")
			var got []byte
			outboundWith(t, Options{LateNotice: x.late}, func(t *testing.T, s *Server, l *PipeListener) {
				s.Handle("uuid_getvar", func(args string) string { // of a recorded uuid
					_, name, _ := strings.Cut(args, " ")
					chans := s.Channels()
					return chans[len(chans)-1].Variables[name]
				})
				c := login(t, s)
				c.reply("bgapi originate {origination_caller_id_name='Out Bound',origination_caller_id_number=2001}loopback/" + x.number + "/default &playback(silence_stream://-1)")
				nc, err := l.Accept()
				if err != nil {
					t.Fatal(err)
				}
				if x.hangup > 0 {
					time.AfterFunc(x.hangup, func() {
						for _, b := range s.Channels() {
							if strings.HasSuffix(b.Name, "-b") {
								go c.send("api uuid_kill " + b.UUID + " " + x.cause + "\n\n")
							}
						}
					})
				}
				if x.session == "async_full_client_closes" {
					time.AfterFunc(300*time.Millisecond, func() { nc.Close() })
				}
				got = playOn(t, nc, name)
				if x.session == "async_full_client_closes" {
					return
				}
				synctest.Wait()
			})
			text := func(b []byte) []string {
				text := matched.ReplaceAllString(string(withoutEvents(b)), "")
				text = varying.ReplaceAllString(text, "$1: <varies>")
				return strings.Split(normalise(text), "\n")
			}
			w, g := text(want), text(got)
			if x.session == "connect_weird_vars" || x.session == "async_full_client_closes" {
				// The order of what the dialplan set is not known; nor is the last read.
				slices.Sort(w)
				slices.Sort(g)
			}
			if d := diffLines(w, g); d != "" {
				t.Errorf("recorded (-) and simulated (+):\n%s", d)
			}
			we, ge := eventWords(want), eventWords(got)
			if a, b := noticedLate(want), noticedLate(got); a != b {
				t.Errorf("notice after the events of the hang-up: recorded %v, simulated %v", a, b)
			}
			if x.session == "sync_not_full" { // exit came too soon for any
				ge = nil
			}
			if d := diffLines(we, ge); d != "" {
				t.Errorf("events, recorded (-) and simulated (+):\n%s", d)
			}
		})
	}
}

// noticedLate tells whether the first notice comes behind the last event of the
// hang-up.
func noticedLate(data []byte) bool {
	i, j := bytes.Index(data, []byte("text/disconnect-notice")), bytes.Index(data, []byte("Event-Name: CHANNEL_HANGUP_COMPLETE"))
	return j >= 0 && j < i
}

// eventWords tells the events of a stream by name and application.
func eventWords(data []byte) (out []string) {
	var name, app string
	for line := range strings.SplitSeq(string(data), "\n") {
		if v, ok := strings.CutPrefix(line, "Event-Name: "); ok && v != "CHANNEL_DATA" {
			name = v
			out = append(out, name+" ")
		}
		if v, ok := strings.CutPrefix(line, "Application: "); ok {
			app = v
			out[len(out)-1] = name + " " + app
		}
		if i := strings.Index(line, `{"Event-Name":"`); i >= 0 {
			name, _, _ = strings.Cut(line[i+len(`{"Event-Name":"`):], `"`)
			_, app, _ = strings.Cut(line, `"Application":"`)
			app, _, _ = strings.Cut(app, `"`)
			out = append(out, name+" "+app)
		}
	}
	// The thread of the call parks some time after connect, before or after the
	// client has subscribed.
	return slices.DeleteFunc(out, func(word string) bool { return word == "CHANNEL_PARK " })
}

// createdText is the moment in a row of show channels.
var createdText = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+`)
