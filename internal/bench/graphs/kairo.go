package graphs

import "fmt"

// Sizes of kairo's graphs.
const (
	BroadWidth    = 50
	DeepHeight    = 50
	DiamondWidth  = 5
	MuxWidth      = 100
	RepeatedReads = 30
	TriangleWidth = 10
	UnstableReads = 20
)

// Kairo drives one of kairo's graphs.
type Kairo struct {
	Set  []func(int)  // write a source, in a transaction of its own
	Get  []func() int // read a cell, from outside
	Runs *int         // how often observers have run, if they count
}

// Vec is what the middle cell of mux and one cell of molBench hold, by pointer.
type Vec [MuxWidth]int

// Busy is kairo's stand-in for work.
func Busy() {
	a := 0
	for range 100 {
		a++
	}
	Sink += a
}

// Sink keeps what rules compute from being optimised away.
var Sink int

// Hard is molBench's stand-in for work.
func Hard(n int) int { return n + fib(16) }

func fib(n int) int {
	if n < 2 {
		return 1
	}
	return fib(n-1) + fib(n-2)
}

// kairo makes a case of a script: one call is one iteration, of so many
// transactions.
func kairo(name string, transactions int, build func(*Library) func() Kairo, script func(Kairo, *Check)) Case {
	return Case{Suite: "kairo", Name: name, run: func(l *Library, m *meter) bool {
		make := build(l)
		if make == nil {
			return false
		}
		k := make()
		m.steady(transactions, func() { script(k, &m.Check) })
		return true
	}}
}

var kairoCases = []Case{
	// A chain in which nothing passes the second cell: head, head, 0, +1 with
	// work, +2, +3, an observer with work.
	kairo("avoidable", 1001, func(l *Library) func() Kairo { return l.Avoidable }, func(k Kairo, c *Check) {
		k.Set[0](1)
		c.equal(k.Get[0](), 6)
		for i := range 1000 {
			k.Set[0](i)
			c.equal(k.Get[0](), 6)
		}
	}),
	// 50 pairs of cells over one, head+i and +1, each observed.
	kairo("broad", 51, func(l *Library) func() Kairo { return l.Broad }, func(k Kairo, c *Check) {
		k.Set[0](1)
		*k.Runs = 0
		for i := range 50 {
			k.Set[0](i)
			c.equal(k.Get[0](), i+BroadWidth)
		}
		c.equal(*k.Runs, 50*BroadWidth)
	}),
	// A chain of 50, each +1, observed at its end.
	kairo("deep", 51, func(l *Library) func() Kairo { return l.Deep }, func(k Kairo, c *Check) {
		k.Set[0](1)
		*k.Runs = 0
		for i := range 50 {
			k.Set[0](i)
			c.equal(k.Get[0](), i+DeepHeight)
		}
		c.equal(*k.Runs, 50)
	}),
	// 5 cells over one, each +1, and their sum, observed.
	kairo("diamond", 501, func(l *Library) func() Kairo { return l.Diamond }, func(k Kairo, c *Check) {
		k.Set[0](1)
		c.equal(k.Get[0](), 2*DiamondWidth)
		*k.Runs = 0
		for i := range 500 {
			k.Set[0](i)
			c.equal(k.Get[0](), (i+1)*DiamondWidth)
		}
		c.equal(*k.Runs, 500)
	}),
	// 100 sources, one cell that puts them in a new Vec, for each its element
	// and +1, observed.
	kairo("mux", 20, func(l *Library) func() Kairo { return l.Mux }, func(k Kairo, c *Check) {
		for i := range 10 {
			k.Set[i](i)
			c.equal(k.Get[i](), i+1)
		}
		for i := range 10 {
			k.Set[i](i * 2)
			c.equal(k.Get[i](), i*2+1)
		}
	}),
	// One cell that reads another 30 times and adds up, observed.
	kairo("repeated", 101, func(l *Library) func() Kairo { return l.Repeated }, func(k Kairo, c *Check) {
		k.Set[0](1)
		c.equal(k.Get[0](), RepeatedReads)
		*k.Runs = 0
		for i := range 100 {
			k.Set[0](i)
			c.equal(k.Get[0](), i*RepeatedReads)
		}
		c.equal(*k.Runs, 100)
	}),
	// A chain of 10, each +1, and the sum of head and all but the last, observed.
	kairo("triangle", 101, func(l *Library) func() Kairo { return l.Triangle }, func(k Kairo, c *Check) {
		constant := TriangleWidth * (TriangleWidth + 1) / 2
		k.Set[0](1)
		c.equal(k.Get[0](), constant)
		*k.Runs = 0
		for i := range 100 {
			k.Set[0](i)
			c.equal(k.Get[0](), constant-TriangleWidth+i*TriangleWidth)
		}
		c.equal(*k.Runs, 100)
	}),
	// head*2 and -head, and a cell that 20 times reads head and, if it is odd,
	// adds the one, else the other; observed.
	kairo("unstable", 101, func(l *Library) func() Kairo { return l.Unstable }, func(k Kairo, c *Check) {
		k.Set[0](1)
		c.equal(k.Get[0](), 2*UnstableReads)
		*k.Runs = 0
		for i := range 100 {
			k.Set[0](i)
		}
		c.equal(*k.Runs, 100)
	}),
	// molBench. Sources A, B; C = A%2 + B%2; D is a Vec whose elements 0 to 4
	// are i + A%2 - B%2; E = Hard(C + A + D[0]); F = Hard(D[2], or B if that is 0);
	// G = C + (C, or E%2 if that is 0) + D[4] + F. Observers: Hard(G); G; Hard(F).
	// Set[0](i) writes B = 1, A = 1+2i, Set[1](i) A = 2+2i, B = 2.
	func() Case {
		i := 0
		return kairo("mol", 2, func(l *Library) func() Kairo { return l.Mol }, func(k Kairo, c *Check) {
			i++
			*k.Runs = 0
			k.Set[0](i)
			k.Set[1](i)
			c.equal(k.Get[0](), mol(2+2*i, 2))
			c.holds(*k.Runs > 0, "no observer has run")
		})
	}(),
}

// mol is molBench's cell G, computed directly.
func mol(a, b int) int {
	c := a%2 + b%2
	d := func(i int) int { return i + a%2 - b%2 }
	e := Hard(c + a + d(0))
	x := d(2)
	if x == 0 {
		x = b
	}
	y := c
	if y == 0 {
		y = e % 2
	}
	return c + y + d(4) + Hard(x)
}

// Check notes the first value that is wrong.
type Check struct{ wrong string }

func (c *Check) holds(ok bool, otherwise string) {
	if !ok && c.wrong == "" {
		c.wrong = otherwise
	}
}

func (c *Check) equal(got, want int) {
	if got != want {
		c.holds(false, fmt.Sprintf("got %d, want %d", got, want))
	}
}
