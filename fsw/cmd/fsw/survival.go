package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// survival is what became of the channels when the connection was lost, and came back.
type survival struct {
	mu      sync.Mutex
	lost    time.Time
	why     error
	held    []*fsw.Channel // live when it was lost
	outage  time.Duration
	kept    int // of these, the same ones
	ended   int // of these
	told    bool
	pending bool
}

func newSurvival(sw *fsw.Switch) *survival {
	s := &survival{}
	cell.Maintain(sw.Scope(), false, func(tx cell.Tx, before bool) bool {
		ready, why, now := sw.Ready.Get(tx.Reader), sw.Link.LastError.Peek(tx.Reader), time.Now()
		var live []*fsw.Channel
		tx.Untracked(func(tx cell.Tx) { live = slices.Collect(sw.Channels.All(tx.Reader)) })
		tx.AtCommit(func() { s.moved(before, ready, why, live, now) })
		return ready
	})
	return s
}

// moved takes note of a link that has become ready or not.
func (s *survival) moved(before, ready bool, why error, live []*fsw.Channel, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case before && !ready:
		s.lost, s.why, s.held, s.pending, s.told = now, why, live, true, false
	case ready && s.pending:
		s.outage, s.pending, s.told = now.Sub(s.lost), false, true
		still := map[*fsw.Channel]bool{}
		for _, ch := range live {
			still[ch] = true
		}
		s.kept = 0
		for _, ch := range s.held {
			if still[ch] {
				s.kept++
			}
		}
		s.ended, s.held = len(s.held)-s.kept, nil
	}
}

// line tells of the last gap, "" if there was none.
func (s *survival) line(now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.pending:
		return fmt.Sprintf(": %d channels are kept (%s)", len(s.held), reason(s.why))
	case s.told:
		return fmt.Sprintf(", %s ago for %d ms: %d channels the same, %d ended (%s)",
			clock(now.Sub(s.lost)), s.outage.Milliseconds(), s.kept, s.ended, reason(s.why))
	}
	return ""
}

// reason is why a connection was lost, in words of its own.
func reason(err error) string {
	for _, kind := range []error{fsw.ErrShutdown, fsw.ErrKilled, fsw.ErrTorn, fsw.ErrHungUp, fsw.ErrSilent} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	if err == nil {
		return "the model lags"
	}
	return printable(err.Error())
}
