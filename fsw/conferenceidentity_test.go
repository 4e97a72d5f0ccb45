package fsw_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// room is a switch that events of conferences are given to.
type room struct {
	*fsw.Switch
	t *testing.T
	g *cell.Graph
}

func newRoom(t *testing.T) *room {
	g := cell.NewGraph()
	return &room{fsw.NewListener(g), t, g}
}

func (s *room) event(name string, headers ...string) {
	s.ReceivedMessage(esl.NewEvent(name, headers...).PlainMessage())
}

func (s *room) action(action, conference, uuid string, headers ...string) {
	s.event("CUSTOM", append([]string{"Event-Subclass", "conference::maintenance", "Conference-Name", conference,
		"Conference-Unique-ID", uuid, "Action", action}, headers...)...)
}

func (s *room) conference(name string) (c *fsw.Conference) {
	s.g.View(func(r cell.Reader) { c = s.Conference(r, name) })
	return c
}

func (s *room) member(conference string, id int) (m *fsw.Member) {
	s.g.View(func(r cell.Reader) {
		if c := s.Conference(r, conference); c != nil {
			m = c.Member(r, id)
		}
	})
	return m
}

// A conference that began again is another one, and what comes late about the
// first one concerns nobody.
func TestConferenceThatBeganAgain(t *testing.T) {
	s := newRoom(t)
	s.action("add-member", "room", "u1", "Member-ID", "1", "Unique-ID", "one", "Floor", "true")
	first, member := s.conference("room"), s.member("room", 1)
	s.action("add-member", "room", "u2", "Member-ID", "2", "Unique-ID", "two")
	second := s.conference("room")
	if second == first || cell.Read(s.g, &first.Closed) != fsw.CauseLost || cell.Read(s.g, &member.Closed) != fsw.CauseLost {
		t.Fatalf("the first one is %q, its member %q", cell.Read(s.g, &first.Closed), cell.Read(s.g, &member.Closed))
	}
	if cell.Read(s.g, &member.Floor) || cell.Read(s.g, &first.FloorMemberID) != 0 {
		t.Error("somebody has the floor of a conference that is over")
	}
	s.action("stop-talking", "room", "u1", "Member-ID", "1", "Unique-ID", "one")
	s.action("conference-destroy", "room", "u1")
	if s.conference("room") != second || s.member("room", 1) != nil {
		t.Error("late events of the first one have changed the second one")
	}
	s.action("conference-destroy", "room", "u2")
	if s.conference("room") != nil || cell.Read(s.g, &second.Closed) != "conference-destroy" {
		t.Error("conference-destroy did not end it")
	}
	s.action("play-file-done", "room", "u2")
	if s.conference("room") != nil {
		t.Error("an event that came late has made it live again")
	}
}

// Neither the end of what is not known nor an id that is none makes anything.
func TestEventsThatMakeNothing(t *testing.T) {
	s := newRoom(t)
	made := 0
	s.action("conference-destroy", "room", "u0")
	s.action("bgdial-result", "room", "u1")
	s.action("add-member", "", "u1", "Member-ID", "1")
	s.g.View(func(r cell.Reader) { made = s.Conferences.Len(r) })
	if made != 0 {
		t.Fatalf("%d conferences were made", made)
	}
	s.action("del-member", "room", "u1", "Member-ID", "1", "Unique-ID", "one")
	for _, id := range []string{"0", "-1", "x", "99999999999999999999", "1e3"} {
		s.action("start-talking", "room", "u1", "Member-ID", id, "Unique-ID", "one")
	}
	s.action("floor-change", "room", "u1", "New-ID", "-7")
	s.g.View(func(r cell.Reader) {
		if c := s.Conference(r, "room"); c == nil || c.Members.Len(r) != 0 || c.FloorHolder(r) != nil {
			t.Errorf("members were made: %v", c)
		}
	})
}

// A member and its channel find each other in whatever order they come, and stay
// together when the channel is renamed.
func TestMemberAndItsChannel(t *testing.T) {
	s := newRoom(t)
	s.action("add-member", "room", "u1", "Member-ID", "1", "Unique-ID", "one", "Caller-Caller-ID-Name", "Ann")
	m := s.member("room", 1)
	if ch := cell.Read(s.g, &m.Channel); ch != nil {
		t.Fatal("a channel was made")
	}
	s.event("CHANNEL_CREATE", "Unique-ID", "one")
	ch := cell.Read(s.g, &m.Channel)
	if ch == nil || cell.Read(s.g, &ch.Member) != m {
		t.Fatal("they have not met")
	}
	s.event("CALL_UPDATE", "Unique-ID", "one", "Caller-Caller-ID-Name", "Ann B.")
	if name := cell.Read(s.g, &m.CallerIDName); name != "Ann B." {
		t.Errorf("the member is called %q after the channel", name)
	}
	s.event("CHANNEL_UUID", "Unique-ID", "uno", "Old-Unique-ID", "one")
	if id := cell.Read(s.g, &m.UUID); id != "uno" || cell.Read(s.g, &m.Channel) != ch {
		t.Errorf("the member's channel is %q after it was renamed", id)
	}
	s.action("mute-member", "room", "u1", "Member-ID", "1", "Unique-ID", "uno", "Speak", "false")
	if s.member("room", 1) != m || cell.Read(s.g, &ch.Member) != m || !cell.Read(s.g, &m.Muted) {
		t.Error("it has become another member")
	}
	s.event("CHANNEL_DESTROY", "Unique-ID", "uno")
	if cell.Read(s.g, &m.Closed) != "" || cell.Read(s.g, &m.Channel) != ch {
		t.Error("the end of the channel has ended the member")
	}
	s.action("del-member", "room", "u1", "Member-ID", "1", "Unique-ID", "uno")
	if cell.Read(s.g, &m.Closed) != "del-member" || cell.Read(s.g, &ch.Member) != nil {
		t.Error("the channel is still a member")
	}
}

// Users' handlers may belong to conferences and members, and end with them.
func TestHandlersOfConferences(t *testing.T) {
	s := newRoom(t)
	var ofRoom, ofMember *fsw.Handlers[*tag]
	cell.Rule(s.g, func(tx cell.Tx) {
		for _, c := range s.Conferences.Added(tx.Reader) {
			ofRoom = fsw.Handle(tx, c, files)
			cell.Rule(c.Scope(tx).In(tx), func(tx cell.Tx) {
				for _, m := range c.Members.Added(tx.Reader) {
					ofMember = fsw.Handle(tx, m, files)
				}
			})
		}
	})
	s.action("conference-create", "room", "u1")
	s.action("add-member", "room", "u1", "Member-ID", "1")
	s.action("play-file", "room", "u1", "File", "a.wav")
	s.action("play-file-member", "room", "u1", "Member-ID", "1", "File", "b.wav")
	s.g.View(func(r cell.Reader) {
		if ofRoom.Len(r) != 2 || ofMember.Len(r) != 1 {
			t.Errorf("%d files of the conference, %d of the member", ofRoom.Len(r), ofMember.Len(r))
		}
	})
	s.action("conference-destroy", "room", "u1")
	s.g.View(func(r cell.Reader) {
		if ofRoom.Len(r) != 0 || ofMember.Len(r) != 0 {
			t.Errorf("%d files of the conference, %d of the member are left", ofRoom.Len(r), ofMember.Len(r))
		}
	})
}

var files = fsw.NewKind[tag]("file").Key("File").On("conference::maintenance", nil)

// A switch that is closed closes its conferences.
func TestConferencesEndWithTheirSwitch(t *testing.T) {
	s := newRoom(t)
	s.action("add-member", "room", "u1", "Member-ID", "1")
	c, m := s.conference("room"), s.member("room", 1)
	if err := s.g.Attempt(func(tx cell.Tx) error { m.Close(tx, "why not"); return nil }); err == nil {
		t.Error("a member was closed by its user")
	}
	if cell.Read(s.g, &m.Closed) != "" {
		t.Error("a member was closed by its user")
	}
	_ = s.Close()
	if a, b := cell.Read(s.g, &c.Closed), cell.Read(s.g, &m.Closed); a != fsw.CauseSwitch || b != fsw.CauseSwitch {
		t.Errorf("the conference is %q, the member %q", a, b)
	}
}

// The end of a conference whose id was not told says nothing of others that have none.
func TestConferencesWithoutIDs(t *testing.T) {
	s := newRoom(t)
	s.action("conference-destroy", "unknown", "")
	s.action("add-member", "a", "", "Member-ID", "1", "Unique-ID", "one")
	if s.conference("a") == nil {
		t.Fatal("the end of another one has ended it")
	}
	s.action("conference-destroy", "a", "")
	s.action("add-member", "b", "", "Member-ID", "2", "Unique-ID", "two")
	if s.conference("a") != nil || s.conference("b") == nil {
		t.Error("the one that ended is there, or the other is not")
	}
}
