// Command hand measures what is kept of a collection by hand, without any library:
// plain structs, Go maps and counters, updated by whoever changes an item. There is
// no transaction, nobody is told, and nothing can be undone. It shows what the
// machine asks for memory that has not been touched for long.
package main

import "github.com/freeswytch/freeswytch/internal/bench/graphs"

func main() { graphs.Main(&graphs.Library{Collections: collections}) }

// item is as large as one with a cell, so that as many fit into a cache.
type item struct {
	state  int
	number int
	_      [6]int
}

var collections = graphs.Collections{
	Filter: by(func([]item) (func(*item, int), func() int) {
		kept := map[*item]struct{}{}
		return func(i *item, is int) {
			if is == 1 {
				kept[i] = struct{}{}
			} else {
				delete(kept, i)
			}
		}, func() int { return len(kept) }
	}),
	FilterMap: by(func([]item) (func(*item, int), func() int) {
		kept := map[int]*item{}
		return func(i *item, is int) {
			if is == 1 {
				kept[i.number] = i
			} else {
				delete(kept, i.number)
			}
		}, func() int { return len(kept) }
	}),
	Count: by(func([]item) (func(*item, int), func() int) {
		n := 0
		return func(i *item, is int) {
			if i.state == 1 {
				n--
			}
			if is == 1 {
				n++
			}
		}, func() int { return n }
	}),
	Sum: by(func([]item) (func(*item, int), func() int) {
		sum := 0
		return func(i *item, is int) { sum += is - i.state }, func() int { return sum }
	}),
	Max: by(func(all []item) (func(*item, int), func() int) {
		counts := counted(all)
		return func(i *item, is int) { counts.move(i.state, is) }, func() (greatest int) {
			for state := range counts {
				greatest = max(greatest, state)
			}
			return greatest
		}
	}),
	Group: by(func(all []item) (func(*item, int), func() int) {
		groups := map[int]map[*item]struct{}{0: {}, 1: {}}
		for n := range all {
			groups[0][&all[n]] = struct{}{}
		}
		return func(i *item, is int) {
			delete(groups[i.state], i)
			groups[is][i] = struct{}{}
		}, func() int { return len(groups[1]) }
	}),
	MapSet: by(func(all []item) (func(*item, int), func() int) {
		counts := counted(all)
		return func(i *item, is int) { counts.move(i.state, is) }, func() int { return len(counts) - 1 }
	}),
}

// counts counts the items by state.
type counts map[int]int

func counted(all []item) counts { return counts{0: len(all)} }

func (c counts) move(was, is int) {
	if c[was]--; c[was] == 0 {
		delete(c, was)
	}
	c[is]++
}

// by makes n items. keep returns what corrects what is kept before an item has
// another state, and what Get is to return.
func by(keep func([]item) (move func(i *item, is int), get func() int)) func(int) graphs.Collection {
	return func(n int) graphs.Collection {
		all := make([]item, n)
		for i := range all {
			all[i].number = i
		}
		move, get := keep(all)
		return graphs.Collection{
			Set: func(i, state int) {
				if it := &all[i]; it.state != state {
					move(it, state)
					it.state = state
				}
			},
			Get: get,
		}
	}
}
