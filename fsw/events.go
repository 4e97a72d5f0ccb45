package fsw

import (
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

var (
	keyUniqueID    = esl.MakeKey("Unique-ID")
	keyOldUniqueID = esl.MakeKey("Old-Unique-ID")
)

// follow is the rule that turns events into state.
func (sw *Switch) follow(tx cell.Tx) {
	if sw.mirrors > 0 || sw.mirror != nil {
		defer sw.followAt()()
	}
	for ev := range sw.Events.All(tx.Reader) {
		sw.event(tx, ev)
	}
}

// event says what happens at each event.
func (sw *Switch) event(tx cell.Tx, ev *esl.Event) {
	if !sw.identified {
		sw.identifyBy(tx, ev)
	}
	name := ev.Name()
	if name == "BACKGROUND_JOB" {
		sw.jobDone(tx, ev)
	} else {
		sw.channelEvent(tx, ev, name)
	}
	if name == "CUSTOM" && ev.Subclass() == conferenceMaintenance {
		sw.conferenceEvent(tx, ev)
	}
	sw.kids.event(tx, ev)
}

// channelEvent is for events that may be about a channel. A channel is live from
// its CHANNEL_CREATE to its CHANNEL_DESTROY: CHANNEL_STATE and CODEC events come
// before the one, and CHANNEL_STATE (CS_DESTROY) after the other, and they make
// no channel.
func (sw *Switch) channelEvent(tx cell.Tx, ev *esl.Event, name esl.EventName) {
	i, ok := ev.Lookup(keyUniqueID)
	if !ok {
		return
	}
	_, id := ev.At(i)
	if id == "" {
		return
	}
	switch name {
	case "CHANNEL_CREATE":
		sw.created(tx, ev, id)
	case "CHANNEL_UUID":
		sw.renamed(tx, ev, id)
	}
	ch, live := sw.byID.Peek(tx.Reader, id)
	if !live {
		count(tx, &sw.UnknownIDs, 1)
		if name == "CHANNEL_DESTROY" {
			sw.ended(tx, strings.Clone(id))
		}
		return
	}
	if ch.heardIn != sw.gap && ch.checkedIn != sw.gap && ch.isAnother(tx.Reader, createdAt(ev)) {
		sw.replaced(tx, ch)
		ch = sw.enterListed(tx, id)
	}
	ch.received(tx, ev)
	switch name {
	case "CHANNEL_BRIDGE":
		sw.bridged(tx, ev)
	case "CHANNEL_UNBRIDGE":
		sw.unbridged(tx, ch, ev)
	case "CHANNEL_HANGUP_COMPLETE":
		if sw.ofSession() { // nothing follows it
			sw.destroyed(tx, ch, ev)
		}
	case "CHANNEL_DESTROY":
		sw.destroyed(tx, ch, ev)
	}
}

// created makes a channel live. If its id is live already, a snapshot has brought
// it before its event came; otherwise the end of an earlier channel was missed.
func (sw *Switch) created(tx cell.Tx, ev *esl.Event, id string) {
	if !isID(id) {
		return
	}
	if old, live := sw.byID.Peek(tx.Reader, id); live {
		if old.listedIn == sw.gap && sw.now().Sub(old.listedAt) < snapshotLag && !old.isAnother(tx.Reader, createdAt(ev)) {
			return
		}
		old.end(tx, CauseLost)
	}
	sw.enter(tx, id, sw.gap)
}

// enter adds a live channel, the expected one if somebody expects it. heardIn is the gap since
// which there are events about it, 0 if there are none: of a new one there is nothing to undo.
func (sw *Switch) enter(tx cell.Tx, id string, heardIn uint32) *Channel {
	ch, ok := sw.expected.Peek(tx.Reader, id)
	if ok {
		sw.expected.Delete(tx, id)
	} else {
		ch = newChannel(sw, id)
		ch.heardIn = heardIn
	}
	ch.checkedIn = sw.gap
	ch.UUID.Set(tx, ch.key)
	sw.byID.Set(tx, ch.key, ch)
	sw.Channels.Add(tx, ch)
	if m, ok := sw.members.Peek(tx.Reader, ch.key); ok {
		m.meet(tx, ch)
	}
	sw.meet(tx, ch)
	return ch
}

// meet numbers the channels, for the order of the legs of a call.
func (sw *Switch) meet(tx cell.Tx, ch *Channel) {
	n := sw.met.Peek(tx.Reader) + 1
	sw.met.Set(tx, n)
	ch.met = n
}

// renamed gives a channel its new id. Most renames come before CHANNEL_CREATE and
// concern nobody.
func (sw *Switch) renamed(tx cell.Tx, ev *esl.Event, id string) {
	i, ok := ev.Lookup(keyOldUniqueID)
	if !ok || !isID(id) {
		return
	}
	_, old := ev.At(i)
	ch, live := sw.byID.Peek(tx.Reader, old)
	if a, waits := sw.asking.Peek(tx.Reader, old); waits && !live {
		sw.askAgain(tx, a, id)
	}
	if old == id {
		return
	}
	id, old = strings.Clone(id), strings.Clone(old) // not pieces of the event
	if sw.snapshots() {
		sw.recent.renamed(tx, old, id, sw.now(), sw.gap)
	}
	if live {
		sw.rename(tx, ch, old, id)
	}
	if m, ok := sw.members.Peek(tx.Reader, old); ok {
		m.UUID.Set(tx, id)
		m.follow(tx, old)
	}
}

func (sw *Switch) rename(tx cell.Tx, ch *Channel, old, id string) {
	if other, taken := sw.byID.Peek(tx.Reader, id); taken {
		other.end(tx, CauseLost)
	}
	if live, _ := sw.byID.Peek(tx.Reader, old); live == ch {
		sw.byID.Delete(tx, old)
	}
	sw.byID.Set(tx, id, ch)
	ch.UUID.Set(tx, id)
	sw.setCallUUID(tx, ch, ch.callUUID.Peek(tx.Reader)) // it may be in the index no more, or now
}

// bridged and unbridged tell both legs: only the first one gets the event.
func (sw *Switch) bridged(tx cell.Tx, ev *esl.Event) {
	a, b := sw.legs(tx, ev)
	if a != nil && b != nil {
		sw.joined(tx, a, b)
	}
}

func (sw *Switch) joined(tx cell.Tx, a, b *Channel) {
	a.join(tx, b.UUID.Peek(tx.Reader))
	b.join(tx, a.UUID.Peek(tx.Reader))
	sw.bridge(tx, a, b)
	sw.bond(tx, a, b)
}

func (sw *Switch) unbridged(tx cell.Tx, about *Channel, ev *esl.Event) {
	sw.unbridge(tx, about, nil)
	a, b := sw.legs(tx, ev)
	for _, ch := range []*Channel{a, b} {
		if ch != nil {
			ch.part(tx, bond{in: sw.gap})
		}
	}
}

func (sw *Switch) legs(tx cell.Tx, ev *esl.Event) (a, b *Channel) {
	a, _ = sw.byID.Peek(tx.Reader, ev.Value("Bridge-A-Unique-ID"))
	b, _ = sw.byID.Peek(tx.Reader, ev.Value("Bridge-B-Unique-ID"))
	return a, b
}

// destroyed ends a channel with the cause its last event gives.
func (sw *Switch) destroyed(tx cell.Tx, ch *Channel, ev *esl.Event) {
	cause := ev.Value("variable_hangup_cause")
	if cause == "" {
		cause = string(ch.HangupCause.Peek(tx.Reader))
	}
	if cause == "" {
		cause = CauseDestroyed
	}
	ch.end(tx, internOrClone(cause))
}

// The values of Closed that are no hang-up causes of FreeSWITCH.
const (
	CauseDestroyed = "CHANNEL_DESTROY" // it ended, and no event gave a cause
	CauseLost      = "LOST"            // it ended while nobody was watching
	CauseRestart   = "SERVER_RESTART"  // the server was restarted
	CauseSwitch    = "SWITCH_CLOSED"   // its switch was closed
	CauseClosed    = "CLOSED"          // of a Handler: its Handlers were closed
	CauseFailed    = "FAILED"          // of a Handler: a function of its kind failed
)

// channels are those of a switch as a family.
type channels struct{ sw *Switch }

// leave takes a channel out of the switch, or out of the expected ones.
func (c channels) leave(tx cell.Tx, h *Handler) {
	sw, ch := c.sw, (*Channel)(pointerTo(h))
	id := ch.UUID.Peek(tx.Reader)
	if live, ok := sw.byID.Peek(tx.Reader, id); ok && live == ch {
		sw.byID.Delete(tx, id)
		sw.Channels.Remove(tx, ch)
		sw.record(tx, ch)
		sw.ungroup(tx, ch)
		sw.ended(tx, id)
	} else if expected, ok := sw.expected.Peek(tx.Reader, id); ok && expected == ch {
		sw.expected.Delete(tx, id)
	}
}

func (c channels) describe(tx cell.Tx, h *Handler) {
	h.scope.Describe(tx, (*Channel)(pointerTo(h)), func() string { return "channel " + h.key })
}

func (c channels) own() bool { return true }

// ended remembers an id that a snapshot may still bring.
func (sw *Switch) ended(tx cell.Tx, id string) {
	if sw.snapshots() {
		sw.recent.ended(tx, id, sw.now(), sw.gap)
	}
}

// Channel returns the live channel with this id, or nil. A rule that calls it
// depends on which channels are live.
func (sw *Switch) Channel(r cell.Reader, uuid string) *Channel {
	ch, _ := sw.byID.Get(r, uuid)
	return ch
}
