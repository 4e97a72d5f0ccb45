package fsw_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
			s.points[0].Channels, s.points[0].Conferences = []byte("[]"), []byte(c.table)
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

// Who has left, and has come back in a gap, is a member again: it has the id that it had.
// Who is sent to another conference is a member of that one alone.
func TestMembersThatMoveInAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := func(d fswtest.Destination) ([]fswtest.Action, bool) {
			return []fswtest.Action{{App: "answer"}, {App: "conference", Data: d.Number + "@default"}}, strings.HasSuffix(d.Number, "room")
		}
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, Dialplan: plan})
		defer srv.Close()
		stays, back, moves := srv.Call(inRoom), srv.Call(inRoom), srv.Call(inRoom)
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		time.Sleep(2 * time.Second)
		back.Transfer("park")
		time.Sleep(time.Second)
		srv.SetAccept(fswtest.AcceptRefuse)
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		back.Transfer("room")
		moves.Transfer("otherroom")
		srv.Heal()
		waitReady(t, sw)
		sw.Graph().View(func(r cell.Reader) {
			for call, conference := range map[*fswtest.Channel]string{stays: "room", back: "room", moves: "otherroom"} {
				m := sw.Channel(r, call.UUID()).Member.Get(r)
				if m == nil || m.Closed.Get(r) != "" || m.Conference() != sw.Conference(r, conference) {
					t.Errorf("%s is not in %s, but member %v", call.UUID(), conference, m)
				}
			}
			if c := sw.Conference(r, "room"); c.Members.Len(r) != 2 || c.Size.Get(r) != 2 {
				t.Errorf("%d members, and size %d", c.Members.Len(r), c.Size.Get(r))
			}
		})
	})
}

// What comes late about a member that the table has seen elsewhere makes it no member
// here, and a channel with another id is no longer the channel of its member.
func TestMemberThatIsElsewhere(t *testing.T) {
	s := newRoom(t)
	s.action("add-member", "room", "u1", "Member-ID", "1", "Unique-ID", "one")
	m := s.member("room", 1)
	s.action("add-member", "other", "u2", "Member-ID", "1", "Unique-ID", "one")
	if cell.Read(s.g, &m.Closed) != fsw.CauseLost || s.member("room", 1) != nil || s.member("other", 1) == nil {
		t.Error("one channel is two members")
	}
	s.event("CHANNEL_CREATE", "Unique-ID", "one")
	m = s.member("other", 1)
	if cell.Read(s.g, &m.Channel) == nil {
		t.Fatal("they have not met")
	}
	s.action("mute-member", "other", "u2", "Member-ID", "1", "Unique-ID", "uno")
	if ch := cell.Read(s.g, &m.Channel); ch != nil {
		t.Errorf("the member is of uno, and its channel %s", ch.Key())
	}
	s.event("CHANNEL_UUID", "Unique-ID", "eins", "Old-Unique-ID", "uno")
	if id := cell.Read(s.g, &m.UUID); id != "eins" {
		t.Errorf("the channel has been renamed before it was known, and the member is of %s", id)
	}
}
