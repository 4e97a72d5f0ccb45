package fswtest

import (
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// listener is a client that has subscribed, and the handle on its connection.
func listener(t *testing.T, s *Server) (*client, *Conn) {
	t.Helper()
	c := login(t, s)
	c.want("event plain CUSTOM a::b", "+OK event listener enabled plain")
	conns := s.Conns()
	return c, conns[len(conns)-1]
}

// rest reads everything up to the end of the connection.
func (c *client) rest() string {
	c.t.Helper()
	b, err := io.ReadAll(c.r)
	if err != nil {
		c.t.Errorf("end of the connection: %v", err)
	}
	return string(b)
}

// TestCutAnywhere cuts the connection after every number of bytes of an event.
func TestCutAnywhere(t *testing.T) {
	o := Options{Seed: 1}
	var whole string
	bubble(t, o, func(t *testing.T, s *Server) {
		c, _ := listener(t, s)
		s.FireCustom("a::b", "x", "y")
		go func() {
			synctest.Wait()
			s.Inflict(Fault{Kind: Cut})
		}()
		whole = c.rest()
	})
	if !strings.HasSuffix(whole, "x: y\n\n") {
		t.Fatalf("%q", whole)
	}
	for n := range len(whole) + 1 {
		bubble(t, o, func(t *testing.T, s *Server) {
			c, conn := listener(t, s)
			before := conn.Sent()
			if n == 0 { // now
				conn.Inflict(Fault{Kind: Cut})
			} else {
				conn.Inflict(Fault{Kind: Cut, After: n})
			}
			s.FireCustom("a::b", "x", "y")
			if got := c.rest(); got != whole[:n] {
				t.Fatalf("after %d bytes: %q", n, got)
			}
			if sent := conn.Sent() - before; sent != int64(n) {
				t.Errorf("%d bytes sent, want %d", sent, n)
			}
			synctest.Wait()
			if s.Connections() != 0 {
				t.Error("still open")
			}
		})
	}
}

// TestKill: the notice stands in the middle of the message, as recorded in the
// protocol document (7.3).
func TestKill(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c, conn := listener(t, s)
		conn.Inflict(Fault{Kind: Kill, After: len("Content-Length: 700\nContent-Type: text/ev")})
		s.FireCustom("a::b", "x", strings.Repeat("x", 300))
		got := c.rest()
		const want = "Content-Type: text/evContent-Type: text/disconnect-notice\nContent-Length: 39\n\nkilled listener because of lost events\n"
		if _, end, ok := strings.Cut(got, "\n"); !ok || end != want {
			t.Errorf("%q", got)
		}
	})
	// A listener that is really too slow ends the same way, where it stood.
	bubble(t, Options{QueueLimit: 10}, func(t *testing.T, s *Server) {
		c, conn := listener(t, s)
		conn.Inflict(Fault{Kind: Stall, After: 30})
		for range 10 + 2 + lostLimit {
			s.FireCustom("a::b")
			synctest.Wait()
		}
		got := c.rest()
		if i := strings.Index(got, "Content-Type: text/disconnect-notice"); i != 30 || !strings.HasSuffix(got, lostEvents) {
			t.Errorf("notice at %d of %q", i, got)
		}
	})
}

func TestStall(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c, conn := listener(t, s)
		start := time.Now()
		conn.Inflict(Fault{Kind: Stall, For: 3 * time.Second, After: 100})
		s.FireCustom("a::b", "n", "1")
		if e := c.event(); e.get("n") != "1" || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", e, time.Since(start))
		}
		conn.Inflict(Fault{Kind: Stall})
		s.FireCustom("a::b", "n", "2")
		time.AfterFunc(time.Hour, conn.Heal)
		start = time.Now()
		if e := c.event(); e.get("n") != "2" || time.Since(start) != time.Hour {
			t.Errorf("%v after %v", e, time.Since(start))
		}
		// What is stalled when the server closes does not hold it up.
		conn.Inflict(Fault{Kind: Stall})
		s.FireCustom("a::b", "n", "3")
		synctest.Wait()
	})
}

func TestDeaf(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c, conn := listener(t, s)
		start := time.Now()
		conn.Inflict(Fault{Kind: Deaf, For: time.Minute})
		c.send("api echo 1\n\n")
		s.FireCustom("a::b", "n", "1")
		if e := c.event(); e.get("n") != "1" || time.Since(start) != 0 {
			t.Errorf("%v after %v", e, time.Since(start))
		}
		if m := c.read(); m.body != "1" || time.Since(start) != time.Minute {
			t.Errorf("%v after %v", m, time.Since(start))
		}
	})
}

func TestGarbage(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c, conn := listener(t, s)
		conn.Inflict(Fault{Kind: Garbage, Bytes: []byte("\x00\xffrubbish\n\n")}) // to a quiet connection
		conn.Inflict(Fault{Kind: Garbage, Bytes: []byte("<<>>"), After: 20})
		got := make([]byte, 20+4+11)
		if _, err := io.ReadFull(c.r, got[:11]); err != nil {
			t.Fatal(err)
		}
		c.send("api echo 1\n\n")
		if _, err := io.ReadFull(c.r, got[11:]); err != nil {
			t.Fatal(err)
		}
		if want := "\x00\xffrubbish\n\nContent-Type: api/re<<>>"; string(got) != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

func TestDuplicateAndReorder(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c, conn := listener(t, s)
		order := func(n int) string {
			t.Helper()
			for i := range n {
				s.FireCustom("a::b", "n", string(rune('1'+i)))
			}
			var got strings.Builder
			c.drain()
			for _, e := range c.events {
				got.WriteString(e.get("n"))
			}
			c.events = nil
			return got.String()
		}
		conn.Inflict(Fault{Kind: Duplicate, Count: 2})
		if got := order(4); got != "112234" {
			t.Error(got)
		}
		conn.Inflict(Fault{Kind: Reorder, Count: 2})
		if got := order(5); got != "23145" {
			t.Error(got)
		}
		conn.Inflict(Fault{Kind: Reorder, Count: 2})
		start := time.Now()
		s.FireCustom("a::b", "n", "late")
		if e := c.event(); e.get("n") != "late" || time.Since(start) != lateLimit {
			t.Errorf("%v after %v", e, time.Since(start))
		}
		if got := order(2); got != "12" {
			t.Error(got)
		}
	})
}

func TestSlow(t *testing.T) {
	bubble(t, Options{Link: Link{Latency: 50 * time.Millisecond}}, func(t *testing.T, s *Server) {
		start := time.Now()
		c, conn := listener(t, s)
		if d := time.Since(start); d != 150*time.Millisecond { // a greeting and two replies
			t.Errorf("login took %v", d)
		}
		conn.Inflict(Fault{Kind: Slow, Link: Link{BytesPerSecond: 1000, Chunk: 10}})
		start = time.Now()
		before := conn.Sent()
		s.FireCustom("a::b", "x", strings.Repeat("x", 1000))
		c.event()
		n := conn.Sent() - before
		if d, want := time.Since(start), time.Duration(n)*time.Millisecond; d > want || d < want-10*time.Millisecond { // the last bytes need not be waited for
			t.Errorf("%d bytes took %v", n, d)
		}
	})
}

func TestVanish(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c, conn := listener(t, s)
		conn.Inflict(Fault{Kind: Vanish})
		synctest.Wait()
		if n := s.Connections(); n != 0 {
			t.Errorf("%d connections", n)
		}
		for range 100 { // is taken, and never answered
			c.send("api echo 1\n\n")
		}
		c.nc.SetReadDeadline(time.Now().Add(time.Hour))
		if m, err := c.tryRead(); !isTimeout(err) {
			t.Errorf("%v %v", m, err)
		}
		// Another one in the middle of an event, closed by the client.
		c, conn = listener(t, s)
		conn.Inflict(Fault{Kind: Vanish, After: 10})
		s.FireCustom("a::b")
		got := make([]byte, 11)
		c.nc.SetReadDeadline(time.Now().Add(time.Hour))
		if n, err := io.ReadFull(c.r, got); n != 10 || !isTimeout(err) {
			t.Errorf("%q %v", got[:n], err)
		}
		c.nc.Close()
		synctest.Wait()
	})
}

// TestReset: the client of a real socket sees the reset.
func TestReset(t *testing.T) {
	s := New(t, Options{})
	nc, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, nc)
	c.read()
	s.Inflict(Fault{Kind: Reset})
	if m, err := c.tryRead(); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v %v", m, err)
	}
}
