package fsw

import (
	"cmp"
	"slices"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// ChannelRecord is what is known of a channel at its end: for billing, statistics
// and logs.
type ChannelRecord struct {
	Channel     *Channel
	UUID        string
	CallUUID    string
	Direction   esl.Direction
	User        string
	Name        string
	Number      string
	Destination string
	ChannelName string
	Times       Timetable
	Cause       string // what its Closed has become: the hang-up cause, or why there is none
	Variables   Variables
}

// Duration returns how long the channel existed, until it was hung up; false if
// its end was not seen.
func (r ChannelRecord) Duration() (time.Duration, bool) {
	return r.Times.HungUp.since(r.Times.Created)
}

// Waited returns how long it took until it was answered, or, if it was not, hung
// up; false if that was not seen.
func (r ChannelRecord) Waited() (time.Duration, bool) {
	if r.Times.Answered != 0 {
		return r.Times.Answered.since(r.Times.Created)
	}
	return r.Times.HungUp.since(r.Times.Created)
}

// Billed returns how long it was answered, exactly; FreeSWITCH's own billsec is
// the difference of the two moments in whole seconds. It is 0, true, if it was not
// answered, and false if its end was not seen.
func (r ChannelRecord) Billed() (time.Duration, bool) {
	if r.Times.Answered == 0 {
		return 0, r.Times.HungUp != 0
	}
	return r.Times.HungUp.since(r.Times.Answered)
}

func (m Moment) since(earlier Moment) (time.Duration, bool) {
	if m == 0 || earlier == 0 {
		return 0, false
	}
	return time.Duration(m-earlier) * time.Microsecond, true
}

// CallRecord is what is known of a call at its end: the records of its legs, in the
// order in which they ended. Legs that left it for another call are not among them; if
// that was the end of it, those that had ended before are in the record of the other.
// So each leg is in the record of one call.
type CallRecord struct {
	Call  *Call
	Cause string // what its Closed has become
	Legs  []ChannelRecord
	More  int // legs that ended earlier than these, of a call with very many
}

// maxLegRecords bounds what a call that never ends remembers.
const maxLegRecords = 1000

// record tells about a channel that has just ended.
func (sw *Switch) record(tx cell.Tx, ch *Channel) {
	r := tx.Reader
	rec := ChannelRecord{
		Channel:     ch,
		UUID:        ch.UUID.Peek(r),
		CallUUID:    ch.CallUUID.Peek(r),
		Direction:   ch.Direction.Peek(r),
		User:        ch.User.Peek(r),
		Name:        ch.Name.Peek(r),
		Number:      ch.Number.Peek(r),
		Destination: ch.Destination.Peek(r),
		ChannelName: ch.ChannelName.Peek(r),
		Times:       ch.Times.Peek(r),
		Cause:       ch.Closed.Peek(r),
		Variables:   ch.Variables.Peek(r),
	}
	sw.ChannelRecords.Append(tx, rec)
	if call := ch.Call.Peek(r); call != nil {
		n := sw.ends.Peek(r) + 1
		sw.ends.Set(tx, n)
		call.ended.Set(tx, call.ended.Peek(r).with(legRecord{rec, n}))
	}
}

// setRecord sets what the record of a channel that has ended tells.
func (ch *Channel) setRecord(tx cell.Tx, rec ChannelRecord) {
	ch.UUID.Set(tx, rec.UUID)
	ch.CallUUID.Set(tx, rec.CallUUID)
	ch.Direction.Set(tx, rec.Direction)
	ch.User.Set(tx, rec.User)
	ch.Name.Set(tx, rec.Name)
	ch.Number.Set(tx, rec.Number)
	ch.Destination.Set(tx, rec.Destination)
	ch.ChannelName.Set(tx, rec.ChannelName)
	ch.Times.Set(tx, rec.Times)
	ch.Variables.Set(tx, rec.Variables)
	ch.Closed.Set(tx, rec.Cause)
}

// legRecord is a record and which of all it is.
type legRecord struct {
	ChannelRecord
	number uint64
}

// legRecords are never changed in place.
type legRecords struct {
	last []legRecord
	more int
}

func (l legRecords) with(recs ...legRecord) legRecords {
	all := slices.Concat(l.last, recs)
	slices.SortStableFunc(all, func(a, b legRecord) int { return cmp.Compare(a.number, b.number) })
	if len(all) > maxLegRecords {
		drop := len(all) - maxLegRecords/2
		all, l.more = slices.Clone(all[drop:]), l.more+drop
	}
	l.last = all
	return l
}

// inherit takes the records of a call that has become this one.
func (call *Call) inherit(tx cell.Tx, other *Call) {
	if had := other.ended.Peek(tx.Reader); len(had.last) > 0 {
		l := call.ended.Peek(tx.Reader).with(had.last...)
		l.more += had.more
		call.ended.Set(tx, l)
	}
}

// recordCall tells about a call that has just ended, unless it has only merged.
func (sw *Switch) recordCall(tx cell.Tx, call *Call) {
	cause := call.Closed.Peek(tx.Reader)
	if cause == CauseMerged {
		return
	}
	ended := call.ended.Peek(tx.Reader)
	rec := CallRecord{Call: call, Cause: cause, More: ended.more, Legs: make([]ChannelRecord, len(ended.last))}
	for i, leg := range ended.last {
		rec.Legs[i] = leg.ChannelRecord
	}
	sw.CallRecords.Append(tx, rec)
}
