// Package tables compares a model of a switch with the tables of its server. It is
// for tests, and for the command that does so on demand.
package tables

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Facts are what is compared, one by one.
type Facts map[Subject]string

// Subject is what a fact is about.
type Subject struct {
	Kind Kind
	ID   string // a member's is the name of its conference, a space, and its id
}

func (s Subject) String() string { return string(s.Kind) + " " + s.ID }

// Kind is what something is.
type Kind string

// Kinds of subjects.
const (
	OfChannel    Kind = "channel"
	OfConference Kind = "conference"
	OfMember     Kind = "member"

	// What changes all the time is a fact of its own, so that a look at a busy
	// conference finds the same difference as the look before.
	OfAttendance Kind = "attendance of conference"
	OfActivity   Kind = "activity of member"

	// OfCallerID is who a member is called. A server changes it without a word when
	// a channel's variable is set, so that it may differ for good.
	OfCallerID Kind = "caller id of member"
)

// HungUp is the fact of a channel on its way to its end. `show channels` is not told
// of a hang-up, only of the end.
const HungUp = "a channel that is hung up"

// Differences tells what the model and the server do not have in common, in order.
// No fact is the same as an empty one.
func Differences(server, model Facts) []string {
	all := maps.Clone(server)
	maps.Copy(all, model)
	var out []string
	for about := range all {
		is, has := server[about], model[about]
		if is != has && (has != HungUp || is == "") {
			out = append(out, fmt.Sprintf("%v: the server has %s, the model %s", about, cmp.Or(is, "nothing"), cmp.Or(has, "nothing")))
		}
	}
	slices.Sort(out)
	return out
}

// Channel is what is compared of a channel: what `show channels` is told of by
// events. The rest of a row is the server's own bookkeeping: it forgets the
// application at CHANNEL_HOLD, keeps the caller id of CS_ROUTING, and so on.
type Channel struct{ UUID, Direction, Name, State, CallState string }

// Add adds the fact.
func (c Channel) Add(f Facts) {
	fact := HungUp
	if c.CallState != "HANGUP" && c.State != "CS_HANGUP" && c.State != "CS_REPORTING" {
		fact = fmt.Sprintf("%s %q %s %s", c.Direction, c.Name, c.State, c.CallState)
	}
	f[Subject{OfChannel, c.UUID}] = fact
}

// Conference is what is compared of a conference.
type Conference struct {
	Name, UUID            string
	Size, Ghosts, Floor   int
	Locked                bool
	EnterSound, ExitSound bool
	Recordings            []string
	Members               []Member
}

// Add adds the facts about it and its members.
func (c Conference) Add(f Facts) {
	f[Subject{OfConference, c.Name}] = fmt.Sprintf("%s locked=%t enter-sound=%t exit-sound=%t recordings=%q",
		c.UUID, c.Locked, c.EnterSound, c.ExitSound, slices.Sorted(slices.Values(c.Recordings)))
	f[Subject{OfAttendance, c.Name}] = fmt.Sprintf("members=%d ghosts=%d floor=%d", c.Size, c.Ghosts, c.Floor)
	for _, m := range c.Members {
		m.add(f, c.Name)
	}
}

// Member is what is compared of a member.
type Member struct {
	ID                       int
	UUID, Name, Number       string
	Hear, See, Speak         bool // not while on hold
	Hold, Talking, Floor     bool
	Moderator, Video, Detect bool
	EnergyLevel, In, Out     int

	// Alone is one of the model that does not know its channel, or is not known by it.
	Alone bool
}

func (m Member) add(f Facts, conference string) {
	id := fmt.Sprint(conference, " ", m.ID)
	if m.Hold { // the table says that it can do nothing; with mute-detect it begins to talk without an event
		m.Hear, m.See, m.Speak, m.Talking = false, false, false, false
	}
	fact := fmt.Sprintf("%s hear=%t see=%t speak=%t hold=%t moderator=%t video=%t mute-detect=%t energy=%d volume=%d/%d",
		m.UUID, m.Hear, m.See, m.Speak, m.Hold, m.Moderator, m.Video, m.Detect, m.EnergyLevel, m.In, m.Out)
	if m.Alone {
		fact += ", and no channel"
	}
	f[Subject{OfMember, id}] = fact
	f[Subject{OfActivity, id}] = fmt.Sprintf("talking=%t floor=%t", m.Talking, m.Floor)
	f[Subject{OfCallerID, id}] = fmt.Sprintf("%q <%s>", m.Name, m.Number)
}
