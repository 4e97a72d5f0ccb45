package fsw

import (
	"slices"
	"strconv"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

var keyTimestamp = esl.MakeKey("Event-Date-Timestamp")

// dumped takes the state of a channel as uuid_dump tells it. It is newer than all
// events before it, and holds what these say; what only events of an application
// say, it holds as variables.
func (ch *Channel) dumped(tx cell.Tx, ev *esl.Event) {
	ch.update(tx, ev)
	if app, ok := ev.Get("variable_current_application"); ok {
		ch.Application.Set(tx, internOrClone(app))
		ch.ApplicationData.Set(tx, internOrClone(ev.Value("variable_current_application_data")))
	}
	ch.setChecked(tx)
	ch.setAsOf(tx, timestamp(ev))
	sw := ch.sw
	sw.group(tx, ch)
	sw.related(tx, ch, ev)
	if other, live := sw.byID.Peek(tx.Reader, ev.Value("variable_bridge_to")); live {
		sw.bridgeKnown(tx, ch, other)
	} else if last := ev.Value("variable_bridge_uuid"); last == "" || last != ev.Value("variable_signal_bond") {
		ch.setBond(tx, bond{in: sw.gap, parted: ch.bond.parted})
		sw.unbridgeOld(tx, ch)
	}
}

// bridgeKnown takes note that two channels are bridged.
func (sw *Switch) bridgeKnown(tx cell.Tx, ch, other *Channel) {
	if slices.ContainsFunc(ch.ties.Peek(tx.Reader), func(t tie) bool { return t.to == other && t.why.bridged() }) {
		sw.bond(tx, ch, other)
		return
	}
	a, b := ch, other
	if b.Direction.Peek(tx.Reader) == esl.Inbound {
		a, b = b, a
	}
	sw.joined(tx, a, b)
}

// bond notes that two channels are bridged, and ends the bridges that are over for that.
func (sw *Switch) bond(tx cell.Tx, a, b *Channel) {
	a.setBond(tx, bond{b.met, sw.gap, a.bond.parted})
	b.setBond(tx, bond{a.met, sw.gap, b.bond.parted})
	sw.unbridgeOld(tx, a)
	sw.unbridgeOld(tx, b)
}

// unbridgeOld ends bridges of a channel that were before the gap. That it says nothing of
// one is not much: one of the legs often does not. If since the gap each of them was said
// to be bridged to somebody else, or to nobody, there is none.
func (sw *Switch) unbridgeOld(tx cell.Tx, ch *Channel) {
	for _, t := range ch.ties.Peek(tx.Reader) {
		if other := t.to; t.why.bridged() && ch.isOff(other) && other.isOff(ch) {
			sw.unbridge(tx, ch, other)
			ch.partFrom(tx, other)
			other.partFrom(tx, ch)
		}
	}
}

func (ch *Channel) isOff(other *Channel) bool {
	return ch.bond.in == ch.sw.gap && ch.bond.to != other.met
}

func (ch *Channel) partFrom(tx cell.Tx, other *Channel) {
	if ch.OtherLeg.Peek(tx.Reader) == other.UUID.Peek(tx.Reader) {
		ch.part(tx, ch.bond)
	}
}

// overtaken says whether an event is older than the answer to uuid_dump before it,
// which then holds what it says: events wait in the server's queue, answers do not.
func (ch *Channel) overtaken(tx cell.Tx, ev *esl.Event) bool {
	if timestamp(ev) < ch.asOf && ch.sw.now().Sub(ch.dumpedAt) < snapshotLag { // clocks may be set back
		return true
	}
	before := ch.asOf
	ch.asOf = 0
	tx.OnUndo(func() { ch.asOf = before })
	return false
}

func timestamp(ev *esl.Event) Moment {
	i, ok := ev.Lookup(keyTimestamp)
	if !ok {
		return 0
	}
	_, v := ev.At(i)
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0
	}
	return Moment(n)
}

func (ch *Channel) setChecked(tx cell.Tx) {
	before := ch.checkedIn
	ch.checkedIn = ch.sw.gap
	tx.OnUndo(func() { ch.checkedIn = before })
}

// bond is what has been said of the bridges of a channel last.
type bond struct {
	to     uint64 // the number of whom it is bridged to, 0 for nobody
	in     uint32 // since which gap that was said, see Switch.gap
	parted string // the other leg before an unbridge; its header lingers
}

func (ch *Channel) setBond(tx cell.Tx, b bond) {
	if before := ch.bond; before != b {
		ch.bond = b
		tx.OnUndo(func() { ch.bond = before })
	}
}

func (ch *Channel) setAsOf(tx cell.Tx, m Moment) {
	before, at := ch.asOf, ch.dumpedAt
	ch.asOf, ch.dumpedAt = m, ch.sw.now()
	tx.OnUndo(func() { ch.asOf, ch.dumpedAt = before, at })
}
