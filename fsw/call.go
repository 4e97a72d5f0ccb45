package fsw

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Call is the legs that belong together: channels that FreeSWITCH gives the same
// Channel-Call-UUID, that are bridged, the two ends of a loopback channel, and who
// listens to another one by eavesdrop or three_way. A channel alone is a call, too,
// and every live channel is in exactly one.
//
// When two calls become one the older stays and the other is closed with
// CauseMerged. When one falls apart, it stays with its first leg, and the others
// get calls of their own. The last leg to end gives its cause to the call. Its
// Events are those of its legs; its Key is that of the channel it began with.
type Call struct {
	Handler
	// Legs are its channels, in the order in which they came to it: at least one
	// as long as it lives. What it holds is never changed in place.
	Legs cell.ValueFunc[[]*Channel]

	seq   uint64
	ended cell.ValueFunc[legRecords]
}

// Bridge is two channels that CHANNEL_BRIDGE has joined.
type Bridge struct {
	A, B *Channel // as Bridge-A-Unique-ID and Bridge-B-Unique-ID
}

// CauseMerged is why a call has ended whose legs have come to another one.
const CauseMerged = "MERGED"

// calls are those of a switch as a family.
type calls struct{ sw *Switch }

func (c calls) leave(tx cell.Tx, h *Handler) {
	call := (*Call)(pointerTo(h))
	c.sw.Calls.Remove(tx, call)
	c.sw.recordCall(tx, call)
}

func (c calls) describe(tx cell.Tx, h *Handler) {
	h.scope.Describe(tx, (*Call)(pointerTo(h)), func() string { return "call " + h.key })
}

func (c calls) own() bool { return true }

// group is called when an event may have changed where a channel belongs.
func (sw *Switch) group(tx cell.Tx, ch *Channel) {
	if id := ch.CallUUID.Peek(tx.Reader); id != ch.callUUID.Peek(tx.Reader) {
		sw.setCallUUID(tx, ch, id)
	} else if ch.Call.Peek(tx.Reader) == nil {
		sw.regroup(tx, ch)
	}
}

// setCallUUID keeps the index of channels by Channel-Call-UUID. A channel that gives
// its own id to its call, as most do, is found by that.
func (sw *Switch) setCallUUID(tx cell.Tx, ch *Channel, id string) {
	before := ch.callUUID.Peek(tx.Reader)
	ch.callUUID.Set(tx, id)
	if ch.indexed.Peek(tx.Reader) {
		all, _ := sw.byCallUUID.Peek(tx.Reader, before)
		if left := without(all, ch); len(left) > 0 {
			sw.byCallUUID.Set(tx, before, left)
		} else {
			sw.byCallUUID.Delete(tx, before)
		}
	}
	ch.indexed.Set(tx, id != "" && id != ch.UUID.Peek(tx.Reader))
	if ch.indexed.Peek(tx.Reader) {
		all, _ := sw.byCallUUID.Peek(tx.Reader, id)
		sw.byCallUUID.Set(tx, id, append(slices.Clip(all), ch))
	}
	for mate := range sw.mates(tx, before) {
		sw.regroup(tx, mate) // and with it all others
		break
	}
	sw.regroup(tx, ch)
}

// mates yields the channels with this Channel-Call-UUID.
func (sw *Switch) mates(tx cell.Tx, callUUID string) iter.Seq[*Channel] {
	return func(yield func(*Channel) bool) {
		if callUUID == "" {
			return
		}
		if ch, live := sw.byID.Peek(tx.Reader, callUUID); live && ch.callUUID.Peek(tx.Reader) == callUUID && !yield(ch) {
			return
		}
		all, _ := sw.byCallUUID.Peek(tx.Reader, callUUID)
		for _, ch := range all {
			if !yield(ch) {
				return
			}
		}
	}
}

// together appends the channels that belong to the same call as ch, and ch itself,
// to found, which is empty. Their visit is then the number that it returns: thousands may
// have one Channel-Call-UUID, so nothing here is done for each pair of them.
func (sw *Switch) together(tx cell.Tx, found []*Channel, ch *Channel) ([]*Channel, uint64) {
	sw.visits++ // visits are of one search: there is nothing in them to undo
	visit := sw.visits
	add := func(ch *Channel) {
		if ch.visit != visit {
			ch.visit = visit
			found = append(found, ch)
		}
	}
	add(ch)
	for i := 0; i < len(found); i++ {
		at := found[i]
		for _, t := range at.ties.Peek(tx.Reader) {
			add(t.to)
		}
		if at.mated == visit {
			continue // it was found by its mates
		}
		for mate := range sw.mates(tx, at.callUUID.Peek(tx.Reader)) {
			mate.mated = visit
			add(mate)
		}
	}
	found = slices.DeleteFunc(found, func(ch *Channel) bool {
		over := ch.Closed.Peek(tx.Reader) != ""
		if over {
			ch.visit = 0
		}
		return over
	})
	return found, visit
}

// regroup puts ch, and who belongs to it, into one call, and those who belong to it
// no more into others.
func (sw *Switch) regroup(tx cell.Tx, ch *Channel) {
	if ch.Closed.Peek(tx.Reader) != "" {
		return
	}
	var few [8]*Channel
	legs, visit := sw.together(tx, few[:0], ch)
	var call *Call // the oldest of which the first leg is here
	for _, leg := range legs {
		if c := leg.Call.Peek(tx.Reader); c != nil && (call == nil || c.seq < call.seq) && c.Legs.Peek(tx.Reader)[0].visit == visit {
			call = c
		}
	}
	if call == nil {
		call = sw.newCall(tx, legs)
	}
	had := call.Legs.Peek(tx.Reader)
	slices.SortFunc(legs, func(a, b *Channel) int { return cmp.Compare(a.met, b.met) })
	var came [8]*Channel
	now := came[:0]
	for _, leg := range legs {
		if old := leg.Call.Peek(tx.Reader); old != call {
			if old != nil {
				if sw.leaveCall(tx, old, leg, CauseMerged) {
					call.inherit(tx, old)
				}
			}
			leg.Call.Set(tx, call)
			now = append(now, leg)
		}
	}
	var others []*Channel
	for _, leg := range had {
		if leg.visit != visit {
			others = append(others, leg)
		}
	}
	if len(now)+len(others) == 0 {
		return
	}
	all := make([]*Channel, 0, len(had)+len(now))
	for _, leg := range had {
		if leg.visit == visit {
			all = append(all, leg)
		}
	}
	call.Legs.Set(tx, append(all, now...))
	for _, leg := range others {
		leg.Call.Set(tx, nil)
	}
	for _, leg := range others {
		sw.regroup(tx, leg)
	}
}

func (sw *Switch) newCall(tx cell.Tx, legs []*Channel) *Call {
	oldest := slices.MinFunc(legs, func(a, b *Channel) int { return cmp.Compare(a.met, b.met) })
	seq := sw.callSeq.Peek(tx.Reader) + 1
	sw.callSeq.Set(tx, seq)
	call := &Call{Handler: Handler{sw: sw, owner: sw, key: oldest.key, in: calls{sw}}, seq: seq}
	sw.Calls.Add(tx, call)
	return call
}

// leaveCall takes a leg out of a call, which ends with its last one.
func (sw *Switch) leaveCall(tx cell.Tx, call *Call, leg *Channel, cause string) (over bool) {
	left := without(call.Legs.Peek(tx.Reader), leg)
	if len(left) == 0 {
		call.end(tx, cause)
		return true // what it had last stays to be seen
	}
	call.Legs.Set(tx, left)
	return false
}

func without(all []*Channel, ch *Channel) []*Channel {
	i := slices.Index(all, ch)
	if i < 0 {
		return all
	}
	return append(slices.Clone(all[:i]), all[i+1:]...)
}

// ungroup is the end of a channel for the call it is in. First it leaves: then
// another one may be the first leg, with which the call goes on.
func (sw *Switch) ungroup(tx cell.Tx, ch *Channel) {
	if call := ch.Call.Peek(tx.Reader); call != nil {
		sw.leaveCall(tx, call, ch, ch.Closed.Peek(tx.Reader))
	}
	sw.unbridge(tx, ch, nil)
	sw.untie(tx, ch, func(tie) bool { return true })
	sw.setCallUUID(tx, ch, "")
}

// bridge and unbridge keep the pairs of bridged channels.
func (sw *Switch) bridge(tx cell.Tx, a, b *Channel) {
	sw.Bridges.Add(tx, Bridge{a, b})
	sw.tie(tx, a, b, caller)
}

// other is nil for whomever ch is bridged to.
func (sw *Switch) unbridge(tx cell.Tx, ch, other *Channel) {
	over := func(t tie) bool { return t.why.bridged() && (other == nil || t.to == other) }
	for _, t := range ch.ties.Peek(tx.Reader) {
		switch {
		case !over(t):
		case t.why == caller:
			sw.Bridges.Remove(tx, Bridge{ch, t.to})
		default:
			sw.Bridges.Remove(tx, Bridge{t.to, ch})
		}
	}
	sw.untie(tx, ch, over)
}

var keyLoopback = esl.MakeKey("variable_other_loopback_leg_uuid")

// related looks for what else ties a channel to others.
func (sw *Switch) related(tx cell.Tx, ch *Channel, ev *esl.Event) {
	if strings.HasPrefix(ch.ChannelName.Peek(tx.Reader), "loopback/") {
		if i, ok := ev.Lookup(keyLoopback); ok {
			_, id := ev.At(i)
			if other, live := sw.byID.Peek(tx.Reader, id); live {
				sw.tie(tx, ch, other, twin)
			}
		}
	}
	switch name := ev.Name(); name {
	case "CHANNEL_EXECUTE", "CHANNEL_EXECUTE_COMPLETE":
		switch ev.Value("Application") {
		case "eavesdrop", "three_way":
			sw.untie(tx, ch, func(t tie) bool { return t.why == listener })
			if other, live := sw.byID.Peek(tx.Reader, ev.Value("Application-Data")); live && name == "CHANNEL_EXECUTE" {
				sw.tie(tx, ch, other, listener)
			}
		}
	}
}
