package fsw_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

func TestGatherDTMF(t *testing.T) {
	second := time.Second
	for _, c := range []struct {
		name    string
		g       fsw.Gather
		presses string // a letter a second; a space is a pause
		want    fsw.Gathered
		takes   int
	}{
		{"enough", fsw.Gather{Max: 3}, "12345", fsw.Gathered{Digits: "123"}, 3},
		{"terminator", fsw.Gather{Max: 9, Terminators: "#*"}, "12#4", fsw.Gathered{Digits: "12", Terminator: "#"}, 3},
		{"only a terminator", fsw.Gather{Terminators: "#"}, "#", fsw.Gathered{Terminator: "#"}, 1},
		{"nothing in time", fsw.Gather{First: 5 * second}, "       1", fsw.Gathered{TimedOut: true}, 5},
		{"nothing more in time", fsw.Gather{First: 5 * second, Between: 2 * second}, "  12    3", fsw.Gathered{Digits: "12", TimedOut: true}, 6},
		{"slow but in time", fsw.Gather{Max: 2, First: 6 * second, Between: 5 * second}, "    1   2", fsw.Gathered{Digits: "12"}, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			connected(t, fswtest.Options{}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
				call, ch := incoming(t, srv, sw)
				go func() {
					for _, key := range c.presses {
						time.Sleep(second)
						if key != ' ' {
							_, _ = sw.API(t.Context(), "uuid_recv_dtmf "+call.UUID()+" "+string(key))
						}
					}
				}()
				began := time.Now()
				got, err := ch.GatherDTMF(t.Context(), c.g)
				if err != nil || got != c.want {
					t.Errorf("%+v, %v, want %+v", got, err, c.want)
				}
				if took := time.Since(began).Round(second / 2); took != time.Duration(c.takes)*second {
					t.Errorf("took %v", took)
				}
				time.Sleep(20 * second)
				none(t, sw)
			})
		})
	}
}

func TestGatherDTMFEndsWithTheCallAndItsContext(t *testing.T) {
	connected(t, fswtest.Options{}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		call, ch := incoming(t, srv, sw)
		gather := func(ctx context.Context) (got fsw.Gathered, err error) {
			go func() {
				time.Sleep(time.Second)
				_, _ = sw.API(t.Context(), "uuid_recv_dtmf "+call.UUID()+" 7")
				time.Sleep(time.Second)
				if ctx == t.Context() {
					call.Hangup("USER_BUSY")
				}
			}()
			return ch.GatherDTMF(ctx, fsw.Gather{})
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if got, err := gather(ctx); !errors.Is(err, context.DeadlineExceeded) || got.Digits != "7" {
			t.Errorf("%+v, %v", got, err)
		}
		var hungUp *fsw.HangupError
		if got, err := gather(t.Context()); !errors.As(err, &hungUp) || hungUp.Cause != esl.CauseUserBusy || got.Digits != "7" {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := ch.GatherDTMF(t.Context(), fsw.Gather{}); !errors.As(err, &hungUp) {
			t.Errorf("%v", err)
		}
		none(t, sw)
	})
}

func TestPlaybackAndBridgeTellWhatWentWrong(t *testing.T) {
	o := people
	o.Playback = threeSeconds
	connected(t, o, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		call, ch := incoming(t, srv, sw)
		if err := ch.Playback(t.Context(), "a.wav"); err != nil {
			t.Error(err)
		}
		var failed *fsw.AppError
		if err := ch.Playback(t.Context(), "missing.wav"); !errors.As(err, &failed) || failed.Response != "FILE NOT FOUND" {
			t.Errorf("%v", err)
		}
		var busy *fsw.OriginateError
		if err := ch.SetVariable(t.Context(), "continue_on_fail", "true"); err != nil {
			t.Error(err)
		}
		if err := ch.Bridge(t.Context(), esl.Dial(esl.User("busy"))); !errors.As(err, &busy) || busy.Cause != esl.CauseUserBusy {
			t.Errorf("%v", err)
		}
		go func() {
			time.Sleep(time.Minute)
			call.Hangup("")
		}()
		began := time.Now()
		if err := ch.Bridge(t.Context(), esl.Dial(esl.User("bob"))); err != nil || time.Since(began) < 50*time.Second {
			t.Errorf("%v, after %v", err, time.Since(began))
		}
		none(t, sw)
	})
}

func TestVariablesOfAChannel(t *testing.T) {
	connected(t, fswtest.Options{}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		call, ch := incoming(t, srv, sw)
		ctx := t.Context()
		if v, ok, err := ch.Variable(ctx, "x"); v != "" || ok || err != nil {
			t.Errorf("%q, %v, %v", v, ok, err)
		}
		if err := ch.SetVariable(ctx, "x", "two"); err != nil {
			t.Error(err)
		}
		if v, ok, err := ch.Variable(ctx, "x"); v != "two" || !ok || err != nil {
			t.Errorf("%q, %v, %v", v, ok, err)
		}
		var bad *esl.CommandError
		if err := ch.SetVariable(ctx, "x", "a\nb"); !errors.As(err, &bad) {
			t.Errorf("%v", err)
		}
		call.Hangup("")
		synctest.Wait()
		var refused *esl.ReplyError
		if _, _, err := ch.Variable(ctx, "x"); !errors.As(err, &refused) {
			t.Errorf("%v", err)
		}
	})
}

// What the methods for rules transmit.
func TestWhatIsSentToAChannel(t *testing.T) {
	s := readyGuide()
	sent := s.transmitted()
	s.appendOne(esl.NewEvent("CHANNEL_CREATE", "Unique-ID", "a"))
	ch := func(r cell.Reader) *fsw.Channel { return s.Channel(r, "a") }
	for want, send := range map[string]func(tx cell.Tx) error{
		"api uuid_transfer a 5000\n\n":              func(tx cell.Tx) error { return ch(tx.Reader).SendTransfer(tx, "", "5000", "", "", nil) },
		"api uuid_park a\n\n":                       func(tx cell.Tx) error { return ch(tx.Reader).SendPark(tx, nil) },
		"api uuid_hold a\n\n":                       func(tx cell.Tx) error { return ch(tx.Reader).SendHold(tx, nil) },
		"api uuid_hold off a\n\n":                   func(tx cell.Tx) error { return ch(tx.Reader).SendUnhold(tx, nil) },
		"api uuid_record a start '/x y.wav' 60\n\n": func(tx cell.Tx) error { return ch(tx.Reader).SendRecord(tx, "/x y.wav", time.Minute, nil) },
		"api uuid_record a stop all\n\n":            func(tx cell.Tx) error { return ch(tx.Reader).SendStopRecord(tx, "all", nil) },
		"api uuid_send_dtmf a 12#\n\n":              func(tx cell.Tx) error { return ch(tx.Reader).SendDTMF(tx, "12#", nil) },
		"api uuid_setvar a x y\n\n":                 func(tx cell.Tx) error { return ch(tx.Reader).SendSetVariable(tx, "x", "y", nil) },
		"SendMsg a\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: x\nevent-lock: true\n\n": func(tx cell.Tx) error {
			return ch(tx.Reader).SendExecute(tx, "playback", "x", 1, nil, fsw.EventLock())
		},
		"SendMsg a\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: x\nloops: 3\nhold-bleg: true\nlead-frames: 5\n\n": func(tx cell.Tx) error {
			return ch(tx.Reader).SendExecute(tx, "playback", "x", 0, nil, fsw.Loops(3), fsw.HoldOther(), fsw.ExecuteHeader("lead-frames", "5"))
		},
	} {
		*sent = nil
		s.do(send)
		if len(*sent) != 1 || (*sent)[0] != want {
			t.Errorf("sent %q, want %q", *sent, want)
		}
	}
}
