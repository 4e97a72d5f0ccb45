package fsw_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// chunk is how much a connection reads at a time.
const chunk = 64 << 10

// watchAll observes the set of channels, and of each channel every attribute.
func watchAll(g *cell.Graph, sw *fsw.Switch) (changes *int) {
	changes = new(int)
	cell.Observe(g, func(r cell.Reader) {
		for range sw.Channels.Added(r) {
			*changes++
		}
		for range sw.Channels.Removed(r) {
			*changes++
		}
	})
	cell.Rule(g, func(tx cell.Tx) {
		for ch := range sw.Channels.Added(tx.Reader) {
			var last channelState
			cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) {
				if s := snapshotOf(r, ch); s != last {
					last = s
					*changes++
				}
			})
		}
	})
	return changes
}

func feed(tb testing.TB, sw *fsw.Switch, stream []byte) {
	for rest := stream; len(rest) > 0; {
		n := min(len(rest), chunk)
		if err := sw.ReceivedBytes(rest[:n]); err != nil {
			tb.Fatal(err)
		}
		rest = rest[n:]
	}
}

// perEvent reports what an iteration over the recording cost for each event.
func perEvent(b *testing.B, run func() (events int)) {
	var before, after runtime.MemStats
	events := 0
	runtime.ReadMemStats(&before)
	for b.Loop() {
		events += run()
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(events), "allocs/event")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(events), "B/event")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLoad replays the recording of 200 calls: the frame splitter alone, with
// the events read, with the model, and with observers on all of it.
func BenchmarkLoad(b *testing.B) {
	stream := captures.Read(b, "10_load", "server.bin")
	frames := func(read bool) func() int {
		return func() (events int) {
			f := esl.NewFramer(esl.Limits{})
			for rest := stream; len(rest) > 0; {
				n := min(len(rest), chunk)
				f.Feed(rest[:n])
				rest = rest[n:]
				for {
					m, ok, err := f.Next()
					if err != nil {
						b.Fatal(err)
					}
					if !ok {
						break
					}
					if m.ContentType == esl.EventPlain {
						events++
						if read {
							if _, err := m.Event(); err != nil {
								b.Fatal(err)
							}
						}
					}
				}
			}
			return events
		}
	}
	b.Run("frames", func(b *testing.B) { perEvent(b, frames(false)) })
	b.Run("events", func(b *testing.B) { perEvent(b, frames(true)) })
	events := frames(false)()
	b.Run("model", func(b *testing.B) {
		perEvent(b, func() int { feed(b, fsw.NewListener(cell.NewGraph()), stream); return events })
	})
	b.Run("observed", func(b *testing.B) {
		perEvent(b, func() int {
			g := cell.NewGraph()
			sw := fsw.NewListener(g)
			changes := watchAll(g, sw)
			feed(b, sw, stream)
			if *changes < events/10 {
				b.Fatal("the observers saw too little")
			}
			return events
		})
	})
}

// rename gives all channels of a recording other ids of the same length.
func rename(stream []byte, round byte) []byte {
	out := bytes.Clone(stream)
	const hex = "0123456789abcdef"
	for i := 0; i+36 <= len(out); i++ {
		if isUUID(out[i : i+36]) {
			for j := range 2 { // 256 rounds
				out[i+j] = hex[(unhex(out[i+j])+round>>(4*j))&15]
			}
			i += 35
		}
	}
	return out
}

func isUUID(p []byte) bool {
	for i, c := range p {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

func unhex(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// heapInUse is what is left of the heap after a collection.
func heapInUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkHeap replays the recording again and again with other ids on one
// switch, and reports how the heap grows.
func BenchmarkHeap(b *testing.B) {
	stream := captures.Read(b, "10_load", "server.bin")
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	watchAll(g, sw)
	const warm, rounds = 4, 20
	var at []float64
	for b.Loop() {
		for round := range byte(warm + rounds) {
			feed(b, sw, rename(stream, round))
			if round >= warm {
				at = append(at, float64(heapInUse()))
			}
		}
	}
	// The slope of the least squares line.
	var sx, sy, sxx, sxy float64
	for x, y := range at {
		sx, sy, sxx, sxy = sx+float64(x), sy+y, sxx+float64(x*x), sxy+float64(x)*y
	}
	n := float64(len(at))
	b.ReportMetric((n*sxy-sx*sy)/(n*sxx-sx*sx), "heap-B/replay")
	b.ReportMetric(sy/n, "heap-B")
	b.ReportMetric(0, "ns/op")
	runtime.KeepAlive(sw)
}
