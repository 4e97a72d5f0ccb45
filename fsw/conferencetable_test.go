package fsw_test

import (
	"context"
	"net"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// A server without mod_conference, and a user who may not have its events, which are
// then not asked for: the switch is ready, and says what it lacks.
func TestServerWithoutConferences(t *testing.T) {
	for name, c := range map[string]struct{ login, table string }{
		"no module": {"", "-ERR conference Command not found!\n"},
		"no events": {"Allowed-Events: CHANNEL_CREATE CUSTOM test::allowed\n", `[{"conference_name":"room","conference_uuid":"u"}]`},
		"nonsense":  {"", `[{"conference_name":7}]`},
		"torn":      {"", `[{"conference_name":"room"`},
		"no table":  {"", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := net.Pipe()
			s := &recordedServer{points: []truthPoint{{}}, login: c.login}
			s.points[0].tables.Channels, s.points[0].tables.Conferences = []byte("[]"), []byte(c.table)
			go s.serve(server)
			sw, err := fsw.Dial(t.Context(), "nowhere:8021", fsw.Options{
				Password:    "ClueCon",
				DialContext: func(context.Context, string, string) (net.Conn, error) { return client, nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			defer sw.Close()
			sw.Graph().View(func(r cell.Reader) {
				if got := sw.ConferenceSnapshot.Get(r); got != fsw.SnapshotUnavailable {
					t.Errorf("the snapshot is %q", got)
				}
				if got := sw.Snapshot.Get(r); got == fsw.SnapshotUnavailable {
					t.Errorf("the channels are %q", got)
				}
				if n := sw.Conferences.Len(r); n != 0 {
					t.Errorf("%d conferences", n)
				}
			})
		})
	}
}

// After a gap what is gone has closed, and what stayed is the same.
func TestConferencesAfterAGap(t *testing.T) {
	srv := fswtest.New(t, quick)
	other := fswtest.CallOptions{Actions: []fswtest.Action{{App: "answer"}, {App: "conference", Data: "other@default"}}}
	stays, goes, ends := srv.Call(inRoom), srv.Call(inRoom), srv.Call(other)
	sw, err := fsw.Connect(t.Context(), srv.Addr(), fsw.Options{Password: "ClueCon"})
	if err != nil {
		t.Fatal(err)
	}
	defer sw.Close()
	memberOf := func(call *fswtest.Channel) (m *fsw.Member) {
		waitFor(t, sw, func(r cell.Reader) bool {
			if ch := sw.Channel(r, call.UUID()); ch != nil {
				m = ch.Member.Get(r)
			}
			return m != nil && sw.Ready.Get(r)
		})
		return m
	}
	a, b, c := memberOf(stays), memberOf(goes), memberOf(ends)
	room := a.Conference()
	if got := cell.Read(sw.Graph(), &sw.ConferenceSnapshot); got != fsw.SnapshotDone {
		t.Errorf("the snapshot is %q", got)
	}
	held := make(chan struct{})
	seen := cell.Maintain(sw.Graph(), 0, func(tx cell.Tx, n int) int {
		if !sw.Ready.Get(tx.Reader) {
			n++
			if n == 1 {
				tx.AfterCommit(func() { close(held) })
			}
		}
		return n
	})
	defer seen.Stop()
	srv.DropConnections("")
	<-held
	goes.Hangup("NORMAL_CLEARING")
	ends.Hangup("NORMAL_CLEARING")
	srv.API("conference room lock")
	waitFor(t, sw, func(r cell.Reader) bool { return sw.Ready.Get(r) && room.Locked.Get(r) })
	sw.Graph().View(func(r cell.Reader) {
		if sw.Conference(r, "room") != room || room.Member(r, a.ID) != a || a.Closed.Get(r) != "" {
			t.Error("what stayed is not the same")
		}
		for _, m := range []*fsw.Member{b, c} {
			if m.Closed.Get(r) == "" || m.Floor.Get(r) {
				t.Errorf("member %d is %q", m.ID, m.Closed.Get(r))
			}
		}
		if sw.Conference(r, "other") != nil || c.Conference().Closed.Get(r) == "" {
			t.Error("the other conference is live")
		}
	})
}
