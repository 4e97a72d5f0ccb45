package fsw_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// A model that lags drops events, never replies and results of jobs, says so, and
// finds out what it missed.
func TestModelThatLagsResynchronises(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: 200 * time.Millisecond})
		defer srv.Close()
		sw, err := fsw.Dial(t.Context(), "pipe", fsw.Options{Password: "ClueCon", ReceiveBuffer: 100_000,
			DialContext: func(context.Context, string, string) (net.Conn, error) { return srv.Pipe(), nil }})
		if err != nil {
			t.Fatal(err)
		}
		defer sw.Close()
		stays, ends := srv.Call(fswtest.CallOptions{}), srv.Call(fswtest.CallOptions{})
		time.Sleep(3 * time.Second)
		identity := func(c *fswtest.Channel) (ch *fsw.Channel) {
			sw.Graph().View(func(r cell.Reader) { ch = sw.Channel(r, c.UUID()) })
			return ch
		}
		before := identity(stays)
		if before == nil || identity(ends) == nil {
			t.Fatal("the calls are not known")
		}

		// An observer blocks the model while much happens.
		block, blocked := make(chan struct{}), false
		cell.Observe(sw.Graph(), func(r cell.Reader) {
			for ev := range sw.Events.All(r) {
				if ev.Name() == "CHANNEL_STATE" && !blocked {
					blocked = true
					<-block
				}
			}
		})
		jobs := make(chan string)
		go func() { out, err := sw.BgAPI(t.Context(), "status"); jobs <- out; _ = err }()
		synctest.Wait()
		srv.Call(fswtest.CallOptions{}).Hangup("NORMAL_CLEARING")
		ends.Hangup("USER_BUSY")
		var young *fswtest.Channel
		for range 30 {
			young = srv.Call(fswtest.CallOptions{})
		}
		synctest.Wait()
		close(block)
		if out := <-jobs; !strings.Contains(out, "UP") {
			t.Errorf("the job's result: %q", out)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if n := cell.Read(sw.Graph(), &sw.DroppedEvents); n == 0 {
			t.Fatal("nothing was dropped: the test tests nothing")
		}
		if identity(stays) != before {
			t.Error("a channel that stayed is another object")
		}
		if identity(ends) != nil || identity(young) == nil {
			t.Errorf("ended: %v, young: %v", identity(ends), identity(young))
		}
		sw.Graph().View(func(r cell.Reader) {
			if got, want := sw.Channels.Len(r), len(srv.Channels()); got != want {
				t.Errorf("%d channels, the server has %d", got, want)
			}
		})
	})
}

func TestMoreToSendThanTheServerTakes(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{SendBuffer: 1000})
	err := sw.Graph().Update(func(tx cell.Tx) error {
		for range 100 {
			if err := sw.SendAPI(tx, "status "+strings.Repeat("x", 20), nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = sw.Wait(t.Context(), func(cell.Reader) bool { return false })
	if want := fsw.ErrOverflow; err == nil || !strings.Contains(err.Error(), want.Error()) {
		t.Errorf("got %v", err)
	}
}
