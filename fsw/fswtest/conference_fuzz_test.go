package fswtest

import (
	"io"
	"testing"
	"time"
)

// FuzzConference sends what may stand behind "conference", and behind its
// application, to a server with a conference. Whatever it is, the tables hold
// and everything ends.
func FuzzConference(f *testing.F) {
	for _, seed := range []string{
		"list", "json_list compact", "room list delim \"", "room play a.wav last nomux", "room play a.wav 1 async", "room stop current 1",
		"room relate 1,2,x 2,,1 nospeak|nohear", "room relate 1", "room transfer other@x 1 2 1", "room dtmf all 0*#123", "room kick all x.wav",
		"room hup last", "room energy all 99999999999999999999", "room volume_in all -9", "room set max_members 99999999999", "room pin mod 1",
		"room record /a b", "room recording stop all", "room norecord all", "room bgdial loopback/conf room", "other bgdial {a=b", "room mute =", "room mute u=",
		"room saymember 1 ${uuid}", "room setvar Action x", "room setvar a%0ab c", "list delim", "room say  ", "room max-energy 1 500:-1:", "room agc 1 ::",
		"room mute 'a", "room@default+flags{moderator|mute", "a+b+flags{}", "@", "+flags{endconf}x", "room exit_sound file", "room endconf",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := NewServer(Options{Heartbeat: noHeartbeat, AnswerDelay: -1, Seed: 1})
		defer s.Close()
		nc := s.Pipe()
		defer nc.Close()
		read := make(chan []byte)
		go func() {
			b, _ := io.ReadAll(nc)
			read <- b
		}()
		io.WriteString(nc, "auth ClueCon\n\nevent plain ALL\n\n")
		s.WaitSubscribed("CUSTOM")
		join := func(data string) *Channel {
			return s.Call(CallOptions{Actions: []Action{{"answer", ""}, {"conference", data}}})
		}
		join("room").Talk()
		join("room+flags{moderator}")
		join(text)
		done := make(chan struct{})
		go func() { // a dial may ring on
			defer close(done)
			s.API("conference " + text)
		}()
		select {
		case <-done:
		case <-time.After(10 * time.Millisecond):
		}
		join(text)
		if err := s.inconsistent(); err != nil {
			t.Fatal(err)
		}
		s.API("hupall")
		s.Close()
		<-done
		eventsIn(t, <-read) // whole and readable
	})
}
