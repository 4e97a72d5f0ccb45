package fsw

import "time"

// recentIDs remembers the channels that have ended lately: the server's own table
// of channels, from which snapshots come, lags behind its events.
type recentIDs struct {
	at    map[string]time.Time
	queue []recentID
}

type recentID struct {
	id string
	at time.Time
}

// snapshotLag is how long a dead channel may still be in a snapshot: ten times
// what a busy server was seen to take, and more.
const snapshotLag = 10 * time.Second

// maxRecent bounds the memory if channels end very fast.
const maxRecent = 100_000

func (s *recentIDs) ended(id string, now time.Time) {
	if s.at == nil {
		s.at = map[string]time.Time{}
	}
	for len(s.queue) > 0 && (now.Sub(s.queue[0].at) > snapshotLag || len(s.queue) >= maxRecent) {
		old := s.queue[0]
		s.queue = s.queue[1:]
		if s.at[old.id].Equal(old.at) {
			delete(s.at, old.id)
		}
	}
	s.at[id] = now
	s.queue = append(s.queue, recentID{id, now})
}

func (s *recentIDs) has(id string, now time.Time) bool {
	at, ok := s.at[id]
	return ok && now.Sub(at) <= snapshotLag
}

// forget is for a server that has none of them any more.
func (s *recentIDs) forget() { *s = recentIDs{} }
