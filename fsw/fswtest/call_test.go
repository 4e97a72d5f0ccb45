package fswtest

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestOriginateResults(t *testing.T) {
	plan := func(d Destination) ([]Action, bool) {
		switch d.Number {
		case "loop":
			return []Action{{"transfer", "loop"}}, true
		case "self":
			return []Action{{"bridge", "loopback/self/default"}}, true
		case "slow":
			return []Action{{"ring_ready", ""}, {"sleep", "3000"}, {"answer", ""}}, true
		case "fast":
			return []Action{{"sleep", "1000"}, {"answer", ""}}, true
		}
		return nil, false
	}
	for _, x := range []struct {
		args, want string // want: by beginning
		name       string // of the one channel that is up after
		took       time.Duration
	}{
		{"sofia/p/1000@h &park", "+OK ", "sofia/p/1000@h", 20 * time.Millisecond},
		{"user/busy &park()", "-ERR USER_BUSY\n", "", 0},
		{"user/reject|user/1000 &park()", "+OK ", "sofia/internal/1000@127.0.0.1", 20 * time.Millisecond},
		{"user/slow,user/fast &park()", "+OK ", "sofia/internal/fast@127.0.0.1", time.Second},
		{"user/slow,loopback/ring &park()", "+OK ", "sofia/internal/slow@127.0.0.1", 3 * time.Second},
		{"{originate_timeout=2}user/slow|user/fast &park()", "-ERR NO_ANSWER\n", "", 2 * time.Second},
		{"user/slow &park() XML default '' '' 1", "-ERR NO_ANSWER\n", "", time.Second},
		{"error/CALL_REJECTED &park()", "-ERR CALL_REJECTED\n", "", 0},
		{"nosuch/1 &park()", "-ERR CHAN_NOT_IMPLEMENTED\n", "", 0},
		{"sofia/x &park()", "-ERR INVALID_PROFILE\n", "", 0},
		{"user/1", "-USAGE: ", "", 0},
		{"", "-USAGE: ", "", 0},
		{"user/fast loop", "+OK ", "", time.Second},
		{"user/fast nosuch XML default", "+OK ", "", time.Second},
		{"user/fast &nosuch()", "+OK ", "", time.Second},
		{"loopback/self &park()", "+OK ", "", 0},
		{"{a='b, c',origination_caller_id_name='x \\'y\\''}[d=e]sofia/gateway/g/early &park()", "+OK ", "sofia/g/early@127.0.0.1", 0},
		{"{ignore_early_media=true}user/early &park()", "+OK ", "sofia/internal/early@127.0.0.1", 2 * time.Second},
	} {
		t.Run(x.args, func(t *testing.T) {
			bubble(t, Options{Dialplan: plan}, func(t *testing.T, s *Server) {
				c := login(t, s)
				start := time.Now()
				if got := c.reply("api originate " + x.args); !strings.HasPrefix(got, x.want) {
					t.Errorf("%q, want %q", got, x.want)
				}
				if took := time.Since(start); took != x.took {
					t.Errorf("took %v, want %v", took, x.took)
				}
				if strings.Contains(x.args, "self") { // it rings its way into the limit and is cut there
					time.Sleep(time.Minute)
				}
				var names []string
				for _, i := range s.Channels() {
					names = append(names, i.Name)
				}
				if got := strings.Join(names, " "); got != x.name {
					t.Errorf("channels %q, want %q", got, x.name)
				}
			})
		})
	}
}

// Quotes and backslashes are read three times: with the words of the command, with the
// list of variables, and with each.
func TestOriginateVariables(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want(`api originate {a='b\, c',origination_uuid=u,origination_caller_id_name='x \\\\\\\'y\\\\\\\'',origination_caller_id_number=7}[d=e]user/1000@h &echo()`, "+OK u\n")
		i := s.Channels()[0]
		for name, want := range map[string]string{"a": "b, c", "d": "e", "origination_caller_id_name": "x 'y'"} {
			if got := i.Variables[name]; got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		// Its caller and callee have changed places.
		if i.CallerIDName != "1000" || i.Destination != "1000" || i.Application != "echo" || i.AnswerState != "answered" {
			t.Errorf("%+v", i)
		}
		dump := c.reply("api uuid_dump u")
		if !strings.HasPrefix(dump, "Event-Name: CHANNEL_DATA\n") || !strings.Contains(dump, "\nvariable_a: b,%20c\n") {
			t.Errorf("dump %q", dump)
		}
		if dump := c.reply("api uuid_dump u json"); !strings.Contains(dump, `"variable_a":"b, c"`) {
			t.Errorf("dump %q", dump)
		}
		c.want("api uuid_dump nope", "-ERR No such channel!\n")
		c.want("api uuid_kill nope", "-ERR No such channel!\n")
		c.want("api uuid_bridge u nope", "-ERR Invalid uuid\n")
		c.want("api nosuch x", "-ERR nosuch Command not found!\n")
	})
}

func TestCallMethods(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		a, b := s.Call(CallOptions{UUID: "a", From: "1", To: "2"}), s.Call(CallOptions{UUID: "b", Route: true, To: "park"})
		state := func(want ...string) {
			t.Helper()
			var got []string
			for _, i := range s.Channels() {
				got = append(got, fmt.Sprintf("%s %s %s %s %s%s", i.UUID, i.State, i.CallState, i.AnswerState, i.Application, i.OtherLegUUID))
			}
			if d := diffLines(want, got); d != "" {
				t.Errorf("want (-), got (+):\n%s", d)
			}
		}
		state("a CS_EXECUTE RINGING ringing ", "b CS_EXECUTE ACTIVE answered park")
		a.RingReady()
		a.PreAnswer()
		state("a CS_EXECUTE EARLY early ", "b CS_EXECUTE ACTIVE answered park")
		a.Answer()
		a.Hold()
		state("a CS_EXECUTE HELD answered ", "b CS_EXECUTE ACTIVE answered park")
		a.Unhold()
		a.Bridge(b)
		state("a CS_SOFT_EXECUTE ACTIVE answered b", "b CS_EXCHANGE_MEDIA ACTIVE answered a")
		a.Hold()
		state("a CS_SOFT_EXECUTE HELD answered b", "b CS_EXCHANGE_MEDIA ACTIVE answered playbacka")
		a.Unhold()
		b.Transfer("echo")
		state("b CS_EXECUTE ACTIVE answered echo")
		b.SetVar("x", "y")
		b.Execute("set", "z=${x}${x}")
		b.Execute("playback", "a.wav")
		state("b CS_EXECUTE ACTIVE answered playback")
		if i, up := b.Info(); i.Variables["z"] != "yy" || !up {
			t.Errorf("%v", i.Variables)
		}
		time.Sleep(time.Second)
		state("b CS_EXECUTE ACTIVE answered echo")
		b.Hangup("no such cause")
		state()
		if _, up := a.Info(); up || a.Up() || b.Up() {
			t.Error("still up")
		}
		b.Answer() // does nothing
		a.Bridge(b)
	})
}

func TestChannelLogs(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("log 5", "+OK log level 5 [5]")
		s.Call(CallOptions{UUID: "u", From: "1", Address: "192.0.2.1"}).Hangup("USER_BUSY")
		for len(c.logs) < 2 {
			c.logs = append(c.logs, c.read())
		}
		for i, want := range []string{"New Channel sofia/internal/1@192.0.2.1 [u]\n", "Hangup sofia/internal/1@192.0.2.1 [CS_EXECUTE] [USER_BUSY]\n"} {
			if l := c.logs[i]; !strings.HasSuffix(l.body, want) || l.get("User-Data") != "u" || l.get("Log-Level") != "5" {
				t.Errorf("line %v, want %q", l, want)
			}
		}
	})
}

// TestConcurrent uses everything at once, over TCP, and closes in the middle.
func TestConcurrent(t *testing.T) {
	s := New(t, Options{SnapshotLag: time.Millisecond, AnswerDelay: time.Millisecond, Heartbeat: 5 * time.Millisecond, Segment: true, SequenceJitter: 5})
	s.StartTraffic(TrafficOptions{CallsPerSecond: 300, MeanDuration: 20 * time.Millisecond})
	s.Handle("yes", func(string) string { return "yes" })
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			nc, err := net.Dial("tcp", s.Addr())
			if err != nil {
				return // closed already
			}
			defer nc.Close()
			go io.Copy(io.Discard, nc)
			io.WriteString(nc, "auth ClueCon\n\nevent "+[]string{"plain", "json", "xml"}[i%3]+" ALL\n\nlog 7\n\n")
			for range 30 {
				_, err := io.WriteString(nc, "api yes\n\nbgapi originate loopback/echo &park()\n\napi show channels as json\n\nbgapi hupall\n\n"+
					"filter Event-Name CHANNEL_CREATE\n\nnoevents\n\nevent ALL\n\nfilter delete all\n\n")
				if err != nil {
					return
				}
			}
		})
	}
	halfway := make(chan struct{})
	for i := range 4 {
		wg.Go(func() {
			for n := range 30 {
				if i == 1 && n == 15 {
					close(halfway)
				}
				a, b := s.Call(CallOptions{}), s.Call(CallOptions{})
				a.Answer()
				b.Answer()
				a.Bridge(b)
				a.Hold()
				s.Fire("MESSAGE", "x", "y")
				s.FireCustom("a::b")
				s.Log(3, "line")
				s.Channels()
				b.Execute("playback", "x")
				a.Hangup("")
				if i == 0 {
					s.DropConnections("bye")
				}
			}
		})
	}
	wg.Go(func() {
		<-halfway
		s.Close()
	})
	wg.Wait()
	s.Close()
	if n := s.Connections(); n != 0 {
		t.Errorf("%d connections after Close", n)
	}
}

// TestCloseWhileBusy closes a server whose clients wait or do not read.
func TestCloseWhileBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{})
		c := login(t, s)
		c.want("event plain ALL", "+OK event listener enabled plain")
		c.want("bgapi msleep 100000\nJob-UUID: j", "+OK Job-UUID: j")
		waiting := login(t, s)
		waiting.send("api originate loopback/ring &park()\n\n")
		silent := s.Pipe()
		defer silent.Close()
		s.Handle("stubborn", func(string) string {
			time.Sleep(3 * time.Second)
			return ""
		})
		c.want("bgapi stubborn\nJob-UUID: k", "+OK Job-UUID: k")
		synctest.Wait()
		start := time.Now()
		s.Close()
		// Everything else gives up at once; a function of the test is waited for.
		if d := time.Since(start); d < 3*time.Second || d > 4*time.Second {
			t.Errorf("took %v", d)
		}
		s.Close()
		if n := s.Pipe(); n == nil {
			t.Error("no connection")
		}
		s.Call(CallOptions{}).Hangup("")
	})
}
