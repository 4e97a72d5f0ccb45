package fsw_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// outbound runs f in a bubble with a simulated switch whose application socket comes to o.
func outbound(t *testing.T, o *fsw.Outbound, f func(t *testing.T, srv *fswtest.Server)) {
	t.Helper()
	outboundOf(t, o, fswtest.Options{}, f)
}

func outboundOf(t *testing.T, o *fsw.Outbound, opts fswtest.Options, f func(t *testing.T, srv *fswtest.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := fswtest.NewPipeListener("127.0.0.1:8084")
		opts.Dial, opts.Heartbeat = l.DialContext, -1
		srv := fswtest.NewServer(opts)
		served := make(chan error, 1)
		go func() { served <- o.Serve(l) }()
		f(t, srv)
		if err := o.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-served; err != fsw.ErrOutboundClosed {
			t.Errorf("Serve: %v", err)
		}
		srv.Close()
	})
}

// give makes a call that executes socket, and then parks.
func give(srv *fswtest.Server, id, words string) *fswtest.Channel {
	return srv.Call(fswtest.CallOptions{UUID: id, From: "1000", To: "5000",
		Actions: []fswtest.Action{{App: "socket", Data: "127.0.0.1:8084 " + words}, {App: "set", Data: "after=1"}, {App: "park"}}})
}

func TestOutbound_SessionIsTheCall(t *testing.T) {
	for _, c := range []struct {
		words       string
		async, full bool
	}{{"async full", true, true}, {"async", true, false}, {"full", false, true}, {"", false, false}} {
		t.Run(c.words, func(t *testing.T) {
			var s *fsw.Session
			var cause error
			o := &fsw.Outbound{Handle: func(ctx context.Context, got *fsw.Session) error {
				s = got
				if s.Async != c.async || s.Full != c.full {
					t.Errorf("async %v, full %v", s.Async, s.Full)
				}
				if n := cell.Read(s.Graph(), &s.Channel.Number); n != "1000" {
					t.Errorf("number %q", n)
				}
				err := s.Graph().Update(func(tx cell.Tx) error { return s.Channel.SendExecute(tx, "answer", "", 1, nil) })
				if err != nil {
					t.Error(err)
				}
				if err := s.Wait(ctx, func(r cell.Reader) bool { return s.Channel.AnswerState.Get(r) == "answered" }); err != nil {
					t.Error(err)
				}
				err = s.Graph().Update(func(tx cell.Tx) error { return s.Channel.SendHangup(tx, "CALL_REJECTED", nil) })
				if err != nil {
					t.Error(err)
				}
				<-ctx.Done()
				cause = context.Cause(ctx)
				return cause
			}}
			outbound(t, o, func(t *testing.T, srv *fswtest.Server) {
				give(srv, "call", c.words)
				time.Sleep(time.Minute)
				if n := len(srv.Channels()); n != 0 {
					t.Errorf("%d channels are left", n)
				}
			})
			var hungUp *fsw.HangupError
			if !errors.As(cause, &hungUp) || hungUp.Cause != "CALL_REJECTED" || hungUp.UUID != "call" {
				t.Errorf("the context ended with %v", cause)
			}
			if c := cell.Read(s.Graph(), &s.Channel.Closed); c != "CALL_REJECTED" {
				t.Errorf("closed with %q", c)
			}
			if c := o.Counts(); c != (fsw.OutboundCounts{Served: 1}) {
				t.Errorf("%+v", c)
			}
		})
	}
}
