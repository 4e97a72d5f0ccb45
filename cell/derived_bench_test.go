package cell_test

import (
	"fmt"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// What one change costs: an item that leaves and enters again.
func benchDerived(b *testing.B, of func(cell.ReadableSet[int]) func(cell.Reader)) {
	for _, size := range []int{1e3, 1e4, 1e5, 1e6} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			g, s := cell.NewGraph(), cell.NewSet[int]()
			g.Update(func(tx cell.Tx) error {
				for i := range size {
					s.Add(tx, i)
				}
				return nil
			})
			o := cell.Observe(g, of(s))
			defer o.Stop()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				x := i / 2 % 64
				g.Update(func(tx cell.Tx) error {
					if i%2 == 0 {
						s.Remove(tx, x)
					} else {
						s.Add(tx, x)
					}
					return nil
				})
			}
		})
	}
}

func BenchmarkFilter(b *testing.B) {
	benchDerived(b, func(s cell.ReadableSet[int]) func(cell.Reader) {
		f := cell.Filter(s, func(_ cell.Reader, x int) bool { return true })
		return func(r cell.Reader) { f.Len(r) }
	})
}

func BenchmarkCount(b *testing.B) {
	benchDerived(b, func(s cell.ReadableSet[int]) func(cell.Reader) {
		c := cell.Count(s, func(_ cell.Reader, x int) bool { return true })
		return func(r cell.Reader) { c.Get(r) }
	})
}

func BenchmarkSum(b *testing.B) {
	benchDerived(b, func(s cell.ReadableSet[int]) func(cell.Reader) {
		c := cell.Sum(s, func(_ cell.Reader, x int) int { return x })
		return func(r cell.Reader) { c.Get(r) }
	})
}

func BenchmarkGroupBy(b *testing.B) {
	benchDerived(b, func(s cell.ReadableSet[int]) func(cell.Reader) {
		groups := cell.GroupBy(s, func(_ cell.Reader, x int) int { return x % 16 })
		return func(r cell.Reader) {
			if gr, ok := groups.Get(r, 1); ok {
				gr.Len(r)
			}
		}
	})
}
