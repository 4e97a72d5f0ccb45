package fswtest

import (
	"io"
	"testing"
	"time"
)

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
