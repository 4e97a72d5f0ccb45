package graphs

import "fmt"

// Collection drives what is kept about n items, numbered from 0: each has a
// state, a number, 0 at first, in a cell of its own. What is kept is observed.
type Collection struct {
	Set func(item, state int) // in a transaction of its own
	Get func() int            // of what is kept, from outside, see Collections
}

// Collections builds them.
type Collections struct {
	Loop   func(n int) Collection // the number of items in state 1, by a rule that looks at all
	Filter func(n int) Collection // the items in state 1; Get is how many
	Count  func(n int) Collection // their number
	Sum    func(n int) Collection // the sum of the states
	Group  func(n int) Collection // the items by state; Get is how many are in state 1
}

var collectionCases = func() (cases []Case) {
	for _, k := range []struct {
		name string
		of   func(Collections) func(int) Collection
	}{
		{"loop", func(c Collections) func(int) Collection { return c.Loop }},
		{"filter", func(c Collections) func(int) Collection { return c.Filter }},
		{"count", func(c Collections) func(int) Collection { return c.Count }},
		{"sum", func(c Collections) func(int) Collection { return c.Sum }},
		{"group", func(c Collections) func(int) Collection { return c.Group }},
	} {
		for _, size := range []int{1_000, 10_000, 100_000, 1_000_000} {
			cases = append(cases, collection(k.name, size, k.of))
		}
	}
	return cases
}()

// collection takes the time in which one item changes its state to 1 and another
// back to 0, by change: items all over the collection take turns.
func collection(name string, n int, of func(Collections) func(int) Collection) Case {
	return Case{Suite: "collections", Name: fmt.Sprintf("%s-%d", name, n), run: func(l *Library, m *meter) bool {
		build := of(l.Collections)
		if build == nil {
			return false
		}
		n := n / m.scale
		c := build(n)
		item, on := 0, 0
		c.Set(item, 1)
		m.steady(2, func() {
			item = (item + 7919) % n // a prime
			c.Set(item, 1)
			c.Set(on, 0)
			on = item
			m.equal(c.Get(), 1)
		})
		return true
	}}
}
