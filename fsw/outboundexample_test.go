package fsw_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

//doc:route

// route lets a caller talk to whoever sells and answers first, or to the mailbox.
func route(ctx context.Context, s *fsw.Session) error {
	sales := esl.Dial(esl.User("busy"), esl.User("busy-too")).Or(esl.Gateway("acme", "reject"))
	err := s.Channel.Bridge(ctx, sales) // until their talk has ended
	var nobody *fsw.OriginateError
	if !errors.As(err, &nobody) {
		return err
	}
	fmt.Println("nobody:", nobody.Cause)
	if _, err := s.Channel.Run(ctx, esl.AppAnswer()); err != nil {
		return err
	}
	if err := s.Channel.Playback(ctx, "silence_stream://20"); err != nil { // the mailbox
		return err
	}
	return s.Channel.Hangup(ctx, "") // without it the call goes on in its dialplan
}

//doc:end

// FreeSWITCH gives its calls to this program: the dialplan of the simulated one has the
// application socket. What there is to say of a call at its end comes to a rule.
func ExampleOutbound() {
	l := fswtest.NewPipeListener("127.0.0.1:8084") // net.Listen, for a real one
	srv := fswtest.NewServer(fswtest.Options{Dial: l.DialContext, AnswerDelay: -1})
	defer srv.Close()
	ended := make(chan string, 1)

	//doc:outbound
	out := &fsw.Outbound{
		Addr:        "127.0.0.1:8084",
		MaxSessions: 500,
		Handle: func(ctx context.Context, s *fsw.Session) error {
			cell.Effect(s.Scope(), func(r cell.Reader) func() { // lives longer than Handle
				for rec := range s.ChannelRecords.All(r) {
					return func() { ended <- rec.Number + ": " + rec.Cause }
				}
				return nil
			})
			return route(ctx, s)
		},
	}
	//doc:end
	go out.Serve(l)

	srv.Call(fswtest.CallOptions{From: "1000", To: "5000", Actions: []fswtest.Action{
		{App: "set", Data: "continue_on_fail=true"},
		{App: "socket", Data: "127.0.0.1:8084 async full"}}})
	fmt.Println(<-ended)
	if err := out.Shutdown(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// nobody: CALL_REJECTED
	// 1000: NORMAL_CLEARING
}

//doc:ask

// askNumber answers the call, asks for a number of four digits, and hangs up.
func askNumber(ctx context.Context, s *fsw.Session) (digits string, err error) {
	if _, err := s.Channel.Run(ctx, esl.AppAnswer()); err != nil {
		return "", err
	}
	if err := s.Channel.Playback(ctx, "ivr/ivr-please_enter_extension.wav"); err != nil {
		return "", err
	}
	got, err := s.Channel.GatherDTMF(ctx, fsw.Gather{Max: 4, Terminators: "#", First: 10 * time.Second, Between: 3 * time.Second})
	if err != nil {
		return "", err
	}
	return got.Digits, s.Channel.Hangup(ctx, "")
}

//doc:end

//doc:synctest

func TestAskNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // time passes when nobody has anything to do
		l := fswtest.NewPipeListener("127.0.0.1:8084")
		srv := fswtest.NewServer(fswtest.Options{Dial: l.DialContext})
		defer srv.Close()
		asked := make(chan string)
		out := &fsw.Outbound{Handle: func(ctx context.Context, s *fsw.Session) error {
			digits, err := askNumber(ctx, s)
			asked <- fmt.Sprintf("%q %t", digits, errors.As(err, new(*fsw.HangupError)))
			return err
		}}
		go out.Serve(l)

		socket := []fswtest.Action{{App: "socket", Data: "127.0.0.1:8084 async full"}}
		for _, c := range []struct {
			keys  string
			bye   bool
			asked string // the digits, and whether the caller has left
		}{
			{"4711", false, `"4711" false`},
			{"47", false, `"47" false`}, // and then nothing, for three seconds
			{"4", true, `"" true`},
		} {
			call := srv.Call(fswtest.CallOptions{Actions: socket})
			time.Sleep(5 * time.Second)
			call.Press(c.keys)
			if c.bye {
				call.Hangup("ORIGINATOR_CANCEL")
			}
			if got := <-asked; got != c.asked {
				t.Errorf("after %q: %s instead of %s", c.keys, got, c.asked)
			}
		}
		if err := out.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

//doc:end

// A listener of one's own, and nothing else to set.
func ExampleServe() {
	l := fswtest.NewPipeListener("127.0.0.1:8084") // net.Listen or tls.Listen, for a real one
	srv := fswtest.NewServer(fswtest.Options{Dial: l.DialContext, AnswerDelay: -1})
	defer srv.Close()
	over := make(chan error)
	go func() {
		over <- fsw.Serve(l, func(ctx context.Context, s *fsw.Session) error {
			fmt.Println("a call from", cell.Read(s.Graph(), &s.Channel.Number))
			err := s.Channel.Hangup(ctx, esl.CauseCallRejected)
			_ = l.Close() // enough of it
			return err
		})
	}()
	srv.Call(fswtest.CallOptions{From: "1000", Actions: []fswtest.Action{{App: "socket", Data: "127.0.0.1:8084 async full"}}})
	fmt.Println(errors.Is(<-over, net.ErrClosed))
	// Output:
	// a call from 1000
	// true
}
