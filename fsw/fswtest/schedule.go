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
	rng := rand.New(rand.NewPCG(o.Seed, 0xfa017))
	x := &series{s: s, rng: rng, mean: o.Mean, max: o.Max}
	x.happen = func() bool {
		f := o.draw(rng)
		return s.inflictOn(rng.IntN(1<<20), f, o.Told)
	}
	return x.start()
}

// draw makes a fault. It draws as often for each kind, so that a schedule
// differs from another of the same seed only where its options do.
func (o *FaultOptions) draw(rng *rand.Rand) Fault {
	f := Fault{Kind: o.Kinds[rng.IntN(len(o.Kinds))]}
	f.After = rng.IntN(o.Bytes)
	f.For = 1 + time.Duration(rng.Int64N(int64(o.Outage)))
	f.Count = 1 + rng.IntN(5)
	f.Link = Link{BytesPerSecond: 1000 + rng.IntN(1000000), Latency: f.For / 20, Chunk: 1 + rng.IntN(1500)}
	f.Bytes = make([]byte, 1+rng.IntN(100))
	for i := range f.Bytes {
		f.Bytes[i] = byte(rng.Uint32())
	}
	return f
}

// inflictOn lets a fault happen to the server or to one of its connections, and says
// whether there is one.
func (s *Server) inflictOn(which int, f Fault, told func(Fault)) bool {
	server := f.Kind.ofServer()
	var open []*conn
	for _, c := range s.conns {
		if !c.ending() {
			open = append(open, c)
		}
	}
	if !server && len(open) == 0 {
		return false
	}
	if told != nil {
		told(f)
	}
	switch {
	case f.Kind == Shutdown:
		s.shutdown(func() { s.restart(f.For) })
	case server:
		s.inflict(f)
	default:
		open[which%len(open)].inflict(f)
	}
	return true
}
