package cell_test

import (
	"fmt"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// BenchmarkNames looks for names where many structs are described, each in a scope
// with a rule of its own.
func BenchmarkNames(b *testing.B) {
	type line struct {
		In, Out cell.Value[int]
		Double  *cell.Computed[int]
	}
	for _, n := range []int{1000, 10_000, 100_000} {
		g := cell.NewGraph()
		lines := make([]*line, n)
		add := func(tx cell.Tx, i int) *cell.Scope {
			s, l := cell.NewScope(tx), &line{}
			l.Double = cell.Compute(func(r cell.Reader) int { return 2 * l.In.Get(r) })
			s.Describe(tx, l, func() string { return fmt.Sprint("line ", i) })
			cell.Rule(s.In(tx), func(tx cell.Tx) { l.Out.Set(tx, l.Double.Get(tx.Reader)) })
			lines[i] = l
			return s
		}
		update := func(fn func(tx cell.Tx)) error {
			return g.Update(func(tx cell.Tx) error { fn(tx); return nil })
		}
		if err := update(func(tx cell.Tx) {
			for i := range lines {
				add(tx, i)
			}
		}); err != nil {
			b.Fatal(err)
		}
		l := lines[n/2]
		cell.Observe(g, func(r cell.Reader) {
			if l.Out.Get(r) < 0 {
				r.Fail(errTest)
			}
		})
		b.Run(fmt.Sprint("failure/", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if update(func(tx cell.Tx) { l.In.Set(tx, -1) }) == nil {
					b.Fatal("no error")
				}
			}
		})
		b.Run(fmt.Sprint("trace/", n), func(b *testing.B) {
			b.ReportAllocs()
			trace := noTrace{}
			g.SetTracer(trace)
			defer g.SetTracer(nil)
			i := 0
			for b.Loop() {
				i++
				_ = update(func(tx cell.Tx) { l.In.Set(tx, i) })
			}
		})
		b.Run(fmt.Sprint("scope/", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = update(func(tx cell.Tx) { add(tx, 0).StopIn(tx) })
			}
		})
	}
}

type noTrace struct{}

func (noTrace) Trace(cell.TraceEvent) {}
