package fsw_test

import (
	"slices"
	"time"

	"github.com/freeswytch/freeswytch/fsw"
)

// compare compares what the observers have seen with what the witness has.
func (s *sightings) compare() {
	w := s.e.witness
	w.mu.Lock()
	defer w.mu.Unlock()
	for ch, seen := range s.channels {
		s.lived(w, ch, seen)
	}
	for _, l := range w.fresh {
		s.recorded(l)
	}
	for _, ch := range s.fresh {
		if s.records[ch] != 1 {
			s.e.fail("channel %s has ended, and has %d records", ch.Key(), s.records[ch])
		}
		delete(s.channels, ch)
	}
	s.fresh, w.fresh, w.blind = nil, nil, false
	clear(s.byUUID)
	for id, all := range w.lives { // what has ended is of no interest any more
		all = slices.DeleteFunc(all, func(l *life) bool { return l.ended != "" })
		if len(all) == 0 {
			delete(w.lives, id)
		} else {
			w.lives[id] = all
		}
	}
}

// lived looks whether a channel has been in the states that were seen of it, one after
// the other, and has ended as it did.
func (s *sightings) lived(w *witness, ch *fsw.Channel, seen *sighting) {
	if seen.life == nil {
		if seen.unwitnessed {
			return
		}
		for _, l := range w.lives[seen.ids[0]] {
			if seen.fits(l) {
				seen.life = l
				break
			}
		}
		if seen.life == nil {
			if seen.unwitnessed = w.blind || slices.ContainsFunc(w.lives[seen.ids[0]], func(l *life) bool { return l.unsure }); !seen.unwitnessed {
				s.e.fail("channel %s, closed as %q, has not been what was seen of it: %q", ch.Key(), seen.closed, seen.states)
				for _, l := range w.lives[seen.ids[0]] {
					s.e.fail("it was %q, and has ended as %q, but not %q", l.states, l.ended, seen.odd(l))
				}
			}
			return
		}
	}
	l := seen.life
	if l.unsure {
		seen.at, seen.states = len(l.states), nil
		return
	}
	for i, state := range seen.states {
		n := slices.Index(l.states[seen.at:], state)
		if n < 0 {
			s.e.fail("channel %s has been %q after %q, and not what was seen: %q", ch.Key(), l.states[seen.at:], l.states[:seen.at], seen.states[i:])
			break
		}
		seen.at += n
	}
	seen.states = nil
	if seen.closed == l.ended {
		return
	}
	switch {
	case s.e.harmed && seen.closed == fsw.CauseLost && len(l.ids) > 1 && seen.brief():
		return // it was renamed in a gap, before the table had it
	case l.ended == "" || seen.closed == "":
	case s.e.harmed && (seen.closed == fsw.CauseLost || seen.closed == fsw.CauseRestart) && l.ended != fsw.CauseRestart:
		return // it ended in a gap
	}
	s.e.fail("channel %s has ended as %q, and was closed as %q", ch.Key(), l.ended, seen.closed)
}

// brief tells whether it was seen only for so long that the table may never have had it
// under an id that was known.
func (seen *sighting) brief() bool {
	return seen.closed != "" && seen.over.Sub(seen.began) < 5*time.Second
}

// fits tells whether all that was seen can be of this life.
func (seen *sighting) fits(l *life) bool { return len(seen.odd(l)) == 0 }

// odd are the states from the first one on that was not seen in its turn.
func (seen *sighting) odd(l *life) []string {
	at := 0
	for i, state := range seen.states {
		n := slices.Index(l.states[at:], state)
		if n < 0 {
			return seen.states[i:]
		}
		at += n
	}
	return nil
}

// recorded looks for the record of a channel that has ended.
func (s *sightings) recorded(l *life) {
	n := s.byUUID[l.ids[len(l.ids)-1]]
	if !s.e.harmed && n == 0 && !l.unsure {
		s.e.fail("channel %s has ended as %s, and there is no record", l.ids[len(l.ids)-1], l.ended)
	}
}

// ended looks whether anything is left, and whether each channel was in the record of
// one call.
func (s *sightings) ended() {
	if n := len(s.channels); n > 0 {
		s.e.fail("%d channels are left", n)
	}
	for ch := range s.records {
		if n := s.inCalls[ch]; n != 1 {
			s.e.fail("channel %s was in the records of %d calls", ch.Key(), n)
		}
	}
}
