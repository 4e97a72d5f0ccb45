package main

import (
	"fmt"
	"runtime"
	"time"
)

// clients are what is compared; ours is the first. Not among them is 0x19/goesl: it
// parses the headers of a plain event and throws them away, so that its users parse
// the raw text themselves, and of an event that has a body not even the text is left.
var clients = []client{
	{name: "fsw: model + observers", connect: connectModel},
	{name: "fsw: esl only", connect: connectESL},
	// fsock parses the ends of background jobs, but keeps those of others to itself.
	{name: "cgrates/fsock", connect: connectFsock, swallows: "BACKGROUND_JOB"},
	{name: "percipia/eslgo", connect: connectPercipia},
	{name: "fiorix/go-eventsocket", connect: connectFiorix},
}

type client struct {
	name string
	// connect logs in at addr, subscribes, and from then on hands every event to t,
	// in any goroutine. disconnect also checks what only this client can tell.
	connect  func(addr string, t *tally) (disconnect func() error, err error)
	swallows string // name of events that it hands to nobody
}

const password = "ClueCon"

// patience is how long an exchange with a client may take before it counts as stuck.
const patience = 2 * time.Minute

// exchange has a client receive all that play sends, and checks that it got it all.
// It tells what that has cost, from the first byte to the last event handed over; the
// connection is new, and login and farewell are not counted.
func (c client) exchange(t *tally, play func(*server)) (used usage, err error) {
	s, err := listen()
	if err != nil {
		return used, err
	}
	defer s.close()
	disconnect, err := c.connect(s.addr(), t)
	if err != nil {
		return used, err
	}
	runtime.GC() // what was before is not its cost
	before := usageNow()
	go play(s)
	select {
	case <-t.done:
		used = usageNow().since(before)
	case <-time.After(patience):
		err = fmt.Errorf("stuck for %v", patience)
	}
	if e := disconnect(); err == nil {
		err = e
	}
	if e := t.check(); e != nil {
		err = e
	}
	return used, err
}

// usage is what a run, client and sender together, has cost.
type usage struct {
	at     time.Time
	wall   time.Duration
	cpu    time.Duration // in user mode
	allocs uint64
}

func usageNow() usage {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{at: time.Now(), cpu: userCPU(), allocs: m.Mallocs}
}

func (u usage) since(before usage) usage {
	return usage{wall: u.at.Sub(before.at), cpu: u.cpu - before.cpu, allocs: u.allocs - before.allocs}
}

func (u *usage) add(v usage) {
	u.wall += v.wall
	u.cpu += v.cpu
	u.allocs += v.allocs
}
