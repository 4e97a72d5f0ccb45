package main

import (
	"fmt"
	"slices"
	"time"
)

// throughput compares the clients on streams that are sent as fast as they are read.
func throughput(budget time.Duration, part int) *table {
	rate, cpu := func(r result) float64 { return r.Rate }, func(r result) float64 { return r.CPU }
	t := &table{name: "throughput", title: "Events a second, as fast as they are read", columns: []column{
		{name: "events/s", of: rate, spread: true},
		{name: "user CPU µs/event", of: cpu},
		{name: "allocs/event", of: func(r result) float64 { return r.Allocs }},
		{name: "out of order, %", of: func(r result) float64 { return r.Overtaken }},
		{name: "ours / it, events/s", of: rate, ratio: perTimes, spread: true},
		{name: "ours / it, per CPU", of: cpu, ratio: times, spread: true},
	}}
	for _, procs := range []int{1, 2} {
		for _, name := range []string{"10_load", "synthetic"} {
			var ours *row
			for _, c := range clients {
				r := &row{
					name: fmt.Sprintf("%s, %s, %d CPU", c.name, name, procs),
					job:  job{What: "throughput", Client: c.name, Stream: name, Procs: procs, Budget: budget, Part: part},
					to:   ours,
				}
				if ours == nil {
					ours = r
				}
				t.rows = append(t.rows, r)
			}
		}
	}
	return t
}

// throughput sends the stream again and again, to a new connection each time.
func (j job) throughput() (r result, err error) {
	c, s, err := j.client()
	if err != nil {
		return r, err
	}
	var sum usage
	events, overtaken := 0, 0
	for sum.wall < j.Budget || events == 0 {
		t := newTally(s)
		used, err := c.exchange(t, func(to *server) { to.play(s.bytes) })
		if err != nil {
			return r, err
		}
		sum.add(used)
		events += s.handed
		overtaken += t.overtaken
	}
	r.charge(sum, events)
	r.Overtaken = 100 * float64(overtaken) / float64(events)
	return r, nil
}

// charge sets what each event has cost.
func (r *result) charge(u usage, events int) {
	n := float64(events)
	r.Rate = n / u.wall.Seconds()
	r.CPU = float64(u.cpu.Nanoseconds()) / 1000 / n
	r.Allocs = float64(u.allocs) / n
}

// percentile returns the value that p of 100 are below. It sorts xs.
func percentile(xs []float64, p float64) float64 {
	slices.Sort(xs)
	return xs[min(len(xs)-1, int(float64(len(xs))*p/100))]
}
