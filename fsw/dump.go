package fsw

import (
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
		sw.alone(tx, ch)
	}
}

// bridgeKnown takes note that two channels are bridged.
func (sw *Switch) bridgeKnown(tx cell.Tx, ch, other *Channel) {
	for _, t := range ch.ties.Peek(tx.Reader) {
		if t.to == other && (t.why == caller || t.why == callee) {
			return
		}
	}
	a, b := ch, other
	if b.Direction.Peek(tx.Reader) == esl.Inbound {
		a, b = b, a
	}
	sw.joined(tx, a, b)
}

// alone takes note that a channel says nothing of a bridge. That is not much: one of
// the legs often says so. If both do, there is none.
func (sw *Switch) alone(tx cell.Tx, ch *Channel) {
	ch.setAlone(tx, sw.gap)
	for _, t := range ch.ties.Peek(tx.Reader) {
		if (t.why == caller || t.why == callee) && t.to.aloneIn == sw.gap {
			sw.unbridge(tx, ch)
			ch.part(tx)
			t.to.part(tx)
			return
		}
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

func (ch *Channel) setAlone(tx cell.Tx, gap uint32) {
	if before := ch.aloneIn; before != gap {
		ch.aloneIn = gap
		tx.OnUndo(func() { ch.aloneIn = before })
	}
}

func (ch *Channel) setAsOf(tx cell.Tx, m Moment) {
	before, at := ch.asOf, ch.dumpedAt
	ch.asOf, ch.dumpedAt = m, ch.sw.now()
	tx.OnUndo(func() { ch.asOf, ch.dumpedAt = before, at })
}
