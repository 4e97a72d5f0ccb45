package fsw_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// dialer connects to a server without a network.
type dialer func() (net.Conn, error)

func (d dialer) dial(context.Context, string, string) (net.Conn, error) { return d() }

func toServer(srv *fswtest.Server) dialer {
	return func() (net.Conn, error) {
		if nc := srv.Pipe(); nc != nil {
			return nc, nil
		}
		return nil, errors.New("connection refused")
	}
}

// connect keeps a switch connected, inside a bubble.
func connect(t *testing.T, d dialer, o fsw.Options) *fsw.Switch {
	t.Helper()
	if o.Password == "" {
		o.Password = "ClueCon"
	}
	o.DialContext = d.dial
	sw, err := fsw.Connect(t.Context(), "pipe", o)
	if err != nil {
		t.Fatal(err)
	}
	return sw
}

func waitReady(t *testing.T, sw *fsw.Switch) {
	t.Helper()
	if err := sw.Wait(t.Context(), sw.Ready.Get); err != nil {
		t.Fatal(err)
	}
}

func waitState(t *testing.T, sw *fsw.Switch, s fsw.LinkState) {
	t.Helper()
	if err := sw.Wait(t.Context(), func(r cell.Reader) bool { return sw.Link.State.Get(r) == s }); err != nil {
		t.Fatal(err)
	}
}

func channelOf(sw *fsw.Switch, id string) (ch *fsw.Channel) {
	sw.Graph().View(func(r cell.Reader) { ch = sw.Channel(r, id) })
	return ch
}

// What ended during a gap closes, what began appears, what stayed is the same object
// with what it missed, and everybody who waited is told.
func TestConnectMakesUpForAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: 200 * time.Millisecond})
		defer srv.Close()
		stays, ends := srv.Call(fswtest.CallOptions{}), srv.Call(fswtest.CallOptions{})
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		time.Sleep(2 * time.Second)

		var states []fsw.LinkState
		var ready []bool
		cell.Observe(sw.Graph(), func(r cell.Reader) { states = append(states, sw.Link.State.Get(r)) })
		cell.Observe(sw.Graph(), func(r cell.Reader) { ready = append(ready, sw.Ready.Get(r)) })
		before, gone := channelOf(sw, stays.UUID()), channelOf(sw, ends.UUID())
		if before == nil || gone == nil {
			t.Fatal("the calls are not known")
		}
		var answers []esl.AnswerState
		var closed []string
		_ = sw.Graph().Update(func(tx cell.Tx) error {
			cell.Observe(before.Scope(tx).In(tx), func(r cell.Reader) { answers = append(answers, before.AnswerState.Get(r)) })
			cell.Observe(gone.Scope(tx).In(tx), func(r cell.Reader) { closed = append(closed, gone.Closed.Get(r)) })
			return nil
		})
		release := make(chan struct{})
		srv.Handle("slow", func(string) string { <-release; return "late" })
		errs := make(chan error)
		go func() { _, err := sw.BgAPI(t.Context(), "slow"); errs <- err }()
		synctest.Wait()
		go func() { _, err := sw.API(t.Context(), "slow"); errs <- err }()
		synctest.Wait()
		srv.SetAccept(fswtest.AcceptRefuse)
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		var lost []error
		for range 2 {
			err := <-errs
			if !errors.As(err, new(*fsw.ConnectionError)) {
				t.Errorf("who waited got %v", err)
			}
			lost = append(lost, err)
		}
		waitState(t, sw, fsw.LinkDown)
		sw.Graph().View(func(r cell.Reader) {
			last := sw.Link.LastError.Get(r)
			if lost[0] != last || lost[1] != last {
				t.Errorf("the reasons differ: %v, %v", lost, last)
			}
			if sw.Channel(r, ends.UUID()) != gone || sw.Ready.Get(r) || sw.LoggedIn.Get(r) || sw.Link.RetryAt.Get(r).IsZero() {
				t.Error("while it is down, channels stay, and it is not ready")
			}
		})
		if _, err := sw.API(t.Context(), "status"); !errors.Is(err, fsw.ErrDown) || !errors.As(err, new(*fsw.ConnectionError)) {
			t.Errorf("sending while it is down: %v", err)
		}
		close(release)
		stays.Answer()
		ends.Hangup("USER_BUSY")
		began := srv.Call(fswtest.CallOptions{})
		time.Sleep(10 * time.Second)
		if n := cell.Read(sw.Graph(), &sw.Link.Attempts); n < 3 {
			t.Errorf("%d attempts", n)
		}
		srv.Heal()
		waitReady(t, sw)
		sw.Graph().View(func(r cell.Reader) {
			if sw.Channel(r, stays.UUID()) != before || before.AnswerState.Get(r) != "answered" || before.CallState.Get(r) != "ACTIVE" {
				t.Error("what stayed is not the same, or not up to date")
			}
			if sw.Channel(r, ends.UUID()) != nil || gone.Closed.Get(r) != fsw.CauseLost {
				t.Errorf("what ended is closed with %q", gone.Closed.Get(r))
			}
			if sw.Channel(r, began.UUID()) == nil {
				t.Error("what began has not appeared")
			}
			if n := sw.Link.Losses.Get(r); n != 1 {
				t.Errorf("%d losses", n)
			}
			if sw.Link.Attempts.Get(r) != 0 || !sw.Link.RetryAt.Get(r).IsZero() {
				t.Error("still attempting")
			}
		})
		if !slices.Equal(answers, []esl.AnswerState{"ringing", "answered"}) {
			t.Errorf("the observer of what stayed saw %q", answers)
		}
		if !slices.Equal(closed, []string{"", fsw.CauseLost}) {
			t.Errorf("the observer of what ended saw %q", closed)
		}
		if !slices.Equal(ready, []bool{true, false, true}) {
			t.Errorf("ready: %v", ready)
		}
		want := []fsw.LinkState{fsw.LinkLive, fsw.LinkDown, fsw.LinkConnecting, fsw.LinkAuthenticating}
		if len(states) < 9 || !slices.Equal(states[:4], want) || !slices.Equal(states[len(states)-4:],
			[]fsw.LinkState{fsw.LinkConnecting, fsw.LinkAuthenticating, fsw.LinkSynchronising, fsw.LinkLive}) {
			t.Errorf("states: %v", states)
		}
		sameChannels(t, sw, srv)
	})
}

// Bridges that began or ended in a gap.
func TestConnectMakesUpForBridges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		var calls []*fswtest.Channel
		for range 6 {
			c := srv.Call(fswtest.CallOptions{})
			c.Answer()
			calls = append(calls, c)
		}
		calls[0].Bridge(calls[1])
		calls[2].Bridge(calls[3])
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		bridges := func() (pairs []string) {
			sw.Graph().View(func(r cell.Reader) {
				for b := range sw.Bridges.All(r) {
					x := slices.IndexFunc(calls, func(c *fswtest.Channel) bool { return c.UUID() == b.A.UUID.Get(r) })
					y := slices.IndexFunc(calls, func(c *fswtest.Channel) bool { return c.UUID() == b.B.UUID.Get(r) })
					pairs = append(pairs, fmt.Sprint(min(x, y), max(x, y)))
					if b.A.OtherLeg.Get(r) != b.B.UUID.Get(r) || b.B.OtherLeg.Get(r) != b.A.UUID.Get(r) || b.A.Call.Get(r) != b.B.Call.Get(r) {
						t.Error("the legs of a bridge do not know each other")
					}
				}
			})
			slices.Sort(pairs)
			return pairs
		}
		waitReady(t, sw)
		if got := bridges(); !slices.Equal(got, []string{"0 1", "2 3"}) {
			t.Errorf("at first: %q", got)
		}
		srv.SetAccept(fswtest.AcceptRefuse)
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		calls[0].Bridge(calls[4]) // and with that no more with the second
		calls[5].Hangup("NORMAL_CLEARING")
		time.Sleep(time.Second)
		srv.Heal()
		waitReady(t, sw)
		sameChannels(t, sw, srv)
		if got := bridges(); !slices.Equal(got, []string{"0 4", "2 3"}) {
			t.Errorf("after the gap: %q", got)
		}
	})
}

// A leg that was taken away in a gap, by a channel that is not in the table yet when the
// model is compared, is bridged to that one alone, whichever of them is known first.
func TestConnectMakesUpForABridgeThatMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1})
		defer srv.Close()
		left := srv.Call(fswtest.CallOptions{Actions: []fswtest.Action{{App: "answer"}, {App: "bridge", Data: "user/1000"}, {App: "park"}}})
		time.Sleep(time.Second)
		taken := srv.Channels()[1].UUID
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		time.Sleep(5 * time.Second)
		srv.SetAccept(fswtest.AcceptRefuse)
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		time.Sleep(time.Until(cell.Read(sw.Graph(), &sw.Link.RetryAt)) - time.Millisecond)
		taker := srv.Call(fswtest.CallOptions{})
		taker.Answer()
		taker.Bridge(srv.Channel(taken))
		srv.Heal()
		waitReady(t, sw)
		time.Sleep(5 * time.Second)
		sameChannels(t, sw, srv)
		sw.Graph().View(func(r cell.Reader) {
			for b := range sw.Bridges.All(r) {
				if b.A.UUID.Get(r) != taker.UUID() || b.B.UUID.Get(r) != taken {
					t.Errorf("%s is bridged to %s", b.A.UUID.Get(r), b.B.UUID.Get(r))
				}
			}
			if n := sw.Bridges.Len(r); n != 1 {
				t.Errorf("%d bridges", n)
			}
			if ch := sw.Channel(r, left.UUID()); ch == nil || ch.OtherLeg.Get(r) != "" || ch.Call.Get(r) == sw.Channel(r, taken).Call.Get(r) {
				t.Error("who was left is still in the call")
			}
		})
	})
}

// A channel that began in a gap, and is renamed before it is in the table, is known by the
// id that it has.
func TestConnectAndAChannelThatIsRenamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: time.Second})
		defer srv.Close()
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		time.Sleep(5 * time.Second)
		srv.SetAccept(fswtest.AcceptRefuse)
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		call := srv.Call(fswtest.CallOptions{UUID: "before"})
		srv.Heal()
		waitReady(t, sw)
		time.Sleep(900 * time.Millisecond)
		if !call.Rename("after") {
			t.Fatal("it was not renamed")
		}
		time.Sleep(10 * time.Second)
		sameChannels(t, sw, srv)
	})
}

// Nothing of before a restart of the server is left, though its id comes back.
func TestConnectAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		old := srv.Call(fswtest.CallOptions{UUID: "comes-back"})
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		core := cell.Read(sw.Graph(), &sw.CoreUUID)
		before := channelOf(sw, old.UUID())
		for _, outage := range []time.Duration{0, time.Second} {
			srv.Restart(outage)
			waitState(t, sw, fsw.LinkDown)
			time.Sleep(outage)
			srv.Call(fswtest.CallOptions{UUID: "comes-back"})
			waitReady(t, sw)
			sw.Graph().View(func(r cell.Reader) {
				now := sw.Channel(r, "comes-back")
				if now == nil || now == before || before.Closed.Get(r) != fsw.CauseRestart {
					t.Errorf("before: closed with %q; now: %v", before.Closed.Get(r), now)
				}
				before = now
				if id := sw.CoreUUID.Get(r); id == core || id == "" {
					t.Errorf("the server is still %q", id)
				} else {
					core = id
				}
			})
			sameChannels(t, sw, srv)
		}
	})
}

// Every end of a connection has its name, and is survived.
func TestConnectSurvives(t *testing.T) {
	for name, test := range map[string]struct {
		inflict func(*fswtest.Server)
		want    error
	}{
		"cut":             {func(s *fswtest.Server) { s.Inflict(fswtest.Fault{Kind: fswtest.Cut}) }, fsw.ErrHungUp},
		"cut in a frame":  {func(s *fswtest.Server) { s.Inflict(fswtest.Fault{Kind: fswtest.Cut, After: 300}) }, fsw.ErrTorn},
		"killed listener": {func(s *fswtest.Server) { s.Inflict(fswtest.Fault{Kind: fswtest.Kill, After: 300}) }, fsw.ErrKilled},
		"half open":       {func(s *fswtest.Server) { s.Inflict(fswtest.Fault{Kind: fswtest.Vanish}) }, fsw.ErrSilent},
		"stall":           {func(s *fswtest.Server) { s.Inflict(fswtest.Fault{Kind: fswtest.Stall, For: time.Hour}) }, fsw.ErrSilent},
		"reload":          {func(s *fswtest.Server) { s.Inflict(fswtest.Fault{Kind: fswtest.Reload}) }, fsw.ErrShutdown},
		"shutdown":        {func(s *fswtest.Server) { s.Shutdown(); time.Sleep(time.Second); s.Restart(0) }, fsw.ErrShutdown},
		"garbage": {func(s *fswtest.Server) {
			s.Inflict(fswtest.Fault{Kind: fswtest.Garbage, Bytes: []byte("Content-Length: -1\n\n")})
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := fswtest.NewServer(quick)
				defer srv.Close()
				call := srv.Call(fswtest.CallOptions{})
				sw := connect(t, toServer(srv), fsw.Options{})
				defer sw.Close()
				waitReady(t, sw)
				time.Sleep(3 * time.Second)
				var reasons []error
				cell.Observe(sw.Graph(), func(r cell.Reader) {
					if err := sw.Link.LastError.Get(r); err != nil {
						reasons = append(reasons, err)
					}
				})
				test.inflict(srv)
				call.Answer()
				if err := sw.Wait(t.Context(), func(r cell.Reader) bool { return sw.Link.Losses.Get(r) == 1 }); err != nil {
					t.Fatal(err)
				}
				waitReady(t, sw)
				sameChannels(t, sw, srv)
				if len(reasons) < 1 || !errors.As(reasons[0], new(*fsw.ConnectionError)) || test.want != nil && !errors.Is(reasons[0], test.want) {
					t.Errorf("reasons: %v", reasons)
				}
				if n := cell.Read(sw.Graph(), &sw.Link.Losses); n != 1 {
					t.Errorf("%d losses", n)
				}
			})
		})
	}
}

// A connection on which nothing happens is alive, also without heartbeats, and
// while an API command keeps the server silent.
func TestSilenceThatIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{Heartbeat: -1})
		defer srv.Close()
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		time.Sleep(time.Hour)
		if _, err := sw.API(t.Context(), "msleep 400000"); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		if n := cell.Read(sw.Graph(), &sw.Link.Losses); n != 0 {
			t.Errorf("%d losses: %v", n, cell.Read(sw.Graph(), &sw.Link.LastError))
		}
	})
}

// What will not heal by itself is visible, and tried again seldom; mending it helps.
func TestConnectIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		mode fswtest.AcceptMode
		pass string
		want error
	}{
		"wrong password": {fswtest.AcceptNormal, "wrong", fsw.ErrAuthentication},
		"access list":    {fswtest.AcceptRude, "ClueCon", fsw.ErrRejected},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := fswtest.NewServer(quick)
				defer srv.Close()
				srv.SetAccept(test.mode)
				dials := 0
				sw := connect(t, func() (net.Conn, error) { dials++; return srv.Pipe(), nil }, fsw.Options{Password: test.pass})
				defer sw.Close()
				time.Sleep(time.Hour + time.Second)
				err := cell.Read(sw.Graph(), &sw.Link.LastError)
				if !errors.Is(err, test.want) || !fsw.Permanent(err) {
					t.Errorf("last error: %v", err)
				}
				if dials != 31 {
					t.Errorf("%d attempts in an hour", dials)
				}
				_ = sw.Graph().Update(func(tx cell.Tx) error { sw.Credential.Set(tx, "ClueCon"); return nil })
				srv.SetAccept(fswtest.AcceptNormal)
				waitReady(t, sw)
			})
		})
	}
}

// Connect waits longer and longer, and not in step with others.
func TestConnectBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		sw := connect(t, func() (net.Conn, error) {
			at = append(at, time.Now())
			return nil, errors.New("refused")
		}, fsw.Options{Backoff: fsw.Backoff{First: time.Second, Max: 8 * time.Second}})
		time.Sleep(time.Hour)
		if err := sw.Close(); err != nil {
			t.Error(err)
		}
		if len(at) < 3600/8 || len(at) > 3600/4 {
			t.Fatalf("%d attempts in an hour", len(at))
		}
		longest, random := time.Second, false
		for i := 1; i < len(at); i++ {
			wait := at[i].Sub(at[i-1])
			if wait < longest/2 || wait > longest {
				t.Errorf("wait %d is %s, of up to %s", i, wait, longest)
			}
			random = random || wait != longest && i > 5
			longest = min(2*longest, 8*time.Second)
		}
		if !random {
			t.Error("the waits are all the same")
		}
	})
}

// The end of the context is the end of the switch.
func TestConnectEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		call := srv.Call(fswtest.CallOptions{})
		enough := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		sw, err := fsw.Connect(ctx, "pipe", fsw.Options{Password: "ClueCon", DialContext: toServer(srv).dial})
		if err != nil {
			t.Fatal(err)
		}
		waitReady(t, sw)
		ch := channelOf(sw, call.UUID())
		cancel(enough)
		err = sw.Wait(t.Context(), func(cell.Reader) bool { return false })
		if !errors.Is(err, enough) || !errors.As(err, new(*fsw.ConnectionError)) {
			t.Errorf("who waited got %v", err)
		}
		synctest.Wait()
		if cause := cell.Read(sw.Graph(), &ch.Closed); cause != fsw.CauseSwitch {
			t.Errorf("the channel's closed is %q", cause)
		}
		if err := sw.Close(); err != nil {
			t.Error(err)
		}
		if got := cell.Read(sw.Graph(), &sw.Closed); !errors.Is(got, enough) {
			t.Errorf("closed: %v", got)
		}
	})
}

func TestConnectWithOptionsThatCannotWork(t *testing.T) {
	for _, o := range []fsw.Options{{}, {Password: "a\nb"}, {User: "1000", Password: "x"}} {
		if _, err := fsw.Connect(t.Context(), "nowhere", o); !errors.As(err, new(*fsw.ConnectionError)) || strings.Contains(err.Error(), "a\nb") {
			t.Errorf("%q: %v", o.User, err)
		}
	}
}

// gated returns dial as one that waits until open is called: a test can add to the switch
// what is to be there from the first connection on.
func gated(dial func() (net.Conn, error)) (waits func() (net.Conn, error), open func()) {
	gate := make(chan struct{})
	return func() (net.Conn, error) { <-gate; return dial() }, func() { close(gate) }
}

// What is not wanted any more is left out at the next connection.
func TestSubscriptionAfterAReconnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		dial, open := gated(toServer(srv))
		sw := connect(t, dial, fsw.Options{NoChannels: true, Watch: []string{"TRAP", "TALK"}})
		defer sw.Close()
		var sent []string
		cell.Observe(sw.Graph(), func(r cell.Reader) {
			for c := range sw.Transmit.All(r) {
				if strings.HasPrefix(c, "event plain BACK") || strings.HasPrefix(c, "noevents") || strings.HasPrefix(c, "nix") {
					sent = append(sent, c)
				}
			}
		})
		open()
		waitReady(t, sw)
		_ = sw.Graph().Update(func(tx cell.Tx) error {
			sw.WatchEvents.Remove(tx, "TRAP")
			sw.WatchEvents.Add(tx, "DTMF")
			return nil
		})
		synctest.Wait()
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		waitReady(t, sw)
		want := []string{"event plain BACKGROUND_JOB TALK TRAP\n\n", "event plain BACKGROUND_JOB DTMF TALK TRAP\n\n",
			"event plain BACKGROUND_JOB DTMF TALK\n\n"}
		if !slices.Equal(sent, want) {
			t.Errorf("sent %q", sent)
		}
	})
}

// A login that somebody asks for while there is no connection is none, and costs no reply
// its caller.
func TestLoginThatIsAskedForWithoutAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		refuse := true
		sw := connect(t, func() (net.Conn, error) {
			if refuse {
				return nil, errors.New("connection refused")
			}
			return srv.Pipe(), nil
		}, fsw.Options{})
		defer sw.Close()
		waitState(t, sw, fsw.LinkDown)
		if err := sw.Graph().Update(func(tx cell.Tx) error { sw.AuthRequested.Set(tx, true); return nil }); err != nil {
			t.Fatal(err)
		}
		sw.Graph().View(func(r cell.Reader) {
			if sent := sw.CommandsSent(r); len(sent) != 0 {
				t.Errorf("a reply is owed to %v", sent)
			}
		})
		refuse = false
		waitReady(t, sw)
		for range 3 {
			if out, err := sw.API(t.Context(), "echo asked"); err != nil || out != "asked" {
				t.Errorf("%q, %v", out, err)
			}
		}
	})
}
