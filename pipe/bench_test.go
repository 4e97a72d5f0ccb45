package pipe_test

import (
	"context"
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
