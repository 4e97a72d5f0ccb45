package fswtest

import (
	"math/rand/v2"
	"time"
)

// FaultOptions describe the bad days that StartFaults makes.
type FaultOptions struct {
	Seed uint64        // the same seed gives the same faults; 0 is a seed as any other
	Mean time.Duration // mean time between two faults; default 5 s
	Max  int           // stop by itself after so many; default 0: never

	// Kinds are those to choose from, with equal chances: name one twice for
	// twice the chance. Default: all but Garbage and Duplicate, which no real
	// server does, and Slow, which does not end by itself.
	Kinds []FaultKind

	// Outage is how long what lasts a while (Stall, Deaf, Refuse, Silent, the
	// outage of Restart and of Shutdown) lasts at most. Default 2 s.
	Outage time.Duration

	// Bytes bounds After: the fault happens at a random place among so many
	// bytes to come. Default 20,000, a few events. On a quiet connection it
	// waits for them.
	Bytes int

	// Told is called before each fault, inside the switch: it must not call
	// the server.
	Told func(Fault)
}

// StartFaults inflicts random faults at random times. A fault of a connection
// happens to one of the open ones, and counts as none if there is none.
// A server that was shut down is started again after an outage.
//
// stop ends that; it may be called more than once. What is planned already
// still happens, and what lasts ends at its time; Heal ends both.
func (s *Server) StartFaults(o FaultOptions) (stop func()) {
	if o.Mean <= 0 {
		o.Mean = 5 * time.Second
	}
	if len(o.Kinds) == 0 {
		o.Kinds = []FaultKind{Cut, Reset, Kill, Vanish, Stall, Deaf, Reorder, Restart, Shutdown, Reload, Refuse, Silent}
	}
	if o.Outage <= 0 {
		o.Outage = 2 * time.Second
	}
	if o.Bytes <= 0 {
		o.Bytes = 20000
	}
	g := &schedule{s: s, o: o, rng: rand.New(rand.NewPCG(o.Seed, 0xfa017))}
	s.enter()
	defer s.leave()
	g.next()
	return func() {
		s.enter()
		defer s.leave()
		g.stopped = true
		s.stop(g.timer)
	}
}

// A schedule is the faults to come.
type schedule struct {
	s       *Server
	o       FaultOptions
	rng     *rand.Rand
	made    int
	stopped bool
	timer   *timer
}

func (g *schedule) next() {
	if g.stopped || g.o.Max > 0 && g.made >= g.o.Max {
		return
	}
	d := time.Duration(min(g.rng.ExpFloat64(), 6) * float64(g.o.Mean))
	f := g.draw()
	which := g.rng.IntN(1 << 20)
	g.timer = g.s.outside(d, func() {
		g.inflict(f, which)
		g.next()
	})
}

// draw makes a fault. It draws as often for each kind, so that a schedule
// differs from another of the same seed only where its options do.
func (g *schedule) draw() Fault {
	f := Fault{Kind: g.o.Kinds[g.rng.IntN(len(g.o.Kinds))]}
	f.After = g.rng.IntN(g.o.Bytes)
	f.For = 1 + time.Duration(g.rng.Int64N(int64(g.o.Outage)))
	f.Count = 1 + g.rng.IntN(5)
	f.Link = Link{BytesPerSecond: 1000 + g.rng.IntN(1000000), Latency: f.For / 20, Chunk: 1 + g.rng.IntN(1500)}
	f.Bytes = make([]byte, 1+g.rng.IntN(100))
	for i := range f.Bytes {
		f.Bytes[i] = byte(g.rng.Uint32())
	}
	return f
}

func (g *schedule) inflict(f Fault, which int) {
	s := g.s
	server := f.Kind.ofServer()
	var open []*conn
	for _, c := range s.conns {
		if !c.ending() {
			open = append(open, c)
		}
	}
	if !server && len(open) == 0 {
		return
	}
	g.made++
	if g.o.Told != nil {
		g.o.Told(f)
	}
	switch {
	case f.Kind == Shutdown:
		s.shutdown(func() { s.restart(f.For) })
	case server:
		s.inflict(f)
	default:
		open[which%len(open)].inflict(f)
	}
}
