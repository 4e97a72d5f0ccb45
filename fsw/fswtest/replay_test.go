package fswtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/internal/captures"
)

// replaySessions are recordings in which everything the client sent can be
// sent to the simulator, and everything that is not an event compared.
var replaySessions = []string{
	"02_auth_bad/bare_auth", "02_auth_bad/command_before_auth", "02_auth_bad/exit_before_auth",
	"02_auth_bad/no_timeout_after_first_command", "02_auth_bad/partial_then_timeout", "02_auth_bad/rude_rejection",
	"02_auth_bad/timeout_25s", "02_auth_bad/trailing_space", "02_auth_bad/userauth_bad", "02_auth_bad/userauth_limited",
	"02_auth_bad/userauth_nodomain", "02_auth_bad/userauth_ok", "02_auth_bad/userauth_unknown_user",
	"02_auth_bad/wrong_password", "08_filters/nix_noevents_custom", "08_filters/unique_id",
	"12_extra/pipelined", "12_extra/mixed_crlf", "12_extra/whitespace", "12_extra/api_blocks_events",
	"12_extra/partial_command_blocks_events", "12_extra/partial_body_blocks",
}

// TestReplay sends what recorded clients sent, with the recorded pauses, and
// compares the replies.
func TestReplay(t *testing.T) {
	for _, session := range replaySessions {
		t.Run(session, func(t *testing.T) {
			want := normalise(string(withoutEvents(captures.Read(t, session, "server.bin"))))
			var got string
			synctest.Test(t, func(t *testing.T) {
				s := NewServer(Options{Heartbeat: noHeartbeat, Hostname: "vm", Users: map[string]User{
					"1000@test.local": {Password: "ClueCon"},
					"1001@test.local": {Password: "limited", Events: "CHANNEL_CREATE CHANNEL_ANSWER HEARTBEAT CUSTOM test::allowed",
						API: "status show bgapi uptime", NoLog: true},
				}})
				defer s.Close()
				if strings.Contains(session, "rude") {
					s.SetAccept(AcceptRude)
				}
				got = normalise(string(withoutEvents(playTimeline(t, s, session))))
			})
			if d := diffLines(strings.Split(want, "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("recorded (-) and simulated (+):\n%s", d)
			}
		})
	}
}

// playTimeline sends a recorded client's bytes at the recorded times and
// returns all that came back.
func playTimeline(t *testing.T, s *Server, session string) []byte {
	t.Helper()
	return playOn(t, s.Pipe(), session)
}

// playOn does so on a connection that is there already.
func playOn(t *testing.T, nc net.Conn, session string) []byte {
	t.Helper()
	var out bytes.Buffer
	ended := make(chan struct{})
	go func() {
		io.Copy(&out, nc)
		close(ended)
	}()
	sent := captures.Read(t, session, "client.bin")
	start := time.Now()
	for line := range bytes.SplitSeq(bytes.TrimSpace(captures.Read(t, session, "timeline.jsonl")), []byte("\n")) {
		var step struct {
			T   float64
			Dir string
			Len int
		}
		if err := json.Unmarshal(line, &step); err != nil {
			t.Fatal(err)
		}
		if step.Dir != "c2s" {
			continue
		}
		at := start.Add(time.Duration(step.T * float64(time.Second)))
		time.Sleep(time.Until(at))
		synctest.Wait()
		if _, err := nc.Write(sent[:step.Len]); err != nil {
			break
		}
		sent = sent[step.Len:]
	}
	synctest.Wait()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		nc.Close()
		<-ended
	}
	return out.Bytes()
}

// withoutEvents leaves out events and log lines.
func withoutEvents(data []byte) []byte {
	var out []byte
	for len(data) > 0 {
		i := bytes.Index(data, []byte("\n\n"))
		if i < 0 {
			return append(out, data...)
		}
		n := 0
		for line := range strings.SplitSeq(string(data[:i]), "\n") {
			if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
				n = decimalPrefix(v)
			}
		}
		end := min(i+2+n, len(data))
		head := data[:i]
		if !bytes.Contains(head, []byte("text/event-")) && !bytes.Contains(head, []byte("log/data")) {
			out = append(out, data[:end]...)
			out = append(out, '\n')
		}
		data = data[end:]
	}
	return out
}

var (
	uuidText   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	statusText = regexp.MustCompile(`(?s)UP \d+ year.*?8192K\n`)
	uptimeText = regexp.MustCompile(`(?m)^\d+$`)
	lengthText = regexp.MustCompile(`(api/response\nContent-Length: )\d+`)
)

// normalise takes out what differs from run to run.
func normalise(text string) string {
	text = uuidText.ReplaceAllString(text, "<uuid>")
	text = statusText.ReplaceAllString(text, "<status>\n")
	text = uptimeText.ReplaceAllString(text, "<number>")
	return lengthText.ReplaceAllString(text, "$1<n>")
}

func TestSegments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := NewServer(Options{Heartbeat: noHeartbeat, Seed: 1})
		cut := NewServer(Options{Heartbeat: noHeartbeat, Seed: 1, Segment: true})
		defer whole.Close()
		defer cut.Close()
		read := func(s *Server) string {
			nc := s.Pipe()
			defer nc.Close()
			go io.WriteString(nc, "auth ClueCon\n\napi version\n\nevent plain ALL\n\napi uuid_exists x\n\nexit\n\n")
			b, err := io.ReadAll(nc)
			if err != nil {
				t.Error(err)
			}
			return string(withoutEvents(b))
		}
		if a, b := read(whole), read(cut); a != b || !strings.Contains(a, "goodbye") {
			t.Errorf("cut differently:\n%s\n%s", a, b)
		}
	})
}
