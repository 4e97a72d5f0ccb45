package fsw_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// held is a connection on which only so many bytes get through before it is opened.
type held struct {
	net.Conn
	left  int
	total *int
	open  chan struct{}
}

func (h *held) Write(p []byte) (int, error) {
	*h.total += len(p)
	if len(p) <= h.left {
		h.left -= len(p)
		return h.Conn.Write(p)
	}
	n, err := h.Conn.Write(p[:h.left])
	if err != nil {
		return n, err
	}
	h.left = 0
	<-h.open
	m, err := h.Conn.Write(p[n:])
	return n + m, err
}

// A call that is hung up while its session is being introduced, at each point of it, ends
// its session once, with the right reason, and nothing is left.
func TestOutbound_HungUpAnywhere(t *testing.T) {
	introduction := func(t *testing.T, words string, linger time.Duration, late bool, bytes int) (total int, served bool) {
		synctest.Test(t, func(t *testing.T) {
			var calls int
			var cause error
			var closed string
			o := &fsw.Outbound{Linger: linger, Options: fsw.Options{Logger: slog.New(slog.DiscardHandler)}}
			o.Handle = func(ctx context.Context, s *fsw.Session) error {
				calls++
				cell.Observe(s.Graph(), func(r cell.Reader) { closed = s.Channel.Closed.Get(r) })
				<-ctx.Done()
				cause = context.Cause(ctx)
				return cause
			}
			l := fswtest.NewPipeListener("127.0.0.1:8084")
			open := make(chan struct{})
			srv := fswtest.NewServer(fswtest.Options{LateNotice: late, Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
				nc, err := l.DialContext(ctx, network, addr)
				return &held{Conn: nc, left: bytes, total: &total, open: open}, err
			}})
			over := make(chan error)
			go func() { over <- o.Serve(l) }()
			call := give(srv, "call", words)
			synctest.Wait()
			served = o.Counts().Served == 1
			call.Hangup("USER_BUSY")
			synctest.Wait()
			close(open)
			time.Sleep(time.Minute)

			counts := o.Counts()
			if counts.Sessions != 0 || counts.Served+counts.Failed != 1 || calls != counts.Served || counts.GivenBack+counts.Refused != 0 {
				t.Errorf("after %d bytes: %+v, %d calls of Handle", bytes, counts, calls)
			}
			var hungUp *fsw.HangupError
			var lost *fsw.ConnectionError
			switch {
			case calls == 0:
			case errors.As(cause, &hungUp) && hungUp.Cause == "USER_BUSY" && closed == "USER_BUSY":
			case errors.As(cause, &lost) && linger < 0 && !late && errors.Is(cause, fsw.ErrHungUp):
			default:
				t.Errorf("after %d bytes: ended with %v, the channel with %q", bytes, cause, closed)
			}
			if n := len(srv.Channels()); n != 0 {
				t.Errorf("after %d bytes: the server has %d channels", bytes, n)
			}
			if err := o.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if err := <-over; !errors.Is(err, fsw.ErrOutboundClosed) {
				t.Error(err)
			}
			srv.Close()
		})
		return total, served
	}
	for _, words := range []string{"async full", "async", "full", ""} {
		for _, linger := range []time.Duration{0, -1} {
			for _, late := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/linger %v/late %v", words, linger, late), func(t *testing.T) {
					total, served := introduction(t, words, linger, late, 1<<20)
					if !served {
						t.Fatal("the session has not begun")
					}
					step := 97
					if testing.Short() {
						step = 997
					}
					early, begun := 0, 0
					for n := 0; n < total; n += step {
						if _, served := introduction(t, words, linger, late, n); served {
							begun++
						} else {
							early++
						}
					}
					if early == 0 {
						t.Errorf("%d and %d of %d bytes", early, begun, total)
					}
				})
			}
		}
	}
}
