package fsw_test

import (
	"slices"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// sightings are what observers have seen of the model, in every transaction. They look
// for what cannot be.
type sightings struct {
	e        *equality
	channels map[*fsw.Channel]*sighting
	fresh    []*fsw.Channel // ended since the last quiet point
	records  map[*fsw.Channel]int
	inCalls  map[*fsw.Channel]int
	byUUID   map[string]int // records since the last quiet point
}

// sighting is what was seen of one channel.
type sighting struct {
	began, over time.Time
	ids         []string
	states      []string // since the last quiet point
	closed      string
	life        *life
	at          int // how far in the life
	session     string

	unwitnessed bool // nobody knows what it was like
}

// follow puts the observers in place.
func (s *sightings) follow(sw *fsw.Switch) {
	s.channels = map[*fsw.Channel]*sighting{}
	s.records, s.inCalls, s.byUUID = map[*fsw.Channel]int{}, map[*fsw.Channel]int{}, map[string]int{}
	g := sw.Graph()
	cell.Rule(g, func(tx cell.Tx) {
		for ch := range sw.Channels.Added(tx.Reader) {
			cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) { s.channel(r, sw, ch) })
		}
		for call := range sw.Calls.Added(tx.Reader) {
			cell.Observe(call.Scope(tx).In(tx), func(r cell.Reader) { s.call(r, sw, call) })
		}
		for _, c := range sw.Conferences.Added(tx.Reader) {
			cell.Observe(c.Scope(tx).In(tx), func(r cell.Reader) { s.conference(r, sw, c) })
			cell.Rule(c.Scope(tx).In(tx), func(tx cell.Tx) {
				for _, m := range c.Members.Added(tx.Reader) {
					cell.Observe(m.Scope(tx).In(tx), func(r cell.Reader) { s.member(r, sw, m) })
				}
			})
		}
	})
	cell.Observe(g, func(r cell.Reader) { s.bridges(r, sw) })
	cell.Observe(g, func(r cell.Reader) { s.link(r, sw) })
	cell.Observe(g, func(r cell.Reader) { s.ends(r, sw) })
	cell.Observe(g, func(r cell.Reader) { s.e.marked(r, sw) })
}

func (s *sightings) fail(format string, args ...any) { s.e.fail("an observer saw "+format, args...) }

// channel looks at a channel, and at what it belongs to.
func (s *sightings) channel(r cell.Reader, sw *fsw.Switch, ch *fsw.Channel) {
	id, closed := ch.UUID.Get(r), ch.Closed.Get(r)
	seen := s.channels[ch]
	if seen == nil {
		seen = &sighting{began: time.Now()}
		s.channels[ch] = seen
	}
	if len(seen.ids) == 0 || seen.ids[len(seen.ids)-1] != id {
		seen.ids = append(seen.ids, id)
	}
	state := legState{string(ch.State.Get(r)), string(ch.CallState.Get(r)), string(ch.AnswerState.Get(r)), ch.ChannelName.Get(r),
		string(ch.Direction.Get(r)), string(ch.HangupCause.Get(r))}
	if text := state.text(); len(seen.states) == 0 || seen.states[len(seen.states)-1] != text {
		seen.states = append(seen.states, text)
	}
	if seen.closed != "" && seen.closed != closed {
		s.fail("channel %s closed as %s, then as %q", id, seen.closed, closed)
	}
	if seen.closed == "" && closed != "" {
		seen.over = time.Now()
		s.fresh = append(s.fresh, ch)
	}
	seen.closed = closed
	if in := sw.Channels.Has(r, ch); in != (closed == "") {
		s.fail("channel %s closed as %q, and among the live ones: %t", id, closed, in)
	}
	if closed != "" {
		return
	}
	if sw.Channel(r, id) != ch {
		s.fail("that %s is not found by its id", id)
	}
	call := ch.Call.Get(r)
	if call == nil {
		s.fail("channel %s without a call", id)
	} else if legs := call.Legs.Get(r); call.Closed.Get(r) != "" || !slices.Contains(legs, ch) || !sw.Calls.Has(r, call) {
		s.fail("channel %s in call %s, which is closed as %q and has it: %t", id, call.Key(), call.Closed.Get(r), slices.Contains(legs, ch))
	}
	if m := ch.Member.Get(r); m != nil && (m.Closed.Get(r) != "" || m.Channel.Get(r) != ch || m.UUID.Get(r) != id) {
		s.fail("channel %s as member %d, which is closed as %q and has %s", id, m.ID, m.Closed.Get(r), m.UUID.Get(r))
	}
}

func (s *sightings) call(r cell.Reader, sw *fsw.Switch, call *fsw.Call) {
	closed, legs := call.Closed.Get(r), call.Legs.Get(r)
	if in := sw.Calls.Has(r, call); in != (closed == "") {
		s.fail("call %s closed as %q, and among the live ones: %t", call.Key(), closed, in)
	}
	if closed != "" {
		return
	}
	if len(legs) == 0 {
		s.fail("call %s without a leg", call.Key())
	}
	for i, leg := range legs {
		if leg.Closed.Get(r) != "" || leg.Call.Get(r) != call || slices.Contains(legs[:i], leg) {
			s.fail("call %s with leg %s, closed as %q, once more: %t", call.Key(), leg.UUID.Get(r), leg.Closed.Get(r), slices.Contains(legs[:i], leg))
		}
	}
}

func (s *sightings) bridges(r cell.Reader, sw *fsw.Switch) {
	for b := range sw.Bridges.All(r) {
		a, z := b.A, b.B
		if a == z || a.Closed.Get(r) != "" || z.Closed.Get(r) != "" || a.Call.Get(r) != z.Call.Get(r) {
			s.fail("a bridge of %s (%q) and %s (%q)", a.UUID.Get(r), a.Closed.Get(r), z.UUID.Get(r), z.Closed.Get(r))
		}
	}
}

func (s *sightings) conference(r cell.Reader, sw *fsw.Switch, c *fsw.Conference) {
	closed, in := c.Closed.Get(r), sw.Conference(r, c.Name()) == c
	if in != (closed == "") {
		s.fail("conference %s closed as %q, and among the live ones: %t", c.Name(), closed, in)
	}
	if closed != "" && c.Members.Len(r) > 0 {
		s.fail("conference %s closed as %q with %d members", c.Name(), closed, c.Members.Len(r))
	}
	if floor := c.FloorMemberID.Get(r); floor != 0 && sw.Ready.Get(r) && c.Member(r, floor) == nil {
		s.fail("the floor of %s with %d, who is not there", c.Name(), floor)
	}
}

func (s *sightings) member(r cell.Reader, sw *fsw.Switch, m *fsw.Member) {
	c, closed := m.Conference(), m.Closed.Get(r)
	if in := c.Member(r, m.ID) == m; in != (closed == "") {
		s.fail("member %d of %s closed as %q, and among the others: %t", m.ID, c.Name(), closed, in)
	}
	ch := m.Channel.Get(r)
	if closed != "" {
		if ch != nil && ch.Member.Get(r) == m {
			s.fail("channel %s as member %d of %s, who has left", ch.UUID.Get(r), m.ID, c.Name())
		}
		return
	}
	if c.Closed.Get(r) != "" {
		s.fail("member %d in %s, which is closed", m.ID, c.Name())
	}
	if ch != nil && ch.Closed.Get(r) == "" && (ch.Member.Get(r) != m || ch.UUID.Get(r) != m.UUID.Get(r)) {
		s.fail("member %d of %s, of %s, with channel %s, which does not know it", m.ID, c.Name(), m.UUID.Get(r), ch.UUID.Get(r))
	}
	if has := c.FloorMemberID.Get(r) == m.ID; has != m.Floor.Get(r) {
		s.fail("member %d of %s with the floor: %t, for the conference: %t", m.ID, c.Name(), m.Floor.Get(r), has)
	}
}

func (s *sightings) link(r cell.Reader, sw *fsw.Switch) {
	ready, in, state, snapshot := sw.Ready.Get(r), sw.LoggedIn.Get(r), sw.Link.State.Get(r), sw.Snapshot.Get(r)
	if compared := in && state == fsw.LinkLive && (snapshot == fsw.SnapshotDone || snapshot == fsw.SnapshotChecked); ready && !compared {
		s.fail("that it is ready, logged in %t, %s, snapshot %s", in, state, snapshot)
	}
	for f := range sw.Faults.All(r) {
		s.fail("a fault: %v", f)
	}
	if n := sw.DroppedEvents.Get(r) + sw.Misfits.Get(r); n > 0 {
		s.fail("%d events dropped or values that do not fit", n)
	}
}

// ends takes the records.
func (s *sightings) ends(r cell.Reader, sw *fsw.Switch) {
	for rec := range sw.ChannelRecords.All(r) {
		s.records[rec.Channel]++
		s.byUUID[rec.UUID]++
		if n := s.records[rec.Channel]; n > 1 || rec.Cause != rec.Channel.Closed.Get(r) || rec.Cause == "" {
			s.fail("record %d of channel %s, with cause %q, closed as %q", n, rec.UUID, rec.Cause, rec.Channel.Closed.Get(r))
		}
	}
	for rec := range sw.CallRecords.All(r) {
		if rec.Cause == "" || rec.Cause != rec.Call.Closed.Get(r) || len(rec.Legs) == 0 {
			s.fail("a record of call %s, with cause %q and %d legs, closed as %q", rec.Call.Key(), rec.Cause, len(rec.Legs), rec.Call.Closed.Get(r))
		}
		for _, leg := range rec.Legs {
			if s.inCalls[leg.Channel]++; s.inCalls[leg.Channel] > 1 || s.records[leg.Channel] != 1 {
				s.fail("leg %s in %d records of calls, with %d of its own", leg.UUID, s.inCalls[leg.Channel], s.records[leg.Channel])
			}
		}
	}
}
