package fsw

import (
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

// tie says that a channel belongs to the call of another one. Both have it.
type tie struct {
	to  *Channel
	why tieKind
}

type tieKind uint8

const (
	caller   tieKind = iota + 1 // CHANNEL_BRIDGE named this one first, the other second
	callee                      // the other way round
	twin                        // the two ends of a loopback channel
	listener                    // it runs three_way or eavesdrop on the other
	heard                       // the other way round
)

var opposite = [...]tieKind{caller: callee, callee: caller, twin: twin, listener: heard, heard: listener}

// bridged tells whether it is a bridge.
func (k tieKind) bridged() bool { return k == caller || k == callee }

// tie ties two live channels. FreeSWITCH may bridge one that is bridged already:
// there are two ties then.
func (sw *Switch) tie(tx cell.Tx, a, b *Channel, why tieKind) {
	ofA, ofB := a.ties.Peek(tx.Reader), b.ties.Peek(tx.Reader)
	if a == b || slices.Contains(ofA, tie{b, why}) {
		return
	}
	a.ties.Set(tx, append(slices.Clip(ofA), tie{b, why}))
	b.ties.Set(tx, append(slices.Clip(ofB), tie{a, opposite[why]}))
	sw.regroup(tx, a)
}

// untie takes ties away.
func (sw *Switch) untie(tx cell.Tx, ch *Channel, over func(tie) bool) {
	var few [4]tie // there is hardly ever more than one
	gone := few[:0]
	for _, t := range ch.ties.Peek(tx.Reader) {
		if over(t) {
			gone = append(gone, t)
		}
	}
	if len(gone) == 0 {
		return
	}
	for _, t := range gone {
		ch.forget(tx, t)
		t.to.forget(tx, tie{ch, opposite[t.why]})
	}
	for _, t := range gone {
		sw.regroup(tx, t.to)
	}
	sw.regroup(tx, ch)
}

// forget takes one tie away, on this side.
func (ch *Channel) forget(tx cell.Tx, t tie) {
	var kept []tie
	for _, o := range ch.ties.Peek(tx.Reader) {
		if o != t {
			kept = append(kept, o)
		}
	}
	ch.ties.Set(tx, kept)
}
