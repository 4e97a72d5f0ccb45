package cell_test

import (
	"fmt"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// BenchmarkList adds an item to a list of a size and takes one away, with an
// observer of what has changed.
func BenchmarkList(b *testing.B) {
	for _, size := range []int{1e3, 1e5, 1e6} {
		for _, at := range []string{"end", "middle"} {
			b.Run(fmt.Sprintf("%s/%.0e", at, float64(size)), func(b *testing.B) {
				g := cell.NewGraph()
				l := cell.NewList(make([]int, size)...)
				cell.Observe(g, func(r cell.Reader) {
					for range l.Splices(r) {
					}
				})
				i := size
				if at == "middle" {
					i = size / 2
				}
				b.ReportAllocs()
				for b.Loop() {
					_ = g.Update(func(tx cell.Tx) error { l.Insert(tx, i, 1); return nil })
					_ = g.Update(func(tx cell.Tx) error { l.Delete(tx, i, i+1); return nil })
				}
			})
		}
	}
}
