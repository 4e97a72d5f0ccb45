package main

import (
	"cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

type item struct{ state cell.Value[int] }

func (i *item) is(r cell.Reader) int { return i.state.Get(r) }

func (i *item) isOne(r cell.Reader) bool { return i.is(r) == 1 }

func isOne(r cell.Reader, i *item) bool { return i.isOne(r) }

func state(r cell.Reader, i *item) int { return i.is(r) }

var collections = graphs.Collections{
	Items: ofSet(func(items *cell.Set[*item]) func(cell.Reader) int { return items.Len }),
	Loop: ofSet(func(items *cell.Set[*item]) func(cell.Reader) int {
		return cell.Compute(func(r cell.Reader) (n int) {
			for i := range items.All(r) {
				if i.isOne(r) {
					n++
				}
			}
			return n
		}).Get
	}),
	Filter: ofSet(func(items *cell.Set[*item]) func(cell.Reader) int { return cell.Filter(items, isOne).Len }),
	FilterMap: ofMap(func(items *cell.Map[int, *item]) func(cell.Reader) int {
		return cell.FilterMap(items, func(r cell.Reader, _ int, i *item) bool { return i.isOne(r) }).Len
	}),
	Count: ofSet(func(items *cell.Set[*item]) func(cell.Reader) int { return cell.Count(items, isOne).Get }),
	Sum:   ofSet(func(items *cell.Set[*item]) func(cell.Reader) int { return cell.Sum(items, state).Get }),
	Max:   ofSet(func(items *cell.Set[*item]) func(cell.Reader) int { return cell.Max(items, state).Get }),
	Group: ofSet(func(items *cell.Set[*item]) func(cell.Reader) int {
		groups := cell.GroupBy(items, state)
		return func(r cell.Reader) int {
			group, ok := groups.Get(r, 1)
			if !ok {
				return 0
			}
			return group.Len(r)
		}
	}),
	MapSet: ofSet(func(items *cell.Set[*item]) func(cell.Reader) int {
		states := cell.MapSet(items, state)
		return func(r cell.Reader) int { return states.Len(r) - 1 }
	}),
	Sorted: ofSet(func(items *cell.Set[*item]) func(cell.Reader) int {
		sorted := cell.Sorted(items, func(r cell.Reader, i *item) int { return -i.is(r) }, cmp.Compare)
		return func(r cell.Reader) int {
			first, _ := sorted.First(r)
			return first.state.Peek(r)
		}
	}),
}

// ofSet makes a set of n items, of which keep keeps something; it returns what Get
// is to return.
func ofSet(keep func(*cell.Set[*item]) func(cell.Reader) int) func(int) graphs.Collection {
	return collection(func(tx cell.Tx, all []item) func(cell.Reader) int {
		items := cell.NewSet[*item]()
		for i := range all {
			items.Add(tx, &all[i])
		}
		return keep(items)
	})
}

// ofMap makes a map of them.
func ofMap(keep func(*cell.Map[int, *item]) func(cell.Reader) int) func(int) graphs.Collection {
	return collection(func(tx cell.Tx, all []item) func(cell.Reader) int {
		items := &cell.Map[int, *item]{}
		for i := range all {
			items.Set(tx, i, &all[i])
		}
		return keep(items)
	})
}

func collection(keep func(cell.Tx, []item) func(cell.Reader) int) func(int) graphs.Collection {
	return func(n int) graphs.Collection {
		g := cell.NewGraph()
		all := make([]item, n)
		var kept func(cell.Reader) int
		g.Update(func(tx cell.Tx) error { kept = keep(tx, all); return nil })
		cell.Observe(g, func(r cell.Reader) { kept(r) })
		return graphs.Collection{
			Set: func(i, state int) {
				g.Update(func(tx cell.Tx) error { all[i].state.Set(tx, state); return nil })
			},
			Get: func() (n int) {
				g.View(func(r cell.Reader) { n = kept(r) })
				return n
			},
		}
	}
}
