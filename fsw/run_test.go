package fsw_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// connected runs a test in fake time with a switch that is connected to a simulated
// server.
func connected(t *testing.T, o fswtest.Options, test func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(o)
		defer srv.Close()
		sw, err := fsw.Dial(t.Context(), "pipe", fsw.Options{Password: "ClueCon",
			DialContext: func(context.Context, string, string) (net.Conn, error) { return srv.Pipe(), nil }})
		if err != nil {
			t.Fatal(err)
		}
		defer sw.Close()
		test(t, srv, sw)
	})
}

// incoming is an answered call as the switch knows it.
func incoming(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) (*fswtest.Channel, *fsw.Channel) {
	t.Helper()
	call := srv.Call(fswtest.CallOptions{To: "park"})
	call.Answer()
	synctest.Wait()
	var ch *fsw.Channel
	sw.Graph().View(func(r cell.Reader) { ch = sw.Channel(r, call.UUID()) })
	if ch == nil {
		t.Fatal("the switch does not know the call")
	}
	return call, ch
}

// threeSeconds is what every file takes to play.
func threeSeconds(file string) (time.Duration, bool) {
	return 3 * time.Second, file != "missing.wav"
}

func TestRunWaitsForTheEndOfTheApplication(t *testing.T) {
	connected(t, fswtest.Options{Playback: threeSeconds}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		_, ch := incoming(t, srv, sw)
		for _, c := range []struct {
			app      esl.App
			response string
			takes    time.Duration
		}{
			{esl.AppPlayback("a.wav"), "FILE PLAYED", 3 * time.Second},
			{esl.AppPlayback("missing.wav"), "FILE NOT FOUND", 0},
			{esl.AppSleep(time.Second), "_none_", time.Second},
			{esl.AppSet("x", "y z"), "_none_", 0},
			{esl.RawApp("set", "x=line\nfeed"), "_none_", 0},
		} {
			began := time.Now()
			got, err := ch.Run(t.Context(), c.app)
			if err != nil || got.Response != c.response || got.Event.Name() != esl.EventChannelExecuteComplete {
				t.Errorf("%v: %q, %v, %v", c.app, got.Response, got.Event, err)
			}
			if took := time.Since(began); took < c.takes || took > c.takes+time.Second {
				t.Errorf("%v took %v", c.app, took)
			}
		}
		if v, err := sw.Run(t.Context(), esl.UUIDGetVar(ch.Key(), "x")); err != nil || v != "line\nfeed" {
			t.Errorf("x is %q, %v", v, err)
		}
		none(t, sw)
	})
}

// none fails if anything that was waited for is left.
func none(t *testing.T, sw *fsw.Switch) {
	t.Helper()
	synctest.Wait()
	sw.Graph().View(func(r cell.Reader) {
		if n := len(sw.CommandsSent(r)); n > 0 {
			t.Errorf("%d replies are owed", n)
		}
		if n := sw.BackgroundJobs.Len(r); n > 0 {
			t.Errorf("%d jobs run", n)
		}
	})
}

// Applications that are run at the same time each find their caller: nested without
// a lock, one after the other with it.
func TestRunsAtTheSameTimeFindTheirCallers(t *testing.T) {
	for _, locked := range []bool{false, true} {
		connected(t, fswtest.Options{Playback: threeSeconds}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
			_, ch := incoming(t, srv, sw)
			ends := make(chan string, 3)
			for _, file := range []string{"1", "2", "3"} {
				go func() {
					var options []fsw.ExecuteOption
					if locked {
						options = append(options, fsw.EventLock())
					}
					got, err := ch.Run(t.Context(), esl.AppPlayback(file), options...)
					if err != nil || got.Event.Value("Application-Data") != file {
						t.Errorf("%s: %v, %v", file, got.Event, err)
					}
					ends <- file
				}()
				synctest.Wait()
			}
			want := "321"
			if locked {
				want = "123"
			}
			if got := <-ends + <-ends + <-ends; got != want {
				t.Errorf("locked %v: ended in the order %s, want %s", locked, got, want)
			}
			none(t, sw)
		})
	}
}

func TestRunWithLoopsWaitsForTheLast(t *testing.T) {
	connected(t, fswtest.Options{Playback: threeSeconds}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		_, ch := incoming(t, srv, sw)
		began := time.Now()
		if got, err := ch.Run(t.Context(), esl.AppPlayback("a"), fsw.Loops(3)); err != nil || got.Response != "FILE PLAYED" {
			t.Errorf("%v, %v", got, err)
		}
		if took := time.Since(began).Round(time.Second); took != 9*time.Second {
			t.Errorf("three times three seconds took %v", took)
		}
		// A quick one is not repeated by the server.
		if _, err := ch.Run(t.Context(), esl.AppSet("a", "b"), fsw.Loops(100)); err != nil {
			t.Error(err)
		}
		none(t, sw)
	})
}

// A hang-up ends what runs, what has not begun, and what is asked for afterwards.
func TestRunEndsAtTheHangUp(t *testing.T) {
	connected(t, fswtest.Options{Playback: threeSeconds}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		call, ch := incoming(t, srv, sw)
		results := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := ch.Run(t.Context(), esl.AppPlayback("a"), fsw.EventLock())
				results <- err
			}()
			synctest.Wait()
		}
		call.Hangup("USER_BUSY")
		played, waited := <-results, <-results
		if played != nil {
			played, waited = waited, played
		}
		// The one that played has ended in its way, the other one never began.
		var hungUp *fsw.HangupError
		if played != nil || !errors.As(waited, &hungUp) || hungUp.Cause != esl.CauseUserBusy || hungUp.UUID != call.UUID() {
			t.Errorf("%v, %v", played, waited)
		}
		if _, err := ch.Run(t.Context(), esl.AppPlayback("a")); !errors.As(err, &hungUp) || hungUp.Doing != "playback" {
			t.Errorf("after the end: %v", err)
		}
		if err := ch.Hangup(t.Context(), ""); err != nil {
			t.Errorf("hanging up what has ended: %v", err)
		}
		none(t, sw)
	})
}

// An application that the server does not know ends the channel.
func TestRunOfAnUnknownApplication(t *testing.T) {
	connected(t, fswtest.Options{}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		_, ch := incoming(t, srv, sw)
		var hungUp *fsw.HangupError
		if _, err := ch.Execute(t.Context(), "nosuchapp", "x"); !errors.As(err, &hungUp) {
			t.Errorf("%v", err)
		}
	})
}

// Who gives up is told so at once; the application goes on, and its end finds nobody.
func TestRunEndsWithItsContextAndTheSwitch(t *testing.T) {
	connected(t, fswtest.Options{Playback: threeSeconds}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		_, ch := incoming(t, srv, sw)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := ch.Run(ctx, esl.AppPlayback("a")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		time.Sleep(5 * time.Second)
		none(t, sw)
		result := make(chan error)
		go func() {
			_, err := ch.Run(t.Context(), esl.AppPlayback("a"))
			result <- err
		}()
		synctest.Wait()
		go sw.Close()
		if err := <-result; !errors.Is(err, fsw.ErrClosed) {
			t.Errorf("%v", err)
		}
	})
}

func TestHangupWaitsForTheEnd(t *testing.T) {
	connected(t, fswtest.Options{}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		call, ch := incoming(t, srv, sw)
		if err := ch.Hangup(t.Context(), esl.CauseCallRejected); err != nil {
			t.Fatal(err)
		}
		if c := cell.Read(sw.Graph(), &ch.Closed); c != "CALL_REJECTED" || call.Up() {
			t.Errorf("closed %q, up %v", c, call.Up())
		}
	})
}

// A switch without a connection says the 2008 bytes, and tells a rule of the end.
func TestSendRunTellsOfTheEnd(t *testing.T) {
	s := readyGuide()
	sent := s.transmitted()
	event := func(name string, headers ...string) { s.appendOne(esl.NewEvent(name, headers...)) }
	event("CHANNEL_CREATE", "Unique-ID", "a")
	var log []string
	note := func(tx cell.Tx, r fsw.Reply) {
		tx.AtCommit(func() {
			text := r.Text
			if r.Err != nil {
				text = r.Err.Error()
			}
			log = append(log, text)
		})
	}
	run := func(options ...fsw.ExecuteOption) (id string) {
		t.Helper()
		s.do(func(tx cell.Tx) error {
			return s.Channel(tx.Reader, "a").SendRun(tx, esl.AppPlayback("x"), note, options...)
		})
		wire := (*sent)[len(*sent)-1]
		_, id, ok := strings.Cut(wire, "\nEvent-UUID: ")
		if !ok {
			t.Fatalf("sent %q", wire)
		}
		return strings.TrimSpace(id)
	}
	expect := func(want ...string) {
		t.Helper()
		if got := strings.Join(log, "; "); got != strings.Join(want, "; ") {
			t.Errorf("told %q, want %q", got, want)
		}
		log = nil
	}
	one := run()
	s.callback("+OK")
	event("CHANNEL_EXECUTE_COMPLETE", "Unique-ID", "a", "Application-UUID", "another", "Application-Response", "no")
	event("CHANNEL_EXECUTE_COMPLETE", "Unique-ID", "b", "Application-UUID", one, "Application-Response", "no")
	expect()
	event("CHANNEL_EXECUTE_COMPLETE", "Unique-ID", "a", "Application-UUID", one, "Application-Response", "yes")
	event("CHANNEL_EXECUTE_COMPLETE", "Unique-ID", "a", "Application-UUID", one, "Application-Response", "again")
	expect("yes")
	two := run()
	s.callback("+OK")
	event("PRIVATE_COMMAND", "Unique-ID", "a", "Event-UUID", two, "Event-UUID", "its own")
	expect(fsw.ErrNotExecuted.Error())
	run()
	s.callback("-ERR memory error")
	expect("freeswitch: execute playback: -ERR memory error")
	three := run(fsw.Loops(2))
	s.callback("+OK")
	event("CHANNEL_EXECUTE_COMPLETE", "Unique-ID", "a", "Application-UUID", three, "Application-Response", "1")
	expect()
	event("CHANNEL_EXECUTE_COMPLETE", "Unique-ID", "a", "Application-UUID", three, "Application-Response", "2")
	event("PRIVATE_COMMAND", "Unique-ID", "a", "Event-UUID", three)
	expect("2")
	run()
	s.callback("+OK")
	event("CHANNEL_DESTROY", "Unique-ID", "a", "variable_hangup_cause", "USER_BUSY")
	expect("fsw: channel a: playback: hung up: USER_BUSY")
}

// A message that crosses the hang-up is refused for it.
func TestRunCrossesTheHangUp(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	receive := func(wire string) {
		t.Helper()
		if err := sw.ReceivedBytes([]byte(wire)); err != nil {
			t.Fatal(err)
		}
	}
	event := func(name string, headers ...string) { receive(esl.NewEvent(name, headers...).PlainMessage().Wire()) }
	event("CHANNEL_CREATE", "Unique-ID", "one")
	var got []error
	err := g.Update(func(tx cell.Tx) error {
		return sw.Channel(tx.Reader, "one").SendRun(tx, esl.AppPlayback("a"), func(_ cell.Tx, r fsw.Reply) { got = append(got, r.Err) })
	})
	if err != nil {
		t.Fatal(err)
	}
	event("CHANNEL_HANGUP", "Unique-ID", "one", "Hangup-Cause", "USER_BUSY")
	receive("Content-Type: command/reply\nReply-Text: -ERR invalid session id [one]\n\n")
	var hungUp *fsw.HangupError
	if len(got) != 1 || !errors.As(got[0], &hungUp) || hungUp.Cause != esl.CauseUserBusy {
		t.Errorf("%v", got)
	}
}
