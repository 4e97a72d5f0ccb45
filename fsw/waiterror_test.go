package fsw_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// An error of a context says what was waited for, without passwords, whether the context ends
// meanwhile or has ended before.
func TestWaitErrorsSayForWhat(t *testing.T) {
	quiet := people
	quiet.Playback = threeSeconds
	connected(t, quiet, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		_, ch := incoming(t, srv, sw)
		srv.Handle("slow", func(string) string { time.Sleep(5 * time.Second); return "+OK" })
		secret := esl.Dial(esl.User("never").With("sip_auth_password", "geheim"))
		why := errors.New("enough")
		for _, c := range []struct {
			do   func(context.Context) error
			want string
		}{
			{func(ctx context.Context) error { _, err := sw.API(ctx, "slow a geheim"); return err }, "api slow a"},
			{func(ctx context.Context) error { _, err := sw.BgAPI(ctx, "slow {a=geheim}b"); return err }, "bgapi slow"},
			{func(ctx context.Context) error { _, err := sw.Run(ctx, esl.RawAPI("slow")); return err }, "bgapi slow"},
			{func(ctx context.Context) error {
				_, err := sw.Originate(ctx, esl.Originate{Dial: secret, App: esl.AppPark()})
				return err
			},
				"bgapi originate"},
			{func(ctx context.Context) error { _, err := ch.Execute(ctx, "playback", "geheim.wav"); return err },
				"playback on channel " + ch.Key()},
			{func(ctx context.Context) error { _, err := ch.GatherDTMF(ctx, fsw.Gather{}); return err }, "digits on channel " + ch.Key()},
		} {
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, why)
			err := c.do(ctx)
			cancel()
			var waited *fsw.WaitError
			if !errors.As(err, &waited) || !errors.Is(err, why) || waited.For != c.want ||
				err.Error() != "fsw: waiting for "+c.want+": enough" {
				t.Errorf("%v, want %s", err, c.want)
			}
			time.Sleep(10 * time.Second)
			ctx, cancel = context.WithCancel(t.Context())
			cancel()
			if err := c.do(ctx); !errors.As(err, &waited) || !errors.Is(err, context.Canceled) || waited.For == "" {
				t.Errorf("%s, ended before: %v", c.want, err)
			}
		}
	})
}

// So does the second half of Hangup, which waits for an event.
func TestWaitErrorOfHangup(t *testing.T) {
	connected(t, people, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		_, ch := incoming(t, srv, sw)
		id := cell.Read(sw.Graph(), &ch.UUID)
		if _, err := sw.Command(t.Context(), "noevents"); err != nil { // nobody will tell
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var waited *fsw.WaitError
		if err := ch.Hangup(ctx, ""); !errors.As(err, &waited) || !errors.Is(err, context.DeadlineExceeded) ||
			waited.For != "the end of channel "+id {
			t.Error(err)
		}
	})
}
