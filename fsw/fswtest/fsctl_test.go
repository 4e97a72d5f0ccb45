package fswtest

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestPause: a paused switch takes no new channels of that direction; what there is goes on.
func TestPause(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		there := s.Call(CallOptions{})
		for _, c := range []struct {
			command             string
			in, out, both, none string
			ready               string
		}{
			{"pause", "true", "true", "true", "", "false"},
			{"resume inbound", "false", "true", "false", "", "false"},
			{"resume", "false", "false", "false", "", "true"},
			{"pause INBOUND", "true", "false", "false", "", "false"},
			{"resume inbound", "false", "false", "false", "", "true"},
		} {
			if out := s.API("fsctl " + c.command); out != "+OK\n" {
				t.Fatalf("%s: %q", c.command, out)
			}
			for check, want := range map[string]string{"pause_check inbound": c.in, "pause_check outbound": c.out, "pause_check": c.both, "ready_check": c.ready} {
				if got := s.API("fsctl " + check); got != want {
					t.Errorf("after %s: %s: %s, not %s", c.command, check, got, want)
				}
			}
			if up := s.Call(CallOptions{}).Up(); up != (c.in == "false") {
				t.Errorf("after %s: an inbound call is up: %v", c.command, up)
			}
			sofia, loopback := s.API("originate sofia/internal/1000@example.com &park()"), s.API("originate loopback/park &park()")
			if strings.HasPrefix(sofia, "+OK") != (c.out == "false") || strings.HasPrefix(loopback, "+OK") != (c.in == "false" && c.out == "false") {
				t.Errorf("after %s: %q, %q", c.command, sofia, loopback)
			}
		}
		s.API("fsctl pause")
		if out := s.API("originate loopback/park|sofia/internal/1000@example.com &park()"); out != "-ERR DESTINATION_OUT_OF_ORDER\n" {
			t.Errorf("paused: %q", out)
		}
		if !there.Up() {
			t.Error("the call that was there has gone")
		}
		s.Restart(0)
		if got := s.API("fsctl ready_check"); got != "true" {
			t.Errorf("after a restart: ready: %s", got)
		}
		for _, bad := range []string{"", "nonsense"} {
			if out := s.API(strings.TrimSpace("fsctl " + bad)); !strings.Contains(out, "USAGE: fsctl") {
				t.Errorf("%q: %q", bad, out)
			}
		}
	})
}

// TestShutdownWhenIdle: an elegant shutdown waits for the last call to end, and so does the
// command; asap takes no new ones; both can be called off.
func TestShutdownWhenIdle(t *testing.T) {
	for _, how := range []string{"elegant", "asap", "elegant restart"} {
		t.Run(how, func(t *testing.T) {
			bubble(t, Options{}, func(t *testing.T, s *Server) {
				call := s.Call(CallOptions{})
				c, other := login(t, s), login(t, s)
				other.want("event plain SHUTDOWN_REQUESTED SHUTDOWN CHANNEL_HANGUP", "+OK event listener enabled plain")
				c.send("api fsctl shutdown " + how + "\n\n")
				info := map[string]string{"elegant": "elegant", "asap": "ASAP", "elegant restart": "elegant"}[how]
				if e := other.event(); e.name() != "SHUTDOWN_REQUESTED" || e.get("Event-Info") != info {
					t.Errorf("%v", e)
				}
				other.want("api fsctl shutdown_check", "true")
				time.Sleep(time.Hour)
				if up := s.Call(CallOptions{UUID: "young"}).Up(); up != (how != "asap") {
					t.Errorf("a new call is up: %v", up)
				}
				s.API("uuid_kill young")
				other.drain()
				call.Hangup("USER_BUSY")
				if m := c.read(); m.body != "+OK\n" {
					t.Errorf("%v", m)
				}
				for _, x := range []*client{c, other} {
					if m := x.next(); m.body != shutdownReason+"\n" {
						t.Errorf("%v", m)
					}
				}
				synctest.Wait()
				if s.Connections() != 0 {
					t.Error("there are connections left")
				}
				if _, err := s.DialContext(t.Context(), "", ""); (err == nil) != (how == "elegant restart") {
					t.Errorf("afterwards: %v", err)
				}
			})
		})
	}
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		call := s.Call(CallOptions{})
		c := login(t, s)
		reply := c.reply("bgapi fsctl shutdown asap")
		if !strings.HasPrefix(reply, "+OK Job-UUID: ") {
			t.Errorf("%q", reply)
		}
		synctest.Wait()
		c.want("api fsctl shutdown cancel", "+OK\n")
		c.want("api fsctl shutdown_check", "false")
		c.want("api fsctl pause_check", "true") // until somebody says resume
		call.Hangup("")
		time.Sleep(time.Minute)
		c.want("api echo well", "well")
	})
}

// TestShutdownNow: the process is gone, without a word.
func TestShutdownNow(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		call := s.Call(CallOptions{})
		c := login(t, s)
		c.send("api fsctl shutdown now\n\n")
		if rest := c.rest(); rest != "" {
			t.Errorf("%q", rest)
		}
		if call.Up() {
			t.Error("the call is up")
		}
		s.Restart(0)
		login(t, s)
	})
}
