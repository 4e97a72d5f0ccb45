package fswtest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// bubble runs a test with a server in a bubble's time.
func bubble(t *testing.T, o Options, f func(t *testing.T, s *Server)) {
	t.Helper()
	if o.Heartbeat == 0 {
		o.Heartbeat = noHeartbeat
	}
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(o)
		defer s.Close()
		f(t, s)
	})
}

func TestTCP(t *testing.T) {
	s := New(t, Options{})
	nc, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, nc)
	c.next()
	c.want("auth ClueCon", "+OK accepted")
	c.want("event plain CHANNEL_CREATE", "+OK event listener enabled plain")
	call := s.Call(CallOptions{From: "1000", FromName: "Älice & Bob", To: "5000"})
	e := c.event()
	if e.get("Unique-ID") != call.UUID() || e.get("Caller-Caller-ID-Name") != "Älice & Bob" {
		t.Errorf("event %v", e.headers)
	}
	// A half-closed connection gets its replies and the notice.
	c.send("api version\n\n")
	nc.(*net.TCPConn).CloseWrite()
	if m := c.next(); !strings.HasPrefix(m.body, "FreeSWITCH Version") {
		t.Errorf("answer %q", m.body)
	}
	if m := c.next(); m.body != disconnectText {
		t.Errorf("notice %q", m.body)
	}
	if _, err := c.tryRead(); err != io.EOF {
		t.Errorf("after the notice: %v", err)
	}
}

func TestLoginTimeout(t *testing.T) {
	bubble(t, Options{LoginTimeout: 5 * time.Second}, func(t *testing.T, s *Server) {
		start := time.Now()
		c := newClient(t, s.Pipe())
		c.read()
		c.send("auth Clue")
		if m := c.read(); m.body != disconnectText || time.Since(start) != 5*time.Second {
			t.Errorf("%q after %v", m.body, time.Since(start))
		}
	})
}

func TestPartialCommandHoldsEvents(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain ALL", "+OK event listener enabled plain")
		c.send("api ver")
		synctest.Wait()
		s.FireCustom("a::b")
		got := make(chan msg, 1)
		go func() {
			m, err := c.tryRead()
			if err == nil {
				got <- m
			}
			close(got)
		}()
		synctest.Wait()
		select {
		case m := <-got:
			t.Fatalf("sent in the middle of a command: %v", m)
		default:
		}
		c.send("sion\n\n")
		if m := <-got; m.get("Content-Type") != "api/response" {
			t.Errorf("first after the command: %v", m)
		}
		if e := c.event(); e.get("Event-Subclass") != "a::b" {
			t.Errorf("event %v", e)
		}
	})
}

func TestHeartbeat(t *testing.T) {
	bubble(t, Options{Heartbeat: 20 * time.Second}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain HEARTBEAT RE_SCHEDULE", "+OK event listener enabled plain")
		s.Call(CallOptions{})
		start := time.Now()
		e := c.event()
		if time.Since(start) != 20*time.Second {
			t.Errorf("after %v", time.Since(start))
		}
		var recordedOne ev
		for _, r := range recorded(t, "04_call_lifecycle") {
			if r.name() == "HEARTBEAT" {
				recordedOne = r
			}
		}
		if d := diffLines(recordedOne.names(), e.names()); d != "" {
			t.Error(d)
		}
		if e.get("Session-Count") != "1" || e.get("Up-Time") != "0 years, 0 days, 0 hours, 0 minutes, 20 seconds, 0 milliseconds, 0 microseconds" {
			t.Errorf("%v", e.headers)
		}
		if e := c.event(); e.name() != "RE_SCHEDULE" || e.get("Task-Desc") != "heartbeat" {
			t.Errorf("%v", e.headers)
		}
		if e := c.event(); e.name() != "HEARTBEAT" || time.Since(start) != 40*time.Second {
			t.Errorf("%v after %v", e.name(), time.Since(start))
		}
	})
}

func TestQueueLimit(t *testing.T) {
	bubble(t, Options{QueueLimit: 100}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain CUSTOM a::b", "+OK event listener enabled plain")
		for i := range 100 + 1 + lostLimit { // one is being written
			s.FireCustom("a::b", "N", fmt.Sprint(i))
			if i == 0 {
				synctest.Wait()
			}
		}
		if n := s.Connections(); n != 1 {
			t.Fatalf("%d connections after as many losses as are allowed", n)
		}
		s.FireCustom("a::b")
		time.Sleep(2 * closeGrace) // nobody reads
		synctest.Wait()
		if n := s.Connections(); n != 0 {
			t.Errorf("%d connections", n)
		}
	})
	bubble(t, Options{QueueLimit: 100}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain CUSTOM a::b", "+OK event listener enabled plain")
		for range 2 * (100 + lostLimit) {
			s.FireCustom("a::b")
			synctest.Wait()
		}
		var last msg
		for {
			m, err := c.tryRead()
			if err != nil {
				break
			}
			last = m
		}
		if last.body != "killed listener because of lost events\n" {
			t.Errorf("last message %v", last)
		}
	})
}

func TestDropConnections(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		s.DropConnections("maintenance")
		if m := c.read(); m.body != "maintenance\n" || m.get("Content-Type") != "text/disconnect-notice" {
			t.Errorf("notice %v", m)
		}
		c = login(t, s)
		s.DropConnections("")
		if m, err := c.tryRead(); err != io.EOF {
			t.Errorf("%v %v", m, err)
		}
		c = login(t, s)
		go s.Close()
		if m := c.read(); m.body != "The system is being shut down.\n" {
			t.Errorf("notice %v", m)
		}
	})
}

func TestShutdown(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		call := s.Call(CallOptions{Actions: []Action{{"answer", ""}, {"park", ""}}})
		c := login(t, s)
		c.want("event plain SHUTDOWN CHANNEL_HANGUP CHANNEL_DESTROY", "+OK event listener enabled plain")
		c.want("api fsctl shutdown", "+OK\n")
		var got []string
		for range 3 {
			got = append(got, c.event().describe())
		}
		want := []string{"SHUTDOWN /  ", "CHANNEL_HANGUP CS_EXECUTE/10 ACTIVE hangup SYSTEM_SHUTDOWN",
			"CHANNEL_DESTROY CS_REPORTING/12 HANGUP hangup SYSTEM_SHUTDOWN"}
		if d := diffLines(want, got); d != "" {
			t.Error(d)
		}
		if m := c.read(); m.body != shutdownReason+"\n" {
			t.Errorf("notice %v", m)
		}
		if call.Up() {
			t.Error("the call is still up")
		}
	})
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}
