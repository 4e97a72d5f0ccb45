package cell_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// BenchmarkSorted changes the key of one item of many, with an observer of where
// something has changed: in all, and in the first ten.
func BenchmarkSorted(b *testing.B) {
	for _, size := range []int{1e3, 1e4, 1e5, 1e6} {
		g := cell.NewGraph()
		keys := make([]cell.Value[int], size)
		s := &cell.Set[int]{}
		_ = g.Update(func(tx cell.Tx) error {
			for i := range keys {
				keys[i].Set(tx, i)
				s.Add(tx, i)
			}
			return nil
		})
		sorted := cell.Sorted(s, func(r cell.Reader, x int) int { return keys[x].Get(r) }, cmp.Compare)
		for name, l := range map[string]*cell.LiveList[int]{"all": sorted, "limit": cell.Limit(sorted, 10)} {
			b.Run(fmt.Sprintf("%s/%.0e", name, float64(size)), func(b *testing.B) {
				o := cell.Observe(g, func(r cell.Reader) {
					for range l.Splices(r) {
					}
				})
				defer o.Stop()
				b.ReportAllocs()
				random := rand.New(rand.NewPCG(1, 2))
				for b.Loop() {
					x, k := random.IntN(size), random.IntN(size)
					_ = g.Update(func(tx cell.Tx) error { keys[x].Set(tx, k); return nil })
				}
			})
		}
	}
}
