package graphs

import (
	"fmt"
	"sync"
	"time"
)

// MaxGoroutines is how many may use a graph at once.
const MaxGoroutines = 8

// Goroutines drives a graph that several goroutines use at once: MaxGoroutines
// values and their sum, which is observed. A library that does not lock is locked
// by whoever builds the graph.
type Goroutines struct {
	Set func(i, x int) // writes value i in a transaction of its own
	Sum func() int     // from outside
}

var goroutineCases = []Case{
	goroutines("set-1", 1, 1), goroutines("set-2", 2, 1), goroutines("set-8", 8, 1),
	goroutines("mixed-1", 1, 10), goroutines("mixed-2", 2, 10), goroutines("mixed-8", 8, 10),
}

// goroutines takes the time by the clock, not of the processor, in which n
// goroutines set each a value of its own: once in so many operations, and look at
// the sum otherwise. It is that of one operation of any of them.
func goroutines(name string, n, every int) Case {
	return Case{Suite: "goroutines", Name: name, run: func(l *Library, m *meter) bool {
		if l.Goroutines == nil {
			return false
		}
		g := l.Goroutines()
		ops := 100_000 / m.scale
		begin := time.Now()
		m.value = 1e18
		for i := 0; i < 3 || time.Since(begin) < m.budget; i++ {
			m.value = min(m.value, together(g, n, ops/n, every)/float64(ops))
			want := n * ((ops/n - 1) / every * every) // each has written this last
			m.holds(g.Sum() == want, fmt.Sprintf("the sum is %d, want %d", g.Sum(), want))
		}
		return true
	}}
}

// together returns nanoseconds.
func together(g Goroutines, n, ops, every int) float64 {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			for x := range ops {
				if x%every == 0 {
					g.Set(i, x)
				} else {
					g.Sum()
				}
			}
		})
	}
	begin := time.Now()
	close(start)
	all.Wait()
	return float64(time.Since(begin).Nanoseconds())
}
