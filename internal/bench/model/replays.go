package main

import (
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// replays is what is left of calls that have ended.
func replays() *table {
	return &table{name: "replays", once: true, title: "10_load 20 times over, on one connection", columns: []column{
		{name: "the heap, MB", of: func(r result) float64 { return r.Heap / 1e6 }},
		{name: "grows in a replay by bytes", of: func(r result) float64 { return r.Slope }, spread: true},
	}, rows: []*row{{name: "fsw: model + observers", job: job{What: "replays"}}}}
}

// Before the rounds that count everything has got the size it needs: a connected
// switch remembers for ten seconds which channels have ended, since they may still be
// in the server's table.
const (
	warmUp  = 12
	rounds  = 20
	aReplay = time.Second
)

// replays plays the recording again and again, each time with other ids.
func (j job) replays() (r result, err error) {
	rec, err := recorded("", 1)
	if err != nil {
		return r, err
	}
	f, err := newFeed(fsw.Options{Watch: []string{"ALL"}})
	if err != nil {
		return r, err
	}
	defer f.close()
	w := &watcher{}
	if err := f.sw.Graph().Update(func(tx cell.Tx) error { w.watch(f.sw.Scope().In(tx), f.sw); return nil }); err != nil {
		return r, err
	}
	var at []float64
	next := time.Now()
	for round := range warmUp + rounds {
		time.Sleep(time.Until(next))
		next = next.Add(aReplay)
		f.held, f.sent = captures.Renamed(rec.bytes, byte(round)), f.sent+rec.events
		f.flush()
		f.held = nil
		if err := empty(f.sw); err != nil {
			return r, err
		}
		if round >= warmUp {
			at = append(at, heapInUse())
		}
	}
	r.Slope, r.Heap = slope(at)
	return r, nil
}

// slope is that of the least squares line, and the mean.
func slope(ys []float64) (slope, mean float64) {
	var sx, sy, sxx, sxy float64
	for i, y := range ys {
		x := float64(i)
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	n := float64(len(ys))
	return (n*sxy - sx*sy) / (n*sxx - sx*sx), sy / n
}
