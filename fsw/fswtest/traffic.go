package fswtest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// TrafficOptions describe the calls that StartTraffic makes.
type TrafficOptions struct {
	CallsPerSecond float64       // mean rate of new calls; default 1
	MeanDuration   time.Duration // of the talk of an answered call; default 30 s. Ringing and the rest scale with it.
	Agents         int           // how many there are to take the calls; default 20
	Conferences    int           // how many there are for callers to join; default 0: nobody does
	MaxCalls       int           // stop by itself after so many; default 0: never
	Seed           uint64        // the same seed gives the same calls; 0 is a seed as any other
}

// StartTraffic makes inbound calls at random times: names and numbers are
// invented, most callers reach an agent, who may put them on hold; some hear
// that the line is busy, some give up, some get no answer. With conferences, a
// third of the callers join one and talk there in turns. The calls are the
// same for the same seed; their identifiers depend on Options.Seed.
//
// stop ends the making of calls; those there are go on to their end. It may be
// called more than once, and by Close it is called anyway.
func (s *Server) StartTraffic(o TrafficOptions) (stop func()) {
	if o.CallsPerSecond <= 0 {
		o.CallsPerSecond = 1
	}
	if o.MeanDuration <= 0 {
		o.MeanDuration = 30 * time.Second
	}
	if o.Agents <= 0 {
		o.Agents = 20
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x7ea551c))
	x := &series{s: s, rng: rng, mean: time.Duration(float64(time.Second) / o.CallsPerSecond), max: o.MaxCalls}
	g := &traffic{s: s, o: o, rng: rng}
	x.happen = func() bool {
		if !s.takesCalls() {
			return false
		}
		g.made++
		g.call()
		return true
	}
	return x.start()
}

// traffic makes the calls.
type traffic struct {
	s    *Server
	o    TrafficOptions
	rng  *rand.Rand
	made int
}

func (g *traffic) random(mean time.Duration) time.Duration { return random(g.rng, mean) }

func milliseconds(d time.Duration) string { return strconv.FormatInt(max(d.Milliseconds(), 1), 10) }

// call makes one call and decides how it will go.
func (g *traffic) call() {
	s, rng := g.s, g.rng
	caller := callers[rng.IntN(len(callers))]
	agent := fmt.Sprintf("10%02d", rng.IntN(g.o.Agents))
	ring := g.random(g.o.MeanDuration / 6)
	talk := g.random(g.o.MeanDuration)
	greeting := g.random(g.o.MeanDuration / 12)
	fate := rng.Float64()
	number := caller.number
	if rng.IntN(12) == 0 {
		number = fmt.Sprintf("+1555%07d", rng.IntN(10000000))
	}
	o := CallOptions{From: number, FromName: caller.name, To: queues[rng.IntN(len(queues))], Profile: "external",
		Address: fmt.Sprintf("192.0.2.%d", 1+rng.IntN(250)),
		Vars:    map[string]string{"hangup_after_bridge": "true", "traffic_call": strconv.Itoa(g.made)}}
	if g.o.Conferences > 0 && rng.IntN(3) == 0 {
		g.conferenceCall(o)
		return
	}
	bridge := Action{"bridge", "user/" + agent + "@pbx.example.com"}
	if rng.IntN(3) > 0 {
		o.Actions = []Action{{"ring_ready", ""}, bridge}
	} else {
		o.Actions = []Action{{"answer", ""}, {"playback", "silence_stream://" + milliseconds(greeting)}, bridge}
	}
	far := []Action{{"ring_ready", ""}, {"sleep", milliseconds(ring)}}
	abandon := false
	switch {
	case fate < 0.75:
		far = append(far, Action{"answer", ""})
		if rng.IntN(2) == 0 { // else the caller hangs up first
			far = append(far, Action{"sleep", milliseconds(talk)}, Action{"hangup", "NORMAL_CLEARING"})
		}
	case fate < 0.83:
		far = []Action{{"hangup", "USER_BUSY"}}
	case fate < 0.88:
		far = append(far, Action{"hangup", "CALL_REJECTED"})
	case fate < 0.93:
		far = append(far, Action{"hangup", "NO_ANSWER"})
	default:
		far = append(far, Action{"sleep", milliseconds(talk)})
		abandon = true
	}
	holds := rng.IntN(5) == 0
	holdAt, holdFor := talk/4, g.random(talk/6)

	c := s.call(o)
	c.farEnd = far
	if abandon {
		c.later(ring+greeting+talk/4, func() { c.hangup("ORIGINATOR_CANCEL") })
		return
	}
	c.later(ring+greeting+talk, func() { c.hangup("NORMAL_CLEARING") })
	if holds {
		c.later(ring+greeting+holdAt, func() {
			if c.br == nil || !c.hold(sourceMarkHold) {
				return
			}
			c.later(holdFor, func() { c.unhold(sourceMarkHold) })
		})
	}
}

var queues = []string{"5000", "5001", "5002", "18005550100", "18005550123"}

// callers are invented; the numbers are from ranges kept for fiction.
var callers = []struct{ name, number string }{
	{"Ada Byron", "15550100"}, {"Grace H", "15550101"}, {"Heinz Müller", "4930555010"}, {"Zoë O'Brien", "353155501"},
	{"田中 一郎", "81355550102"}, {"Café \"Central\"", "4315550103"}, {"ACME, Inc.", "15550104"}, {"Ünal & Söhne", "49405550105"},
	{"Bob: Sales", "15550106"}, {"100% Pizza", "15550107"}, {"", "anonymous"}, {"Ms. Q <q>", "15550108"},
	{"Ivan Петров", "74955550109"}, {"Alice", "15550110"}, {"Chidi A.", "23415550111"}, {"Mария", "15550112"},
	{"José Peña", "34915550113"}, {"Linus T", "358955550114"}, {"Unknown", "15550115"}, {"Wireless Caller", "15550116"},
}
