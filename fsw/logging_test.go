package fsw_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// recorder is a slog.Handler that keeps what it is told.
type recorder struct {
	mu    *sync.Mutex
	lines *[]string
	with  string
	hook  func(slog.Record)
}

func newRecorder() recorder { return recorder{mu: new(sync.Mutex), lines: new([]string)} }

func (h recorder) Enabled(context.Context, slog.Level) bool { return true }
func (h recorder) WithGroup(string) slog.Handler            { return h }

func (h recorder) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		h.with += " " + a.String()
	}
	return h
}

func (h recorder) Handle(_ context.Context, r slog.Record) error {
	line := fmt.Sprint(r.Level, " ", r.Message, h.with)
	r.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	h.mu.Lock()
	*h.lines = append(*h.lines, line)
	h.mu.Unlock()
	if h.hook != nil {
		h.hook(r)
	}
	return nil
}

func (h recorder) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(*h.lines)
}

// The life of a connection, as it is logged: each thing once, in order, and no password.
func TestWhatIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: -1, Password: "geheim", CoreUUID: "first"})
		defer srv.Close()
		h := newRecorder()
		srv.SetAccept(fswtest.AcceptRefuse)
		sw := connect(t, toServer(srv), fsw.Options{Password: "geheim", Logger: slog.New(h), Watch: []string{"TRAPP"},
			Backoff: fsw.Backoff{First: time.Second, Max: time.Second}})
		time.Sleep(10 * time.Millisecond)
		srv.Heal()
		waitReady(t, sw)
		time.Sleep(3 * time.Second)
		runs := 0
		cell.Rule(sw.Graph(), func(tx cell.Tx) {
			for ev := range sw.Events.All(tx.Reader) {
				if ev.Name() == "CHANNEL_CREATE" {
					runs++
					panic("broken")
				}
			}
		})
		gone := srv.Call(fswtest.CallOptions{})
		synctest.Wait()
		_ = sw.Graph().Update(func(tx cell.Tx) error { sw.LogLevel.Set(tx, 64); return nil }) // which a server refuses
		synctest.Wait()
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		_ = sw.Graph().Update(func(tx cell.Tx) error { sw.LogLevel.Set(tx, fsw.LogOff); return nil })
		gone.Hangup("USER_BUSY")
		srv.Call(fswtest.CallOptions{})
		waitReady(t, sw)
		time.Sleep(3 * time.Second)
		_ = sw.Close()
		synctest.Wait()
		var got []string
		for _, line := range h.all() {
			if strings.Contains(line, "geheim") {
				t.Errorf("a password: %s", line)
			}
			if !strings.Contains(line, " addr=pipe") {
				t.Errorf("no addr: %s", line)
			}
			line = strings.Replace(line, "fsw: ", "", 1)
			line = strings.Replace(line, " addr=pipe", ":", 1)
			if before, _, cut := strings.Cut(line, " retry_in="); cut {
				line = before
			}
			if before, rest, cut := strings.Cut(line, " error="); cut {
				kind := ""
				for _, words := range []string{"the server ended the connection", "TRAPP", "broken",
					"invalid log level", "the switch was closed"} {
					if strings.Contains(rest, words) {
						kind = " (" + words + ")"
					}
				}
				line = before + kind
			}
			got = append(got, line)
		}
		want := []string{
			"DEBUG connecting: attempt=1",
			"WARN no connection: (the server ended the connection)",
			"DEBUG connecting: attempt=2",
			"INFO logged in: user= allowed_events=all allowed_api=all allowed_log=true",
			"WARN event that will not come: event=TRAPP (TRAPP)",
			"INFO live: channels=0 conferences=0 appeared=0 changed=0 ended=0",
			"ERROR fault: at=CHANNEL_CREATE (broken)",
			"WARN refused: (invalid log level)",
			"WARN no connection: (the server ended the connection)",
			"DEBUG connecting: attempt=1",
			"INFO logged in: user= allowed_events=all allowed_api=all allowed_log=true",
			"WARN event that will not come: event=TRAPP (TRAPP)",
			"INFO live: channels=1 conferences=0 appeared=1 changed=0 ended=1",
			"INFO closed: (the switch was closed)",
		}
		if diff := cmp.Diff(want, got); diff != "" || runs != 1 {
			t.Errorf("%s\n%s", diff, strings.Join(h.all(), "\n"))
		}
	})
}

// A model that is degraded is not said to be well again because it has ended.
func TestWhatIsClosedIsNotWellAgain(t *testing.T) {
	connected(t, people, func(t *testing.T, srv *fswtest.Server, _ *fsw.Switch) {
		h := newRecorder()
		sw := connect(t, toServer(srv), fsw.Options{Logger: slog.New(h)})
		waitReady(t, sw)
		if _, err := sw.Command(t.Context(), "noevents"); err != nil {
			t.Fatal(err)
		}
		_ = sw.Close()
		synctest.Wait()
		all := strings.Join(h.all(), "\n")
		if !strings.Contains(all, "the model is degraded addr=pipe why=commands") || strings.Contains(all, "no more") {
			t.Error(all)
		}
	})
}

// A Logger that panics is a fault and is let alone; one that blocks holds up nothing.
func TestLoggersThatFailOrBlock(t *testing.T) {
	for _, blocks := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			srv := fswtest.NewServer(quick)
			defer srv.Close()
			h := newRecorder()
			gate := make(chan struct{})
			h.hook = func(slog.Record) {
				if blocks {
					<-gate
					return
				}
				panic("broken logger")
			}
			sw := connect(t, toServer(srv), fsw.Options{Logger: slog.New(h)})
			faults := faultsOf(sw.Graph(), sw)
			waitReady(t, sw)
			for i := range 3000 {
				_ = sw.Graph().Update(func(tx cell.Tx) error {
					sw.Errors.Append(tx, &esl.ReplyError{Text: fmt.Sprint("-ERR ", i)})
					return nil
				})
			}
			srv.Call(fswtest.CallOptions{})
			sameChannels(t, sw, srv)
			close(gate)
			synctest.Wait()
			_ = sw.Close()
			synctest.Wait()
			lines := h.all()
			if blocks {
				if n := len(lines); n < 1000 || n > 1020 || !slices.ContainsFunc(lines, func(s string) bool { return strings.Contains(s, "records were dropped") }) {
					t.Errorf("%d lines", n)
				}
				return
			}
			var failed *cell.EffectError
			if len(lines) != 1 || len(*faults) != 1 || !errors.As((*faults)[0].Err, &failed) {
				t.Errorf("%d lines, faults %v", len(lines), *faults)
			}
		})
	}
}
