package fsw

import (
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// conferenceMaintenance is the subclass of the events that the model of the
// conferences lives on.
const conferenceMaintenance = "conference::maintenance"

// followConferences subscribes to these events, unless the login said that the user
// may not have them.
func (sw *Switch) followConferences(tx cell.Tx) {
	want := sw.mode == modeConnected && !sw.opts.NoChannels && !sw.opts.NoConferences &&
		sw.Allowed.Peek(tx.Reader).Event(conferenceMaintenance)
	if had := sw.conferring.Peek(tx.Reader); want != had {
		sw.conferring.Set(tx, want)
		n := 1
		if had {
			n = -1
		}
		sw.need(tx, []word{wordOf(conferenceMaintenance)}, n)
	}
}

// conferenceEvent is for the events of conferences: most are about one member, and
// carry the state of the member and of the conference. Any of them makes what is
// not known, but those with which it ends.
func (sw *Switch) conferenceEvent(tx cell.Tx, ev *esl.Event) {
	name, uuid := valueOf(ev, keyConferenceName), valueOf(ev, keyConferenceUUID)
	if name == "" {
		return
	}
	action := valueOf(ev, keyAction)
	c, live := sw.Conferences.Peek(tx.Reader, name)
	if live && isAnother(uuid, c.UUID.Peek(tx.Reader)) {
		if sw.recent.has(uuid, sw.now()) {
			return // a late one of a conference that was called the same
		}
		c.finish(tx, CauseLost)
		live = false
	}
	if !live {
		switch {
		case action == "conference-destroy":
			sw.recent.ended(tx, strings.Clone(uuid), sw.now(), sw.gap) // the table may still have it
			return
		case action == "bgdial-result", sw.recent.has(uuid, sw.now()):
			return
		}
		c = sw.makeConference(tx, name)
	}
	c.received(tx, ev, action)
}

// isAnother tells ids apart of which one may not be known.
func isAnother(a, b string) bool { return a != b && a != "" && b != "" }

// received says what happens to a conference at each Action.
func (c *Conference) received(tx cell.Tx, ev *esl.Event, action string) {
	c.hear(tx, c.sw.gap, 0)
	c.sw.feed(tx, conferenceAttributes, &c.Handler, ev)
	switch action {
	case "conference-create":
		c.Created.Set(tx, timeOf(ev))
	case "lock":
		c.Locked.Set(tx, true)
	case "unlock":
		c.Locked.Set(tx, false)
	case "start-recording":
		c.Recordings.Add(tx, strings.Clone(ev.Value("Path")))
	case "stop-recording":
		c.recordingStopped(tx, ev)
	case "enter-sounds-on":
		c.EnterSound.Set(tx, true)
	case "enter-sounds-off":
		c.EnterSound.Set(tx, false)
	case "exit-sounds-on":
		c.ExitSound.Set(tx, true)
	case "exit-sounds-off":
		c.ExitSound.Set(tx, false)
	case "floor-change":
		if to := memberID(ev.Value("New-ID")); !c.isElsewhere(tx, ev, to) { // "none" is 0
			c.setFloor(tx, to)
		}
	case "play-file", "play-file-done", "bgdial-result":
		// nothing that lasts: see Events
	}
	if id := memberID(valueOf(ev, keyMemberID)); id != 0 {
		c.memberEvent(tx, ev, action, id)
	}
	c.kids.event(tx, ev)
	c.Events.Append(tx, ev)
	if action == "conference-destroy" {
		c.finish(tx, action)
	}
}

func (c *Conference) memberEvent(tx cell.Tx, ev *esl.Event, action string, id int) {
	m, live := c.Members.Peek(tx.Reader, id)
	if !live {
		if action == "del-member" || action != "add-member" && c.isElsewhere(tx, ev, id) {
			return
		}
		m = c.makeMember(tx, id)
	}
	m.received(tx, ev, action)
}

// isElsewhere tells whether the table has told since the gap that a member is in another
// conference: then an event about it here is older, and has come late.
func (c *Conference) isElsewhere(tx cell.Tx, ev *esl.Event, id int) bool {
	m, known := c.sw.members.Peek(tx.Reader, ev.Value("Unique-ID"))
	return known && m.ID == id && m.Conference() != c && m.listedIn == c.sw.gap
}

// received says what happens to a member at each Action. What an Action is about is
// in the headers that all of them have: see the tags of Member.
func (m *Member) received(tx cell.Tx, ev *esl.Event, action string) {
	m.hear(tx, m.sw.gap, 0)
	channel := m.UUID.Peek(tx.Reader)
	m.sw.feed(tx, memberAttributes, &m.Handler, ev)
	m.follow(tx, channel)
	if kind := ev.Value("Member-Type"); kind != "" {
		m.Moderator.Set(tx, kind == "moderator")
	}
	switch c := m.Conference(); ev.Value("Floor") {
	case "true":
		c.setFloor(tx, m.ID)
	case "false":
		if c.FloorMemberID.Peek(tx.Reader) == m.ID {
			c.setFloor(tx, 0)
		}
	}
	switch action {
	case "add-member":
		m.JoinTime.Set(tx, timeOf(ev))
	case "start-talking", "stop-talking": // Talking
	case "mute-member", "unmute-member": // Speak
	case "deaf-member", "undeaf-member": // Hear
	case "hold-member", "unhold-member": // Hold
	case "floor-change": // Floor
	case "energy-level-member", "energy-level", "auto-energy-level-member": // Energy-Level
	case "volume-in-member":
		setNumber(tx, &m.VolumeIn, ev, "Volume-Level")
	case "gain-level": // by keys of the telephone
		setNumber(tx, &m.VolumeIn, ev, "New-Level")
	case "volume-out-member":
		setNumber(tx, &m.VolumeOut, ev, "Volume-Level")
	case "volume-level": // by keys of the telephone
		setNumber(tx, &m.VolumeOut, ev, "New-Level")
	case "agc-level-member", "play-file-member", "play-file-member-done", "speak-text-member", "dtmf", "dtmf-member":
		// nothing that lasts: see Events
	case "kick-member":
		m.setLeaving(tx, "kick-member")
	case "hup-member":
		m.setLeaving(tx, "hup-member")
	case "transfer":
		m.setLeaving(tx, "transfer")
	}
	m.kids.event(tx, ev)
	m.Events.Append(tx, ev)
	if action == "del-member" {
		reason := m.leaving
		if reason == "" {
			reason = "del-member"
		}
		m.end(tx, reason)
	}
}

// recordingStopped is the end of one recording, or of all.
func (c *Conference) recordingStopped(tx cell.Tx, ev *esl.Event) {
	if ev.Value("Other-Recordings") == "false" {
		c.Recordings.Clear(tx)
	} else {
		c.Recordings.Remove(tx, ev.Value("Path"))
	}
}

// callerID takes the caller id of a member from an event about its channel.
func (m *Member) callerID(tx cell.Tx, ev *esl.Event) {
	for _, x := range [...]struct {
		key esl.Key
		to  *cell.Value[string]
	}{{keyCallerIDName, &m.CallerIDName}, {keyCallerIDNumber, &m.CallerIDNumber}} {
		if i, ok := ev.Lookup(x.key); ok && !ev.ValueIs(i, x.to.Peek(tx.Reader)) {
			x.to.Set(tx, m.sw.repeated.own(ev, i))
		}
	}
}

var (
	keyCallerIDName   = esl.MakeKey("Caller-Caller-ID-Name")
	keyCallerIDNumber = esl.MakeKey("Caller-Caller-ID-Number")
)

// feed sets the cells of a handler that the event speaks of.
func (sw *Switch) feed(tx cell.Tx, a *attributes, h *Handler, ev *esl.Event) {
	u := &sw.update
	*u = update{sw: sw, tx: tx, of: unsafe.Pointer(pointerTo(h)), ev: ev}
	defer func() { *u = update{} }() // it must not hold on to the event
	a.update(u)
	sw.misfits(tx, u.bad)
}

func valueOf(ev *esl.Event, key esl.Key) string {
	i, ok := ev.Lookup(key)
	if !ok {
		return ""
	}
	_, v := ev.At(i)
	return v
}

// memberID reads the id of a member, which is never 0; what is none is 0.
func memberID(s string) int {
	if s == "" {
		return 0 // without the allocation of an error
	}
	id, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0
	}
	return int(id)
}

func setNumber(tx cell.Tx, c *cell.Value[int], ev *esl.Event, header string) {
	if n, err := strconv.Atoi(ev.Value(header)); err == nil {
		c.Set(tx, n)
	}
}

// timeOf returns when the server fired the event.
func timeOf(ev *esl.Event) time.Time {
	return Moment(int64(atoi(ev.Value("Event-Date-Timestamp")))).Time()
}
