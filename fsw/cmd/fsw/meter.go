package main

import "time"

// meter turns a counter that is read now and then into a rate over the last
// seconds.
type meter struct{ samples []sample }

type sample struct {
	at time.Time
	n  int
}

const meterSpan = 3 * time.Second

func (m *meter) add(at time.Time, n int) {
	m.samples = append(m.samples, sample{at, n})
	for len(m.samples) > 2 && at.Sub(m.samples[0].at) > meterSpan {
		m.samples = m.samples[1:]
	}
}

// rate is in counts a second.
func (m *meter) rate() float64 {
	if len(m.samples) < 2 {
		return 0
	}
	first, last := m.samples[0], m.samples[len(m.samples)-1]
	return float64(last.n-first.n) / last.at.Sub(first.at).Seconds()
}
