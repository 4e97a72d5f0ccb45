package cell_test

import (
	"maps"
	"math"
	"math/big"
	"slices"

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
		dCombined("Union", func(sets ...cell.ReadableSet[int]) *cell.LiveSet[int] { return cell.Union(sets...) },
			func(in []bool) bool { return slices.Contains(in, true) }),
		dCombined("Intersect", func(sets ...cell.ReadableSet[int]) *cell.LiveSet[int] { return cell.Intersect(sets[0], sets[1:]...) },
			func(in []bool) bool { return !slices.Contains(in, false) }),
		dCombined("Difference", func(sets ...cell.ReadableSet[int]) *cell.LiveSet[int] { return cell.Difference(sets[0], sets[1:]...) },
			func(in []bool) bool { return in[0] && !slices.Contains(in[1:], true) }),
		{name: "MapSet", make: func(w *dWorld, t *rapid.T) *dNode {
			src, f := w.aSet(t), w.aFunc(t)
			return &dNode{
				set: cell.MapSet(src.set, func(r cell.Reader, x int) int { return f.of(eyes{w, r, false}, x) % dItems }),
				is: func(e eyes) any {
					got := map[int]bool{}
					for _, x := range w.setOf(e, src) {
						got[f.of(e, x)%dItems] = true
					}
					return got
				},
			}
		}},
		{name: "Keys", make: func(w *dWorld, t *rapid.T) *dNode {
			src := w.aDict(t)
			return &dNode{set: cell.Keys(src.dict), is: func(e eyes) any {
				got := map[int]bool{}
				for k := range src.is(e).(map[int]int) {
					got[k] = true
				}
				return got
			}}
		}},
		{name: "Values", make: func(w *dWorld, t *rapid.T) *dNode {
			src := w.aDict(t)
			return &dNode{set: cell.Values(src.dict), is: func(e eyes) any {
				got := map[int]bool{}
				for _, v := range src.is(e).(map[int]int) {
					got[v] = true
				}
				return got
			}}
		}},
		{name: "Entries", make: func(w *dWorld, t *rapid.T) *dNode {
			src := w.aDict(t)
			return &dNode{
				set: cell.MapSet(cell.Entries(src.dict), func(_ cell.Reader, x cell.Entry[int, int]) int { return (3*x.Key + x.Value) % dItems }),
				is: func(e eyes) any {
					got := map[int]bool{}
					for k, v := range src.is(e).(map[int]int) {
						got[(3*k+v)%dItems] = true
					}
					return got
				}}
		}},
		dNumber("Sum", func(s cell.ReadableSet[int], f func(cell.Reader, int) int) cell.Readable[int] { return cell.Sum(s, f) },
			func(xs []int) int { return sum(xs) }),
		dNumber("Sum of floats", func(s cell.ReadableSet[int], f func(cell.Reader, int) int) cell.Readable[int] {
			total := cell.Sum(s, func(r cell.Reader, x int) float64 { return []float64{1, 1e100, -1e100, 0.125, -1}[f(r, x)%5] })
			return cell.Compute(func(r cell.Reader) int { return int(total.Get(r) * 8 / max(1, math.Abs(total.Get(r))/1000)) })
		}, func(xs []int) int {
			exact := new(big.Float).SetPrec(1000) // rounded once, as the sum is
			for _, x := range xs {
				exact.Add(exact, big.NewFloat([]float64{1, 1e100, -1e100, 0.125, -1}[x%5]))
			}
			n, _ := exact.Float64()
			return int(n * 8 / max(1, math.Abs(n)/1000))
		}),
		dNumber("Min", func(s cell.ReadableSet[int], f func(cell.Reader, int) int) cell.Readable[int] { return cell.Min(s, f) },
			func(xs []int) int {
				if len(xs) == 0 {
					return 0
				}
				return slices.Min(xs)
			}),
		dNumber("Max", func(s cell.ReadableSet[int], f func(cell.Reader, int) int) cell.Readable[int] { return cell.Max(s, f) },
			func(xs []int) int {
				if len(xs) == 0 {
					return 0
				}
				return slices.Max(xs)
			}),
		{name: "GroupBy", make: func(w *dWorld, t *rapid.T) *dNode {
			src, f := w.aSet(t), w.aFunc(t)
			groups := cell.GroupBy(src.set, func(r cell.Reader, x int) int { return f.of(eyes{w, r, false}, x) % 3 })
			is := func(e eyes) map[int]map[int]bool {
				got := map[int]map[int]bool{}
				for _, x := range w.setOf(e, src) {
					k := f.of(e, x) % 3
					if got[k] == nil {
						got[k] = map[int]bool{}
					}
					got[k][x] = true
				}
				return got
			}
			if rapid.Bool().Draw(t, "one") {
				k := rapid.IntRange(0, 2).Draw(t, "key")
				return &dNode{set: cell.GroupOf(groups, k), is: func(e eyes) any {
					if got := is(e)[k]; got != nil {
						return got
					}
					return map[int]bool{}
				}}
			}
			return &dNode{
				dict: cell.MapValues(groups, func(r cell.Reader, _ int, s *cell.LiveSet[int]) int {
					return sizeOf((&dNode{set: s}).contents(r)) % 50
				}),
				is: func(e eyes) any {
					got := map[int]int{}
					for k, s := range is(e) {
						got[k] = sizeOf(s) % 50
					}
					return got
				},
			}
		}},
		{name: "Flatten", make: func(w *dWorld, t *rapid.T) *dNode {
			outer := &cell.Set[cell.ReadableSet[int]]{}
			var sets []*dNode
			for _, n := range w.nodes {
				if n.set != nil {
					sets = append(sets, n)
				}
			}
			w.outer = append(w.outer, func(tx cell.Tx, o op) {
				s := sets[o.at%len(sets)].set
				if o.x%2 == 0 || !outer.Remove(tx, s) {
					outer.Add(tx, s)
				}
			})
			return &dNode{set: cell.Flatten(outer), is: func(e eyes) any {
				got := map[int]bool{}
				for _, s := range cell.ItemsOf(outer) {
					for _, n := range sets {
						if n.set == s {
							maps.Copy(got, n.is(e).(map[int]bool))
						}
					}
				}
				return got
			}}
		}, do: func(w *dWorld, tx cell.Tx, o op) {
			for _, f := range w.outer {
				f(tx, o)
			}
		}},
		{name: "Join", make: func(w *dWorld, t *rapid.T) *dNode {
			a, b := w.aDict(t), w.aDict(t)
			return &dNode{
				dict: cell.MapValues(cell.Join(a.dict, b.dict), func(_ cell.Reader, k int, p cell.Pair[int, int]) int { return (2*p.Left + p.Right) % 7 }),
				is: func(e eyes) any {
					got := map[int]int{}
					right := b.is(e).(map[int]int)
					for k, v := range a.is(e).(map[int]int) {
						if x, ok := right[k]; ok {
							got[k] = (2*v + x) % 7
						}
					}
					return got
				},
			}
		}},
		{name: "JoinBy", make: func(w *dWorld, t *rapid.T) *dNode {
			a, b, f, h := w.aSet(t), w.aSet(t), w.aFunc(t), w.aFunc(t)
			return &dNode{
				set: cell.MapSet(cell.JoinBy(
					a.set, func(r cell.Reader, x int) int { return f.of(eyes{w, r, false}, x) % 3 },
					b.set, func(r cell.Reader, x int) int { return h.of(eyes{w, r, false}, x) % 3 }),
					func(_ cell.Reader, p cell.Pair[int, int]) int { return (4*p.Left + p.Right) % 11 }),
				is: func(e eyes) any {
					got := map[int]bool{}
					for _, x := range w.setOf(e, a) {
						for _, y := range w.setOf(e, b) {
							if f.of(e, x)%3 == h.of(e, y)%3 {
								got[(4*x+y)%11] = true
							}
						}
					}
					return got
				},
			}
		}},
	}
}

func dCombined(name string, combine func(...cell.ReadableSet[int]) *cell.LiveSet[int], want func([]bool) bool) dKind {
	return dKind{name: name, make: func(w *dWorld, t *rapid.T) *dNode {
		var from []*dNode
		var sets []cell.ReadableSet[int]
		for range rapid.IntRange(1, 3).Draw(t, "sets") {
			from = append(from, w.aSet(t))
			sets = append(sets, from[len(from)-1].set)
		}
		return &dNode{set: combine(sets...), is: func(e eyes) any {
			all := map[int]bool{}
			var each []map[int]bool
			for _, n := range from {
				each = append(each, n.is(e).(map[int]bool))
				maps.Copy(all, each[len(each)-1])
			}
			got := map[int]bool{}
			for x := range all {
				var in []bool
				for _, s := range each {
					in = append(in, s[x])
				}
				if want(in) {
					got[x] = true
				}
			}
			return got
		}}
	}}
}

func dNumber(name string, of func(cell.ReadableSet[int], func(cell.Reader, int) int) cell.Readable[int], is func([]int) int) dKind {
	return dKind{name: name, make: func(w *dWorld, t *rapid.T) *dNode {
		src, f := w.aSet(t), w.aFunc(t)
		return &dNode{
			num: of(src.set, func(r cell.Reader, x int) int { return f.of(eyes{w, r, false}, x) }),
			is: func(e eyes) any {
				var xs []int
				for _, x := range w.setOf(e, src) {
					xs = append(xs, f.of(e, x))
				}
				return is(xs)
			},
		}
	}}
}
