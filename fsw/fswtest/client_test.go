package fswtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain fails the run if a goroutine of this package outlives the tests.
func TestMain(m *testing.M) {
	code := m.Run()
	for try := 0; code == 0; try++ {
		var left []string
		buf := make([]byte, 1<<20)
		for i, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if i > 0 && strings.Contains(g, "fsw/fswtest.") {
				left = append(left, g)
			}
		}
		if len(left) == 0 {
			break
		}
		if try == 100 {
			fmt.Fprintf(os.Stderr, "goroutines left behind:\n%s\n", strings.Join(left, "\n\n"))
			code = 1
		}
		time.Sleep(10 * time.Millisecond) // they may be on their way out
	}
	os.Exit(code)
}

// client is a plain event socket client: what it does not understand fails the
// test.
type client struct {
	t      testing.TB
	nc     net.Conn
	r      *bufio.Reader
	events []ev // received while waiting for something else
	logs   []msg
}

type msg struct {
	headers []header
	body    string
}

func (m msg) get(name string) string {
	for _, h := range m.headers {
		if strings.EqualFold(h.name, name) {
			return h.value
		}
	}
	return ""
}

// ev is an event; values decoded.
type ev struct {
	headers []header
	body    string
}

func (e ev) get(name string) string { return msg(e).get(name) }
func (e ev) name() string           { return e.get("Event-Name") }

func (e ev) names() []string {
	out := make([]string, len(e.headers))
	for i, h := range e.headers {
		out[i] = h.name
	}
	return out
}

func newClient(t testing.TB, nc net.Conn) *client {
	t.Helper()
	c := &client{t: t, nc: nc, r: bufio.NewReader(nc)}
	t.Cleanup(func() { nc.Close() })
	return c
}

// login dials through a Pipe and logs in.
func login(t testing.TB, s *Server) *client {
	t.Helper()
	c := newClient(t, s.Pipe())
	if m := c.read(); m.get("Content-Type") != "auth/request" {
		t.Fatalf("greeting: %v", m)
	}
	c.want("auth ClueCon", "+OK accepted")
	return c
}

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.nc, text); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

func (c *client) tryRead() (msg, error) {
	var m msg
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			if line != "" || len(m.headers) > 0 {
				err = fmt.Errorf("%w inside a message: %q %v", err, line, m.headers)
			}
			return m, err
		}
		line = line[:len(line)-1]
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			return m, fmt.Errorf("header line %q", line)
		}
		m.headers = append(m.headers, header{name, value})
	}
	n := 0
	if v := m.get("Content-Length"); v != "" {
		var err error
		if n, err = strconv.Atoi(v); err != nil {
			return m, err
		}
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(c.r, body); err != nil {
		return m, err
	}
	m.body = string(body)
	return m, nil
}

func (c *client) read() msg {
	c.t.Helper()
	m, err := c.tryRead()
	if err != nil {
		c.t.Fatalf("read: %v", err)
	}
	return m
}

// drain reads events until the server has nothing more to send. In a bubble
// time passes only when nobody can do anything, so a second without a message
// is proof. A command would not do: what is queued behind it when it arrives
// is sent after its reply, and exit throws the queue away.
func (c *client) drain() {
	c.t.Helper()
	c.nc.SetReadDeadline(time.Now().Add(time.Second))
	defer c.nc.SetReadDeadline(time.Time{})
	for {
		m, err := c.tryRead()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return
		case err != nil:
			c.t.Fatalf("read: %v", err)
		case m.get("Content-Type") != "text/event-plain":
			c.t.Fatalf("no event: %v", m)
		}
		c.events = append(c.events, parseEvent(c.t, m.body))
	}
}

// next reads up to a message that is neither event nor log line.
func (c *client) next() msg {
	c.t.Helper()
	for {
		m := c.read()
		switch m.get("Content-Type") {
		case "text/event-plain":
			c.events = append(c.events, parseEvent(c.t, m.body))
		case "log/data":
			c.logs = append(c.logs, m)
		default:
			return m
		}
	}
}

// reply sends a command and returns the Reply-Text, or the body of an answer to
// api.
func (c *client) reply(cmd string) string {
	c.t.Helper()
	c.send(cmd + "\n\n")
	m := c.next()
	switch m.get("Content-Type") {
	case "api/response":
		return m.body
	case "command/reply":
		return m.get("Reply-Text")
	}
	c.t.Fatalf("%s: %v", cmd, m)
	return ""
}

func (c *client) want(cmd, reply string) {
	c.t.Helper()
	if got := c.reply(cmd); got != reply {
		c.t.Errorf("%q answered %q, want %q", cmd, got, reply)
	}
}

// event returns the next event.
func (c *client) event() ev {
	c.t.Helper()
	for len(c.events) == 0 {
		m := c.read()
		switch m.get("Content-Type") {
		case "text/event-plain":
			return parseEvent(c.t, m.body)
		case "log/data":
			c.logs = append(c.logs, m)
		default:
			c.t.Fatalf("no event: %v", m)
		}
	}
	e := c.events[0]
	c.events = c.events[1:]
	return e
}

// until returns the events up to one that satisfies.
func (c *client) until(ok func(ev) bool) []ev {
	c.t.Helper()
	var out []ev
	for {
		e := c.event()
		out = append(out, e)
		if ok(e) {
			return out
		}
	}
}

// untilMark returns everything fired so far.
func (c *client) untilMark(s *Server) []ev {
	c.t.Helper()
	s.FireCustom("test::mark")
	evs := c.until(func(e ev) bool { return e.get("Event-Subclass") == "test::mark" })
	return evs[:len(evs)-1]
}

func parseEvent(t testing.TB, text string) ev {
	t.Helper()
	var e ev
	head, body, ok := strings.Cut(text, "\n\n")
	if !ok {
		t.Fatalf("event without end: %q", text)
	}
	for line := range strings.SplitSeq(head, "\n") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("event line %q", line)
		}
		value, err := url.PathUnescape(value)
		if err != nil {
			t.Fatalf("event line %q: %v", line, err)
		}
		e.headers = append(e.headers, header{name, value})
	}
	e.body = body
	return e
}

// describe writes an event as the tables of the tests do.
func (e ev) describe() string {
	out := e.name()
	switch out {
	case "CUSTOM":
		return out + " " + e.get("Event-Subclass")
	case "API", "BACKGROUND_JOB", "HEARTBEAT", "RE_SCHEDULE":
		return out
	}
	out += " " + e.get("Channel-State") + "/" + e.get("Channel-State-Number") + " " + e.get("Channel-Call-State") + " " +
		e.get("Answer-State")
	for _, h := range []string{"Application", "Application-Response", "Hangup-Cause", "Original-Channel-Call-State"} {
		if v := e.get(h); v != "" {
			out += " " + v
		}
	}
	return out
}

const noHeartbeat = -time.Second
