package fsw_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick is a server whose calls take no time.
var quick = fswtest.Options{AnswerDelay: -1, SnapshotLag: -1}

func dial(t *testing.T, srv *fswtest.Server, o fsw.Options) *fsw.Switch {
	t.Helper()
	o.Password = "ClueCon"
	sw, err := fsw.Dial(t.Context(), srv.Addr(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sw.Close() })
	return sw
}

// sameChannels waits until the model has the channels that the server has.
func sameChannels(t *testing.T, sw *fsw.Switch, srv *fswtest.Server) {
	t.Helper()
	type channel struct{ UUID, Name, State, CallState, AnswerState string }
	var diff string
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := sw.Wait(ctx, func(r cell.Reader) bool {
		want, got := map[string]channel{}, map[string]channel{}
		for _, c := range srv.Channels() {
			want[c.UUID] = channel{c.UUID, c.Name, c.State, c.CallState, c.AnswerState}
		}
		for c := range sw.Channels.All(r) {
			id := c.UUID.Get(r)
			got[id] = channel{id, c.ChannelName.Get(r), string(c.State.Get(r)), string(c.CallState.Get(r)), string(c.AnswerState.Get(r))}
		}
		diff = cmp.Diff(want, got)
		return diff == ""
	})
	if err != nil {
		t.Fatalf("%v, and the model differs (-server +model):\n%s", err, diff)
	}
}

func TestDialKnowsTheChannelsThatWereThereAndFollows(t *testing.T) {
	srv := fswtest.New(t, quick)
	before := srv.Call(fswtest.CallOptions{})
	before.Answer()
	sw := dial(t, srv, fsw.Options{})
	sameChannels(t, sw, srv)
	after := srv.Call(fswtest.CallOptions{})
	after.Answer()
	before.Bridge(after)
	sameChannels(t, sw, srv)
	sw.Graph().View(func(r cell.Reader) {
		ch := sw.Channel(r, before.UUID())
		if ch == nil || ch.OtherLeg.Get(r) != after.UUID() {
			t.Errorf("the other leg of %s is not %s", before.UUID(), after.UUID())
		}
	})
	before.Hangup("USER_BUSY")
	after.Hangup("NORMAL_CLEARING")
	sameChannels(t, sw, srv)
	if n := cell.Read(sw.Graph(), &sw.Snapshot); n != fsw.SnapshotDone {
		t.Errorf("snapshot %q", n)
	}
}

func TestAPIAndJobsFindTheirCallers(t *testing.T) {
	srv := fswtest.New(t, quick)
	srv.Handle("echo", func(args string) string { return args })
	sw := dial(t, srv, fsw.Options{})
	const callers = 20
	errs := make(chan error, 2*callers)
	for i := range callers {
		for _, ask := range []func(context.Context, string) (string, error){sw.API, sw.BgAPI} {
			go func() {
				for j := range 20 {
					want := fmt.Sprint("answer ", i, " ", j)
					got, err := ask(t.Context(), "echo "+want)
					if err == nil && got != want {
						err = fmt.Errorf("asked for %q, got %q", want, got)
					}
					if err != nil {
						errs <- err
						return
					}
				}
				errs <- nil
			}()
		}
	}
	for range 2 * callers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if _, err := sw.API(t.Context(), "status\n\napi shutdown"); err == nil || !strings.Contains(err.Error(), "esl") {
		t.Errorf("a line feed in a command: %v", err)
	}
}

// A command that nobody waits for any more keeps its place: its reply is nobody
// else's.
func TestLateReplyIsDiscarded(t *testing.T) {
	srv := fswtest.New(t, quick)
	release := make(chan struct{})
	srv.Handle("slow", func(string) string { <-release; return "late" })
	sw := dial(t, srv, fsw.Options{})
	ctx, cancel := context.WithCancelCause(t.Context())
	gaveUp := errors.New("gave up")
	done := make(chan error)
	go func() { _, err := sw.API(ctx, "slow"); done <- err }()
	_ = sw.Wait(t.Context(), func(r cell.Reader) bool { return len(sw.CommandsSent(r)) > 0 })
	cancel(gaveUp)
	if err := <-done; !errors.Is(err, gaveUp) {
		t.Errorf("got %v", err)
	}
	go func() { out, _ := sw.API(t.Context(), "hostname"); done <- errors.New(out) }()
	close(release)
	if out := <-done; strings.Contains(out.Error(), "late") {
		t.Errorf("hostname is %q", out)
	}
}

func TestLossWakesWhoeverWaits(t *testing.T) {
	srv := fswtest.New(t, quick)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	srv.Handle("slow", func(string) string { <-release; return "late" })
	var wire net.Conn
	sw := dial(t, srv, fsw.Options{DialContext: func(ctx context.Context, network, addr string) (_ net.Conn, err error) {
		wire, err = new(net.Dialer).DialContext(ctx, network, addr)
		return wire, err
	}})
	call := srv.Call(fswtest.CallOptions{})
	sameChannels(t, sw, srv)
	var ch *fsw.Channel
	sw.Graph().View(func(r cell.Reader) { ch = sw.Channel(r, call.UUID()) })
	errs := make(chan error)
	go func() { _, err := sw.BgAPI(t.Context(), "slow"); errs <- err }()
	_ = sw.Wait(t.Context(), func(r cell.Reader) bool {
		return sw.BackgroundJobs.Len(r) == 1 && len(sw.CommandsSent(r)) == 0
	})
	go func() { _, err := sw.API(t.Context(), "slow"); errs <- err }()
	go func() { errs <- sw.Wait(t.Context(), func(cell.Reader) bool { return false }) }()
	_ = sw.Wait(t.Context(), func(r cell.Reader) bool { return len(sw.CommandsSent(r)) == 1 })
	_ = wire.Close()
	for range 3 {
		if err := <-errs; !errors.As(err, new(*fsw.ConnectionError)) {
			t.Errorf("got %v", err)
		}
	}
	if c := cell.Read(sw.Graph(), &ch.Closed); c != fsw.CauseSwitch {
		t.Errorf("the channel's closed is %q", c)
	}
	if _, err := sw.API(t.Context(), "status"); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after the loss: %v", err)
	}
}

func TestLossIsNamedAfterTheNotice(t *testing.T) {
	for body, want := range map[string]error{
		"The system is being shut down.\n":                  fsw.ErrShutdown,
		"killed listener because of lost events\n":          fsw.ErrKilled,
		"Disconnected, goodbye.\nSee you at ClueCon! ...\n": fsw.ErrHungUp,
		"": fsw.ErrHungUp,
	} {
		srv := fswtest.New(t, quick)
		sw := dial(t, srv, fsw.Options{})
		srv.DropConnections(body)
		if err := sw.Wait(t.Context(), func(cell.Reader) bool { return false }); !errors.Is(err, want) {
			t.Errorf("%q: got %v", body, err)
		}
	}
}

func TestDialErrors(t *testing.T) {
	listen := func(serve func(net.Conn)) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			c, err := l.Accept()
			if err == nil {
				serve(c)
				_, _ = io.Copy(io.Discard, c)
				_ = c.Close()
			}
		}()
		t.Cleanup(func() { _ = l.Close(); <-done })
		return l.Addr().String()
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	say := func(text string) func(net.Conn) {
		return func(c net.Conn) { _, _ = io.WriteString(c, text) }
	}
	hangUp := func(text string) func(net.Conn) {
		return func(c net.Conn) { _, _ = io.WriteString(c, text); _ = c.Close() }
	}
	for _, test := range []struct {
		name, addr string
		want       error
	}{
		{"refused", closed.Addr().String(), syscall.ECONNREFUSED},
		{"rude rejection", listen(say("Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n")), fsw.ErrRejected},
		{"wrong password", fswtest.New(t, fswtest.Options{Password: "other"}).Addr(), fsw.ErrAuthentication},
		{"silent", listen(func(net.Conn) {}), context.DeadlineExceeded},
		{"another protocol", listen(say("SSH-2.0-OpenSSH_9.2\r\nnonsense\r\n\r\n")), fsw.ErrNotFreeSWITCH},
		{"another message", listen(say("Content-Type: text/html\n\n")), fsw.ErrNotFreeSWITCH},
		{"hangs up", listen(hangUp("")), fsw.ErrHungUp},
		{"hangs up inside a message", listen(hangUp("Content-Type: auth/req")), fsw.ErrTorn},
	} {
		t.Run(test.name, func(t *testing.T) {
			sw, err := fsw.Dial(t.Context(), test.addr, fsw.Options{Password: "s3cret", Timeout: 2 * time.Second})
			var ce *fsw.ConnectionError
			if sw != nil || !errors.As(err, &ce) || !errors.Is(err, test.want) {
				t.Fatalf("got %v", err)
			}
			if ce.Addr != test.addr || ce.Doing == "" || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("unclear: %v", err)
			}
		})
	}
}

// A server's table of channels lags behind its events: dead channels are in it, new
// ones are not.
func TestSnapshotThatLags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: 300 * time.Millisecond})
		defer srv.Close()
		old := srv.Call(fswtest.CallOptions{})
		dead := srv.Call(fswtest.CallOptions{})
		time.Sleep(time.Second)
		dead.Hangup("NORMAL_CLEARING")
		young := srv.Call(fswtest.CallOptions{})
		synctest.Wait()
		sw, err := fsw.Dial(t.Context(), "pipe", fsw.Options{Password: "ClueCon",
			DialContext: func(context.Context, string, string) (net.Conn, error) { return srv.Pipe(), nil }})
		if err != nil {
			t.Fatal(err)
		}
		defer sw.Close()
		has := func(c *fswtest.Channel) (has bool) {
			sw.Graph().View(func(r cell.Reader) { has = sw.Channel(r, c.UUID()) != nil })
			return has
		}
		if !has(old) || has(dead) {
			t.Errorf("at first: old %v, dead %v", has(old), has(dead))
		}
		if err := sw.Wait(t.Context(), func(r cell.Reader) bool { return sw.Snapshot.Get(r) == fsw.SnapshotChecked }); err != nil {
			t.Fatal(err)
		}
		if !has(old) || has(dead) || !has(young) {
			t.Errorf("after the second look: old %v, dead %v, young %v", has(old), has(dead), has(young))
		}
	})
}

func TestServerWithoutATableOfChannels(t *testing.T) {
	o := quick
	o.NoShowChannels = true
	srv := fswtest.New(t, o)
	srv.Call(fswtest.CallOptions{})
	sw := dial(t, srv, fsw.Options{})
	if s := cell.Read(sw.Graph(), &sw.Snapshot); s != fsw.SnapshotUnavailable {
		t.Errorf("snapshot %q", s)
	}
	c := srv.Call(fswtest.CallOptions{})
	if err := sw.Wait(t.Context(), func(r cell.Reader) bool { return sw.Channel(r, c.UUID()) != nil }); err != nil {
		t.Error(err)
	}
}

func TestCloseTwiceAndWithoutAConnection(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{})
	for range 2 {
		if err := sw.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := cell.Read(sw.Graph(), &sw.Closed); err != fsw.ErrClosed {
		t.Errorf("closed: %v", err)
	}
	bare := fsw.New(cell.NewGraph())
	_ = bare.Close()
	_ = bare.Close()
	if err := cell.Read(bare.Graph(), &bare.Closed); err != fsw.ErrClosed {
		t.Errorf("closed: %v", err)
	}
}

// Waiting where what one waits for cannot happen is reported, and never hangs.
func TestBlockingInTheWrongPlace(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{})
	api := func() { _, _ = sw.API(t.Context(), "status") }
	wait := func() { _ = sw.Wait(t.Context(), func(cell.Reader) bool { return true }) }
	for name, fn := range map[string]func(){"API": api, "Wait": wait} {
		refused := make(chan any, 2)
		misuse := func() {
			defer func() { refused <- recover() }()
			fn()
		}
		_ = sw.Graph().Update(func(tx cell.Tx) error {
			misuse()
			tx.AfterCommit(misuse) // by whichever goroutine is at it
			return nil
		})
		for range 2 {
			if _, ok := (<-refused).(*cell.UsageError); !ok {
				t.Errorf("%s in the wrong place is not refused", name)
			}
		}
	}
	if _, err := sw.API(t.Context(), "status"); err != nil {
		t.Error(err)
	}
}
