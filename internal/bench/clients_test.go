package bench

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// clients are what is compared. Not among them is 0x19/goesl: it parses the headers
// of a plain event and throws them away, so that its users parse the raw text
// themselves, and of an event that has a body not even the text is left.
var clients = []client{
	{name: "fsw:model+observers", connect: connectModel},
	{name: "fsw:esl-only", connect: connectESL},
	{name: "percipia/eslgo", connect: connectPercipia},
	// fsock parses the ends of background jobs, but keeps those of others to itself.
	{name: "cgrates/fsock", connect: connectFsock, swallows: "BACKGROUND_JOB"},
	{name: "fiorix/go-eventsocket", connect: connectFiorix},
}

type client struct {
	name string
	// connect logs in at addr, subscribes, and from then on hands every event to t,
	// in any goroutine. disconnect also checks what only this client can tell.
	connect  func(addr string, t *tally) (disconnect func() error, err error)
	swallows string // name of events that it hands to nobody
}

// headers are what is read of each event. The first tells which event it is.
var headers = [...]string{
	"Event-Sequence", "Event-Name", "Unique-ID", "Channel-State", "Caller-Caller-ID-Name", "variable_channel_name",
}

const password = "ClueCon"

// patience is how long an exchange with a client may take before it counts as stuck.
const patience = time.Minute

// BenchmarkClients sends every client the recording of 200 calls over loopback TCP,
// as fast as it takes it, and measures from the first byte to the last event
// handed over. The connection is new each time; login and farewell are not measured.
func BenchmarkClients(b *testing.B) {
	for _, c := range clients {
		b.Run(c.name, func(b *testing.B) {
			rec := load(b, c.swallows)
			var sum usage
			events, overtaken := 0, 0
			for b.Loop() {
				t := newTally(rec)
				used, err := exchange(c, t)
				if err != nil {
					b.Fatal(err)
				}
				sum.add(used)
				events += len(rec.positions)
				overtaken += t.overtaken
			}
			n := float64(events)
			b.ReportMetric(n/sum.wall.Seconds(), "events/s")
			b.ReportMetric(float64(sum.allocs)/n, "allocs/event")
			if sum.cpu > 0 {
				b.ReportMetric(float64(sum.cpu.Nanoseconds())/1000/n, "user-µs/event")
			}
			b.ReportMetric(100*float64(overtaken)/n, "out-of-order-%")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// exchange has a client receive the recording once, and checks that it got it all.
func exchange(c client, t *tally) (used usage, err error) {
	s, err := listen()
	if err != nil {
		return used, err
	}
	defer s.close()
	disconnect, err := c.connect(s.addr(), t)
	if err != nil {
		return used, err
	}
	runtime.GC() // what the client before left behind is not this one's cost
	before := usageNow()
	go s.play(t.stream)
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
