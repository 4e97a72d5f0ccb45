package fswtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/internal/captures"
)

func TestPipeListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewPipeListener("here:1")
		if l.Addr().String() != "here:1" || l.Addr().Network() != "pipe" {
			t.Error(l.Addr())
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := l.DialContext(ctx, "tcp", "there:2"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		go func() {
			nc, err := l.DialContext(t.Context(), "", "")
			if err != nil {
				t.Error(err)
				return
			}
			nc.Write([]byte("x"))
			nc.Close()
		}()
		nc, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(nc); !bytes.Equal(b, []byte("x")) || err != nil {
			t.Errorf("%q %v", b, err)
		}
		l.Close()
		l.Close()
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		if _, err := l.DialContext(t.Context(), "", ""); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Error(err)
		}
	})
}

// TestOutboundGone plays the recorded connection that watched three programs
// go away: before connect, after it, and before there was any.
func TestOutboundGone(t *testing.T) {
	want := captures.Read(t, "12_extra/_ctl2", "server.bin")
	var got []byte
	outbound(t, func(t *testing.T, s *Server, l *PipeListener) {
		go func() {
			for i := range 2 {
				nc, err := l.Accept()
				if err != nil {
					t.Error(err)
					return
				}
				go io.Copy(io.Discard, nc)
				if i == 1 {
					io.WriteString(nc, "connect\n\n")
					time.Sleep(500 * time.Millisecond)
				}
				nc.Close()
			}
			l.Close()
		}()
		got = playTimeline(t, s, "12_extra/_ctl2")
	})
	text := func(b []byte) []string {
		text := normalise(string(withoutEvents(b)))
		return strings.Split(createdText.ReplaceAllString(text, "<created>"), "\n")
	}
	if d := diffLines(text(want), text(got)); d != "" {
		t.Errorf("recorded (-) and simulated (+):\n%s", d)
	}
	// The halves of a loopback end at the same time, one before the other.
	we, ge := eventWords(want), eventWords(got)
	slices.Sort(we)
	slices.Sort(ge)
	if d := diffLines(we, ge); d != "" {
		t.Errorf("events, recorded (-) and simulated (+):\n%s", d)
	}
}
