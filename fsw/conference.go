package fsw

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Conference is a conference of mod_conference. It is live from the first event
// about it, or from a snapshot, to its conference-destroy. One that begins again
// under the same name has another UUID, and is another Conference.
//
// Its cells hold what the last event about it said; the header that feeds a cell is
// named behind it. Its Events are those of the subclass conference::maintenance that
// are about it or its members. Closed is "" while it lives, then "conference-destroy",
// CauseLost, CauseRestart or CauseSwitch. In the pass in which it closes it leaves
// Switch.Conferences, and its members close with it. Its Key is its name.
type Conference struct {
	Handler

	UUID    cell.Value[string] `fsw:"Conference-Unique-ID"`
	Profile cell.Value[string] `fsw:"Conference-Profile-Name"`

	Size   cell.Value[int] `fsw:"Conference-Size"`   // how many members the server counts
	Ghosts cell.Value[int] `fsw:"Conference-Ghosts"` // how many more it does not count: those that are recorded or dialed in its own name

	// Locked means that nobody can join.
	Locked cell.Value[bool]

	// EnterSound and ExitSound tell whether a sound is played when somebody joins
	// or leaves. A server has them on until it is told otherwise.
	EnterSound, ExitSound cell.Value[bool]

	// Recordings are the files into which the conference is being recorded.
	Recordings cell.Set[string]

	// FloorMemberID is the id of the member that has the floor, 0 if nobody has.
	FloorMemberID cell.Value[int]

	// Created is when it began, by the clock of the server; from a snapshot, to the
	// second and by ours.
	Created cell.Value[time.Time]

	// Members are its members by their ids. A server counts ids up; a member that
	// is sent to another conference keeps its own.
	Members cell.Map[int, *Member]
}

// Name returns what the conference is called, such as "conf217".
func (c *Conference) Name() string { return c.Key() }

// Recording tells whether the conference is being recorded.
func (c *Conference) Recording(r cell.Reader) bool { return c.Recordings.Len(r) > 0 }

// Member returns the member with this id, or nil. A rule that calls it depends on
// which members there are.
func (c *Conference) Member(r cell.Reader, id int) *Member {
	m, _ := c.Members.Get(r, id)
	return m
}

// FloorHolder returns the member that has the floor, or nil.
func (c *Conference) FloorHolder(r cell.Reader) *Member { return c.Member(r, c.FloorMemberID.Get(r)) }

// Describe tells what it is, in one line.
func (c *Conference) Describe(r cell.Reader) string {
	return fmt.Sprintf("Conference(name=%q, members=%d)", c.Name(), c.Members.Len(r))
}

// Conference returns the live conference with this name, or nil. A rule that calls
// it depends on which conferences are live.
func (sw *Switch) Conference(r cell.Reader, name string) *Conference {
	c, _ := sw.Conferences.Get(r, name)
	return c
}

var conferenceAttributes = attributesOf[Conference]()

// attributesOf returns the cells of a struct as its tags say.
func attributesOf[T any]() *attributes {
	a := &attributes{}
	a.bind(reflect.TypeFor[T](), 0)
	a.index()
	return a
}

// makeConference adds a live conference.
func (sw *Switch) makeConference(tx cell.Tx, name string) *Conference {
	c := &Conference{Handler: Handler{sw: sw, owner: sw, key: strings.Clone(name), in: conferences{sw}}}
	c.EnterSound.Set(tx, true)
	c.ExitSound.Set(tx, true)
	sw.Conferences.Set(tx, c.key, c)
	return c
}

// setFloor gives the floor to a member that may not be known yet, 0 to nobody.
func (c *Conference) setFloor(tx cell.Tx, id int) {
	if old := c.FloorMemberID.Peek(tx.Reader); old != id {
		if m, ok := c.Members.Peek(tx.Reader, old); ok {
			m.Floor.Set(tx, false)
		}
		c.FloorMemberID.Set(tx, id)
	}
	if m, ok := c.Members.Peek(tx.Reader, id); ok {
		m.Floor.Set(tx, true)
	}
}

// finish ends it, and its members before.
func (c *Conference) finish(tx cell.Tx, reason string) {
	tx.Untracked(func(tx cell.Tx) {
		for _, m := range c.Members.All(tx.Reader) {
			m.end(tx, reason)
		}
	})
	c.end(tx, reason)
}

// conferences are those of a switch as a family.
type conferences struct{ sw *Switch }

// leave takes a conference out of the switch, and remembers its UUID: an event of
// it may come late.
func (f conferences) leave(tx cell.Tx, h *Handler) {
	c := (*Conference)(pointerTo(h))
	if now, ok := f.sw.Conferences.Peek(tx.Reader, h.key); ok && now == c {
		f.sw.Conferences.Delete(tx, h.key)
	}
	f.sw.recent.ended(tx, c.UUID.Peek(tx.Reader), f.sw.now(), f.sw.gap)
}

func (f conferences) describe(tx cell.Tx, h *Handler) {
	h.scope.Describe(tx, (*Conference)(pointerTo(h)), func() string { return "conference " + h.key })
}

func (f conferences) own() bool { return true }

var (
	keyConferenceName = esl.MakeKey("Conference-Name")
	keyConferenceUUID = esl.MakeKey("Conference-Unique-ID")
	keyAction         = esl.MakeKey("Action")
	keyMemberID       = esl.MakeKey("Member-ID")
)
