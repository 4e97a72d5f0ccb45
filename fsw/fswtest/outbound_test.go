package fswtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/internal/captures"
)

// recordedPlan is the dialplan of the recorded server.
func recordedPlan(d Destination) ([]Action, bool) {
	socket := func(words string, before ...Action) ([]Action, bool) {
		return append(before, Action{"socket", strings.TrimSpace("127.0.0.1:8084 " + words)}, Action{"hangup", "NORMAL_UNSPECIFIED"}), true
	}
	switch d.Number {
	case "sock-async-full":
		return socket("async full")
	case "sock-async":
		return socket("async")
	case "sock-sync-full":
		return socket("full")
	case "sock-sync":
		return socket("")
	case "sock-weird":
		return socket("async full", Action{"set", `weird_var=a b&c=d%41 100% 'q' "dq" ünïcödé +1 ;x`},
			Action{"set", "with space and: colon=v"}, Action{"set", "arrvar=ARRAY::first item|:second: item|x|:third%20item é"})
	}
	return nil, false
}

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

var varying = regexp.MustCompile(`(?m)^(FreeSWITCH-IPv.|Event-Date-[A-Za-z]+|Event-Sequence|Event-Calling-Line-Number|.*-Created-Time|variable_session_id): .*$`)

// matched depends on how the recorded dialplan was written.
var matched = regexp.MustCompile(`(?m)^variable_DP_MATCH: .*\n`)

// TestOutboundReplay plays what recorded programs sent to the server that had
// connected to them, and compares all that is no event byte by byte, and the
// events by their kind and order.
func TestOutboundReplay(t *testing.T) {
	for _, x := range []struct {
		session, number string
		hangup          time.Duration // by somebody else
		cause           string
		late            bool // noticed after all of the hang-up's events
	}{
		{"async_full_linger", "sock-async-full", 0, "", true},
		{"async_full_linger_forever_exit", "sock-async-full", 305 * time.Millisecond, "USER_BUSY", false},
		{"async_full_nolinger_remote_hangup", "sock-async-full", 509 * time.Millisecond, "NORMAL_CLEARING", false},
		{"async_full_resume", "sock-async-full", 0, "", false},
		{"async_full_client_closes", "sock-async-full", 0, "", false},
		{"async_not_full", "sock-async", 0, "", true},
		{"connect_weird_vars", "sock-weird", 0, "", false},
		{"first_command_not_connect", "sock-async-full", 3354 * time.Millisecond, "MANAGER_REQUEST", true},
		{"silent_client_25s", "sock-async-full", 0, "", false},
		{"sync_full", "sock-sync-full", 0, "", false},
		{"sync_not_full", "sock-sync", 0, "", false},
	} {
		t.Run(x.session, func(t *testing.T) {
			name := "09_outbound/" + x.session
			want := captures.Read(t, name, "server.bin")
			var got []byte
			outboundWith(t, Options{LateNotice: x.late}, func(t *testing.T, s *Server, l *PipeListener) {
				s.Handle("uuid_getvar", func(args string) string { // of a recorded uuid
					_, name, _ := strings.Cut(args, " ")
					chans := s.Channels()
					return chans[len(chans)-1].Variables[name]
				})
				c := login(t, s)
				c.reply("bgapi originate {origination_caller_id_name='Out Bound',origination_caller_id_number=2001}loopback/" + x.number + "/default &playback(silence_stream://-1)")
				nc, err := l.Accept()
				if err != nil {
					t.Fatal(err)
				}
				if x.hangup > 0 {
					time.AfterFunc(x.hangup, func() {
						for _, b := range s.Channels() {
							if strings.HasSuffix(b.Name, "-b") {
								go c.send("api uuid_kill " + b.UUID + " " + x.cause + "\n\n")
							}
						}
					})
				}
				if x.session == "async_full_client_closes" {
					time.AfterFunc(300*time.Millisecond, func() { nc.Close() })
				}
				got = playOn(t, nc, name)
				if x.session == "async_full_client_closes" {
					return
				}
				synctest.Wait()
			})
			text := func(b []byte) []string {
				text := matched.ReplaceAllString(string(withoutEvents(b)), "")
				text = varying.ReplaceAllString(text, "$1: <varies>")
				return strings.Split(normalise(text), "\n")
			}
			w, g := text(want), text(got)
			if x.session == "connect_weird_vars" || x.session == "async_full_client_closes" {
				// The order of what the dialplan set is not known; nor is the last read.
				slices.Sort(w)
				slices.Sort(g)
			}
			if d := diffLines(w, g); d != "" {
				t.Errorf("recorded (-) and simulated (+):\n%s", d)
			}
			we, ge := eventWords(want), eventWords(got)
			if a, b := noticedLate(want), noticedLate(got); a != b {
				t.Errorf("notice after the events of the hang-up: recorded %v, simulated %v", a, b)
			}
			if x.session == "sync_not_full" { // exit came too soon for any
				ge = nil
			}
			if d := diffLines(we, ge); d != "" {
				t.Errorf("events, recorded (-) and simulated (+):\n%s", d)
			}
		})
	}
}

// noticedLate tells whether the first notice comes behind the last event of the
// hang-up.
func noticedLate(data []byte) bool {
	i, j := bytes.Index(data, []byte("text/disconnect-notice")), bytes.Index(data, []byte("Event-Name: CHANNEL_HANGUP_COMPLETE"))
	return j >= 0 && j < i
}

// eventWords tells the events of a stream by name and application.
func eventWords(data []byte) (out []string) {
	var name, app string
	for line := range strings.SplitSeq(string(data), "\n") {
		if v, ok := strings.CutPrefix(line, "Event-Name: "); ok && v != "CHANNEL_DATA" {
			name = v
			out = append(out, name+" ")
		}
		if v, ok := strings.CutPrefix(line, "Application: "); ok {
			app = v
			out[len(out)-1] = name + " " + app
		}
		if i := strings.Index(line, `{"Event-Name":"`); i >= 0 {
			name, _, _ = strings.Cut(line[i+len(`{"Event-Name":"`):], `"`)
			_, app, _ = strings.Cut(line, `"Application":"`)
			app, _, _ = strings.Cut(app, `"`)
			out = append(out, name+" "+app)
		}
	}
	// The thread of the call parks some time after connect, before or after the
	// client has subscribed.
	return slices.DeleteFunc(out, func(word string) bool { return word == "CHANNEL_PARK " })
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

func TestPipeListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewPipeListener("here:1")
		if l.Addr().String() != "here:1" || l.Addr().Network() != "pipe" {
			t.Error(l.Addr())
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := l.DialContext(ctx, "tcp", "there:2"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		go func() {
			nc, err := l.DialContext(t.Context(), "", "")
			if err != nil {
				t.Error(err)
				return
			}
			nc.Write([]byte("x"))
			nc.Close()
		}()
		nc, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(nc); !bytes.Equal(b, []byte("x")) || err != nil {
			t.Errorf("%q %v", b, err)
		}
		l.Close()
		l.Close()
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		if _, err := l.DialContext(t.Context(), "", ""); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Error(err)
		}
	})
}

// TestOutboundGone plays the recorded connection that watched three programs
// go away: before connect, after it, and before there was any.
func TestOutboundGone(t *testing.T) {
	want := captures.Read(t, "12_extra/_ctl2", "server.bin")
	var got []byte
	outbound(t, func(t *testing.T, s *Server, l *PipeListener) {
		go func() {
			for i := range 2 {
				nc, err := l.Accept()
				if err != nil {
					t.Error(err)
					return
				}
				go io.Copy(io.Discard, nc)
				if i == 1 {
					io.WriteString(nc, "connect\n\n")
					time.Sleep(500 * time.Millisecond)
				}
				nc.Close()
			}
			l.Close()
		}()
		got = playTimeline(t, s, "12_extra/_ctl2")
	})
	text := func(b []byte) []string {
		text := normalise(string(withoutEvents(b)))
		return strings.Split(createdText.ReplaceAllString(text, "<created>"), "\n")
	}
	if d := diffLines(text(want), text(got)); d != "" {
		t.Errorf("recorded (-) and simulated (+):\n%s", d)
	}
	// The halves of a loopback end at the same time, one before the other.
	we, ge := eventWords(want), eventWords(got)
	slices.Sort(we)
	slices.Sort(ge)
	if d := diffLines(we, ge); d != "" {
		t.Errorf("events, recorded (-) and simulated (+):\n%s", d)
	}
}

// createdText is the moment in a row of show channels.
var createdText = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+`)
