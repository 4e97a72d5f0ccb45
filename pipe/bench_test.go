package pipe_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

func BenchmarkAppendObserve(b *testing.B) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	sum := 0
	cell.Observe(g, func(r cell.Reader) {
		for x := range p.All(r) {
			sum += x
		}
	})
	update := func(tx cell.Tx) error { p.Append(tx, 1); return nil }
	b.ReportAllocs()
	for b.Loop() {
		_ = g.Update(update)
	}
}

func BenchmarkSubscribe(b *testing.B) {
	for _, policy := range []pipe.Policy{pipe.Wait(1000), pipe.DropOldest(1000), pipe.DropNewest(1000), pipe.Fail(1 << 40)} {
		b.Run(policy.String(), func(b *testing.B) {
			g := cell.NewGraph()
			var p pipe.Pipe[int]
			s := pipe.Subscribe(context.Background(), g, &p, policy)
			got := make(chan int)
			go func() {
				n := 0
				for range s.All() {
					n++
				}
				got <- n
			}()
			update := func(tx cell.Tx) error { p.Append(tx, 1); return nil }
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				_ = g.Update(update)
				n++
			}
			s.Stop()
			if n != <-got+int(s.Dropped()) {
				b.Error("items were lost")
			}
			b.ReportMetric(float64(s.Dropped())/float64(n), "dropped/op")
		})
	}
}

// BenchmarkHub puts items into a hub with 10,000 patterns, of which one matches.
func BenchmarkHub(b *testing.B) {
	g, h := cell.NewGraph(), newHub()
	ids, seen := make([]string, 10_000), 0
	for i := range ids {
		ids[i] = fmt.Sprint(i)
		matches := []pipe.Match[event]{h.name.Is("talk"), h.id.Is(ids[i])}
		cell.Observe(g, func(r cell.Reader) {
			for range h.All(r, matches...) {
				seen++
			}
		})
	}
	n := 0
	update := func(tx cell.Tx) error { h.Put(tx, event{"talk", ids[n%len(ids)]}); return nil }
	b.ReportAllocs()
	for b.Loop() {
		_ = g.Update(update)
		n++
	}
	if n != seen {
		b.Error("items were lost", n, seen)
	}
}
