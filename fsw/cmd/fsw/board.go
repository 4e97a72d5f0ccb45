package main

import (
	"slices"
	"sync"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// row is what the table shows of a channel.
type row struct {
	uuid, direction, caller, destination string
	state, callState, app, otherLeg      string
	call                                 string // Channel-Call-UUID
	created, answered, hungUp            fsw.Moment
	closed                               string
}

func rowOf(r cell.Reader, ch *fsw.Channel) row {
	times := ch.Times.Get(r)
	return row{
		uuid:        ch.UUID.Get(r),
		direction:   string(ch.Direction.Get(r)),
		caller:      caller(ch.Name.Get(r), ch.Number.Get(r)),
		destination: ch.Destination.Get(r),
		state:       string(ch.State.Get(r)),
		callState:   string(ch.CallState.Get(r)),
		app:         ch.Application.Get(r),
		otherLeg:    ch.OtherLeg.Get(r),
		call:        ch.CallUUID.Get(r),
		created:     times.Created,
		answered:    times.Answered,
		hungUp:      times.HungUp,
		closed:      ch.Closed.Get(r),
	}
}

// board keeps the rows of all channels up to date. Each row has a rule of its own,
// so that the work follows what changes, however many channels there are.
type board struct {
	mu    sync.Mutex
	live  []*row // oldest first; those that have ended since are swept out by look
	ended []row  // the latest first
	calls map[string]int
}

// endedKept is how many channels are remembered after their end.
const endedKept = 20

func newBoard(sw *fsw.Switch) *board {
	b := &board{calls: map[string]int{}}
	eachChannel(sw, func(o cell.Owner, ch *fsw.Channel) {
		shown := &row{}
		now := cell.Compute(func(r cell.Reader) row { return rowOf(r, ch) })
		cell.Effect(o, func(r cell.Reader) func() {
			now := now.Get(r)
			return func() { b.put(shown, now) }
		})
	})
	return b
}

// put replaces a row.
func (b *board) put(shown *row, now row) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if *shown == (row{}) {
		b.live = append(b.live, shown)
	}
	b.count(shown.call, -1)
	if now.closed == "" {
		b.count(now.call, +1)
	} else {
		b.ended = slices.Insert(b.ended[:min(len(b.ended), endedKept-1)], 0, now)
	}
	*shown = now
}

// count follows how many channels each call has.
func (b *board) count(call string, n int) {
	if call == "" {
		return
	}
	if b.calls[call] += n; b.calls[call] == 0 {
		delete(b.calls, call)
	}
}

// view is a part of a board.
type view struct {
	first       int   // how many live rows are above
	rows        []row // the live ones to be seen
	live, calls int
	ended       []row
}

// look returns n rows from the first one on, or from as far down as there are any.
func (b *board) look(first, n int) view {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.live = slices.DeleteFunc(b.live, func(r *row) bool { return r.closed != "" })
	first = max(0, min(first, len(b.live)-n))
	v := view{first: first, live: len(b.live), calls: len(b.calls), ended: slices.Clone(b.ended)}
	for _, r := range b.live[first:min(first+n, len(b.live))] {
		v.rows = append(v.rows, *r)
	}
	return v
}
