package fswtest

import (
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// FuzzSession sends bytes to an outbound connection, with a fault somewhere on
// the way back, and hangs up. Whatever that is, the call has to be gone in the
// end, and the server to close.
func FuzzSession(f *testing.F) {
	for i, seed := range []string{
		"connect\n\nmyevents json\n\nlinger 1\n\n", "linger\n\nconnect\n\nconnect\n\nresume\n\n", "exit\n\n", "api hupall\n\n",
		"connect\n\nsendmsg\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: a\nloops: -1\n\n",
		"connect\n\nsendmsg\ncall-command: execute\nexecute-app-name: socket\nexecute-app-arg: x full\n\ngetvar uuid\n\n",
		"connect\n\nsendmsg\ncall-command: xferext\napplication: socket a|b/c async full\n\nmyevents x\n\n",
		"divert_events on\n\nsendevent X\nunique-id: c\nContent-Length: 2\n\nab", "getvar\n\ngetvar \n\nlinger 99999999999999\n\nnolinger\n\n",
		"connect\n\nsendmsg\ncall-command: hangup\n\nlinger 1\n\n", "connect\n\nsendmsg\nasync: true\ncall-command: execute\nexecute-app-name: echo\n\nexit\n\n",
	} {
		f.Add([]byte(seed), uint8(i), uint16(100*i), i%2 == 0)
	}
	words := []string{"", "async", "full", "async full"}
	f.Fuzz(func(t *testing.T, data []byte, kind uint8, after uint16, hangup bool) {
		synctest.Test(t, func(t *testing.T) {
			l := NewPipeListener("l")
			s := NewServer(Options{Heartbeat: noHeartbeat, AnswerDelay: -1, Seed: 1, Dial: l.DialContext})
			defer s.Close()
			call := s.Call(CallOptions{UUID: "c", Actions: []Action{{"socket", "l " + words[kind%4]}, {"park", ""}}})
			nc, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			l.Close() // the sockets within sockets go nowhere
			synctest.Wait()
			s.Inflict(Fault{Kind: FaultKind(kind/4) % (Slow + 1), After: int(after), For: time.Millisecond, Bytes: []byte("\n\n"), Count: 2})
			go io.Copy(io.Discard, nc)
			nc.SetWriteDeadline(time.Now().Add(time.Second))
			nc.Write(data)
			if hangup {
				call.Hangup("USER_BUSY")
			}
			synctest.Wait()
			nc.Close()
			call.Hangup("NORMAL_CLEARING")
			synctest.Wait()
			time.Sleep(closeGrace) // for a notice that nobody takes
			synctest.Wait()
			for _, c := range s.Channels() {
				if c.UUID == "c" { // others may have been made by the commands
					t.Errorf("the call is still there: %+v", c)
				}
			}
		})
	})
}
