package fsw_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// mirrored runs f in a bubble, with a switch that is live and a mirror of it.
func mirrored(t *testing.T, o fsw.MirrorOptions, f func(t *testing.T, srv *fswtest.Server, source, mirror *fsw.Switch)) {
	synctest.Test(t, func(t *testing.T) {
		server := quick
		server.Playback = threeSeconds
		srv := fswtest.NewServer(server)
		defer srv.Close()
		source := connect(t, toServer(srv), fsw.Options{})
		defer source.Close()
		waitReady(t, source)
		time.Sleep(2 * time.Second)
		mirror := fsw.NewMirror(cell.NewGraph(), source, o)
		defer mirror.Close()
		f(t, srv, source, mirror)
	})
}

func sameAsSource(t *testing.T, source, mirror *fsw.Switch) {
	t.Helper()
	synctest.Wait()
	if diff := fsw.DiffMirror(source, mirror); diff != "" {
		t.Errorf("(-source +mirror):\n%s", diff)
	}
}

// Both faces of commands work on a mirror.
func TestMirrorCommands(t *testing.T) {
	mirrored(t, fsw.MirrorOptions{}, func(t *testing.T, srv *fswtest.Server, source, mirror *fsw.Switch) {
		ctx := t.Context()
		call, ch := incoming(t, srv, mirror)
		if ch.Switch() != mirror || ch.Switch().Graph() == source.Graph() {
			t.Error("the channel is not the mirror's")
		}
		if out, err := mirror.API(ctx, "uuid_exists "+call.UUID()); out != "true" || err != nil {
			t.Errorf("API: %q, %v", out, err)
		}
		if out, err := mirror.BgAPI(ctx, "uuid_exists "+call.UUID()); out != "true" || err != nil {
			t.Errorf("BgAPI: %q, %v", out, err)
		}
		if out, err := ch.Execute(ctx, "playback", "a"); out.Response != "FILE PLAYED" || err != nil {
			t.Errorf("Execute: %q, %v", out.Response, err)
		}
		if leg, err := mirror.Originate(ctx, esl.Originate{Dial: esl.Dial(esl.Gateway("gw", "1000")), App: esl.AppPark()}); err != nil {
			t.Errorf("Originate: %v", err)
		} else if err := leg.Hangup(ctx, "USER_BUSY"); err != nil || cell.Read(mirror.Graph(), &leg.Closed) != "USER_BUSY" {
			t.Errorf("Hangup: %v", err)
		}
		var replies []string
		note := func(_ cell.Tx, r fsw.Reply) { replies = append(replies, r.Text) }
		err := mirror.Graph().Update(func(tx cell.Tx) error {
			if err := mirror.SendAPI(tx, "bad\nline", note); !errors.As(err, new(*esl.CommandError)) {
				t.Errorf("a bad line: %v", err)
			}
			return errors.Join(
				mirror.SendAPI(tx, "echo 1", func(tx cell.Tx, r fsw.Reply) {
					note(tx, r)
					_ = mirror.SendAPI(tx, "echo 3", note)
				}),
				mirror.SendAPI(tx, "echo 2", note),
				mirror.SendAPI(tx, "echo x", func(tx cell.Tx, _ fsw.Reply) { tx.Fail(errors.New("broken")) }),
				ch.SendHangup(tx, "CALL_REJECTED", nil))
		})
		if err != nil {
			t.Error(err)
		}
		var faults []*fsw.Fault
		cell.Observe(mirror.Graph(), func(r cell.Reader) { faults = append(faults, mirror.Faults.Get(r)...) })
		synctest.Wait()
		if !slices.Equal(replies, []string{"1", "2", "3"}) {
			t.Errorf("replies %q", replies)
		}
		if cause := cell.Read(mirror.Graph(), &ch.Closed); cause != "CALL_REJECTED" {
			t.Errorf("closed with %q", cause)
		}
		if len(faults) != 1 || !faults[0].Stopped {
			t.Errorf("faults of the mirror: %v", faults)
		}
		for _, sw := range []*fsw.Switch{mirror, source} {
			sw.Graph().View(func(r cell.Reader) {
				if n, jobs := len(sw.CommandsSent(r)), sw.BackgroundJobs.Len(r); n != 0 || jobs != 0 {
					t.Errorf("%d commands and %d jobs are left", n, jobs)
				}
			})
		}
		sameAsSource(t, source, mirror)
	})
}

// When the connection is lost, who waits on a mirror is told; meanwhile sending fails.
func TestMirrorOfALostConnection(t *testing.T) {
	mirrored(t, fsw.MirrorOptions{}, func(t *testing.T, srv *fswtest.Server, source, mirror *fsw.Switch) {
		call, ch := incoming(t, srv, mirror)
		release := make(chan struct{})
		srv.Handle("slow", func(string) string { <-release; return "late" })
		errs := make(chan error)
		go func() { _, err := ch.Execute(t.Context(), "playback", "a"); errs <- err }()
		go func() { _, err := mirror.BgAPI(t.Context(), "slow"); errs <- err }()
		synctest.Wait()
		go func() { _, err := mirror.API(t.Context(), "slow"); errs <- err }()
		synctest.Wait()
		srv.SetAccept(fswtest.AcceptRefuse)
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		for range 3 {
			if err := <-errs; !errors.As(err, new(*fsw.ConnectionError)) {
				t.Errorf("who waited got %v", err)
			}
		}
		close(release)
		waitState(t, mirror, fsw.LinkDown)
		if _, err := mirror.API(t.Context(), "status"); !errors.Is(err, fsw.ErrDown) {
			t.Errorf("sending while it is down: %v", err)
		}
		call.Hangup("USER_BUSY")
		time.Sleep(5 * time.Second)
		if channelOf(mirror, call.UUID()) != ch || cell.Read(mirror.Graph(), &mirror.Ready) {
			t.Error("while it is down channels stay, and it is not ready")
		}
		srv.Heal()
		waitReady(t, mirror)
		time.Sleep(2 * time.Second)
		if cause := cell.Read(mirror.Graph(), &ch.Closed); cause != fsw.CauseLost {
			t.Errorf("closed with %q", cause)
		}
		_, stays := incoming(t, srv, mirror)
		srv.Restart(time.Second)
		if err := mirror.Wait(t.Context(), func(r cell.Reader) bool { return stays.Closed.Get(r) != "" }); err != nil {
			t.Error(err)
		}
		if cause := cell.Read(mirror.Graph(), &stays.Closed); cause != fsw.CauseRestart {
			t.Errorf("closed with %q", cause)
		}
		sameAsSource(t, source, mirror)
	})
}

// A mirror that is held up does not hold up its source, and copies it again if it has
// missed something.
func TestMirrorThatLags(t *testing.T) {
	for name, buffer := range map[string]int{"all fits": 0, "overflow": 1 << 20} {
		t.Run(name, func(t *testing.T) {
			mirrored(t, fsw.MirrorOptions{ReceiveBuffer: buffer}, func(t *testing.T, srv *fswtest.Server, source, mirror *fsw.Switch) {
				_ = mirror.Graph().Update(func(tx cell.Tx) error { mirror.WatchEvents.Add(tx, "TALK", "TRAP"); return nil })
				room := fswtest.CallOptions{Actions: []fswtest.Action{{App: "conference", Data: "room@default"}}}
				first, second := srv.Call(room), srv.Call(room)
				ends, stays := incoming(t, srv, mirror)
				waits, waiting := incoming(t, srv, mirror)
				before := map[string]*fsw.Channel{}
				for _, c := range []*fswtest.Channel{second, waits} {
					before[c.UUID()] = channelOf(mirror, c.UUID())
				}
				var conf *fsw.Conference
				mirror.Graph().View(func(r cell.Reader) { conf = mirror.Conference(r, "room") })
				results := make(chan error, 2)
				go func() { _, err := waiting.Execute(t.Context(), "playback", "a"); results <- err }()
				go func() { _, err := mirror.BgAPI(t.Context(), "msleep 2000"); results <- err }()
				synctest.Wait()
				open := gate(mirror)
				srv.Fire("TALK")
				synctest.Wait()
				for i := range 3000 {
					srv.Fire("TRAP", "Padding", fmt.Sprintf("%01000d", i))
				}
				ends.Hangup("USER_BUSY")
				first.Leave()
				third := srv.Call(room)
				time.Sleep(5 * time.Second)
				for i := range 3000 {
					srv.Fire("TRAP", "Padding", fmt.Sprintf("%01000d", i))
				}
				second.Talk()
				synctest.Wait()
				if !cell.Read(source.Graph(), &source.Ready) || channelOf(source, ends.UUID()) != nil {
					t.Error("the source is held up")
				}
				open()
				for range 2 {
					if err := <-results; err != nil {
						t.Errorf("who waited: %v", err)
					}
				}
				synctest.Wait()
				sameAsSource(t, source, mirror)
				sameChannels(t, mirror, srv)
				overflow := buffer != 0
				mirror.Graph().View(func(r cell.Reader) {
					if lost := mirror.DroppedEvents.Get(r); (lost > 5000) != overflow {
						t.Errorf("%d events were dropped", lost)
					}
					for id, ch := range before {
						if mirror.Channel(r, id) != ch {
							t.Error("what stayed is another object")
						}
					}
					if mirror.Conference(r, "room") != conf || conf.Members.Len(r) != 2 || mirror.Channel(r, third.UUID()).Member.Get(r) == nil {
						t.Error("the conference is not right")
					}
					if cause := stays.Closed.Get(r); (cause == fsw.CauseLost) != overflow {
						t.Errorf("closed with %q", cause)
					}
					if mirror.Link.Lag.Get(r) != (fsw.Lag{}) || !mirror.Ready.Get(r) {
						t.Error("still behind")
					}
				})
			})
		})
	}
}

// The lag of a mirror is seen while there is one.
func TestMirrorTellsItsLag(t *testing.T) {
	mirrored(t, fsw.MirrorOptions{}, func(t *testing.T, srv *fswtest.Server, source, mirror *fsw.Switch) {
		_ = mirror.Graph().Update(func(tx cell.Tx) error { mirror.WatchEvents.Add(tx, "TALK"); return nil })
		synctest.Wait()
		var lags []fsw.Lag
		cell.Observe(mirror.Graph(), func(r cell.Reader) { lags = append(lags, mirror.Link.Lag.Get(r)) })
		open := gate(mirror)
		for range 10 {
			srv.Fire("TALK")
		}
		time.Sleep(time.Second)
		open()
		synctest.Wait()
		if len(lags) < 3 || lags[0] != (fsw.Lag{}) || lags[1].Messages != 8 || lags[1].Behind != time.Second || lags[1].Bytes == 0 || lags[len(lags)-1] != (fsw.Lag{}) {
			t.Errorf("lags: %v", lags)
		}
	})
}

// A mirror has its source subscribe to what it needs, as long as there is the mirror.
func TestMirrorSubscribes(t *testing.T) {
	type talk struct {
		fsw.Handler
		What cell.Value[string] `fsw:"What"`
	}
	kind := fsw.NewKind[talk]("talk").Key("Who").On("my::talk", nil)
	mirrored(t, fsw.MirrorOptions{}, func(t *testing.T, srv *fswtest.Server, source, mirror *fsw.Switch) {
		var talks *fsw.Handlers[*talk]
		_ = mirror.Graph().Update(func(tx cell.Tx) error {
			talks = fsw.Handle(tx, mirror, kind)
			mirror.WatchEvents.Add(tx, "TRAP", "bad\nname")
			mirror.LogLevel.Set(tx, 4)
			return nil
		})
		var traps, lines int
		cell.Observe(mirror.Graph(), func(r cell.Reader) {
			for ev := range mirror.Events.All(r) {
				if ev.Name() == "TRAP" {
					traps++
				}
			}
			lines += mirror.LogData.Len(r)
		})
		synctest.Wait()
		srv.FireCustom("my::talk", "Who", "ada", "What", "hello")
		srv.Fire("TRAP")
		srv.Log(3, "line")
		synctest.Wait()
		mirror.Graph().View(func(r cell.Reader) {
			if h, ok := talks.Get(r, "ada"); !ok || h.What.Get(r) != "hello" {
				t.Error("the handler was not fed")
			}
		})
		if traps != 1 || lines != 1 || cell.Read(source.Graph(), &source.LogLevel) != 4 {
			t.Errorf("%d events, %d lines", traps, lines)
		}
		_ = source.Graph().Update(func(tx cell.Tx) error { source.LogLevel.Set(tx, fsw.LogOff); return nil })
		synctest.Wait()
		if level := cell.Read(mirror.Graph(), &mirror.LogLevel); level != fsw.LogOff {
			t.Errorf("log level %d", level)
		}
		if err := mirror.AddFilter(t.Context(), fsw.Filter{Header: "Event-Name", Value: "TALK"}); err != nil {
			t.Error(err)
		}
		_ = mirror.Graph().Update(func(tx cell.Tx) error { mirror.WatchEvents.Add(tx, "NOSUCHEVENT"); return nil })
		synctest.Wait()
		mirror.Graph().View(func(r cell.Reader) {
			if _, unheard := mirror.Unheard.Get(r, "NOSUCHEVENT"); !unheard || mirror.Filters.Len(r) != 1 || mirror.Degraded.Len(r) != 1 {
				t.Errorf("the mirror does not know what the source does not hear: %v", slices.Collect(mirror.Degraded.All(r)))
			}
		})
		if err := mirror.RemoveFilter(t.Context(), fsw.Filter{Header: "Event-Name"}); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if n := cell.Read(mirror.Graph(), cell.Compute(mirror.Filters.Len)); n != 0 {
			t.Errorf("%d filters are left", n)
		}
		if err := mirror.Close(); err != nil {
			t.Error(err)
		}
		if got := fsw.Needs(source); slices.Contains(got, "TRAP") || slices.Contains(got, "CUSTOM my::talk") {
			t.Errorf("the source still needs %q", got)
		}
	})
}

// However a mirror ends, it says why, and leaves nothing behind.
func TestMirrorEnds(t *testing.T) {
	for name, test := range map[string]struct {
		end          func(source, mirror *fsw.Switch)
		sourceCloses bool
		want         error
	}{
		"by Close":             {func(_, mirror *fsw.Switch) { mirror.Close() }, false, fsw.ErrClosed},
		"with its source":      {func(source, _ *fsw.Switch) { source.Close() }, true, fsw.ErrClosed},
		"both at once":         {func(source, mirror *fsw.Switch) { go mirror.Close(); source.Close() }, true, fsw.ErrClosed},
		"by a rule of its own": {func(_, mirror *fsw.Switch) { goexitAt(mirror) }, false, cell.ErrGoexit},
	} {
		t.Run(name, func(t *testing.T) {
			mirrored(t, fsw.MirrorOptions{}, func(t *testing.T, srv *fswtest.Server, source, mirror *fsw.Switch) {
				srv.Handle("slow", func(string) string { time.Sleep(time.Hour); return "" })
				_, ch := incoming(t, srv, mirror)
				room := fswtest.CallOptions{Actions: []fswtest.Action{{App: "conference", Data: "room@default"}}}
				srv.Call(room)
				synctest.Wait()
				var conf *fsw.Conference
				mirror.Graph().View(func(r cell.Reader) { conf = mirror.Conference(r, "room") })
				errs := make(chan error)
				go func() { _, err := mirror.BgAPI(context.Background(), "slow"); errs <- err }()
				synctest.Wait()
				test.end(source, mirror)
				srv.Fire("CHANNEL_STATE")
				if err := <-errs; !errors.Is(err, test.want) {
					t.Errorf("who waited got %v", err)
				}
				synctest.Wait()
				mirror.Graph().View(func(r cell.Reader) {
					if err := mirror.Closed.Get(r); !errors.Is(err, test.want) {
						t.Errorf("closed: %v", err)
					}
					if ch.Closed.Get(r) != fsw.CauseSwitch || conf.Closed.Get(r) != fsw.CauseSwitch || mirror.Channels.Len(r)+mirror.Conferences.Len(r) != 0 {
						t.Errorf("channels and conferences have ended with %q and %q", ch.Closed.Get(r), conf.Closed.Get(r))
					}
				})
				if n := fsw.Mirrors(source); n != 0 && !test.sourceCloses {
					t.Errorf("the source feeds %d mirrors", n)
				}
				if _, err := mirror.API(t.Context(), "status"); !errors.Is(err, test.want) {
					t.Errorf("sending: %v", err)
				}
				if test.sourceCloses {
					late := fsw.NewMirror(cell.NewGraph(), source, fsw.MirrorOptions{})
					synctest.Wait()
					if err := cell.Read(late.Graph(), &late.Closed); err != fsw.ErrClosed {
						t.Errorf("a mirror of a switch that is closed: %v", err)
					}
				} else if out, err := source.API(t.Context(), "echo 1"); out != "1" || err != nil {
					t.Errorf("the source: %q, %v", out, err)
				}
			})
		})
	}
}

func goexitAt(sw *fsw.Switch) {
	cell.Observe(sw.Graph(), func(r cell.Reader) {
		for range sw.Events.All(r) {
			runtime.Goexit()
		}
	})
}

// A rule that fails on the graph of the mirror is stopped there, and nothing is lost.
func TestMirrorContainsFaults(t *testing.T) {
	mirrored(t, fsw.MirrorOptions{}, func(t *testing.T, srv *fswtest.Server, source, mirror *fsw.Switch) {
		faults, none := faultsOf(mirror.Graph(), mirror), faultsOf(source.Graph(), source)
		cell.Observe(mirror.Graph(), func(r cell.Reader) {
			for range mirror.Events.All(r) {
				r.Fail(errors.New("broken"))
			}
		})
		cell.Effect(mirror.Graph(), func(r cell.Reader) func() {
			if mirror.Channels.Len(r) > 0 {
				return func() { panic("broken, too") }
			}
			return nil
		})
		incoming(t, srv, mirror)
		sameAsSource(t, source, mirror)
		if len(*faults) != 2 || !(*faults)[0].Stopped || !(*faults)[1].Stopped || len(*none) != 0 {
			t.Errorf("faults: %v of the mirror, %v of the source", *faults, *none)
		}
	})
}

// A mirror of a mirror, and one of a switch that is not connected.
func TestMirrorOfAMirror(t *testing.T) {
	mirrored(t, fsw.MirrorOptions{}, func(t *testing.T, srv *fswtest.Server, source, mirror *fsw.Switch) {
		second := fsw.NewMirror(cell.NewGraph(), mirror, fsw.MirrorOptions{})
		stop := srv.StartTraffic(fswtest.TrafficOptions{CallsPerSecond: 10, MeanDuration: 2 * time.Second, Conferences: 1})
		for range 20 {
			time.Sleep(300 * time.Millisecond)
			sameAsSource(t, mirror, second)
			srv.Inflict(fswtest.Fault{Kind: fswtest.Cut, After: 10_000})
		}
		stop()
		waitReady(t, second)
		if out, err := second.API(t.Context(), "echo 1"); out != "1" || err != nil {
			t.Errorf("API: %q, %v", out, err)
		}
		source.Close()
		synctest.Wait()
		if err := cell.Read(second.Graph(), &second.Closed); err != fsw.ErrClosed {
			t.Errorf("closed: %v", err)
		}
	})
}

// Sessions are mirrored, too: an async one that is not full is as limited as its source.
func TestMirrorOfASession(t *testing.T) {
	g := cell.NewGraph()
	o := &fsw.Outbound{Handle: func(ctx context.Context, s *fsw.Session) error {
		mirror := fsw.NewMirror(g, s.Switch, fsw.MirrorOptions{})
		defer mirror.Close()
		var ch *fsw.Channel
		g.View(func(r cell.Reader) { ch = mirror.Channel(r, s.Channel.Key()) })
		if out, err := ch.Execute(ctx, "playback", "a"); err != nil || out.Response != "FILE PLAYED" {
			t.Errorf("Execute: %q, %v", out.Response, err)
		}
		if _, err := mirror.API(ctx, "status"); !errors.As(err, new(*fsw.ControlError)) {
			t.Errorf("API: %v", err)
		}
		if _, err := ch.Execute(ctx, "playback", "a", fsw.Loops(2)); !errors.As(err, new(*fsw.ControlError)) {
			t.Errorf("Loops: %v", err)
		}
		_ = s.Channel.Hangup(ctx, "USER_BUSY")
		_ = cell.Wait(context.Background(), g, func(r cell.Reader) bool { return ch.Closed.Get(r) != "" })
		if cause := cell.Read(g, &ch.Closed); cause != "USER_BUSY" {
			t.Errorf("closed with %q", cause)
		}
		return nil
	}}
	outbound(t, o, func(t *testing.T, srv *fswtest.Server) {
		give(srv, "call", "async")
		time.Sleep(time.Minute)
	})
}

// Handlers of a mirror are compared with their table by way of the source: after a gap of
// the source's, and after one of the mirror's own.
func TestMirrorComparesHandlersWithTheirTable(t *testing.T) {
	mirrored(t, fsw.MirrorOptions{ReceiveBuffer: 100_000}, func(t *testing.T, srv *fswtest.Server, source, mirror *fsw.Switch) {
		table := `[{"name":"stays"},{"name":"ends"}]`
		srv.Handle("desks", func(string) string { return table })
		kind := fsw.NewKind[deskOf]("desk").Key("Desk-Name").On("desk::state", nil).
			Snapshot("desks", fsw.JSONRows(map[string]string{"name": "Desk-Name"}))
		var desks *fsw.Handlers[*deskOf]
		_ = mirror.Graph().Update(func(tx cell.Tx) error {
			desks = fsw.Handle(tx, mirror, kind)
			mirror.WatchEvents.Add(tx, "TALK", "TRAP")
			return nil
		})
		names := func() (names []string) {
			mirror.Graph().View(func(r cell.Reader) {
				for name := range desks.All(r) {
					names = append(names, name)
				}
			})
			slices.Sort(names)
			return names
		}
		check := func(want ...string) {
			t.Helper()
			time.Sleep(15 * time.Second)
			if got := names(); !slices.Equal(got, want) {
				t.Errorf("there are %q instead of %q", got, want)
			}
		}
		check("ends", "stays")
		table = `[{"name":"stays"},{"name":"new"}]`
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		check("new", "stays")
		table = `[{"name":"stays"},{"name":"newer"}]`
		open := gate(mirror)
		srv.Fire("TALK")
		for i := range 1000 {
			srv.Fire("TRAP", "Padding", fmt.Sprintf("%0300d", i))
		}
		synctest.Wait()
		open()
		check("newer", "stays")
	})
}
