package fsw_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// dialPipe connects to a server without a network, inside a bubble.
func dialPipe(t *testing.T, srv *fswtest.Server, o fsw.Options) *fsw.Switch {
	t.Helper()
	o.Password = "ClueCon"
	if o.DialContext == nil {
		o.DialContext = func(context.Context, string, string) (net.Conn, error) { return srv.Pipe(), nil }
	}
	sw, err := fsw.Dial(t.Context(), "pipe", o)
	if err != nil {
		t.Fatal(err)
	}
	return sw
}

// faultsOf collects the faults that are reported.
func faultsOf(g *cell.Graph, sw *fsw.Switch) *[]*fsw.Fault {
	faults := new([]*fsw.Fault)
	cell.Observe(g, func(r cell.Reader) {
		for f := range sw.Faults.All(r) {
			*faults = append(*faults, f)
		}
	})
	return faults
}

// Commit callbacks and effects of users fail like their rules: they are stopped,
// and the model goes on.
func TestFailingCallbacksAndEffectsAreStopped(t *testing.T) {
	for name, install := range map[string]func(g *cell.Graph, sw *fsw.Switch){
		"callback": func(g *cell.Graph, sw *fsw.Switch) {
			cell.Rule(g, func(tx cell.Tx) {
				for range sw.Events.All(tx.Reader) {
					tx.OnCommit(func(cell.Tx) { panic("broken") })
				}
			})
		},
		"effect": func(g *cell.Graph, sw *fsw.Switch) {
			cell.Effect(g, func(r cell.Reader) func() {
				if sw.Events.Len(r) > 0 {
					return func() { panic("broken") }
				}
				return nil
			})
		},
		"after commit": func(g *cell.Graph, sw *fsw.Switch) {
			cell.Rule(g, func(tx cell.Tx) {
				if sw.Events.Len(tx.Reader) > 0 {
					tx.AfterCommit(func() { panic("broken") })
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := cell.NewGraph()
			sw := fsw.NewListener(g)
			faults := faultsOf(g, sw)
			install(g, sw)
			for _, id := range []string{"a", "b"} {
				sw.ReceivedMessage(channelEvent("CHANNEL_CREATE", id).PlainMessage())
			}
			g.View(func(r cell.Reader) {
				if n := sw.Channels.Len(r); n != 2 {
					t.Errorf("%d channels", n)
				}
			})
			if len(*faults) != 1 || !(*faults)[0].Stopped {
				t.Errorf("faults: %v", *faults)
			}
		})
	}
}

// Nothing can keep a goroutine that calls Goexit, but it is not silent.
func TestGoexitEndsTheConnectionWithWords(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{})
	cell.Observe(sw.Graph(), func(r cell.Reader) {
		if sw.Channels.Len(r) > 0 {
			runtime.Goexit()
		}
	})
	srv.Call(fswtest.CallOptions{})
	if err := sw.Wait(t.Context(), func(cell.Reader) bool { return false }); !errors.Is(err, cell.ErrGoexit) {
		t.Errorf("got %v", err)
	}
	if err := sw.Close(); err != nil {
		t.Error(err)
	}
}

func TestPanicAtTheEndHidesNothing(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{})
	cell.Observe(sw.Graph(), func(r cell.Reader) {
		if sw.Closed.Get(r) != nil {
			panic("broken")
		}
	})
	waiting := make(chan error)
	go func() { waiting <- sw.Wait(t.Context(), func(cell.Reader) bool { return false }) }()
	if err := sw.Close(); err != nil {
		t.Error(err)
	}
	if err := <-waiting; !errors.Is(err, fsw.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if err := cell.Read(sw.Graph(), &sw.Closed); !errors.Is(err, fsw.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestCloseAndDialInTheWrongPlace(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{})
	for name, fn := range map[string]func(){
		"Close": func() { _ = sw.Close() },
		"Dial":  func() { _, _ = fsw.Dial(t.Context(), srv.Addr(), fsw.Options{Password: "ClueCon"}) },
	} {
		refused := make(chan any, 1)
		_ = sw.Graph().Update(func(tx cell.Tx) error {
			tx.AfterCommit(func() { // by whichever goroutine is at it
				defer func() { refused <- recover() }()
				fn()
			})
			return nil
		})
		if _, ok := (<-refused).(*cell.UsageError); !ok {
			t.Errorf("%s by an effect is not refused", name)
		}
	}
}

// What a model that lagged has missed about channels that it knows is found out, too.
func TestLagIsMadeUpForKnownChannels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1})
		defer srv.Close()
		sw := dialPipe(t, srv, fsw.Options{ReceiveBuffer: 50_000})
		defer sw.Close()
		call := srv.Call(fswtest.CallOptions{})
		time.Sleep(3 * time.Second)
		block, blocked := make(chan struct{}), false
		cell.Observe(sw.Graph(), func(r cell.Reader) {
			for ev := range sw.Events.All(r) {
				if ev.Value("Unique-ID") != call.UUID() && !blocked {
					blocked = true
					<-block
				}
			}
		})
		srv.Call(fswtest.CallOptions{})
		synctest.Wait()
		call.Answer()
		for range 30 {
			srv.Call(fswtest.CallOptions{}).Hangup("NORMAL_CLEARING")
		}
		synctest.Wait()
		close(block)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if n := cell.Read(sw.Graph(), &sw.DroppedEvents); n == 0 {
			t.Fatal("nothing was dropped: the test tests nothing")
		}
		sw.Graph().View(func(r cell.Reader) {
			ch := sw.Channel(r, call.UUID())
			if ch == nil || ch.AnswerState.Get(r) != "answered" || ch.CallState.Get(r) != "ACTIVE" {
				t.Error("the answer was missed for good")
			}
			if s := sw.Snapshot.Get(r); s != fsw.SnapshotChecked {
				t.Errorf("snapshot %q", s)
			}
		})
	})
}

func TestBadNamesAmongTheWatchedEvents(t *testing.T) {
	srv := fswtest.New(t, quick)
	for _, bad := range []string{"CHANNEL ANSWER", "a\nb"} {
		_, err := fsw.Dial(t.Context(), srv.Addr(), fsw.Options{Password: "ClueCon", Watch: []string{bad}})
		if !errors.As(err, new(*esl.CommandError)) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// Later, a bad name costs only itself.
	sw := dial(t, srv, fsw.Options{NoChannels: true})
	heard := make(chan struct{})
	cell.Effect(sw.Graph(), func(r cell.Reader) func() {
		for ev := range sw.Events.All(r) {
			if ev.Name() == "TRAP" {
				return func() { close(heard) }
			}
		}
		return nil
	})
	_ = sw.Graph().Update(func(tx cell.Tx) error { sw.WatchEvents.Add(tx, "bad name", "TRAP"); return nil })
	srv.WaitSubscribed("TRAP")
	srv.Fire("TRAP")
	<-heard
}

// A login that cannot be sent is an error at once.
func TestLoginThatCannotBeSent(t *testing.T) {
	srv := fswtest.New(t, quick)
	for _, o := range []fsw.Options{{}, {Password: "a\nb"}, {User: "1000", Password: "x"}} {
		_, err := fsw.Dial(t.Context(), srv.Addr(), o)
		if !errors.As(err, new(*esl.CommandError)) || !strings.Contains(err.Error(), srv.Addr()) || strings.Contains(err.Error(), "a\nb") {
			t.Errorf("%+v: %v", o.User, err)
		}
	}
}

// deafConn is a connection whose writes fail while its reads go on.
type deafConn struct {
	net.Conn
	fail chan struct{}
}

func (c deafConn) Write(p []byte) (int, error) {
	select {
	case <-c.fail:
		return 0, errors.New("broken tunnel")
	default:
		return c.Conn.Write(p)
	}
}

func TestFailingWritesEndTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		fail := make(chan struct{})
		sw := dialPipe(t, srv, fsw.Options{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return deafConn{srv.Pipe(), fail}, nil
		}})
		defer sw.Close()
		close(fail)
		_, err := sw.API(t.Context(), "status")
		var ce *fsw.ConnectionError
		if !errors.As(err, &ce) || ce.Doing != "sending" || !strings.Contains(err.Error(), "broken tunnel") {
			t.Errorf("got %v", err)
		}
	})
}

func TestExpectedChannelExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		sw := dialPipe(t, srv, fsw.Options{})
		defer sw.Close()
		var ch *fsw.Channel
		var ended string
		_ = sw.Graph().Update(func(tx cell.Tx) error {
			ch = sw.Expect(tx, "never")
			cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) { ended = ch.Closed.Get(r) })
			return nil
		})
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if ended != fsw.CauseLost {
			t.Errorf("closed is %q", ended)
		}
		sw.Graph().View(func(r cell.Reader) {
			for _, name := range sw.Graph().Living(r) {
				t.Errorf("%s outlived its channel", name)
			}
		})
	})
}

// However many are expected, one timer waits for the oldest, and each ends in its time.
func TestExpectedChannelsShareATimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		sw := dialPipe(t, srv, fsw.Options{})
		defer sw.Close()
		time.Sleep(time.Minute)
		synctest.Wait()
		before := fsw.Timers(sw)
		var all []*fsw.Channel
		for i := range 90 {
			_ = sw.Graph().Update(func(tx cell.Tx) error { all = append(all, sw.Expect(tx, fmt.Sprint(i))); return nil })
			time.Sleep(time.Second)
		}
		for second := 90; ; second++ {
			synctest.Wait()
			var open int
			for i, ch := range all {
				closed := cell.Read(sw.Graph(), &ch.Closed) != ""
				if closed != (second-i >= 60) {
					t.Fatalf("%d seconds after it was expected closed is %v", second-i, closed)
				}
				if !closed {
					open++
				}
			}
			if open == 0 {
				break
			}
			if n := fsw.Timers(sw) - before; n != 1 {
				t.Fatalf("%d timers", n)
			}
			time.Sleep(time.Second)
		}
		if n := fsw.Timers(sw) - before; n != 0 {
			t.Errorf("%d timers are left", n)
		}
	})
}
