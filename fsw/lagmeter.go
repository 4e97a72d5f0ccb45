package fsw

import "time"

// lagMeter tells how far somebody is behind, as of the last look at the clock: now and then,
// for a cell that changed at every message would keep whoever watches it busy while there is
// no time.
type lagMeter struct {
	lag  Lag
	asOf time.Time
}

const (
	lagNoticed  = 100 * time.Millisecond // less is none
	lagMeasured = 100 * time.Millisecond // how often
)

// look measures again, if it is time. oldest is when the first of what waits came.
func (l *lagMeter) look(oldest time.Time, messages, bytes int) {
	now := time.Now()
	behind := now.Sub(oldest)
	switch {
	case behind < lagNoticed:
		l.lag = Lag{}
	case l.lag == Lag{} || now.Sub(l.asOf) >= lagMeasured:
		l.asOf = now
		l.lag = Lag{Messages: messages, Bytes: bytes, Behind: behind}
	}
}
