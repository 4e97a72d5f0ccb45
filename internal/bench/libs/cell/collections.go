package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

type item struct{ state cell.Value[int] }

func (i *item) isOne(r cell.Reader) bool { return i.state.Get(r) == 1 }

var collections = graphs.Collections{
	Loop: collection(func(items *cell.Set[*item]) func(cell.Reader) int {
		return cell.Compute(func(r cell.Reader) (n int) {
			for i := range items.All(r) {
				if i.isOne(r) {
					n++
				}
			}
			return n
		}).Get
	}),
	Filter: collection(func(items *cell.Set[*item]) func(cell.Reader) int {
		return cell.Filter(items, func(r cell.Reader, i *item) bool { return i.isOne(r) }).Len
	}),
	Count: collection(func(items *cell.Set[*item]) func(cell.Reader) int {
		return cell.Count(items, func(r cell.Reader, i *item) bool { return i.isOne(r) }).Get
	}),
	Sum: collection(func(items *cell.Set[*item]) func(cell.Reader) int {
		return cell.Sum(items, func(r cell.Reader, i *item) int { return i.state.Get(r) }).Get
	}),
	Group: collection(func(items *cell.Set[*item]) func(cell.Reader) int {
		groups := cell.GroupBy(items, func(r cell.Reader, i *item) int { return i.state.Get(r) })
		return func(r cell.Reader) int {
			group, ok := groups.Get(r, 1)
			if !ok {
				return 0
			}
			return group.Len(r)
		}
	}),
}

// collection makes n items, of which keep keeps something; it returns what Get is
// to return.
func collection(keep func(*cell.Set[*item]) func(cell.Reader) int) func(int) graphs.Collection {
	return func(n int) graphs.Collection {
		g := cell.NewGraph()
		all := make([]item, n)
		items := cell.NewSet[*item]()
		g.Update(func(tx cell.Tx) error {
			for i := range all {
				items.Add(tx, &all[i])
			}
			return nil
		})
		kept := keep(items)
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
