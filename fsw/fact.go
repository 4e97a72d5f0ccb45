package fsw

import (
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// fact is something that the model learns otherwise than by an event: from an answer of
// the server, or from the end of a connection. Mirrors of the switch learn it, too: so a
// fact is about objects by their ids, not by their addresses, and decides nothing that
// could be decided otherwise on a mirror. Facts are learned before the rules of a pass,
// and events are applied by one of these.
type fact struct {
	at   time.Time
	do   func(tx cell.Tx, sw *Switch)
	size int  // of what do holds on to, in bytes, about, if it is much
	all  bool // mirrors learn it even if they have missed what was before
}

// learn applies a fact to the switch, and to its mirrors.
func (sw *Switch) learn(tx cell.Tx, do func(tx cell.Tx, sw *Switch)) {
	sw.learnFact(tx, fact{do: do})
}

func (sw *Switch) learnFact(tx cell.Tx, f fact) {
	if sw.mirrors > 0 || sw.mirror != nil {
		if f.at.IsZero() {
			f.at = sw.now()
		}
		before := sw.moment
		sw.moment = f.at
		defer func() { sw.moment = before }()
	}
	if sw.mirrors > 0 {
		sw.facts.Append(tx, f)
	}
	f.do(tx, sw)
}

// learnOf is learn for a live channel.
func (sw *Switch) learnOf(tx cell.Tx, ch *Channel, do func(tx cell.Tx, ch *Channel)) {
	sw.learn(tx, ofChannel(tx, ch, do))
}

// ofChannel makes what is done to a channel something that can be done on a mirror.
func ofChannel(tx cell.Tx, ch *Channel, do func(tx cell.Tx, ch *Channel)) func(tx cell.Tx, sw *Switch) {
	id := ch.UUID.Peek(tx.Reader)
	return func(tx cell.Tx, sw *Switch) {
		if ch, live := sw.byID.Peek(tx.Reader, id); live {
			do(tx, ch)
		}
	}
}

func (sw *Switch) learnEnd(tx cell.Tx, ch *Channel, cause string) {
	sw.learnOf(tx, ch, func(tx cell.Tx, ch *Channel) { ch.end(tx, cause) })
}

// missed is the fact that something may have been missed.
func (sw *Switch) missed(tx cell.Tx) {
	sw.learn(tx, func(tx cell.Tx, sw *Switch) {
		before := sw.gap
		sw.gap++
		tx.OnUndo(func() { sw.gap = before })
	})
}

// gaps is what gap is for users' Handlers: on a mirror these have also missed what it has
// dropped itself, which is a part of the copy that followed for the model.
func (sw *Switch) gaps() uint32 {
	if m := sw.mirror; m != nil {
		return sw.gap + m.copies
	}
	return sw.gap
}

// followAt makes the moment at which the events of a pass are applied that of their
// source, and keeps it for mirrors. It returns what ends that.
func (sw *Switch) followAt() func() {
	before, at := sw.moment, sw.eventsAt
	if at.IsZero() {
		at = time.Now()
	}
	sw.moment, sw.followedAt = at, at
	return func() { sw.moment = before }
}

// now is the time of what is being applied: a mirror applies it later, but decides as
// its source did.
func (sw *Switch) now() time.Time {
	if !sw.moment.IsZero() {
		return sw.moment
	}
	return time.Now()
}
