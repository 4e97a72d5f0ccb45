package fsw_test

import (
	"context"
	"fmt"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// askNumber answers the call, asks for a number of four digits, and hangs up.
func askNumber(ctx context.Context, s *fsw.Session) error {
	var digits cell.Value[string]
	cell.Rule(s.Scope(), func(tx cell.Tx) {
		for ev := range s.Channel.Events.All(tx.Reader) {
			if ev.Name() == "DTMF" {
				digits.Set(tx, digits.Peek(tx.Reader)+ev.Value("DTMF-Digit"))
			}
		}
	})
	if _, err := s.Channel.Execute(ctx, "answer", ""); err != nil {
		return err
	}
	if _, err := s.Channel.Execute(ctx, "playback", "silence_stream://10"); err != nil {
		return err
	}
	patience, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err := s.Wait(patience, func(r cell.Reader) bool { return len(digits.Get(r)) == 4 })
	if err != nil {
		return err
	}
	fmt.Println(cell.Read(s.Graph(), &s.Channel.Number), "wants", cell.Read(s.Graph(), &digits))
	return s.Channel.Hangup(ctx, "")
}

// FreeSWITCH gives its calls to this program: the dialplan of the simulated one has the
// application socket. What there is to say of a call at its end comes to a rule.
func ExampleOutbound() {
	l := fswtest.NewPipeListener("127.0.0.1:8084") // net.Listen, for a real one
	srv := fswtest.NewServer(fswtest.Options{Dial: l.DialContext})
	defer srv.Close()

	ended := make(chan string, 1)
	out := &fsw.Outbound{Handle: func(ctx context.Context, s *fsw.Session) error {
		cell.Effect(s.Scope(), func(r cell.Reader) func() {
			for rec := range s.ChannelRecords.All(r) {
				return func() { ended <- rec.Number + ": " + rec.Cause }
			}
			return nil
		})
		cell.Effect(s.Scope(), func(r cell.Reader) func() { // the caller presses keys when we answer
			if s.Channel.AnswerState.Get(r) != "answered" {
				return nil
			}
			return func() { srv.Channel(s.Channel.Key()).Press("4711") }
		})
		return askNumber(ctx, s)
	}}
	go out.Serve(l)

	srv.Call(fswtest.CallOptions{From: "1000", To: "5000",
		Actions: []fswtest.Action{{App: "socket", Data: "127.0.0.1:8084 async full"}}})
	fmt.Println(<-ended)
	if err := out.Shutdown(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1000 wants 4711
	// 1000: NORMAL_CLEARING
}
