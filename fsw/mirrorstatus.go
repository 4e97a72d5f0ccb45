package fsw

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// mirrorStatus is what a mirror takes over from the cells of its source as it is: what is
// known of the connection, and what nothing but the source can know. It does not change.
type mirrorStatus struct {
	mirroredCells
	lastError error
	closed    error
	unheard   map[string]error
	filters   []Filter
}

type mirroredCells struct {
	ready, loggedIn    bool
	state              LinkState
	since, retryAt     time.Time
	attempts           int
	losses             uint64
	snapshot           SnapshotState
	conferenceSnapshot SnapshotState
	conferring         bool
	differences        Differences
	allowed            Allowed
	degraded           string
	level              LogLevel
	unexpectedReplies  uint64
	malformedEvents    uint64
	malformedLines     uint64
	limited            bool
}

// statusNow is computed on the graph of the source.
func (sw *Switch) statusNow(r cell.Reader) *mirrorStatus {
	l := &sw.Link
	return &mirrorStatus{
		mirroredCells: mirroredCells{
			ready:              sw.Ready.Get(r),
			loggedIn:           sw.LoggedIn.Get(r),
			state:              l.State.Get(r),
			since:              l.Since.Get(r),
			retryAt:            l.RetryAt.Get(r),
			attempts:           l.Attempts.Get(r),
			losses:             l.Losses.Get(r),
			snapshot:           sw.Snapshot.Get(r),
			conferenceSnapshot: sw.ConferenceSnapshot.Get(r),
			conferring:         sw.conferring.Get(r),
			differences:        sw.Differences.Get(r),
			allowed:            sw.Allowed.Get(r),
			degraded:           sw.degradations(r),
			level:              sw.LogLevel.Get(r),
			unexpectedReplies:  sw.UnexpectedReplies.Get(r),
			malformedEvents:    sw.MalformedEvents.Get(r),
			malformedLines:     sw.MalformedLines.Get(r),
			limited:            sw.limited(),
		},
		lastError: l.LastError.Get(r),
		closed:    sw.Closed.Get(r),
		unheard:   maps.Collect(sw.Unheard.All(r)),
		filters:   slices.Collect(sw.Filters.All(r)),
	}
}

func sameStatus(a, b *mirrorStatus) bool {
	return a.mirroredCells == b.mirroredCells && sameError(a.lastError, b.lastError) && sameError(a.closed, b.closed) &&
		maps.EqualFunc(a.unheard, b.unheard, sameError) && slices.Equal(a.filters, b.filters)
}

// replace makes a set what items are.
func replace[T comparable](tx cell.Tx, set *cell.Set[T], items []T) {
	tx.Untracked(func(tx cell.Tx) {
		for x := range set.All(tx.Reader) {
			if !slices.Contains(items, x) {
				set.Remove(tx, x)
			}
		}
	})
	set.Add(tx, items...)
}

// sameError is a == b, also for errors that cannot be compared.
func sameError(a, b error) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	t := reflect.TypeOf(a)
	return t == reflect.TypeOf(b) && t.Comparable() && a == b
}

// take takes it over. That the source is closed ends the mirror: see apply.
func (m *mirror) take(tx cell.Tx, s *mirrorStatus) {
	sw, l := m.sw, &m.sw.Link
	sw.Ready.Set(tx, s.ready)
	sw.LoggedIn.Set(tx, s.loggedIn)
	l.State.Set(tx, s.state)
	l.Since.Set(tx, s.since)
	l.RetryAt.Set(tx, s.retryAt)
	l.Attempts.Set(tx, s.attempts)
	l.Losses.Set(tx, s.losses)
	l.LastError.Set(tx, s.lastError)
	sw.Snapshot.Set(tx, s.snapshot)
	sw.ConferenceSnapshot.Set(tx, s.conferenceSnapshot)
	sw.conferring.Set(tx, s.conferring)
	sw.Differences.Set(tx, s.differences)
	sw.Allowed.Set(tx, s.allowed)
	for _, why := range degradations {
		sw.degrade(tx, why, strings.Contains(s.degraded, string(why)))
	}
	sw.LogLevel.Set(tx, s.level)
	m.level.Set(tx, s.level)
	sw.UnexpectedReplies.Set(tx, s.unexpectedReplies)
	sw.MalformedEvents.Set(tx, s.malformedEvents)
	sw.MalformedLines.Set(tx, s.malformedLines)
	m.limited = s.limited
	tx.Untracked(func(tx cell.Tx) {
		for word := range sw.Unheard.All(tx.Reader) {
			if _, still := s.unheard[word]; !still {
				sw.Unheard.Delete(tx, word)
			}
		}
		for word, err := range s.unheard {
			if was, there := sw.Unheard.Peek(tx.Reader, word); !there || !sameError(was, err) {
				sw.Unheard.Set(tx, word, err)
			}
		}
	})
	replace(tx, &sw.Filters, s.filters)
}
