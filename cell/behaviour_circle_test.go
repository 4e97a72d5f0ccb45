package cell_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB19_ComputedReadingItself(t *testing.T) {
	w := newWorld(t)
	var c, d *cell.Computed[int]
	c = cell.Compute(func(r cell.Reader) int { return c.Get(r) + 1 }).Named("c")
	p := panics(func() { cell.Read(w.Graph, c) })
	ce, ok := p.(*cell.CircularityError)
	if !ok || !cmp.Equal(ce.Path, []string{"c"}) {
		t.Fatal(p)
	}
	w.check()
	// By way of another, when observed.
	on := cell.NewValue(false)
	c = cell.Compute(func(r cell.Reader) int {
		if on.Get(r) {
			return d.Get(r)
		}
		return 0
	}).Named("c")
	d = cell.Compute(func(r cell.Reader) int { return c.Get(r) + 1 }).Named("d")
	cell.Observe(w, func(r cell.Reader) { w.add(d.Get(r)) })
	err := w.fails(func(tx cell.Tx) { on.Set(tx, true) })
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	if got := strings.Join(ce.Path, " "); got != "c d" && got != "d c" {
		t.Error(got)
	}
	is(w, on, false)
	is(w, d, 1)
	err = w.Update(func(tx cell.Tx) error { on.Set(tx, true); d.Get(tx.Reader); return nil })
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	w.check()
	w.saw("1")
}

// converter returns Fahrenheit and Celsius kept together.
func converter(w *world) (f, c *cell.Maintained[float64]) {
	w.do(func(tx cell.Tx) {
		f = cell.Maintain(tx, 32, func(tx cell.Tx, _ float64) float64 { w.add("f"); return c.Get(tx.Reader)*1.8 + 32 }).Named("F")
		c = cell.Maintain(tx, 0, func(tx cell.Tx, _ float64) float64 { w.add("c"); return (f.Get(tx.Reader) - 32) / 1.8 }).Named("C")
	})
	w.trace = nil
	return f, c
}

func TestB26_CircularPair(t *testing.T) {
	w := newWorld(t)
	f, c := converter(w)
	cell.Observe(w, func(r cell.Reader) { w.add(f.Get(r), c.Get(r)) })
	w.saw("32 0")
	set(w, c, 100)
	w.saw("f", "212 100")
	set(w, f, 32)
	w.saw("c", "32 0")
	err := w.fails(func(tx cell.Tx) {
		c.Set(tx, 10)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	if err != errTest {
		t.Error(err)
	}
	w.saw("f", "50 10")
	is(w, f, 32)
	set(w, c, 100)
	w.saw("f", "212 100")
}

func TestB27_CircularPairDrivenByAThird(t *testing.T) {
	w := newWorld(t)
	x := cell.NewValue(0)
	var a, b *cell.Maintained[int]
	w.do(func(tx cell.Tx) {
		a = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return x.Get(tx.Reader) + b.Get(tx.Reader) }).Named("A")
		b = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return a.Get(tx.Reader) }).Named("B")
	})
	err := w.fails(func(tx cell.Tx) { x.Set(tx, 1) })
	var ce *cell.CircularityError
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	is(w, x, 0)
	is(w, a, 0)
	is(w, b, 0)
	set(w, a, 5)
	is(w, b, 5)
}

func TestB28_CircularityErrorCarriesRoutesAndPath(t *testing.T) {
	w := newWorld(t)
	x := cell.NewValue(0)
	v := [3]*cell.Value[int]{cell.NewValue(0), cell.NewValue(0), cell.NewValue(0)}
	for i, name := range []string{"A", "B", "C"} {
		cell.Rule(w, func(tx cell.Tx) {
			if x.Get(tx.Reader) > 0 {
				v[(i+1)%3].Set(tx, v[i].Get(tx.Reader)+1)
			}
		}).Named(name)
	}
	err := w.fails(func(tx cell.Tx) { x.Set(tx, 1) })
	var ce *cell.CircularityError
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	// The path may begin anywhere on the loop.
	path := strings.Join(ce.Path, " ")
	if !strings.Contains("A B C A B", path) || len(ce.Path) != 3 {
		t.Error(path)
	}
	for i, from := range ce.Path {
		to := ce.Path[(i+1)%3]
		if !strings.Contains(strings.Join(ce.Routes[from], " "), to) {
			t.Errorf("no route from %s to %s: %v", from, to, ce.Routes)
		}
	}
	if want := "circular rules: " + strings.Join(append(ce.Path, ce.Path[0]), " -> "); !strings.HasSuffix(err.Error(), want) {
		t.Error(err)
	}
	is(w, x, 0)
}
