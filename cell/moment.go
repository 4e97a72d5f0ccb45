package cell

import (
	"cmp"
	"math"
	"time"
)

// Moment is a point in time, to the nanosecond, between the years 1678 and 2262;
// times beyond become the first or the last of them. Unlike a time.Time it has no
// zone, so that equal moments are == and can be the values of cells.
//
// The zero Moment is NotYet.
type Moment struct {
	at uint64 // nanoseconds since momentOrigin; 0 is NotYet
}

// NotYet is a moment that never comes: it is later than all others and no
// duration leads to it or away from it.
var NotYet = Moment{}

// momentOrigin is, in nanoseconds of Unix time, what at counts from.
const momentOrigin = math.MinInt64

var (
	firstMoment = Moment{1}
	lastMoment  = Moment{math.MaxUint64}
)

// At returns the moment of t, NotYet for the zero Time.
func At(t time.Time) Moment {
	switch {
	case t.IsZero():
		return NotYet
	case t.Before(firstMoment.Time()):
		return firstMoment
	case t.After(lastMoment.Time()):
		return lastMoment
	}
	return Moment{uint64(t.UnixNano() - momentOrigin)}
}

// Time returns the moment as a local time, the zero Time for NotYet.
func (m Moment) Time() time.Time {
	if m == NotYet {
		return time.Time{}
	}
	return time.Unix(0, int64(m.at)+momentOrigin)
}

// Add returns the moment d later, or earlier if d is negative.
func (m Moment) Add(d time.Duration) Moment {
	if m == NotYet {
		return NotYet
	}
	at := m.at + uint64(d)
	switch {
	case d > 0 && at < m.at:
		return lastMoment
	case d < 0 && (at > m.at || at == 0):
		return firstMoment
	}
	return Moment{at}
}

// Sub returns how much later than n the moment is, negative if it is earlier; the
// longest Duration if that is longer still, or one of them is NotYet.
func (m Moment) Sub(n Moment) time.Duration {
	switch {
	case m == n:
		return 0
	case n == NotYet, m.Before(n) && n.at-m.at > math.MaxInt64:
		return math.MinInt64
	case m == NotYet, n.Before(m) && m.at-n.at > math.MaxInt64:
		return math.MaxInt64
	}
	return time.Duration(m.at - n.at)
}

// Compare returns -1 if the moment is before n, 1 if it is after n, else 0.
func (m Moment) Compare(n Moment) int { return cmp.Compare(m.at-1, n.at-1) } // NotYet last

// Before says whether the moment is before n.
func (m Moment) Before(n Moment) bool { return m.at-1 < n.at-1 }

// After says whether the moment is after n.
func (m Moment) After(n Moment) bool { return n.Before(m) }

// Equal says the same as ==, for packages that look for such a method.
func (m Moment) Equal(n Moment) bool { return m == n }

// String returns the moment as a local time, or "not yet".
func (m Moment) String() string {
	if m == NotYet {
		return "not yet"
	}
	return m.Time().Format(time.RFC3339Nano)
}

// MarshalText is that of time.Time; of NotYet it is empty.
func (m Moment) MarshalText() ([]byte, error) {
	if m == NotYet {
		return nil, nil
	}
	return m.Time().MarshalText()
}

// UnmarshalText is the reverse of MarshalText.
func (m *Moment) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*m = NotYet
		return nil
	}
	var t time.Time
	err := t.UnmarshalText(text)
	if err == nil {
		*m = At(t)
	}
	return err
}

// earlier returns the earlier one.
func earlier(m, n Moment) Moment {
	if n.Before(m) {
		return n
	}
	return m
}
