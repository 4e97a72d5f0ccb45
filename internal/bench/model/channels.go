package main

import (
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/internal/bench/report"
	"github.com/freeswytch/freeswytch/internal/traffic"
)

// channels compares many live channels with few.
func channels(part int) *table {
	rate, cpu := func(r result) float64 { return r.Rate }, func(r result) float64 { return r.CPU }
	t := &table{name: "channels", title: "Live channels, an observer on each, one CPU", columns: []column{
		{name: "bytes/channel", of: aChannel(func(r result) float64 { return r.Bytes })},
		{name: "its observer, bytes", of: aChannel(func(r result) float64 { return r.ObserverBytes })},
		{name: "events/s", of: rate, spread: true},
		{name: "user CPU µs/event", of: cpu, spread: true},
		{name: "allocs/event", of: func(r result) float64 { return r.Allocs }},
		{name: "an event, times as long", of: rate, ratio: perTimes, spread: true},
		{name: "and in user CPU", of: cpu, ratio: times, spread: true},
	}}
	const few, many = 100, 100_000
	for _, variables := range []bool{false, true} {
		var first *row
		for _, n := range []int{few, many / part} {
			name := fmt.Sprintf("%s, without variables", report.Number(float64(n)))
			if variables {
				name = fmt.Sprintf("%s, with all variables", report.Number(float64(n)))
			}
			r := &row{name: name, to: first, job: job{What: "channels", Procs: 1, Part: part, Channels: n, Variables: variables}}
			if first == nil {
				first = r
			}
			t.rows = append(t.rows, r)
		}
	}
	return t
}

// aChannel is for what can only be told of many: the rest of the switch has a size, too.
func aChannel(of func(result) float64) func(result) float64 {
	return func(r result) float64 {
		if r.Channels < 1000 {
			return math.NaN()
		}
		return of(r)
	}
}

// Each of blocks is sent and taken as a whole.
const (
	blocks      = 5
	blockEvents = 20_000
)

// channels has so many begin, looks at the heap, adds the observers, looks again, and
// lets the traffic go on.
func (j job) channels() (r result, err error) {
	o := fsw.Options{Watch: []string{"ALL"}}
	if !j.Variables {
		o.Variables = []string{}
	}
	f, err := newFeed(o)
	if err != nil {
		return r, err
	}
	defer f.close()
	sw, tr := f.sw, traffic.New(j.Channels)
	before := heapInUse()
	for e := range tr.Begin() {
		f.add(e)
	}
	f.flush()
	after := heapInUse()
	r.Bytes = (after - before) / float64(j.Channels)

	w := &watcher{}
	err = sw.Graph().Update(func(tx cell.Tx) error {
		w.watch(sw.Scope().In(tx), sw)
		for ch := range sw.Channels.All(tx.Reader) {
			w.follow(tx, ch)
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	r.ObserverBytes = (heapInUse() - after) / float64(j.Channels)

	r.Channels, r.CPU = j.Channels, math.Inf(1)
	for range blocks {
		n := blockEvents / j.Part
		for range n {
			f.hold(tr.Next())
		}
		var block result
		runtime.GC()
		start := usageNow()
		f.flush()
		block.charge(usageNow().since(start), n)
		// The least: other work on the machine counts little then.
		r.CPU, r.Rate, r.Allocs = min(r.CPU, block.CPU), max(r.Rate, block.Rate), block.Allocs
	}
	changes := 0
	sw.Graph().View(func(cell.Reader) { changes = w.changes })
	if changes < blocks*blockEvents/j.Part/10 {
		return r, fmt.Errorf("the observers saw too little: %d changes", changes)
	}
	for e := range tr.End() {
		f.add(e)
	}
	f.flush()
	return r, empty(sw)
}

// feed is a switch that is sent events, and taken note of that it has taken them.
type feed struct {
	sw     *fsw.Switch
	server *server
	held   []byte
	sent   int

	mu    sync.Mutex
	more  *sync.Cond
	taken int
}

func newFeed(o fsw.Options) (*feed, error) {
	s, err := listen()
	if err != nil {
		return nil, err
	}
	f := &feed{server: s}
	f.more = sync.NewCond(&f.mu)
	if f.sw, err = dial(s.addr(), o); err != nil {
		s.close()
		return nil, err
	}
	cell.Observe(f.sw.Graph(), func(r cell.Reader) {
		if n := f.sw.Events.Len(r); n > 0 {
			f.mu.Lock()
			f.taken += n
			f.mu.Unlock()
			f.more.Signal()
		}
	})
	return f, nil
}

// hold takes an event that flush sends; add sends them from time to time.
func (f *feed) hold(event []byte) {
	f.held = append(f.held, event...)
	f.sent++
}

func (f *feed) add(event []byte) {
	if f.hold(event); len(f.held) > 1<<20 {
		f.flush()
	}
}

// flush sends what is held, and waits until the model has taken it.
func (f *feed) flush() {
	f.server.play(f.held)
	f.held = f.held[:0]
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.taken < f.sent {
		f.more.Wait()
	}
}

func (f *feed) close() {
	f.sw.Close()
	f.server.close()
}

// heapInUse is what is left of the heap after a collection.
func heapInUse() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
