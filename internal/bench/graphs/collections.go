package graphs

import (
	"fmt"
	"runtime"
)

// Collection drives what is kept about n items, numbered from 0: each has a
// state, a number, 0 at first, in a cell of its own. What is kept is observed.
type Collection struct {
	Set func(item, state int) // in a transaction of its own
	Get func() int            // of what is kept, from outside, see Collections
}

// Collections builds them.
type Collections struct {
	Items     func(n int) Collection // nothing but the collection itself; Get is their number
	Loop      func(n int) Collection // the number of items in state 1, by a rule that looks at all
	Filter    func(n int) Collection // the items in state 1; Get is how many
	FilterMap func(n int) Collection // the same of a map of items by number
	Count     func(n int) Collection // their number
	Sum       func(n int) Collection // the sum of the states
	Max       func(n int) Collection // the greatest state
	Group     func(n int) Collection // the items by state; Get is how many are in state 1
	MapSet    func(n int) Collection // the set of states; Get is how many are not 0
	Sorted    func(n int) Collection // the items, the greatest state first; Get is the state of the first
}

// In what order the items change that do: the same few over and over, evenly
// spread, which shows what an algorithm does with size; or all of them, in random
// order, which shows, besides, what memory costs that has not been touched for long.
const (
	few = 64

	hot  = "hot"
	cold = "cold"
)

// kept is a kind of what is kept.
type kept struct {
	name string
	of   func(Collections) func(int) Collection
}

var keptKinds = []kept{
	{"loop", func(c Collections) func(int) Collection { return c.Loop }},
	{"filter", func(c Collections) func(int) Collection { return c.Filter }},
	{"filtermap", func(c Collections) func(int) Collection { return c.FilterMap }},
	{"count", func(c Collections) func(int) Collection { return c.Count }},
	{"sum", func(c Collections) func(int) Collection { return c.Sum }},
	{"max", func(c Collections) func(int) Collection { return c.Max }},
	{"group", func(c Collections) func(int) Collection { return c.Group }},
	{"mapset", func(c Collections) func(int) Collection { return c.MapSet }},
	{"sorted", func(c Collections) func(int) Collection { return c.Sorted }},
}

var collectionCases = func() (cases []Case) {
	for _, k := range keptKinds {
		for _, order := range []string{hot, cold} {
			for _, size := range []int{1_000, 1_000_000} {
				cases = append(cases, collection(k.name, order, size, k.of))
			}
		}
	}
	return cases
}()

// collection takes the time in which one item changes its state to 1 and another
// back to 0, by change.
func collection(name, order string, n int, of func(Collections) func(int) Collection) Case {
	return Case{Suite: "collections", Name: fmt.Sprintf("%s-%s-%d", name, order, n), run: func(l *Library, m *meter) bool {
		build := of(l.Collections)
		if build == nil {
			return false
		}
		n := n / m.scale
		c := build(n)
		next := inTurn(n)
		if order == cold {
			next = atRandom(n)
		}
		on := next()
		c.Set(on, 1)
		m.steady(2, func() {
			item := next()
			c.Set(item, 1)
			c.Set(on, 0)
			on = item
			m.equal(c.Get(), 1)
		})
		return true
	}}
}

func inTurn(n int) func() int {
	few := min(few, n)
	turn := 0
	return func() int {
		turn = (turn + 1) % few
		return turn * n / few
	}
}

// atRandom never returns the same number twice in a row.
func atRandom(n int) func() int {
	item, random := 0, uint64(1)
	return func() int {
		random = random*6364136223846793005 + 1442695040888963407
		item = (item + 1 + int(random>>33)%(n-1)) % n
		return item
	}
}

// itemMemory takes what each item of a collection takes, its cell included, with
// what is kept of them.
func itemMemory(k kept) Case {
	return Case{Suite: "memory", Name: "item-" + k.name, run: func(l *Library, m *meter) bool {
		build := k.of(l.Collections)
		if build == nil {
			return false
		}
		n := memoryCells / m.part
		empty := heap()
		c := build(n)
		m.value = (heap() - empty) / float64(n)
		runtime.KeepAlive(c)
		return true
	}}
}

func itemMemoryCases() (cases []Case) {
	cases = append(cases, itemMemory(kept{"alone", func(c Collections) func(int) Collection { return c.Items }}))
	for _, k := range keptKinds {
		cases = append(cases, itemMemory(k))
	}
	return cases
}
