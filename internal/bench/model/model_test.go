package main

import (
	"os"
	"testing"
)

// All clients get all of the events with the right values; ours get them in order, and
// see each state of each channel. What they have kept of the first half of the events
// is what it was.
func TestClients(t *testing.T) {
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			r, err := job{What: "throughput", Client: c.name, Stream: "synthetic", Part: 20}.measure()
			if err != nil {
				t.Fatal(err)
			}
			if r.Rate <= 0 || r.Allocs <= 0 {
				t.Errorf("nothing was measured: %+v", r)
			}
			if ours := c.name == clients[0].name || c.name == clients[1].name; ours && r.Overtaken > 0 {
				t.Errorf("%v %% of the events are out of order", r.Overtaken)
			}
		})
	}
}

// What is kept of events must not change, and a changed one is noticed.
func TestKept(t *testing.T) {
	s, err := synthetic("", 20)
	if err != nil {
		t.Fatal(err)
	}
	of := func() *tally {
		c := newTally(s)
		for m, err := range messages(s.bytes) {
			if err != nil {
				t.Fatal(err)
			}
			e, err := m.Event()
			if err != nil {
				t.Fatal(err)
			}
			v := read(e)
			c.saw(&v)
		}
		return c
	}
	c := of()
	if err := c.check(); err != nil || c.overtaken > 0 || len(c.kept) != s.events/2 {
		t.Fatalf("%v, %d out of order, %d kept of %d", err, c.overtaken, len(c.kept), s.events)
	}
	c = of()
	c.kept[7][1] = "CHANNEL_PARK"
	if c.check() == nil {
		t.Error("a value that changed was not noticed")
	}
	w := &watcher{added: s.channels, removed: s.channels, changes: len(s.states())}
	w.kept = append(w.kept, attributes{said: said{State: "CS_INIT"}})
	if w.check(s.channels, s.states()) == nil {
		t.Error("a state that changed was not noticed")
	}
}

// Channels begin, go on and end, and leave nothing behind.
func TestChannels(t *testing.T) {
	for _, variables := range []bool{false, true} {
		r, err := job{What: "channels", Channels: 200, Variables: variables, Part: 20}.measure()
		if err != nil {
			t.Fatal(err)
		}
		if r.Bytes <= 0 || r.ObserverBytes <= 0 || r.Allocs <= 0 {
			t.Errorf("nothing was measured: %+v", r)
		}
	}
}

func TestLatency(t *testing.T) {
	r, err := job{What: "latency", Client: clients[0].name, Stream: "synthetic", Part: 20}.measure()
	if err != nil {
		t.Fatal(err)
	}
	if r.P50 <= 0 || r.P99 < r.P50 || r.P999 < r.P99 {
		t.Errorf("%+v", r)
	}
}

func Example_table() {
	ours := &row{name: "ours", results: []result{{Rate: 1000, CPU: 2}, {Rate: 5000, CPU: 1}, {Rate: 2000, CPU: 3}}}
	other := &row{name: "other", to: ours, results: []result{{Rate: 500, CPU: 4}, {Rate: 2500, CPU: 2}, {Rate: 500, CPU: 9}}}
	broken := &row{name: "broken", to: ours, results: []result{{Error: "no"}}}
	t := table{title: "Title", rows: []*row{ours, other, broken}, columns: []column{
		{name: "events/s", of: func(r result) float64 { return r.Rate }, spread: true},
		{name: "ratio", of: func(r result) float64 { return r.Rate }, ratio: perTimes},
		{name: "CPU", of: func(r result) float64 { return r.CPU }, ratio: times},
	}}
	t.write(os.Stdout)
	// Output:
	// ### Title
	//
	// |  | events/s | ratio | CPU |
	// | --- | --: | --: | --: |
	// | ours | 2,000 (1,000–5,000) | 1.00 | 1.00 |
	// | other | 500 (500–2,500) | 2.00 | 2.00 |
	// | broken | failed | failed | failed |
	//
	// - broken: no
}

func TestSlope(t *testing.T) {
	if s, mean := slope([]float64{1, 3, 5, 7}); s != 2 || mean != 4 {
		t.Errorf("%v, %v", s, mean)
	}
	if p := percentile([]float64{3, 1, 2, 4}, 50); p != 3 {
		t.Errorf("p50 is %v", p)
	}
}

// A job is done by a process of its own.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == childFlag {
		os.Exit(child(os.Args[2]))
	}
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	r := job{What: "throughput", Client: "fsw: esl only", Stream: "synthetic", Part: 20, Procs: 1}.run()
	if r.Error != "" || r.Rate <= 0 {
		t.Errorf("%+v", r)
	}
	if r := (job{What: "nothing"}).run(); r.Error == "" {
		t.Error("a job that is none was done")
	}
}
