package cell_test

import (
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// dKind is a kind of derived collection: how to make one of what there is, with
// its definition; and something that may happen to it.
type dKind struct {
	name string
	make func(w *dWorld, t *rapid.T) *dNode
	do   func(w *dWorld, tx cell.Tx, o op)
}

var dKinds []dKind

func init() { // an array literal would refer to itself
	dKinds = []dKind{
		{name: "Filter", make: func(w *dWorld, t *rapid.T) *dNode {
			src, f := w.aSet(t), w.aFunc(t)
			return &dNode{
				set: cell.Filter(src.set, func(r cell.Reader, x int) bool { return f.of(eyes{w, r, false}, x)%2 == 0 }),
				is: func(e eyes) any {
					got := map[int]bool{}
					for _, x := range w.setOf(e, src) {
						if f.of(e, x)%2 == 0 {
							got[x] = true
						}
					}
					return got
				},
			}
		}},
		{name: "Count", make: func(w *dWorld, t *rapid.T) *dNode {
			src, f := w.aSet(t), w.aFunc(t)
			return &dNode{
				num: cell.Count(src.set, func(r cell.Reader, x int) bool { return f.of(eyes{w, r, false}, x)%2 == 0 }),
				is: func(e eyes) any {
					got := 0
					for _, x := range w.setOf(e, src) {
						if f.of(e, x)%2 == 0 {
							got++
						}
					}
					return got
				},
			}
		}},
		{name: "FilterMap", make: func(w *dWorld, t *rapid.T) *dNode {
			src, f := w.aDict(t), w.aFunc(t)
			return &dNode{
				dict: cell.FilterMap(src.dict, func(r cell.Reader, k, v int) bool { return (f.of(eyes{w, r, false}, k)+v)%2 == 0 }),
				is: func(e eyes) any {
					got := map[int]int{}
					for k, v := range src.is(e).(map[int]int) {
						if (f.of(e, k)+v)%2 == 0 {
							got[k] = v
						}
					}
					return got
				},
			}
		}},
		{name: "MapValues", make: func(w *dWorld, t *rapid.T) *dNode {
			src, f := w.aDict(t), w.aFunc(t)
			return &dNode{
				dict: cell.MapValues(src.dict, func(r cell.Reader, k, v int) int { return (f.of(eyes{w, r, false}, k) + v) % 4 }),
				is: func(e eyes) any {
					got := map[int]int{}
					for k, v := range src.is(e).(map[int]int) {
						got[k] = (f.of(e, k) + v) % 4
					}
					return got
				},
			}
		}},
	}
}
