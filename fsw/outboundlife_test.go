package fsw_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// Without full only what concerns the channel can be sent, and nothing else is.
func TestOutbound_Control(t *testing.T) {
	for _, words := range []string{"async", "async full"} {
		t.Run(words, func(t *testing.T) {
			full := strings.Contains(words, "full")
			o := &fsw.Outbound{Handle: func(ctx context.Context, s *fsw.Session) error {
				var sent []string
				stop := cell.Observe(s.Graph(), func(r cell.Reader) {
					for c := range s.Transmit.All(r) {
						sent = append(sent, c)
					}
				})
				defer stop.Stop()
				check := func(what string, err error) {
					t.Helper()
					var refused *fsw.ControlError
					if errors.As(err, &refused) == full {
						t.Errorf("%s: %v", what, err)
					}
				}
				_, err := s.API(ctx, "uptime")
				check("API", err)
				_, err = s.BgAPI(ctx, "uptime")
				check("BgAPI", err)
				_, err = s.Run(ctx, esl.RawAPI("uptime"))
				check("Run", err)
				_, err = s.Command(ctx, "LOG 7")
				check("Command", err)
				_, err = s.Channel.Execute(ctx, "sleep", "600", fsw.Loops(2))
				check("Loops", err)
				check("SetLinger", s.SetLinger(ctx, time.Second))
				if !full && len(sent) > 0 {
					t.Errorf("sent %q", sent)
				}
				for _, line := range []string{"getvar direction", "filter Event-Name X", "filter delete all", "Connect", "divert_events off"} {
					if _, err := s.Command(ctx, line); err != nil {
						t.Errorf("%s: %v", line, err)
					}
				}
				if _, err := s.Channel.Execute(ctx, "answer", ""); err != nil {
					t.Error(err)
				}
				if last := sent[len(sent)-1]; !strings.HasPrefix(last, "SendMsg\n") {
					t.Errorf("a static session would not execute %q", last)
				}
				if err := s.Resume(ctx); err != nil {
					t.Error(err)
				}
				return nil
			}}
			outbound(t, o, func(t *testing.T, srv *fswtest.Server) {
				give(srv, "call", words)
				time.Sleep(time.Minute)
				if chans := srv.Channels(); len(chans) != 1 || chans[0].Variables["after"] != "1" {
					t.Errorf("the call does not go on in its dialplan: %+v", chans)
				}
			})
		})
	}
}

// What myevents leaves out cannot be had without full, and that is told, once.
func TestOutbound_Watch(t *testing.T) {
	for _, words := range []string{"async", "async full"} {
		t.Run(words, func(t *testing.T) {
			full := strings.Contains(words, "full")
			g := cell.NewGraph()
			o := &fsw.Outbound{Options: fsw.Options{Graph: g, Watch: []string{"PLAYBACK_START", "DTMF"}}}
			var errs []string
			o.Handle = func(ctx context.Context, s *fsw.Session) error {
				cell.Observe(g, func(r cell.Reader) {
					for e := range s.Errors.All(r) {
						errs = append(errs, e.Text)
					}
				})
				started := make(chan struct{})
				cell.Observe(s.Scope(), func(r cell.Reader) {
					for ev := range s.Channel.Events.All(r) {
						if ev.Name() == "PLAYBACK_START" {
							close(started)
						}
					}
				})
				if _, err := s.Channel.Execute(ctx, "playback", "silence_stream://100"); err != nil {
					t.Error(err)
				}
				select {
				case <-started:
				default:
					if full {
						t.Error("no PLAYBACK_START")
					}
				}
				return g.Update(func(tx cell.Tx) error { s.WatchEvents.Add(tx, "RECORD_START"); return nil })
			}
			outbound(t, o, func(t *testing.T, srv *fswtest.Server) {
				give(srv, "call", words)
				time.Sleep(time.Minute)
			})
			if full != (len(errs) == 0) || !full && (len(errs) != 1 || !strings.Contains(errs[0], "RECORD_START")) {
				t.Errorf("errors: %q", errs)
			}
		})
	}
}

// The record of the channel has what only CHANNEL_HANGUP_COMPLETE knows, and comes though
// the function has returned long before.
func TestOutbound_Record(t *testing.T) {
	g := cell.NewGraph()
	var records []fsw.ChannelRecord
	var calls int
	o := &fsw.Outbound{Options: fsw.Options{Graph: g}}
	o.Handle = func(ctx context.Context, s *fsw.Session) error {
		cell.Observe(s.Scope(), func(r cell.Reader) {
			for rec := range s.ChannelRecords.All(r) {
				records = append(records, rec)
			}
			for range s.CallRecords.All(r) {
				calls++
			}
		})
		if _, err := s.Channel.Execute(ctx, "answer", ""); err != nil {
			return err
		}
		err := s.Channel.Hangup(ctx, "USER_BUSY")
		if closed := cell.Read(g, &s.Closed); closed != nil {
			t.Errorf("the channel has ended with its connection only: %v", closed)
		}
		return err
	}
	outbound(t, o, func(t *testing.T, srv *fswtest.Server) {
		give(srv, "call", "async full")
		time.Sleep(time.Minute)
		if o.Counts().Sessions != 0 {
			t.Error("the session goes on")
		}
	})
	if len(records) != 1 || calls != 1 {
		t.Fatalf("%d records, %d of calls", len(records), calls)
	}
	if rec := records[0]; rec.Cause != "USER_BUSY" || rec.UUID != "call" || rec.Times.HungUp == 0 {
		t.Errorf("%+v", rec)
	}
}

// A caller who leaves ends what the function waits for, early or late, lingering or not.
func TestOutbound_CallerLeaves(t *testing.T) {
	for _, words := range []string{"async full", "async", "full", ""} {
		for _, linger := range []time.Duration{0, -1} {
			for i, after := range []time.Duration{0, time.Millisecond, time.Second, 0, time.Second} {
				late := i >= 3 // the server ends the connection as late as a real one may
				t.Run(fmt.Sprintf("%s %s %s %v", words, linger, after, late), func(t *testing.T) {
					var done atomic.Bool
					o := &fsw.Outbound{Linger: linger}
					o.Handle = func(ctx context.Context, s *fsw.Session) error {
						defer done.Store(true)
						_, err := s.Channel.Execute(ctx, "playback", "silence_stream://-1")
						if err == nil { // hung up while it played, and that is an end of it
							<-ctx.Done()
							err = context.Cause(ctx)
						}
						var hungUp *fsw.HangupError
						if !errors.As(err, &hungUp) && !errors.Is(err, fsw.ErrHungUp) || hungUp != nil && hungUp.Cause != "NO_ANSWER" {
							t.Errorf("Execute: %v", err)
						}
						if err := context.Cause(ctx); err == nil {
							<-ctx.Done()
						}
						return err
					}
					outboundOf(t, o, fswtest.Options{LateNotice: late}, func(t *testing.T, srv *fswtest.Server) {
						call := give(srv, "call", words)
						time.Sleep(after)
						call.Hangup("NO_ANSWER")
						time.Sleep(5 * time.Second)
						if c := o.Counts(); c.Sessions != 0 || c.Served > 0 != done.Load() || c.Served == 0 && after == time.Second {
							t.Errorf("%+v, %v", c, done.Load())
						}
						if n := len(srv.Channels()); n != 0 {
							t.Errorf("%d channels are left", n)
						}
					})
				})
			}
		}
	}
}

// A function that fails harms its own session only.
func TestOutbound_HandleFails(t *testing.T) {
	for name, fail := range map[string]func(){
		"panic":  func() { panic("told so") },
		"goexit": runtime.Goexit,
		"error":  func() {},
	} {
		t.Run(name, func(t *testing.T) {
			var faults []error
			g := cell.NewGraph()
			o := &fsw.Outbound{Options: fsw.Options{Graph: g}}
			o.Handle = func(ctx context.Context, s *fsw.Session) error {
				if cell.Read(g, &s.Channel.UUID) == "other" {
					<-ctx.Done()
					return context.Cause(ctx)
				}
				cell.Observe(g, func(r cell.Reader) {
					for f := range s.Faults.All(r) {
						faults = append(faults, f.Err)
					}
				})
				fail()
				return errors.New("no more")
			}
			outbound(t, o, func(t *testing.T, srv *fswtest.Server) {
				other := give(srv, "other", "async full")
				give(srv, "call", "async full")
				time.Sleep(time.Minute)
				if c := o.Counts(); c.Sessions != 1 || c.Served != 2 {
					t.Errorf("%+v", c)
				}
				for _, c := range srv.Channels() {
					if c.UUID == "call" && c.Variables["after"] != "1" {
						t.Errorf("the call does not go on: %+v", c)
					}
				}
				other.Hangup("")
			})
			switch name {
			case "error":
				if len(faults) != 0 {
					t.Errorf("faults: %v", faults)
				}
			case "goexit":
				if len(faults) != 1 || !errors.Is(faults[0], cell.ErrGoexit) {
					t.Errorf("faults: %v", faults)
				}
			default:
				var p *cell.PanicError
				if len(faults) != 1 || !errors.As(faults[0], &p) || p.Value != "told so" {
					t.Errorf("faults: %v", faults)
				}
			}
		})
	}
}

// Calls beyond the limit go on in their dialplan, async ones, too.
func TestOutbound_TooMany(t *testing.T) {
	for _, words := range []string{"async full", "async", "full", ""} {
		t.Run(words, func(t *testing.T) {
			o := &fsw.Outbound{MaxSessions: 2, Handle: func(ctx context.Context, _ *fsw.Session) error { <-ctx.Done(); return nil }}
			outbound(t, o, func(t *testing.T, srv *fswtest.Server) {
				var calls []*fswtest.Channel
				for i := range 5 {
					calls = append(calls, give(srv, fmt.Sprint("call", i), words))
					time.Sleep(time.Second)
				}
				if c := o.Counts(); c != (fsw.OutboundCounts{Sessions: 2, Served: 2, GivenBack: 3}) {
					t.Errorf("%+v", c)
				}
				for i, c := range calls {
					if info, _ := c.Info(); (info.Variables["after"] == "1") != (i >= 2) {
						t.Errorf("call %d: %+v", i, info.Variables)
					}
					c.Hangup("")
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

// Connections that neither speak nor go are bounded, too.
func TestOutbound_SilentConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := fswtest.NewPipeListener("127.0.0.1:8084")
		o := &fsw.Outbound{MaxSessions: 2, Options: fsw.Options{Timeout: 3 * time.Second},
			Handle: func(context.Context, *fsw.Session) error { t.Error("called"); return nil }}
		go o.Serve(l)
		var conns []net.Conn
		for range 7 {
			nc, err := l.DialContext(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, nc)
			synctest.Wait()
		}
		if c := o.Counts(); c != (fsw.OutboundCounts{Sessions: 2, GivenBack: 2, Refused: 3}) {
			t.Errorf("%+v", c)
		}
		begin := time.Now()
		if err := o.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if d := time.Since(begin); d > 6*time.Second {
			t.Errorf("it took %v", d)
		}
		for _, nc := range conns {
			if n, err := io.Copy(io.Discard, nc); err != nil || n > 20 {
				t.Errorf("%d bytes, %v", n, err)
			}
			_ = nc.Close()
		}
	})
}

// Shutdown waits for the sessions that there are, and gives new calls back; Close ends them.
func TestOutbound_Shutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := fswtest.NewPipeListener("127.0.0.1:8084")
		srv := fswtest.NewServer(fswtest.Options{Dial: l.DialContext, Heartbeat: -1})
		defer srv.Close()
		var cause error
		o := &fsw.Outbound{Handle: func(ctx context.Context, _ *fsw.Session) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return nil
		}}
		served := make(chan error, 1)
		go func() { served <- o.Serve(l) }()
		call := give(srv, "call", "async full")
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := o.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-served; err != fsw.ErrOutboundClosed {
			t.Errorf("Serve: %v", err)
		}
		if cause != nil {
			t.Errorf("the session has ended: %v", cause)
		}
		if err := o.Serve(fswtest.NewPipeListener("x")); err != fsw.ErrOutboundClosed {
			t.Errorf("Serve after Shutdown: %v", err)
		}
		_ = o.Close()
		if err := o.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if !errors.Is(cause, fsw.ErrOutboundClosed) {
			t.Errorf("the context ended with %v", cause)
		}
		time.Sleep(time.Second)
		if info, _ := call.Info(); info.Variables["after"] != "1" {
			t.Errorf("the call does not go on: %+v", info)
		}
	})
}

// What happened between the first connect and the subscription is made up for.
func TestOutbound_MissesNothing(t *testing.T) {
	d := recordedDialogue(t, "09_outbound/async_full_linger")
	synctest.Test(t, func(t *testing.T) {
		l := fswtest.NewPipeListener("127.0.0.1:8084")
		state := make(chan string, 1)
		o := &fsw.Outbound{Handle: func(_ context.Context, s *fsw.Session) error {
			state <- string(cell.Read(s.Graph(), &s.Channel.AnswerState))
			return nil
		}}
		go o.Serve(l)
		nc, err := l.DialContext(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		first := d.steps[0].reply.Wire()
		second := strings.Replace(first, "Answer-State: ringing", "Answer-State: answered", 1)
		const ok = "Content-Type: command/reply\nReply-Text: +OK\n\n"
		go io.Copy(io.Discard, nc)
		_, _ = io.WriteString(nc, first+ok+ok+ok+second)
		if s := <-state; s != "answered" {
			t.Errorf("answer state %q", s)
		}
		_ = nc.Close()
		if err := o.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Many sessions that come and go leave nothing, neither goroutines nor memory that grows.
func TestOutbound_ThousandSessions(t *testing.T) {
	sessions := 1000
	if testing.Short() {
		sessions = 100
	}
	o := &fsw.Outbound{Handle: func(ctx context.Context, s *fsw.Session) error {
		if _, err := s.Channel.Execute(ctx, "answer", ""); err != nil {
			return err
		}
		if len(s.Channel.Key())%2 == 0 {
			return s.Channel.Hangup(ctx, "")
		}
		_, err := s.Channel.Execute(ctx, "playback", "silence_stream://-1")
		return err
	}}
	outbound(t, o, func(t *testing.T, srv *fswtest.Server) {
		for i := range sessions {
			words := []string{"async full", "async", "full", ""}[i%4]
			call := give(srv, fmt.Sprint("call", i), words)
			time.AfterFunc(10*time.Second, func() { call.Hangup("") })
		}
		time.Sleep(5 * time.Second)
		if c := o.Counts(); c.Served != sessions {
			t.Errorf("%+v", c)
		}
		time.Sleep(time.Minute)
		if c := o.Counts(); c.Sessions != 0 || c.Failed+c.Refused+c.GivenBack != 0 || len(srv.Channels()) != 0 {
			t.Errorf("%+v, %d channels", c, len(srv.Channels()))
		}
	})
}

// By TCP, with what it needs to be found.
func TestOutbound_TCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := fswtest.New(t, fswtest.Options{})
	numbers := make(chan string, 1)
	o := &fsw.Outbound{Handle: func(ctx context.Context, s *fsw.Session) error {
		numbers <- cell.Read(s.Graph(), &s.Channel.Number)
		return s.Channel.Hangup(ctx, "")
	}}
	served := make(chan error, 1)
	go func() { served <- o.Serve(l) }()
	srv.Call(fswtest.CallOptions{From: "1001", Actions: []fswtest.Action{{App: "socket", Data: l.Addr().String() + " async full"}}})
	if n := <-numbers; n != "1001" {
		t.Errorf("number %q", n)
	}
	if err := o.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != fsw.ErrOutboundClosed {
		t.Error(err)
	}
	if err := fsw.ListenAndServe("no such address", nil); err == nil {
		t.Error("no error")
	}
}
