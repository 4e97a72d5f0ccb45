package fsw_test

import (
	"runtime"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// What the model and its observers allocate is bounded: 3 times an event. (That is no
// time, so a test can assert it; what takes how long is in docs/benchmarks.md.)
func TestAllocationsAnEvent(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, too")
	}
	for name, stream := range map[string][]byte{
		"10_load": captures.Read(t, "10_load", "server.bin"),
		// Its events are larger, but it has fewer of them for each channel.
		"synthetic": synthetic(100, 20_000),
	} {
		events := countEvents(t, stream)
		var left int
		allocs := testing.AllocsPerRun(1, func() {
			g := cell.NewGraph()
			sw := fsw.NewListener(g)
			watchAll(g, sw)
			feed(t, sw, stream)
			g.View(func(r cell.Reader) {
				left = sw.Channels.Len(r) + sw.Calls.Len(r) + sw.Bridges.Len(r) + sw.Conferences.Len(r)
			})
		})
		if each := allocs / float64(events); each > 3 {
			t.Errorf("%s: %.2f allocations an event", name, each)
		}
		if left > 0 {
			t.Errorf("%s: %d channels, calls, bridges and conferences are left", name, left)
		}
	}
}

func countEvents(t *testing.T, stream []byte) (n int) {
	var f esl.Framer
	f.Feed(stream)
	for {
		m, ok, err := f.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return n
		}
		if m.HasEvent() {
			n++
		}
	}
}

// A live channel, with its half of a call and its places in the tables, takes at most
// 3,200 bytes without variables.
func TestBytesAChannel(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes everything larger")
	}
	sw := fsw.NewListenerWith(cell.NewGraph(), fsw.Options{Variables: []string{}})
	if _, each := bytesPerChannel(t, sw, 5000); each > 3200 {
		t.Errorf("a channel takes %.0f bytes", each)
	}
	runtime.KeepAlive(sw)
}
