package main

import (
	"fmt"
	"time"
)

// interval is how long after an event the next one is sent: 2,000 a second.
const interval = 500 * time.Microsecond

// latency compares how long an event takes from the call that writes it into the
// socket to the client's handler, or the model's observer.
func latency(part int) *table {
	t := &table{
		name:  "latency",
		title: fmt.Sprintf("From the write to the observer, µs, an event each %v", interval),
		columns: []column{
			{name: "p50", of: func(r result) float64 { return r.P50 }, spread: true},
			{name: "p99", of: func(r result) float64 { return r.P99 }, spread: true},
			{name: "p99.9", of: func(r result) float64 { return r.P999 }, spread: true},
			{name: "ours / it, p50", of: func(r result) float64 { return r.P50 }, ratio: perTimes},
			{name: "ours / it, p99", of: func(r result) float64 { return r.P99 }, ratio: perTimes},
		},
	}
	for _, c := range clients {
		r := &row{name: c.name, job: job{What: "latency", Client: c.name, Stream: "synthetic", Part: part}}
		if len(t.rows) > 0 {
			r.to = t.rows[0]
		}
		t.rows = append(t.rows, r)
	}
	return t
}

// latency sends the synthetic stream event by event.
func (j job) latency() (r result, err error) {
	j.Part *= 5 // of the 20,000 events
	c, s, err := j.client()
	if err != nil {
		return r, err
	}
	t := newTally(s)
	sent := make([]time.Time, s.events+1)
	t.arrived = make([]time.Time, s.events+1)
	_, err = c.exchange(t, func(to *server) {
		next, at := time.Now(), 0
		n := 0
		for m, err := range messages(s.bytes) {
			if err != nil {
				return // cannot be: newStream has read it
			}
			n++
			next = next.Add(interval)
			time.Sleep(time.Until(next))
			sent[n] = time.Now()
			to.play(s.bytes[at : at+m.Size()])
			at += m.Size()
		}
	})
	if err != nil {
		return r, err
	}
	took := make([]float64, 0, s.events)
	for i := 1; i <= s.events; i++ {
		took = append(took, float64(t.arrived[i].Sub(sent[i]).Nanoseconds())/1000)
	}
	r.P50, r.P99, r.P999 = percentile(took, 50), percentile(took, 99), percentile(took, 99.9)
	return r, nil
}
