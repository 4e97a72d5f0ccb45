package fsw

import (
	"maps"
	"slices"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// recentIDs remembers the channels that have ended lately, and those that have got
// another id: the server's own table of channels, from which snapshots come, lags behind
// its events.
type recentIDs struct {
	last  map[string]recentID
	queue []recentID
}

type recentID struct {
	id  string
	at  time.Time
	gap uint32 // see Switch.gap

	became string // the id that the channel has now, if it lives on
}

// snapshotLag is how long a dead channel may still be in a snapshot: ten times
// what a busy server was seen to take, and more.
const snapshotLag = 10 * time.Second

// maxRenames bounds how far a channel is followed from one id to the next.
const maxRenames = 16

// maxRecent bounds the memory if channels end very fast.
const maxRecent = 100_000

func (s *recentIDs) ended(tx cell.Tx, id string, now time.Time, gap uint32) {
	if id != "" { // of a conference that nothing has told the id of
		s.add(tx, recentID{id: id, at: now, gap: gap})
	}
}

// renamed is for a channel that lives on with another id.
func (s *recentIDs) renamed(tx cell.Tx, id, to string, now time.Time, gap uint32) {
	s.add(tx, recentID{id: id, at: now, gap: gap, became: to})
}

func (s *recentIDs) add(tx cell.Tx, r recentID) {
	if s.last == nil {
		s.last = map[string]recentID{}
	}
	for len(s.queue) > 0 && (r.at.Sub(s.queue[0].at) > snapshotLag || len(s.queue) >= maxRecent) {
		old := s.queue[0]
		s.queue = s.queue[1:]
		if s.last[old.id] == old {
			delete(s.last, old.id)
		}
	}
	before, was := s.last[r.id]
	s.last[r.id] = r
	s.queue = append(s.queue, r)
	tx.OnUndo(func() { // what is too old is not missed
		s.queue = s.queue[:max(0, len(s.queue)-1)]
		if was {
			s.last[r.id] = before
		} else {
			delete(s.last, r.id)
		}
	})
}

// now returns the id that a channel has now which has had this one since a gap.
func (s *recentIDs) now(id string, since uint32) string {
	for range maxRenames {
		r, ok := s.last[id]
		if !ok || r.became == "" || r.gap < since {
			break
		}
		id = r.became
	}
	return id
}

// has says whether something has ended that had this id.
func (s *recentIDs) has(id string, now time.Time) bool {
	end, ok := s.last[id]
	return ok && now.Sub(end.at) <= snapshotLag
}

// isOver is has for ids that can come back, but not without an event that tells: if
// something may have been missed since, there may be another channel with the id.
func (s *recentIDs) isOver(id string, now time.Time, gap uint32) bool {
	return s.has(id, now) && s.last[id].gap == gap
}

// forget is for a server that has none of them any more.
func (s *recentIDs) forget(tx cell.Tx) {
	before := *s
	*s = recentIDs{}
	tx.OnUndo(func() { *s = before })
}

func (s *recentIDs) clone() recentIDs { return recentIDs{maps.Clone(s.last), slices.Clone(s.queue)} }
