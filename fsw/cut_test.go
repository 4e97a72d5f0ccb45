package fsw_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// How much is cut. With -cuts=1000000000 it is all: small recordings at every byte,
// large ones at 1,000 random ones and at every boundary of header block and body.
var cutBudget = flag.Int("cuts", 1_000_000, "about how many bytes of each recording are played, over all cuts")

// tape is a connection to a recording, which ends after some bytes.
type tape struct {
	rest   []byte
	closed atomic.Bool
}

func (c *tape) Read(p []byte) (int, error) {
	switch {
	case c.closed.Load():
		return 0, net.ErrClosed
	case len(c.rest) == 0:
		return 0, io.EOF
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *tape) Write(p []byte) (int, error) {
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	return len(p), nil
}

func (c *tape) Close() error                     { c.closed.Store(true); return nil }
func (c *tape) LocalAddr() net.Addr              { return nil }
func (c *tape) RemoteAddr() net.Addr             { return nil }
func (c *tape) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (c *tape) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (c *tape) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

// cutsOf says where a recording is to be cut.
func cutsOf(t *testing.T, stream []byte, rng *rand.Rand) (cuts []int) {
	if len(stream) < 2_000 {
		for n := range stream {
			cuts = append(cuts, n)
		}
	} else {
		for range 1000 {
			cuts = append(cuts, rng.IntN(len(stream)))
		}
		f := esl.NewFramer(esl.Limits{})
		f.Feed(stream)
		end := 0
		for {
			m, ok, err := f.Next()
			if err != nil || !ok {
				break
			}
			end = int(f.Offset())
			cuts = append(cuts, end-len(m.Body), end)
		}
	}
	rng.Shuffle(len(cuts), func(i, j int) { cuts[i], cuts[j] = cuts[j], cuts[i] })
	played := 0
	for i, n := range cuts {
		if played += n + 5_000; i > 3 && played > *cutBudget {
			cuts = cuts[:i]
			break
		}
	}
	return cuts
}

// Wherever a connection ends, the loss is reported once, whoever waits is told with
// one typed error, and the next connection makes the state right.
func TestCutAnywhere(t *testing.T) {
	for _, session := range captures.Sessions(t) {
		t.Run(session, func(t *testing.T) {
			t.Parallel()
			stream := captures.Read(t, session, "server.bin")
			cuts := cutsOf(t, stream, rand.New(rand.NewPCG(7, uint64(len(stream)))))
			synctest.Test(t, func(t *testing.T) { cutAt(t, stream, cuts) })
		})
	}
}

func cutAt(t *testing.T, stream []byte, cuts []int) {
	srv := fswtest.NewServer(quick)
	defer srv.Close()
	a, b := srv.Call(fswtest.CallOptions{}), srv.Call(fswtest.CallOptions{})
	a.Answer()
	a.Bridge(b)
	var next *tape
	sw := connect(t, func() (net.Conn, error) {
		if c := next; c != nil {
			next = nil
			return c, nil
		}
		return srv.Pipe(), nil
	}, fsw.Options{})
	defer sw.Close()

	var reasons, answers []error
	asked := 0
	cell.Observe(sw.Graph(), func(r cell.Reader) {
		if err := sw.Link.LastError.Get(r); err != nil {
			reasons = append(reasons, err)
		}
	})
	cell.Rule(sw.Graph(), func(tx cell.Tx) {
		if !sw.LoggedIn.Get(tx.Reader) {
			return
		}
		tx.OnCommit(func(tx cell.Tx) {
			for range 3 {
				asked++
				if err := sw.SendAPI(tx, "status", func(tx cell.Tx, r fsw.Reply) {
					tx.AtCommit(func() { answers = append(answers, r.Err) })
				}); err != nil {
					t.Error(err)
				}
			}
		})
	})
	waitReady(t, sw)
	for _, n := range cuts {
		synctest.Wait()
		reasons, answers, asked = nil, nil, 0
		losses := cell.Read(sw.Graph(), &sw.Link.Losses)
		next = &tape{rest: stream[:n]}
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		err := sw.Wait(ctx, func(r cell.Reader) bool {
			return sw.Ready.Get(r) && sw.Link.LastError.Get(r) != nil && len(reasons) >= 2
		})
		cancel()
		if err != nil {
			t.Fatalf("cut at %d: %v, link %s, reasons %v", n, err, cell.Read(sw.Graph(), &sw.Link.State), reasons)
		}
		synctest.Wait()
		if len(reasons) != 2 || !errors.As(reasons[1], new(*fsw.ConnectionError)) {
			t.Fatalf("cut at %d: reasons %v", n, reasons)
		}
		if d := cell.Read(sw.Graph(), &sw.Link.Losses) - losses; d > 2 || d == 2 != (asked == 6) {
			t.Fatalf("cut at %d: %d losses, %d questions", n, d, asked)
		}
		if asked != len(answers) {
			t.Fatalf("cut at %d: %d questions, %d answers", n, asked, len(answers))
		}
		for _, err := range answers {
			if err != nil && err != reasons[1] {
				t.Fatalf("cut at %d: an answer is %v, the loss %v", n, err, reasons[1])
			}
		}
		if diff := differs(sw, srv); diff != "" {
			t.Fatalf("cut at %d: %s", n, diff)
		}
	}
}

// differs compares what matters with the server.
func differs(sw *fsw.Switch, srv *fswtest.Server) string {
	var got, want []string
	for _, c := range srv.Channels() {
		want = append(want, strings.Join([]string{c.UUID, c.Name, c.State, c.CallState, c.AnswerState}, " "))
	}
	sw.Graph().View(func(r cell.Reader) {
		for c := range sw.Channels.All(r) {
			got = append(got, fmt.Sprint(c.UUID.Get(r), " ", c.ChannelName.Get(r), " ", c.State.Get(r), " ", c.CallState.Get(r), " ", c.AnswerState.Get(r)))
		}
	})
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Sprintf("the model has\n%q\nthe server\n%q", got, want)
	}
	return ""
}
