package graphs

import (
	"fmt"
	"math"
)

// Plan is one of reactively's graphs: a row of sources 0, 1, … and rows of cells
// over it, each of which adds up some neighbours of the row below.
type Plan struct {
	Width   int
	Sources int // how many cells of the row below, from x on, modulo Width, a cell reads
	// Static says of each cell of each row whether it reads all of them always.
	// Else it leaves out one of those after the first, if the first is odd: number
	// first % (Sources-1) of them.
	Static [][]bool
	Leaves []int // which cells of the last row are read
}

// Dynamic drives one. An observer reads the leaves as well.
type Dynamic struct {
	Write func(source int, v float64) // in a transaction of its own
	Read  func() float64              // reads the leaves from outside and adds them up
	Count *int                        // how often cells were computed
}

// Leave says which of a dynamic cell's sources after the first are left out; -1
// is none.
func Leave(first float64, sources int) int {
	if n := int64(first); n&1 != 0 {
		return int(n % int64(sources-1))
	}
	return -1
}

var dynamicCases = []Case{
	dynamic("simple-component", plan(10, 5, 2, 1, 0.2), 600_000, 19199968, 3_480_000),
	dynamic("dynamic-component", plan(10, 10, 6, 0.75, 0.2), 15_000, 302310782860, 1_155_000),
	dynamic("large-web-app", plan(1000, 12, 4, 0.95, 1), 7_000, 29355933696000, 1_463_000),
	dynamic("wide-dense", plan(1000, 5, 25, 1, 1), 3_000, 1171484375000, 732_000),
	dynamic("deep-graph", plan(5, 500, 3, 1, 1), 500, 3.0239642676898464e241, 1_246_500),
	dynamic("very-dynamic", plan(100, 15, 6, 0.5, 1), 2_000, 15664996402790400, 1_078_000),
}

// dynamic takes the time of so many iterations: a write and a look at the
// leaves. The expected numbers are those of the second such run on.
func dynamic(name string, p func() *Plan, iterations int, sum float64, count int) Case {
	return Case{Suite: "dynamic", Name: name, run: func(l *Library, m *meter) bool {
		if l.Dynamic == nil {
			return false
		}
		p, n, from := p(), iterations/m.part, 0
		d := l.Dynamic(p)
		written := make([]float64, p.Width)
		for k := range written {
			written[k] = float64(k)
		}
		run := func() {
			for i := from; i < from+n; i++ {
				k := i % p.Width
				written[k] = float64(i + k)
				d.Write(k, written[k])
				d.Read()
			}
			if m.part > 1 {
				from += n // else it may never write a source twice, so nothing changes
			}
		}
		run()
		m.shots(n, func(w *watch) {
			*d.Count = 0
			w.start()
			run()
			w.stop()
			want := sum
			if m.part > 1 {
				want = p.direct(written)
			} else {
				m.equal(*d.Count, count)
			}
			got := d.Read()
			m.holds(got == want, fmt.Sprintf("the leaves add up to %v, want %v", got, want))
		})
		return true
	}}
}

// direct is what the leaves add up to, computed directly.
func (p *Plan) direct(row []float64) (sum float64) {
	for _, static := range p.Static {
		next := make([]float64, p.Width)
		for x := range next {
			leave := -1
			if !static[x] {
				leave = Leave(row[x], p.Sources)
			}
			for k := range p.Sources {
				if k == 0 || k-1 != leave {
					next[x] += row[(x+k)%p.Width]
				}
			}
		}
		row = next
	}
	for _, i := range p.Leaves {
		sum += row[i]
	}
	return sum
}

func plan(width, layers, sources int, static, read float64) func() *Plan {
	return func() *Plan {
		p := &Plan{Width: width, Sources: sources}
		random := seeded()
		for range layers - 1 {
			row := make([]bool, width)
			for x := range row {
				row[x] = random() < static
			}
			p.Static = append(p.Static, row)
		}
		for x := range width {
			p.Leaves = append(p.Leaves, x)
		}
		random = seeded()
		for range int(math.Round(float64(width) * (1 - read))) {
			k := int(random() * float64(len(p.Leaves)))
			p.Leaves = append(p.Leaves[:k], p.Leaves[k+1:]...)
		}
		return p
	}
}

// seeded returns the generator of the originals, sfc32 seeded with a murmur3 of
// "seed": the expected numbers depend on it.
func seeded() func() float64 {
	const text = "seed"
	h := uint32(2166136261)
	for i := range len(text) {
		k := uint32(text[i]) * 3432918353
		h ^= (k<<15 | k>>17) * 461845907
		h = (h<<13|h>>19)*5 + 3864292196
	}
	h ^= uint32(len(text))
	word := func() uint32 {
		h ^= h >> 16
		h *= 2246822507
		h ^= h >> 13
		h *= 3266489909
		h ^= h >> 16
		return h
	}
	a, b, c, d := word(), word(), word(), word()
	return func() float64 {
		t := a + b
		a = b ^ b>>9
		b = c + c<<3
		c = c<<21 | c>>11
		d++
		t += d
		c += t
		return float64(t) / (1 << 32)
	}
}
