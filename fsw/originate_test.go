package fsw_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// people answer after five seconds, but for those called busy, and never, who does not.
var people = fswtest.Options{Dialplan: func(d fswtest.Destination) ([]fswtest.Action, bool) {
	switch {
	case d.Endpoint == "":
		return fswtest.DefaultDialplan(d), true
	case d.Number == "busy":
		return []fswtest.Action{{App: "hangup", Data: "USER_BUSY"}}, true
	case d.Number == "never":
		return []fswtest.Action{{App: "ring_ready"}, {App: "sleep", Data: "600000"}}, true
	}
	return []fswtest.Action{{App: "ring_ready"}, {App: "sleep", Data: "5000"}, {App: "answer"}}, true
}}

func TestOriginateReturnsTheChannelThatHasAnswered(t *testing.T) {
	connected(t, people, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		ch, err := sw.Originate(t.Context(), esl.Originate{App: esl.AppPark(),
			Dial: esl.Dial(esl.User("busy"), esl.User("never"), esl.User("bob").With("mark", "it's, him"))})
		if err != nil {
			t.Fatal(err)
		}
		sw.Graph().View(func(r cell.Reader) {
			if ch.AnswerState.Get(r) != esl.AnswerAnswered || ch.Destination.Get(r) == "" || sw.Channel(r, ch.Key()) != ch {
				t.Errorf("%s: %s", ch.Describe(r), ch.AnswerState.Get(r))
			}
		})
		if mark, err := sw.Run(t.Context(), esl.UUIDGetVar(ch.Key(), "mark")); err != nil || mark != "it's, him" {
			t.Errorf("the mark is %q, %v", mark, err)
		}
		if err := ch.Hangup(t.Context(), ""); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if n := len(srv.Channels()); n != 0 {
			t.Errorf("%d channels are left", n)
		}
		none(t, sw)
	})
}

func TestOriginateFailsWithTheCause(t *testing.T) {
	connected(t, people, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		_, err := sw.Originate(t.Context(), esl.Originate{Dial: esl.Dial(esl.User("busy")), App: esl.AppPark()})
		var failed *fsw.OriginateError
		if !errors.As(err, &failed) || failed.Cause != esl.CauseUserBusy {
			t.Errorf("%v", err)
		}
		_, err = sw.Originate(t.Context(), esl.Originate{Dial: esl.RawDial("nosuch/x"), App: esl.AppPark()})
		if !errors.As(err, &failed) || failed.Cause != esl.CauseChanNotImplemented {
			t.Errorf("%v", err)
		}
		var bad *esl.CommandError
		if _, err = sw.Originate(t.Context(), esl.Originate{}); !errors.As(err, &bad) {
			t.Errorf("%v", err)
		}
		none(t, sw)
	})
}

// Who gives up does not leave phones ringing.
func TestOriginateThatIsGivenUpRingsNoLonger(t *testing.T) {
	connected(t, people, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := sw.Originate(ctx, esl.Originate{Dial: esl.Dial(esl.User("never"), esl.User("bob")), App: esl.AppPark()})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if left := srv.Channels(); len(left) != 0 {
			t.Errorf("%v", left)
		}
		none(t, sw)
	})
}

// Legs of a rule's own call can be watched before they exist, and those that are not tried
// are forgotten.
func TestSendOriginateExpectsItsLegs(t *testing.T) {
	connected(t, people, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		var legs []*fsw.Channel
		var got string
		err := sw.Graph().Update(func(tx cell.Tx) (err error) {
			legs, err = sw.SendOriginate(tx, esl.Originate{App: esl.AppPark(), Timeout: time.Minute,
				Dial: esl.Dial(esl.User("busy")).Or(esl.User("bob")).Or(esl.User("alice"))},
				func(tx cell.Tx, r fsw.Reply) { tx.AtCommit(func() { got = r.Text }) })
			return err
		})
		if err != nil || len(legs) != 3 {
			t.Fatalf("%d legs, %v", len(legs), err)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		var state []string
		sw.Graph().View(func(r cell.Reader) {
			for _, ch := range legs {
				state = append(state, ch.Closed.Get(r))
			}
		})
		if s := strings.Join(state, ","); got != legs[1].Key() || s != "USER_BUSY,,"+fsw.CauseLost {
			t.Errorf("answered %s, legs %s", got, s)
		}
	})
}
