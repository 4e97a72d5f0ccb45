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

	"github.com/freeswytch/freeswytch/fsw/esl"
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

func TestAPIHoldsEventsUp(t *testing.T) {
	bubble(t, Options{AnswerDelay: time.Second}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain CHANNEL_ANSWER API", "+OK event listener enabled plain")
		c.send("api originate sofia/internal/1000@x.com &park()\n\n")
		if m := c.read(); m.get("Content-Type") != "api/response" {
			t.Errorf("an event came before the answer: %v", m)
		}
		if e := c.event(); e.name() != "CHANNEL_ANSWER" {
			t.Errorf("event %v", e.name())
		}
		if e := c.event(); e.name() != "API" || e.get("API-Command") != "originate" {
			t.Errorf("event %v", e.headers)
		}
	})
}

func TestBgapi(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		s.Handle("slow", func(args string) string {
			time.Sleep(3 * time.Second)
			return "slow " + args
		})
		s.Handle("silent", func(string) string { return "" })
		c := login(t, s)
		c.want("event plain BACKGROUND_JOB", "+OK event listener enabled plain")
		c.want("bgapi slow  a b \nJob-UUID: j1", "+OK Job-UUID: j1")
		c.want("bgapi silent\nJob-UUID: j2", "+OK Job-UUID: j2")
		c.want("bgapi nonsense x\nJob-UUID: j3", "+OK Job-UUID: j3")
		bodies := map[string]string{}
		for range 3 {
			e := c.event()
			bodies[e.get("Job-UUID")] = e.body
			if e.get("Job-UUID") == "j1" && (e.get("Job-Command") != "slow" || e.get("Job-Command-Arg") != "a b") {
				t.Errorf("job %v", e.headers)
			}
			if has := e.get("Content-Length") != ""; has != (e.body != "") {
				t.Errorf("Content-Length of %q", e.body)
			}
		}
		want := map[string]string{"j1": "slow a b", "j2": "", "j3": "-ERR nonsense Command not found!\n"}
		for id, body := range want {
			if bodies[id] != body {
				t.Errorf("%s: %q, want %q", id, bodies[id], body)
			}
		}
		c.want("api silent", "-ERR no reply\n")
		c.want("api ", "-ERR  Command not found!\n")
	})
}

func TestExitWaitsForJobs(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain BACKGROUND_JOB", "+OK event listener enabled plain")
		c.want("bgapi msleep 3000\nJob-UUID: slow", "+OK Job-UUID: slow")
		start := time.Now()
		c.want("exit", "+OK bye")
		if m := c.read(); m.body != disconnectText || time.Since(start) != 3*time.Second {
			t.Errorf("%q after %v", m.body, time.Since(start))
		}
		if _, err := c.tryRead(); err != io.EOF {
			t.Errorf("then %v", err)
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

func TestAcceptModes(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		s.SetAccept(AcceptHang)
		nc := s.Pipe()
		nc.SetReadDeadline(time.Now().Add(time.Hour))
		if n, err := nc.Read(make([]byte, 1)); n != 0 || !isTimeout(err) {
			t.Errorf("%d bytes, %v", n, err)
		}
		nc.Close()
		s.SetAccept(AcceptClose)
		nc = s.Pipe()
		if n, err := nc.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("%d bytes, %v", n, err)
		}
		s.SetAccept(AcceptNormal)
		login(t, s)
	})
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

func TestFireAndLog(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain MESSAGE CUSTOM mod::a", "+OK event listener enabled plain")
		c.want("log 4", "+OK log level 4 [4]")
		s.FireCustom("mod::b", "x", "never seen")
		s.FireCustom("mod::a", "x", "100% of a: b", "_body", "line\n")
		s.Fire("MESSAGE", "from", "me")
		s.Log(5, "not important enough")
		s.Log(4, "look\nhere")
		e := c.event()
		if e.headers[0] != (header{"Event-Subclass", "mod::a"}) || e.get("x") != "100% of a: b" || e.body != "line\n" {
			t.Errorf("%v", e)
		}
		if e := c.event(); e.name() != "MESSAGE" || e.get("from") != "me" {
			t.Errorf("%v", e)
		}
		c.reply("api version")
		if len(c.logs) != 1 || !strings.HasSuffix(c.logs[0].body, "[WARNING] fswtest.go:1 look\nhere\n") || c.logs[0].get("Log-Level") != "4" {
			t.Errorf("logs %v", c.logs)
		}
	})
}

// TestFormats reads the same events in the three formats.
func TestFormats(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		read := func(format string) string {
			c.want("event "+format+" CUSTOM a::b", "+OK event listener enabled "+format)
			s.FireCustom("a::b", "v", "50% \"ü\"\n", "list", "ARRAY::1|:2", "_body", "<b>&\n")
			m := c.read()
			if m.get("Content-Type") != "text/event-"+format {
				t.Errorf("%v", m)
			}
			_, tail, _ := strings.Cut(m.body, "Event-Sequence")
			return tail[strings.IndexAny(tail, "lv"):]
		}
		for format, want := range map[string]string{
			"plain": "v: 50%25%20%22%C3%BC%22%0A\nlist: ARRAY%3A%3A1%7C%3A2\nContent-Length: 5\n\n<b>&\n",
			"json":  `v":"50% \"ü\"\n","list":["1","2"],"Content-Length":"5","_body":"<b>&\n"}`,
			"xml": "v>50%25%20%22%C3%BC%22%0A</v>\n    <list>1</list>\n    <list>2</list>\n  </headers>\n" +
				"  <Content-Length>5</Content-Length>\n  <body>&lt;b&gt;&amp;\n  </body>\n</event>\n",
		} {
			got := read(format)
			if format == "xml" {
				got = got[strings.Index(got, "v>"):]
			}
			if got != want {
				t.Errorf("%s: %q, want %q", format, got, want)
			}
		}
	})
}

func TestSequenceJitter(t *testing.T) {
	bubble(t, Options{SequenceJitter: 20, Seed: 3}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain CUSTOM a::b", "+OK event listener enabled plain")
		seen := map[int]bool{}
		high, behind, most := 0, 0, 0
		for range 1000 {
			s.FireCustom("a::b")
			n := decimalPrefix(c.event().get("Event-Sequence"))
			if seen[n] {
				t.Fatalf("%d twice", n)
			}
			seen[n] = true
			if n < high {
				behind++
				most = max(most, high-n)
			}
			high = max(high, n)
		}
		if behind == 0 || most > 20 {
			t.Errorf("%d of 1000 out of order, by up to %d", behind, most)
		}
	})
}

// TestFramer reads the simulator with the library's own framer.
func TestFramer(t *testing.T) {
	bubble(t, Options{Segment: true, Seed: 5}, func(t *testing.T, s *Server) {
		nc := s.Pipe()
		defer nc.Close()
		f := esl.NewFramer(esl.Limits{})
		buf := make([]byte, 1000)
		next := func() esl.Message {
			for {
				m, ok, err := f.Next()
				if err != nil {
					t.Fatal(err)
				}
				if ok {
					return m
				}
				n, err := nc.Read(buf)
				if err != nil {
					t.Fatal(err)
				}
				f.Feed(append([]byte(nil), buf[:n]...))
			}
		}
		next()
		for _, cmd := range []string{"auth ClueCon", "event plain ALL"} {
			io.WriteString(nc, cmd+"\n\n")
			next()
		}
		s.Call(CallOptions{From: "1", FromName: "100% %41", UUID: "u1"}).Hangup("USER_BUSY")
		var last string
		for last != "CS_DESTROY" {
			m := next()
			e, err := m.Event()
			if err != nil {
				t.Fatal(err)
			}
			if id, ok := e.Get("Unique-ID"); !ok || id != "u1" {
				t.Errorf("Unique-ID %q", id)
			}
			last, _ = e.Get("Channel-State")
		}
	})
}
