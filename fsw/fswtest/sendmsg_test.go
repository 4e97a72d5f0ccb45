package fswtest

import (
	"strings"
	"testing"
	"time"
)

// parked gives a client that sees everything and the id of a parked call.
func parked(t *testing.T, s *Server) (*client, string) {
	t.Helper()
	c := login(t, s)
	c.want("event plain CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE PRIVATE_COMMAND CHANNEL_HANGUP PLAYBACK_STOP",
		"+OK event listener enabled plain")
	call := s.Call(CallOptions{UUID: "call", Actions: []Action{{"answer", ""}, {"park", ""}}})
	c.until(func(e ev) bool { return e.get("Application") == "park" })
	return c, call.UUID()
}

func TestSendmsg(t *testing.T) {
	const play = "\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: a.wav"
	for _, x := range []struct {
		name     string
		messages []string
		want     []string // Event-Name and Application-UUID
		after    time.Duration
	}{
		{"loops", []string{play + "\nloops: 3\nEvent-UUID: m"},
			strings.Split("EXECUTE m,COMPLETE m,EXECUTE m,COMPLETE m,EXECUTE m,COMPLETE m,PRIVATE_COMMAND ", ","), 1500 * time.Millisecond},
		{"nested", []string{play + "\nEvent-UUID: 0", play + "\nEvent-UUID: 1", play + "\nEvent-UUID: 2"},
			strings.Split("EXECUTE 0,EXECUTE 1,EXECUTE 2,COMPLETE 2,PRIVATE_COMMAND ,COMPLETE 1,PRIVATE_COMMAND ,COMPLETE 0,PRIVATE_COMMAND ", ","), 1500 * time.Millisecond},
		{"locked", []string{play + "\nevent-lock: true\nEvent-UUID: 0", play + "\nevent-lock: true\nEvent-UUID: 1"},
			strings.Split("EXECUTE 0,COMPLETE 0,PRIVATE_COMMAND ,EXECUTE 1,COMPLETE 1,PRIVATE_COMMAND ", ","), time.Second},
		{"body", []string{"\ncall-command: execute\nexecute-app-name: set\ncontent-type: text/plain\nEvent-UUID: b\nContent-Length: 9\n\nv=1\n\nmore"},
			strings.Split("EXECUTE b,COMPLETE b,PRIVATE_COMMAND ", ","), 0},
		{"quick app loops once", []string{"\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: a=b\nloops: 5\nEvent-UUID: q"},
			strings.Split("EXECUTE q,COMPLETE q,PRIVATE_COMMAND ", ","), 0},
		{"unknown command", []string{"\ncall-command: nosuch"}, []string{"PRIVATE_COMMAND "}, 0},
		{"unknown application", []string{"\ncall-command: execute\nexecute-app-name: nosuch\nEvent-UUID: n"},
			[]string{"HANGUP DESTINATION_OUT_OF_ORDER", "PRIVATE_COMMAND "}, 0},
		{"hangup", []string{"\ncall-command: hangup\nhangup-cause: USER_BUSY"}, []string{"HANGUP USER_BUSY", "PRIVATE_COMMAND "}, 0},
		{"bogus cause", []string{"\ncall-command: hangup\nhangup-cause: BOGUS"}, []string{"HANGUP NORMAL_CLEARING", "PRIVATE_COMMAND "}, 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			bubble(t, Options{}, func(t *testing.T, s *Server) {
				c, id := parked(t, s)
				for _, m := range x.messages {
					text := "sendmsg " + id + m + "\n\n"
					if strings.Contains(m, "\n\n") {
						text = text[:len(text)-2]
					}
					c.send(text)
					if m := c.next(); m.get("Reply-Text") != "+OK" {
						t.Errorf("answer %v", m)
					}
				}
				start := time.Now()
				var got []string
				for len(got) < len(x.want) {
					e := c.event()
					switch e.name() {
					case "CHANNEL_EXECUTE", "CHANNEL_EXECUTE_COMPLETE":
						name := strings.TrimPrefix(strings.TrimPrefix(e.name(), "CHANNEL_"), "EXECUTE_")
						got = append(got, name+" "+e.get("Application-UUID"))
					case "CHANNEL_HANGUP":
						got = append(got, "HANGUP "+e.get("Hangup-Cause"))
					case "PRIVATE_COMMAND":
						got = append(got, "PRIVATE_COMMAND ")
						if e.headers[0] != (header{"Command", "sendmsg " + id}) {
							t.Errorf("first header %v", e.headers[0])
						}
					}
				}
				if d := diffLines(x.want, got); d != "" {
					t.Errorf("want (-), got (+):\n%s", d)
				}
				if d := time.Since(start); d != x.after {
					t.Errorf("took %v, want %v", d, x.after)
				}
			})
		})
	}
}

func TestSendmsgErrors(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c, id := parked(t, s)
		c.want("sendmsg nobody\ncall-command: hangup", "-ERR invalid session id [nobody]")
		c.want("sendmsg\ncall-command: hangup", "-ERR invalid session id []")
		c.want("sendmsg\nsession-id: "+id+"\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: via=${uuid}!", "+OK")
		c.want("api uuid_getvar "+id+" via", id+"!")
		c.want("sendmsg "+id+"\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: /nonexistent.wav\nEvent-UUID: nf", "+OK")
		e := c.until(func(e ev) bool { return e.get("Application-Response") != "" && e.get("Application-UUID") == "nf" })
		if r := e[len(e)-1].get("Application-Response"); r != "FILE NOT FOUND" {
			t.Errorf("response %q", r)
		}
		c.want("sendmsg "+id+"\ncall-command: xferext\napplication: set a=1\napplication: park", "+OK")
		c.want("api uuid_getvar "+id+" a", "1")
		c.want("api uuid_exists "+id, "true")
	})
}

func TestSendevent(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain ALL", "+OK event listener enabled plain")
		if r := c.reply("sendevent CUSTOM\nEvent-Subclass: a::b\nEvent-Name: spoof\nx: y"); !strings.HasPrefix(r, "+OK ") {
			t.Errorf("answer %q", r)
		}
		e := c.event()
		want := "Event-Subclass Command Event-Name x Event-UUID Event-Name Core-UUID"
		if got := strings.Join(e.names()[:7], " "); got != want {
			t.Errorf("headers %q, want %q", got, want)
		}
		// The body's length comes twice, the true one last.
		c.send("sendevent MESSAGE\nContent-Length: 5\n\nab\x00cd")
		c.next()
		if e := c.event(); e.body != "ab" || e.headers[len(e.headers)-1] != (header{"Content-Length", "2"}) {
			t.Errorf("%v", e)
		}
	})
}
