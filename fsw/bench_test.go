package fsw_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
	"github.com/freeswytch/freeswytch/internal/traffic"
)

// chunk is how much a connection reads at a time.
const chunk = 64 << 10

// watchAll observes the set of channels, and of each channel, those that are live
// already included, every attribute.
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
	watch := func(tx cell.Tx, ch *fsw.Channel) {
		var last channelState
		cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) {
			if s := snapshotOf(r, ch); s != last {
				last = s
				*changes++
			}
		})
	}
	cell.Rule(g, func(tx cell.Tx) {
		for ch := range sw.Channels.Added(tx.Reader) {
			watch(tx, ch)
		}
	})
	_ = g.Update(func(tx cell.Tx) error {
		for ch := range sw.Channels.All(tx.Reader) {
			watch(tx, ch)
		}
		return nil
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
func BenchmarkLoad(b *testing.B) { benchmarkStream(b, captures.Read(b, "10_load", "server.bin")) }

// BenchmarkSynthetic does the same with the traffic of 100 SIP channels, whose events
// are larger.
func BenchmarkSynthetic(b *testing.B) { benchmarkStream(b, synthetic(100, 20_000)) }

// synthetic is traffic of so many channels, from the first to the last.
func synthetic(channels, events int) (stream []byte) {
	t := traffic.New(channels)
	for e := range t.Begin() {
		stream = append(stream, e...)
	}
	for range events {
		stream = append(stream, t.Next()...)
	}
	for e := range t.End() {
		stream = append(stream, e...)
	}
	return stream
}

func benchmarkStream(b *testing.B, stream []byte) {
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
			feed(b, sw, captures.Renamed(stream, round))
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

// BenchmarkChannels is what live channels cost: the bytes of each, and an event about
// one of them while traffic goes on, with an observer on each. Without variables, as
// the budget has it, and with all of them.
func BenchmarkChannels(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		for _, variables := range []bool{false, true} {
			name := fmt.Sprintf("%d", n)
			o := fsw.Options{Variables: []string{}}
			if variables {
				name, o.Variables = name+"/variables", nil
			}
			b.Run(name, func(b *testing.B) {
				g := cell.NewGraph()
				sw := fsw.NewListenerWith(g, o)
				t, each := bytesPerChannel(b, sw, n)
				watchAll(g, sw)
				const events = 20_000
				var block []byte
				b.ResetTimer()
				for b.Loop() {
					b.StopTimer()
					block = block[:0]
					for range events {
						block = append(block, t.Next()...)
					}
					b.StartTimer()
					feed(b, sw, block)
				}
				b.ReportMetric(float64(b.N*events)/b.Elapsed().Seconds(), "events/s")
				b.ReportMetric(each, "B/channel")
				b.ReportMetric(0, "ns/op")
				runtime.KeepAlive(sw)
			})
		}
	}
}

// bytesPerChannel has channels begin, and returns the traffic that can go on and the
// bytes by which the heap has grown for each.
func bytesPerChannel(tb testing.TB, sw *fsw.Switch, channels int) (*traffic.Traffic, float64) {
	t := traffic.New(channels)
	before := heapInUse()
	for e := range t.Begin() {
		if err := sw.ReceivedBytes(e); err != nil {
			tb.Fatal(err)
		}
	}
	return t, (float64(heapInUse()) - float64(before)) / float64(channels)
}
