package fswtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/internal/captures"
)

func TestRestart(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain HEARTBEAT CHANNEL_CREATE CHANNEL_HANGUP BACKGROUND_JOB", "+OK event listener enabled plain")
		call := s.Call(CallOptions{UUID: "one", Actions: []Action{{"answer", ""}, {"playback", "silence_stream://1000"}}})
		first := c.event()
		c.want("bgapi originate user/ring &park()\nJob-UUID: j", "+OK Job-UUID: j")
		s.Restart(10 * time.Second)
		if text := c.rest(); strings.Contains(text, "notice") || strings.Contains(text, "CHANNEL_HANGUP") {
			t.Errorf("said %q", text)
		}
		if call.Up() || len(s.Channels()) != 0 {
			t.Error("a call has survived")
		}
		if late := s.Call(CallOptions{}); late.Up() {
			t.Error("a call during the outage")
		}
		if _, err := s.DialContext(context.Background(), "", ""); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("during the outage: %v", err)
		}
		time.Sleep(10 * time.Second)
		c = login(t, s)
		c.want("event plain HEARTBEAT CHANNEL_CREATE CHANNEL_HANGUP BACKGROUND_JOB", "+OK event listener enabled plain")
		c.want("api show channels", "\n0 total.\n")
		c.want("api uuid_exists one", "false")
		call.Hangup("NORMAL_CLEARING") // of no effect
		s.Call(CallOptions{UUID: "two"})
		e := c.event()
		if e.get("Unique-ID") != "two" || e.get("Core-UUID") == first.get("Core-UUID") {
			t.Errorf("%v", e.headers)
		}
		if a, b := decimalPrefix(first.get("Event-Sequence")), decimalPrefix(e.get("Event-Sequence")); b > a+100 || e.get("variable_session_id") == "2" {
			t.Errorf("sequence %d after %d", b, a)
		}
	})
}

// TestRestartPort: the address stays, and connections are refused meanwhile.
func TestRestartPort(t *testing.T) {
	s := New(t, Options{})
	dial := func() (net.Conn, error) { return net.Dial("tcp", s.Addr()) }
	nc, err := dial()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	s.Restart(0)
	if b, err := io.ReadAll(nc); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%q %v", b, err)
	}
	for _, refuse := range []func(){func() { s.SetAccept(AcceptRefuse) }, func() { s.Restart(time.Hour) }} {
		s.Restart(0)
		s.SetAccept(AcceptNormal)
		if nc, err = dial(); err != nil {
			t.Fatal(err)
		}
		nc.Close()
		refuse()
		if nc, err := dial(); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%v %v", nc, err)
		}
	}
}

// TestReload compares with the recording, byte by byte but for the job's id.
func TestReload(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		call := s.Call(CallOptions{})
		second := make(chan string, 1)
		go func() { second <- string(playTimeline(t, s, "14_reload_module/second_connection")) }()
		for i, got := range []string{string(playTimeline(t, s, "14_reload_module")), <-second} {
			name := []string{"14_reload_module", "14_reload_module/second_connection"}[i]
			want := string(captures.Read(t, name, "server.bin"))
			if i == 0 { // from here on it is a question of who comes first
				got = string(withoutEvents([]byte(got)))
				want = string(withoutEvents([]byte(want)))
			}
			if d := diffLines(strings.Split(normalise(want), "\n"), strings.Split(normalise(got), "\n")); d != "" {
				t.Errorf("%s: recorded (-) and simulated (+):\n%s", name, d)
			}
		}
		if !call.Up() {
			t.Error("the call has not survived")
		}
		time.Sleep(time.Second)
		c := login(t, s)
		if r := c.reply("unload mod_event_socket"); !strings.HasPrefix(r, "+OK Job-UUID: ") {
			t.Errorf("answer %q", r)
		}
		if m := c.read(); m.body != shutdownReason+"\n" {
			t.Errorf("%v", m)
		}
		time.Sleep(time.Second)
		if _, err := s.DialContext(t.Context(), "", ""); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after unload: %v", err)
		}
	})
}

// TestShutdownRecorded compares what a shutdown says with the recording.
func TestShutdownRecorded(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		got := playTimeline(t, s, "15_shutdown/fsctl")
		want := captures.Read(t, "15_shutdown/fsctl", "server.bin")
		a, b := normalise(string(withoutEvents(want))), normalise(string(withoutEvents(got)))
		if d := diffLines(strings.Split(a, "\n"), strings.Split(b, "\n")); d != "" {
			t.Errorf("recorded (-) and simulated (+):\n%s", d)
		}
		if i, j := bytes.Index(got, []byte("Event-Name: SHUTDOWN\n")), bytes.Index(got, []byte("Event-Name: CHANNEL_HANGUP\n")); i < 0 || j < i {
			t.Errorf("SHUTDOWN at %d, the first hang-up at %d", i, j)
		}
		if _, err := s.DialContext(t.Context(), "", ""); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after the shutdown: %v", err)
		}
		s.Restart(0)
		login(t, s)
	})
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("api fsctl shutdown restart", "+OK\n")
		if m := c.read(); m.body != shutdownReason+"\n" {
			t.Errorf("%v", m)
		}
		login(t, s)
	})
}

// TestRestartForgets: nothing of the old process happens in the new one.
func TestRestartForgets(t *testing.T) {
	bubble(t, Options{Heartbeat: 20 * time.Second}, func(t *testing.T, s *Server) {
		s.Handle("slow", func(string) string {
			time.Sleep(time.Minute)
			return "done"
		})
		c := login(t, s)
		c.reply("bgapi slow")
		s.Call(CallOptions{Actions: []Action{{"answer", ""}, {"playback", "silence_stream://1000"}, {"hangup", "USER_BUSY"}}})
		time.Sleep(10 * time.Second)
		s.Restart(0)
		c = login(t, s)
		c.want("event plain ALL", "+OK event listener enabled plain")
		time.Sleep(110 * time.Second)
		c.drain()
		counts := map[string]int{}
		for _, e := range c.events {
			counts[e.name()]++
		}
		if len(counts) != 2 || counts["HEARTBEAT"] != 5 || counts["RE_SCHEDULE"] != 5 {
			t.Errorf("%v", counts)
		}
	})
}
