package fsw

import (
	"fmt"
	"strconv"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// Member is somebody in a conference. It is live from the first event about it, or
// from a snapshot, to its del-member, or to the end of its conference. Each event
// about a member tells all of its cells but those whose events are named behind
// them.
//
// Its Events are those about it. Closed is "" while it lives, then how it left:
// "kick-member", "hup-member" or "transfer" if that came before its del-member, else
// "del-member"; or why its conference closed; or CauseLost. Its Key is its id in
// decimal, its Owner the Conference.
type Member struct {
	Handler

	// ID is its number, which no other member of the server has.
	ID int

	// UUID is the id of its channel.
	UUID cell.Value[string] `fsw:"Unique-ID"`
	// Channel is nil until a live channel with that id is known, and stays the same
	// after the channel's end.
	Channel cell.Value[*Channel]

	CallerIDName   cell.Value[string] `fsw:"Caller-Caller-ID-Name"`
	CallerIDNumber cell.Value[string] `fsw:"Caller-Caller-ID-Number"`

	Talking cell.Value[bool] `fsw:"Talking"`
	Muted   cell.Value[bool] `fsw:"Speak,not"`
	Deaf    cell.Value[bool] `fsw:"Hear,not"`
	Blind   cell.Value[bool] `fsw:"See,not"` // it does not see the others' video
	Hold    cell.Value[bool] `fsw:"Hold"`    // on hold by a command of the conference; it then hears and says nothing
	Floor   cell.Value[bool] // it is heard best: Floor, and floor-change of the conference

	Moderator  cell.Value[bool] // Member-Type
	Ghost      cell.Value[bool] `fsw:"Member-Ghost"` // not counted
	Video      cell.Value[bool] `fsw:"Video"`
	MuteDetect cell.Value[bool] `fsw:"Mute-Detect"`

	EnergyLevel cell.Value[int] `fsw:"Energy-Level"`   // how loud one must be to be heard, 0 to 1800
	Energy      cell.Value[int] `fsw:"Current-Energy"` // how loud it was, 0 to 32767
	VolumeIn    cell.Value[int] // of what it says, -4 to 4: volume-in-member, gain-level
	VolumeOut   cell.Value[int] // of what it hears, -4 to 4: volume-out-member, volume-level

	// JoinTime is when it joined (add-member), by the clock of the server; from a
	// snapshot, to the second and by ours.
	JoinTime cell.Value[time.Time]

	leaving  string // what is making it leave, as the reason of its end
	listedIn uint32 // see Switch.gap: since which one the table has it
}

// Conference returns the conference that it is in, or was.
func (m *Member) Conference() *Conference { return m.owner.(*Conference) }

// Describe tells who it is, in one line.
func (m *Member) Describe(r cell.Reader) string {
	return fmt.Sprintf("Member(id=%d, name=%q, number=%q)", m.ID, m.CallerIDName.Get(r), m.CallerIDNumber.Get(r))
}

var memberAttributes = attributesOf[Member]()

// makeMember adds a live member.
func (c *Conference) makeMember(tx cell.Tx, id int) *Member {
	m := &Member{Handler: Handler{sw: c.sw, owner: c, key: strconv.Itoa(id), in: members{c}}, ID: id}
	c.Members.Set(tx, id, m)
	return m
}

// follow keeps the member and its channel together. old is the id of the channel
// that it had.
func (m *Member) follow(tx cell.Tx, old string) {
	id := m.UUID.Peek(tx.Reader)
	if other, ok := m.sw.members.Peek(tx.Reader, id); ok && other != m && id != "" {
		other.end(tx, CauseLost) // a channel is one member at a time
	}
	if id != old {
		m.unfollow(tx, old)
		m.Channel.Set(tx, nil)
		m.sw.members.Set(tx, id, m)
	}
	if ch, live := m.sw.byID.Peek(tx.Reader, id); live {
		m.meet(tx, ch)
	}
}

// meet is for a member whose channel has come to be known.
func (m *Member) meet(tx cell.Tx, ch *Channel) {
	m.Channel.Set(tx, ch)
	ch.Member.Set(tx, m)
}

// unfollow is the inverse of follow.
func (m *Member) unfollow(tx cell.Tx, id string) {
	if now, ok := m.sw.members.Peek(tx.Reader, id); ok && now == m {
		m.sw.members.Delete(tx, id)
	}
	if ch := m.Channel.Peek(tx.Reader); ch != nil && ch.Member.Peek(tx.Reader) == m {
		ch.Member.Set(tx, nil)
	}
}

// setLeaving notes what is making it leave.
func (m *Member) setLeaving(tx cell.Tx, action string) {
	before := m.leaving
	m.leaving = action
	tx.OnUndo(func() { m.leaving = before })
}

// members are those of a conference as a family.
type members struct{ c *Conference }

func (f members) leave(tx cell.Tx, h *Handler) {
	m := (*Member)(pointerTo(h))
	f.c.Members.Delete(tx, m.ID)
	if f.c.FloorMemberID.Peek(tx.Reader) == m.ID {
		f.c.setFloor(tx, 0)
	}
	m.Floor.Set(tx, false)
	m.unfollow(tx, m.UUID.Peek(tx.Reader))
}

func (f members) describe(tx cell.Tx, h *Handler) {
	m := (*Member)(pointerTo(h))
	h.scope.Describe(tx, m, func() string { return "member " + h.key + " of conference " + f.c.key })
}

func (f members) own() bool { return true }
