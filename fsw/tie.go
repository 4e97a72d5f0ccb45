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
	var kept, gone []tie
	for _, t := range ch.ties.Peek(tx.Reader) {
		if !over(t) {
			kept = append(kept, t)
			continue
		}
		gone = append(gone, t)
		back := tie{ch, opposite[t.why]}
		t.to.ties.Set(tx, slices.DeleteFunc(slices.Clone(t.to.ties.Peek(tx.Reader)), func(o tie) bool { return o == back }))
	}
	if len(gone) == 0 {
		return
	}
	ch.ties.Set(tx, kept)
	for _, t := range gone {
		sw.regroup(tx, t.to)
	}
	sw.regroup(tx, ch)
}
