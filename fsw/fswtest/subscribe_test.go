package fswtest

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSubscription(t *testing.T) {
	fired := strings.Fields("MESSAGE HEARTBEAT CUSTOM CUSTOM=a::b CUSTOM=new::one")
	for _, x := range []struct{ commands, want string }{
		{"event plain ALL", "MESSAGE HEARTBEAT CUSTOM CUSTOM=a::b CUSTOM=new::one"},
		{"event plain MESSAGE", "MESSAGE"},
		{"event plain MESSAGE;event plain HEARTBEAT", "MESSAGE HEARTBEAT"},
		{"event plain CUSTOM", "CUSTOM"},
		{"event plain CUSTOM a::b", "CUSTOM CUSTOM=a::b"},
		{"event plain CUSTOM a::b MESSAGE", "CUSTOM CUSTOM=a::b"},
		{"event plain nosuch message", "MESSAGE"},
		{"event plain SWITCH_EVENT_MESSAGE", "MESSAGE"},
		{"event plain MESSAGE;noevents", ""},
		{"event plain MESSAGE;nixevent MESSAGE", ""},
		{"event plain MESSAGE HEARTBEAT;nixevent MESSAGE", "HEARTBEAT"},
		{"event plain CUSTOM a::b;nixevent CUSTOM a::b", "CUSTOM"},
		// ALL becomes all the others, with the subclasses known by then.
		{"event plain ALL;nixevent MESSAGE", "HEARTBEAT CUSTOM CUSTOM=a::b"},
		{"event plain ALL;nixevent CUSTOM a::b", "MESSAGE HEARTBEAT CUSTOM CUSTOM=a::b CUSTOM=new::one"},
		{"event plain ALL;nixevent ALL", ""},
		{"nixevent MESSAGE", ""},
		{"event plain ALL;filter Event-Name MESSAGE", "MESSAGE"},
		{"event plain ALL;filter Event-Subclass a::b", "CUSTOM=a::b"},
		{"event plain ALL;filter add Event-Name /^M|^C/;filter Event-Subclass -a::b", "MESSAGE CUSTOM CUSTOM=new::one"},
		{"event plain ALL;filter Event-Name -MESSAGE", ""},
		{"event plain ALL;filter Event-Name MESSAGE;filter delete Event-Name MESSAGE", "MESSAGE HEARTBEAT CUSTOM CUSTOM=a::b CUSTOM=new::one"},
		{"event plain ALL;filter Event-Name MESSAGE;noevents;event plain ALL", "MESSAGE"},
	} {
		t.Run(x.commands, func(t *testing.T) {
			bubble(t, Options{}, func(t *testing.T, s *Server) {
				s.FireCustom("a::b") // known before anybody subscribes
				c := login(t, s)
				for cmd := range strings.SplitSeq(x.commands, ";") {
					if r := c.reply(cmd); !strings.HasPrefix(r, "+OK") {
						t.Errorf("%q answered %q", cmd, r)
					}
				}
				for _, name := range fired {
					if sub, ok := strings.CutPrefix(name, "CUSTOM="); ok {
						s.FireCustom(sub)
					} else {
						s.Fire(name)
					}
				}
				c.drain()
				var got []string
				for _, e := range c.events {
					switch sub := e.get("Event-Subclass"); {
					case e.name() == "API":
					case sub != "":
						got = append(got, "CUSTOM="+sub)
					default:
						got = append(got, e.name())
					}
				}
				if g := strings.Join(got, " "); g != x.want {
					t.Errorf("got %q, want %q", g, x.want)
				}
			})
		})
	}
}

// noevents throws away what is queued; exit does too.
func TestNoeventsDropsQueue(t *testing.T) {
	for _, last := range []string{"noevents", "exit"} {
		bubble(t, Options{}, func(t *testing.T, s *Server) {
			c := login(t, s)
			c.want("event plain MESSAGE", "+OK event listener enabled plain")
			c.send("api msleep 1000\n\n" + last + "\n\n")
			synctest.Wait() // the first command is being executed
			s.Fire("MESSAGE")
			c.next()
			c.next()
			if last == "noevents" {
				c.want("event plain MESSAGE", "+OK event listener enabled plain")
			}
			time.Sleep(time.Second) // for the event to be sent, if it is
			s.DropConnections("over")
			for {
				m, err := c.tryRead()
				if err != nil {
					break
				}
				if m.get("Content-Type") == "text/event-plain" {
					c.events = append(c.events, parseEvent(t, m.body))
				}
			}
			if len(c.events) != 0 {
				t.Errorf("%s: %v", last, c.events)
			}
		})
	}
}

// TestEncoding has the cases of 13.1 in the protocol document.
func TestEncoding(t *testing.T) {
	for in, want := range map[string]string{
		"100%": "100%25", "100%25": "100%25", "%41": "%41", "%3a": "%253a", "%3A": "%3A", "%": "%25", "%4": "%254",
		"a b+c": "a%20b%2Bc", "é": "%C3%A9", "\x00\x7f\xff": "%00%7F%FF", "~!$'()*,-./_AZaz09": "~!$'()*,-./_AZaz09",
		"\r\n #&:;<=>?@[\\]^`{|}\"": "%0D%0A%20%23%26%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D%22",
	} {
		if got := string(appendURLEncoded(nil, in)); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// TestLateTimers: what is due runs at its own time, in order, however late.
func TestLateTimers(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		start := time.Now()
		var at []time.Duration
		note := func() { at = append(at, s.now.Sub(start)) }
		s.mu.Lock() // not enter and leave: no alarm is set
		s.now = start
		s.after(20*time.Millisecond, note)
		s.after(10*time.Millisecond, func() {
			note()
			s.after(5*time.Millisecond, note)
			s.soon(note)
		})
		s.stop(s.after(time.Millisecond, note))
		s.mu.Unlock()
		time.Sleep(time.Second)
		s.enter()
		s.leave()
		want := []time.Duration{10e6, 10e6, 15e6, 20e6}
		if len(at) != len(want) {
			t.Fatalf("%v", at)
		}
		for i := range want {
			if at[i] != want[i] {
				t.Errorf("%v, want %v", at, want)
			}
		}
	})
}
