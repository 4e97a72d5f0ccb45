package fsw_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// FuzzTables lets the server answer what a snapshot asks with anything. The switch takes
// what it can, is live in the end, and keeps nothing of it when the server is another one.
func FuzzTables(f *testing.F) {
	srv := fswtest.NewServer(quick)
	defer srv.Close()
	call := srv.Call(fswtest.CallOptions{UUID: "one", From: "1000",
		Actions: []fswtest.Action{{App: "answer"}, {App: "conference", Data: "room@default"}}})
	srv.Call(fswtest.CallOptions{UUID: "two"})
	srv.API("conference room record /tmp/a.wav")
	f.Add(srv.API("show channels as json"), srv.API("uuid_dump "+call.UUID()), "true", srv.API("conference json_list"))
	f.Add("-ERR no reply\n", "-ERR No such channel!\n", "false", "-ERR conference Command not found!\n")
	f.Add(`{"row_count":2,"rows":[{"uuid":"a"},{"uuid":"a"},{"uuid":"b\n"}]}`, "Unique-ID: c\nChannel-State: CS_NEW\n\n", "", `[{"conference_name":"r","members":[{"id":1},{"id":1,"uuid":"a"}]},{"conference_name":"r"}]`)
	f.Add(`{"rows":[`, "", "-ERR permission denied\n", `[{"conference_name":"r","members":[{"id":9223372036854775807,"join_time":-9223372036854775808,"flags":{"has_floor":true}}]`)
	f.Fuzz(func(t *testing.T, channels, dump, exists, conferences string) {
		synctest.Test(t, func(t *testing.T) {
			srv := fswtest.NewServer(quick)
			defer srv.Close()
			var well atomic.Bool
			answer := func(command, bad, good string) {
				srv.Handle(command, func(string) string {
					if well.Load() {
						return good
					}
					return bad
				})
			}
			answer("show", channels, `{"row_count":0}`)
			answer("uuid_dump", dump, "-ERR No such channel!\n")
			answer("uuid_exists", exists, "false")
			answer("conference", conferences, "[]")
			sw := connect(t, toServer(srv), fsw.Options{Logger: slog.New(slog.DiscardHandler)})
			defer sw.Close()
			faults := 0
			cell.Observe(sw.Graph(), func(r cell.Reader) { faults += sw.Faults.Len(r) })
			waitReady(t, sw)
			time.Sleep(5 * time.Second) // and a second look
			sw.Graph().View(func(r cell.Reader) {
				for ch := range sw.Channels.All(r) {
					if ch.Closed.Get(r) != "" || sw.Channel(r, ch.UUID.Get(r)) != ch {
						t.Error("a channel that should not be there")
					}
				}
				if n, most := sw.Channels.Len(r), strings.Count(channels, "{"); n > most {
					t.Errorf("%d channels of at most %d rows", n, most)
				}
			})
			well.Store(true)
			srv.Restart(0)
			time.Sleep(time.Minute)
			waitReady(t, sw)
			sw.Graph().View(func(r cell.Reader) {
				if sw.Channels.Len(r)+sw.Conferences.Len(r)+sw.Calls.Len(r) > 0 {
					t.Errorf("%d channels, %d conferences, %d calls after a restart", sw.Channels.Len(r), sw.Conferences.Len(r), sw.Calls.Len(r))
				}
			})
			if faults > 0 {
				t.Errorf("%d faults", faults)
			}
		})
	})
}

// FuzzConnectReply lets who connects to us answer connect with anything. Its session ends
// with the connection, and another one has its turn.
func FuzzConnectReply(f *testing.F) {
	for _, name := range []string{"async_full_linger", "sync_not_full", "connect_weird_vars", "first_command_not_connect"} {
		f.Add(captures.Read(f, "09_outbound/"+name, "server.bin"))
	}
	f.Add([]byte("Content-Type: command/reply\nReply-Text: %2BOK%0A\nUnique-ID: a\nControl: full\nSocket-Mode: async\n\n"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		synctest.Test(t, func(t *testing.T) {
			l := fswtest.NewPipeListener("127.0.0.1:8084")
			o := &fsw.Outbound{Options: fsw.Options{Logger: slog.New(slog.DiscardHandler)}}
			o.Handle = func(ctx context.Context, s *fsw.Session) error {
				cell.Observe(s.Graph(), func(r cell.Reader) {
					for range s.Faults.All(r) {
						t.Error("a fault")
					}
				})
				<-ctx.Done()
				return nil
			}
			over := make(chan error)
			go func() { over <- o.Serve(l) }()
			for range 2 {
				nc, err := l.DialContext(t.Context(), "tcp", "")
				if err != nil {
					t.Fatal(err)
				}
				drained := make(chan struct{})
				go func(nc net.Conn) {
					defer close(drained)
					_, _ = io.Copy(io.Discard, nc)
				}(nc)
				_, _ = nc.Write(stream)
				synctest.Wait()
				_ = nc.Close()
				<-drained
			}
			time.Sleep(time.Minute)
			if c := o.Counts(); c.Sessions != 0 || c.Served+c.Failed != 2 {
				t.Errorf("%+v", c)
			}
			if err := o.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			<-over
		})
	})
}
