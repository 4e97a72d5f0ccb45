package fswtest

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/internal/captures"
)

// TestSessionReplay plays recorded inbound connections that control a call.
func TestSessionReplay(t *testing.T) {
	const second = "4b26a5f6-82fd-4e15-9922-e555f49dab8f"
	for _, x := range []struct {
		session string
		hangup  time.Duration
		differs string // this reply
	}{
		// The recorded channel executes what it is sent up to 20 ms later.
		{"myevents_inbound", 0, "getvar own"},
		{"myevents_bad_uuid", 0, ""},
		{"myevents_json_no_linger", 806 * time.Millisecond, ""},
	} {
		t.Run(x.session, func(t *testing.T) {
			name := "08_filters/" + x.session
			want := captures.Read(t, name, "server.bin")
			var got []byte
			bubble(t, Options{Hostname: "vm"}, func(t *testing.T, s *Server) {
				ctl := login(t, s)
				if x.session != "myevents_inbound" {
					ctl.want("api originate {origination_uuid="+second+"}loopback/silence/default &park()", "+OK "+second+"\n")
					time.AfterFunc(100*time.Millisecond, func() {
						go ctl.send("api uuid_broadcast " + second + " tone_stream://%(200,0,440)\n\n")
					})
				}
				if x.hangup > 0 {
					time.AfterFunc(x.hangup, func() { go ctl.nc.Write([]byte("api uuid_kill " + second + "\n\n")) })
				}
				go func() {
					for {
						if _, err := ctl.tryRead(); err != nil {
							return
						}
					}
				}()
				got = playTimeline(t, s, name)
			})
			text := func(b []byte) []string { return strings.Split(normalise(string(withoutEvents(b))), "\n") }
			w, g := text(want), text(got)
			if x.differs != "" {
				w = append(w[:0:0], w...)
				for i := len(w) - 1; i >= 0; i-- {
					if w[i] == "Reply-Text: "+notFound { // the last one
						w[i] = "Reply-Text: 1"
						break
					}
				}
			}
			if d := diffLines(w, g); d != "" {
				t.Errorf("recorded (-) and simulated (+):\n%s", d)
			}
			we, ge := eventWords(want), eventWords(got)
			if x.differs != "" {
				we, ge = withoutSet(we), withoutSet(ge)
			}
			if d := diffLines(we, ge); d != "" {
				t.Errorf("events, recorded (-) and simulated (+):\n%s", d)
			}
		})
	}
}

// withoutSet leaves out what comes at another time.
func withoutSet(words []string) (out []string) {
	for _, w := range words {
		if !strings.HasSuffix(w, " set") && w != "BACKGROUND_JOB " { // which comes when it comes
			out = append(out, w)
		}
	}
	return out
}

// TestMyEventsFilters: only events of the call come, and own jobs.
func TestMyEventsFilters(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		a := s.Call(CallOptions{UUID: "a", Actions: []Action{{"answer", ""}, {"park", ""}}})
		s.Call(CallOptions{UUID: "b", Actions: []Action{{"answer", ""}, {"park", ""}}}).SetVar("x", "y")
		c := login(t, s)
		c.want("myevents a json", "+OK Events Enabled")
		c.want("event plain CHANNEL_CALLSTATE BACKGROUND_JOB HEARTBEAT CUSTOM n::n", "+OK event listener enabled plain")
		s.FireCustom("n::n")
		s.Fire("HEARTBEAT")
		s.Call(CallOptions{UUID: "c"}).Hangup("USER_BUSY")
		c.want("bgapi echo 1\nJob-UUID: mine", "+OK Job-UUID: mine")
		if e := c.event(); e.get("Job-UUID") != "mine" || e.get("Job-Owner-UUID") != "a" {
			t.Errorf("%v", e)
		}
		other := login(t, s)
		other.want("bgapi echo 1\nJob-UUID: theirs", "+OK Job-UUID: theirs")
		a.Hold()
		if e := c.event(); e.get("Unique-ID") != "a" || e.name() != "CHANNEL_CALLSTATE" {
			t.Errorf("%v", e)
		}
		c.want("getvar uuid", "a")
		c.send("connect\n\n")
		if m := c.next(); m.get("Unique-ID") != "a" || m.get("Socket-Mode") != "static" || m.get("Control") != "full" || m.get("Reply-Text") != "%2BOK%0A" {
			t.Errorf("%v", m)
		}
	})
}

// TestDivert: what is sent to the channel itself comes as it was sent, even
// past filters.
func TestDivert(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		s.Call(CallOptions{UUID: "a"})
		c := login(t, s)
		c.want("myevents a", "+OK Events Enabled")
		c.want("filter x y", "+OK filter added. [x]=[y]")
		c.want("divert_events on", "+OK events diverted")
		if r := c.reply("sendevent MESSAGE\nunique-id: a\nfoo: bar"); !strings.HasPrefix(r, "+OK ") {
			t.Errorf("answer %q", r)
		}
		if e := c.event(); strings.Join(e.names(), " ") != "Command unique-id foo Event-UUID" {
			t.Errorf("%v", e.headers)
		}
		c.want("divert_events off", "+OK events not diverted")
		c.reply("sendevent MESSAGE\nunique-id: a")
		c.drain()
		if len(c.events) != 0 {
			t.Errorf("%v", c.events)
		}
	})
}

// TestTwoHolders: the call is destroyed when the last that controls it ends.
func TestTwoHolders(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		call := s.Call(CallOptions{UUID: "a"})
		a, b := login(t, s), login(t, s)
		for _, c := range []*client{a, b} {
			c.want("myevents a", "+OK Events Enabled")
			c.want("linger", "+OK will linger")
		}
		call.Hangup("USER_BUSY")
		for i, c := range []*client{a, b} {
			if n := len(s.Channels()); n != 1 {
				t.Errorf("%d channels while %d hold it", n, 2-i)
			}
			c.send("nolinger\n\n")
			for m := c.read(); m.get("Content-Disposition") != "disconnect"; m = c.read() {
			}
			synctest.Wait()
		}
		if n := len(s.Channels()); n != 0 {
			t.Errorf("%d channels", n)
		}
		// Its id is free again.
		if id := s.Call(CallOptions{UUID: "a"}).UUID(); id != "a" {
			t.Error(id)
		}
	})
}

// TestRestartWithSessions: a restart ends those that are controlled too.
func TestRestartWithSessions(t *testing.T) {
	outbound(t, func(t *testing.T, s *Server, l *PipeListener) {
		call, c := socketCall(t, s, l, "async full")
		c.send("connect\n\n")
		c.read()
		c.want("linger", "+OK will linger")
		s.Restart(0)
		if text := c.rest(); text != "" {
			t.Errorf("%q", text)
		}
		if call.Up() || len(s.Channels()) != 0 {
			t.Error("the call has survived")
		}
	})
}

// TestUserLimits: an api command that runs others is looked through, and what
// it would run has to be allowed too (8.2).
func TestUserLimits(t *testing.T) {
	o := Options{Users: map[string]User{"u@d": {Password: "p", API: "status,bgapi,sched_api,eval,expand,echo", Events: "CHANNEL_ANSWER"}}}
	bubble(t, o, func(t *testing.T, s *Server) {
		c := newClient(t, s.Pipe())
		c.read()
		c.want("userauth u:p@d", "+OK accepted")
		const denied = "-ERR permission denied"
		c.want("api version", denied)
		c.want("bgapi version", denied)
		c.want("api eval version", denied)
		c.want("api expand echo 1", "-ERR expand Command not found!\n")
		c.want("api bgapi eval uuid_kill x", denied)
		c.want("api sched_api +1 none status", denied) // its next word is a time
		c.want("api echo 1", "1")
		// What comes before the denied one stays subscribed.
		c.want("event plain CHANNEL_ANSWER CHANNEL_HANGUP", denied)
		call := s.Call(CallOptions{UUID: "c"})
		call.Answer()
		if e := c.event(); e.name() != "CHANNEL_ANSWER" {
			t.Errorf("%v", e.headers)
		}
		// These are not limited.
		c.want("sendmsg c\ncall-command: hangup", "+OK")
		if call.Up() {
			t.Error("still up")
		}
	})
}
