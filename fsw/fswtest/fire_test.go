package fswtest

import (
	"io"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

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
