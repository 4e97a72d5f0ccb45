package fsw_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// Many ask at the same time for what takes its time, and some give up: whoever gets an
// answer gets their own.
func TestAnswersFindTheirCallersPastTimeouts(t *testing.T) {
	connected(t, fswtest.Options{}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		srv.Handle("after", func(args string) string {
			var ms, n int
			_, _ = fmt.Sscan(args, &ms, &n)
			time.Sleep(time.Duration(ms) * time.Millisecond)
			return strconv.Itoa(n)
		})
		random := rand.New(rand.NewPCG(1, 2))
		var callers sync.WaitGroup
		var mu sync.Mutex
		answered, gaveUp := 0, 0
		for n := range 200 {
			ask := sw.API
			if n%3 == 0 {
				ask = sw.BgAPI
			}
			line := fmt.Sprintf("after %d %d", random.IntN(100), n)
			patience := time.Duration(random.IntN(10_000)) * time.Millisecond
			callers.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				out, err := ask(ctx, line)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil && out == strconv.Itoa(n):
					answered++
				case errors.Is(err, context.DeadlineExceeded) && out == "":
					gaveUp++
				default:
					t.Errorf("%s: %q, %v", line, out, err)
				}
			})
		}
		callers.Wait()
		time.Sleep(time.Minute)
		none(t, sw)
		if answered < 50 || gaveUp < 20 {
			t.Errorf("%d were answered, %d gave up", answered, gaveUp)
		}
	})
}

// A lost connection ends all that waits, with the reason; the channel and the switch
// live on, and serve again.
func TestALostConnectionEndsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := people
		o.Playback = threeSeconds
		srv := fswtest.NewServer(o)
		defer srv.Close()
		sw, err := fsw.Connect(t.Context(), "pipe", fsw.Options{Password: "ClueCon",
			DialContext: func(context.Context, string, string) (net.Conn, error) { return srv.Pipe(), nil }})
		if err != nil {
			t.Fatal(err)
		}
		defer sw.Close()
		ready := func(r cell.Reader) bool { return sw.Ready.Get(r) }
		if err := sw.Wait(t.Context(), ready); err != nil {
			t.Fatal(err)
		}
		_, ch := incoming(t, srv, sw)
		waiting := map[string]func() error{
			"run":    func() error { _, err := ch.Run(t.Context(), esl.AppPlayback("a")); return err },
			"gather": func() error { _, err := ch.GatherDTMF(t.Context(), fsw.Gather{}); return err },
			"originate": func() error {
				_, err := sw.Originate(t.Context(), esl.Originate{Dial: esl.Dial(esl.User("never")), App: esl.AppPark()})
				return err
			},
		}
		errs := make(chan error, len(waiting))
		for name, wait := range waiting {
			go func() {
				err := wait()
				var lost *fsw.ConnectionError
				if !errors.As(err, &lost) {
					t.Errorf("%s: %v", name, err)
				}
				errs <- err
			}()
		}
		time.Sleep(time.Second)
		srv.DropConnections("The system is being shut down.")
		for range waiting {
			<-errs
		}
		time.Sleep(time.Minute)
		if err := sw.Wait(t.Context(), ready); err != nil {
			t.Fatal(err)
		}
		if done, err := ch.Run(t.Context(), esl.AppPlayback("b")); err != nil || done.Response != "FILE PLAYED" {
			t.Errorf("after the gap: %v, %v", done, err)
		}
	})
}
