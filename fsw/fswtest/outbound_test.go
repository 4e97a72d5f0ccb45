package fswtest

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// outbound runs a test with a server whose application socket comes to l.
func outbound(t *testing.T, f func(t *testing.T, s *Server, l *PipeListener)) {
	t.Helper()
	outboundWith(t, Options{}, f)
}

func outboundWith(t *testing.T, o Options, f func(t *testing.T, s *Server, l *PipeListener)) {
	t.Helper()
	sound := func(file string) (time.Duration, bool) {
		if strings.HasSuffix(file, "/b.wav") {
			return 990 * time.Millisecond, true
		}
		return defaultPlayback(file)
	}
	synctest.Test(t, func(t *testing.T) {
		l := NewPipeListener("127.0.0.1:8084")
		defer l.Close()
		o.Heartbeat, o.Dialplan, o.Dial, o.Hostname, o.Playback = noHeartbeat, recordedPlan, l.DialContext, "vm", sound
		s := NewServer(o)
		defer s.Close()
		f(t, s, l)
	})
}

// socketCall makes a call that executes socket, and takes its connection.
func socketCall(t *testing.T, s *Server, l *PipeListener, words string) (*Channel, *client) {
	t.Helper()
	call := s.Call(CallOptions{UUID: "call", Actions: []Action{{"socket", "somewhere " + words}, {"set", "after=1"}, {"park", ""}}})
	nc, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return call, newClient(t, nc)
}

// TestLingerHoldsDestroy: the call of a lingering socket is destroyed when the
// socket has ended, and not before (6.9).
func TestLingerHoldsDestroy(t *testing.T) {
	outbound(t, func(t *testing.T, s *Server, l *PipeListener) {
		other := login(t, s)
		other.want("event plain CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY", "+OK event listener enabled plain")
		call, c := socketCall(t, s, l, "async full")
		c.send("connect\n\n")
		c.read()
		c.want("linger 3", "+OK will linger 3 seconds")
		c.want("myevents", "+OK Events Enabled")
		time.Sleep(1500 * time.Millisecond)
		start := time.Now()
		call.Hangup("USER_BUSY")
		if e := c.event(); e.name() != "CHANNEL_HANGUP" {
			t.Errorf("%v", e.headers)
		}
		if m := c.read(); m.get("Content-Disposition") != "linger" || m.get("Linger-Time") != "3" {
			t.Errorf("%v", m)
		}
		if e := other.event(); e.name() != "CHANNEL_HANGUP_COMPLETE" {
			t.Errorf("%v", e.headers)
		}
		c.want("getvar hangup_cause", "USER_BUSY")
		if n := len(s.Channels()); n != 1 {
			t.Errorf("%d channels", n)
		}
		var m msg
		for m.get("Content-Disposition") != "disconnect" {
			m = c.read()
			if strings.Contains(m.body, "CHANNEL_DESTROY") {
				t.Error("saw CHANNEL_DESTROY")
			}
		}
		if d := time.Since(start); d != 3500*time.Millisecond { // whole seconds since 1970
			t.Errorf("lingered %v", d)
		}
		if e := other.event(); e.name() != "CHANNEL_DESTROY" || time.Since(start) != 3500*time.Millisecond {
			t.Errorf("%v after %v", e.name(), time.Since(start))
		}
	})
}

// TestSocketEnds: what becomes of the call when the program goes away.
func TestSocketEnds(t *testing.T) {
	for _, x := range []struct {
		name, words, commands string
		goesOn                bool
	}{
		{"async, before connect", "async full", "", false},
		{"async, before connect but not silent", "async full", "linger\n\n", false},
		{"async, after connect", "async full", "connect\n\n", true},
		{"static, before connect", "full", "", true},
		{"static, after connect", "", "connect\n\n", true},
	} {
		t.Run(x.name, func(t *testing.T) {
			outbound(t, func(t *testing.T, s *Server, l *PipeListener) {
				call, c := socketCall(t, s, l, x.words)
				if x.commands != "" {
					c.send(x.commands)
				}
				if strings.HasPrefix(x.commands, "connect") {
					c.read()
				}
				synctest.Wait()
				c.nc.Close()
				synctest.Wait()
				info, up := call.Info()
				if goesOn := info.Variables["after"] == "1"; goesOn != x.goesOn || !up {
					t.Errorf("went on: %v; up: %v", goesOn, up)
				}
				call.Hangup("NORMAL_CLEARING")
				if n := len(s.Channels()); n != 0 {
					t.Errorf("%d channels", n)
				}
			})
		})
	}
}

// TestSocketHangupEarly hangs up before the program has taken the connection,
// and before it has said a word.
func TestSocketHangupEarly(t *testing.T) {
	outbound(t, func(t *testing.T, s *Server, l *PipeListener) {
		call := s.Call(CallOptions{Actions: []Action{{"socket", "somewhere async full"}}})
		synctest.Wait()
		call.Hangup("ORIGINATOR_CANCEL")
		nc, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(nc); len(b) != 0 || err != nil {
			t.Errorf("%q %v", b, err)
		}
		call, c := socketCall(t, s, l, "async full")
		call.Hangup("ORIGINATOR_CANCEL")
		if m := c.read(); m.get("Content-Disposition") != "disconnect" || m.get("Controlled-Session-UUID") != "call" {
			t.Errorf("%v", m)
		}
		if _, err := c.tryRead(); err != io.EOF {
			t.Error(err)
		}
	})
}

// TestSocketHosts tries one host after the other, then goes on in the dialplan.
func TestSocketHosts(t *testing.T) {
	var dialled []string
	o := Options{Dial: func(_ context.Context, _, addr string) (net.Conn, error) {
		dialled = append(dialled, addr)
		return nil, syscall.ECONNREFUSED
	}}
	bubble(t, o, func(t *testing.T, s *Server) {
		call := s.Call(CallOptions{Actions: []Action{{"socket", "a/some/path|[::2]|b:1|[::1]:2 async full"}, {"set", "after=1"}, {"park", ""}}})
		synctest.Wait()
		info, up := call.Info()
		if want := []string{"a:8084", "[::2]:8084", "b:1", "[::1]:2"}; !slices.Equal(dialled, want) {
			t.Errorf("dialled %v", dialled)
		}
		if v := info.Variables; !up || v["after"] != "1" || v["socket_host"] != "::1" || v["socket_path"] != "some/path" {
			t.Errorf("%v %v", up, v)
		}
	})
}

// TestStaticHangup: a hang-up ends the application that a static socket waits
// for, and the socket.
func TestStaticHangup(t *testing.T) {
	outbound(t, func(t *testing.T, s *Server, l *PipeListener) {
		call, c := socketCall(t, s, l, "full")
		c.send("connect\n\n")
		c.read()
		c.send("sendmsg\ncall-command: execute\nexecute-app-name: echo\n\n")
		synctest.Wait()
		if info, _ := call.Info(); info.Application != "echo" {
			t.Errorf("executes %v", info.Application)
		}
		call.Hangup("USER_BUSY")
		if m := c.read(); m.get("Reply-Text") != "+OK" {
			t.Errorf("%v", m)
		}
		if m := c.read(); m.get("Content-Disposition") != "disconnect" {
			t.Errorf("%v", m)
		}
		synctest.Wait()
		if n := len(s.Channels()); n != 0 {
			t.Errorf("%d channels", n)
		}
		// And a transfer takes the call away from it.
		call, c = socketCall(t, s, l, "full")
		c.send("connect\n\n")
		c.read()
		call.Transfer("park")
		if m := c.read(); m.get("Content-Disposition") != "disconnect" || !call.Up() {
			t.Errorf("%v", m)
		}
	})
}

// TestStaticOwnID: the id of its own call changes nothing in a static socket, on the line
// or as session-id: the reply comes when the application has ended. With "async: true" it
// comes at once, and nobody looks at the message before the socket has ended.
func TestStaticOwnID(t *testing.T) {
	for name, target := range map[string]func(id string) string{
		"none":       func(string) string { return "sendmsg\n" },
		"line":       func(id string) string { return "sendmsg " + id + "\n" },
		"session-id": func(id string) string { return "sendmsg\nsession-id: " + id + "\n" },
	} {
		t.Run(name, func(t *testing.T) {
			outbound(t, func(t *testing.T, s *Server, l *PipeListener) {
				call, c := socketCall(t, s, l, "full")
				c.send("connect\n\n")
				c.read()
				sleep := target(call.UUID()) + "call-command: execute\nexecute-app-name: sleep\nexecute-app-arg: 1000\n"
				began := time.Now()
				if r := c.reply(sleep[:len(sleep)-1]); r != "+OK" || time.Since(began) != time.Second {
					t.Errorf("%q after %v", r, time.Since(began))
				}
				began = time.Now()
				if r := c.reply(sleep + "async: true"); r != "+OK" || time.Since(began) != 0 {
					t.Errorf("async: %q after %v", r, time.Since(began))
				}
				time.Sleep(time.Minute)
				if info, _ := call.Info(); info.Application != "socket" {
					t.Errorf("executes %q before the end of the socket", info.Application)
				}
				c.want("exit", "+OK bye")
				c.read()
				synctest.Wait()
				if info, _ := call.Info(); info.Application != "sleep" {
					t.Errorf("executes %q after the end of the socket", info.Application)
				}
			})
		})
	}
}
