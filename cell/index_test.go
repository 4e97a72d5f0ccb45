package cell_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// Hashes of which many collide.
func TestIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hash := rapid.SampledFrom([]uint32{0, 1, 2, 3, 15, 16, 31, 1<<31 + 15, math.MaxUint32 - 1, math.MaxUint32})
		x := &cell.Index{}
		of := map[int]uint32{}
		for i := range rapid.IntRange(0, 200).Draw(t, "n") {
			if rapid.IntRange(0, 2).Draw(t, "what") > 0 {
				of[i] = hash.Draw(t, "hash")
				x.Add(of[i], i)
			} else {
				entry := rapid.IntRange(0, i).Draw(t, "entry")
				x.Remove(of[entry], entry)
				delete(of, entry)
			}
			for entry, h := range of {
				if !x.Has(h, entry) {
					t.Fatalf("entry %d with the hash %d is not found", entry, h)
				}
			}
			for entry := range i + 1 {
				if _, there := of[entry]; !there && slices.ContainsFunc([]uint32{0, 15, math.MaxUint32}, func(h uint32) bool { return x.Has(h, entry) }) {
					t.Fatalf("entry %d is found", entry)
				}
			}
		}
	})
}

// TestLargeSet compares a set whose size goes up and down by much with a slice.
func TestLargeSet(t *testing.T) {
	failed := errors.New("failed")
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		s := &cell.Set[int]{}
		kept := cell.Filter(s, func(_ cell.Reader, x int) bool { return x%3 != 0 })
		defer cell.Observe(w, func(r cell.Reader) { kept.Len(r) }).Stop()
		var want []int
		for range rapid.IntRange(1, 20).Draw(rt, "transactions") {
			first := rapid.IntRange(0, 300).Draw(rt, "first")
			n := rapid.SampledFrom([]int{1, 2, 9, 40, 300}).Draw(rt, "n")
			add, fails := rapid.Bool().Draw(rt, "add"), rapid.IntRange(0, 3).Draw(rt, "fails") == 0
			err := w.Update(func(tx cell.Tx) error {
				for x := first; x < first+n; x++ {
					if add {
						s.Add(tx, x)
					} else {
						s.Remove(tx, x)
					}
				}
				if fails {
					return failed
				}
				return nil
			})
			if fails != errors.Is(err, failed) {
				rt.Fatal(err)
			}
			for x := first; !fails && x < first+n; x++ {
				at := slices.Index(want, x)
				switch {
				case add && at < 0:
					want = append(want, x)
				case !add && at >= 0:
					want = slices.Delete(want, at, at+1)
				}
			}
			for _, of := range []cell.ReadableSet[int]{s, kept} {
				if _, err := cell.Places(of); err != nil {
					rt.Fatal(err)
				}
			}
			w.View(func(r cell.Reader) {
				if got := slices.Collect(s.All(r)); !slices.Equal(got, want) {
					rt.Fatalf("%v, not %v", got, want)
				}
				if got, want := slices.Collect(kept.All(r)), slices.DeleteFunc(slices.Clone(want), func(x int) bool { return x%3 == 0 }); !slices.Equal(got, want) {
					rt.Fatalf("filtered: %v, not %v", got, want)
				}
			})
		}
	})
}

// Items that come and go again and again, in a large set, stay in little memory.
func TestItemsThatComeAndGoStayTogether(t *testing.T) {
	w := newWorld(t)
	const n = 10_000
	s := &cell.Set[int]{}
	w.do(func(tx cell.Tx) {
		for x := range n {
			s.Add(tx, x)
		}
	})
	for i := range n / 2 {
		x := i % 64 * (n / 64)
		w.do(func(tx cell.Tx) { s.Remove(tx, x) })
		w.do(func(tx cell.Tx) { s.Add(tx, x) })
	}
	places, err := cell.Places(s)
	if err != nil || places > n+200 {
		t.Errorf("%d places for %d items, %v", places, n, err)
	}
}

// What is not equal to itself would never be found again, and what is derived from it
// would not follow: it is refused, wherever it comes from.
func TestNaNIsNoKey(t *testing.T) {
	nan := math.NaN()
	for _, n := range []int{1, 100} {
		w := newWorld(t)
		s, m := &cell.Set[float64]{}, &cell.Map[float64, int]{}
		sign := cell.NewValue(1.0)
		roots := cell.MapSet(s, func(r cell.Reader, x float64) float64 { return math.Sqrt(x * sign.Get(r)) })
		groups := cell.GroupBy(s, func(r cell.Reader, x float64) float64 { return math.Log(x * sign.Get(r)) })
		w.do(func(tx cell.Tx) {
			for x := range n {
				s.Add(tx, float64(x+1))
			}
		})
		for name, fn := range map[string]func(tx cell.Tx){
			"Add": func(tx cell.Tx) { s.Add(tx, 0.5, nan) },
			"Set": func(tx cell.Tx) { m.Set(tx, nan, 1) },
			"New": func(cell.Tx) { cell.NewSet(nan) },
			"MapSet": func(tx cell.Tx) {
				cell.Observe(tx, func(r cell.Reader) { roots.Len(r) })
				sign.Set(tx, -1)
			},
			"GroupBy": func(tx cell.Tx) {
				sign.Set(tx, -1)
				groups.Len(tx.Reader)
			},
		} {
			t.Log(name, misuse(t, func() { w.do(fn) }))
			w.check()
		}
		w.do(func(tx cell.Tx) {
			if s.Remove(tx, nan) || s.Has(tx.Reader, nan) {
				t.Error("NaN is there")
			}
		})
		if _, err := cell.Places(s); err != nil {
			t.Error(err)
		}
		w.View(func(r cell.Reader) {
			if s.Len(r) != n || roots.Len(r) != n || groups.Len(r) != n {
				t.Errorf("%d items, %d roots, %d groups, not %d", s.Len(r), roots.Len(r), groups.Len(r), n)
			}
		})
	}
}

// Who asks for what cannot be there leaves nothing behind.
func TestAskingForNaNLeavesNothing(t *testing.T) {
	w := newWorld(t)
	s, n := cell.NewSet(1.0), cell.NewValue(0)
	live := cell.Filter(s, func(cell.Reader, float64) bool { return true })
	o := cell.Observe(w, func(r cell.Reader) {
		w.add(n.Get(r), s.Has(r, math.NaN()), live.Has(r, math.NaN()))
	})
	for range 3 {
		set(w, n, cell.Read(w.Graph, n)+1)
	}
	w.saw("0 false false", "1 false false", "2 false false", "3 false false")
	o.Stop()
	if n := cell.Keyed(s) + cell.Keyed(live); n != 0 {
		t.Errorf("%d keys are left", n)
	}
}

// What cannot be hashed is refused as by a Go map, however few items there are.
func TestKeysThatCannotBeHashed(t *testing.T) {
	bad := []int{1}
	for _, n := range []int{0, 1, 8, 9, 100} {
		w := newWorld(t)
		s, m := &cell.Set[any]{}, &cell.Map[any, int]{}
		w.do(func(tx cell.Tx) {
			for i := range n {
				s.Add(tx, i)
				m.Set(tx, i, i)
			}
		})
		for name, fn := range map[string]func(tx cell.Tx){
			"Add":    func(tx cell.Tx) { s.Add(tx, "a", bad) },
			"Set":    func(tx cell.Tx) { m.Set(tx, bad, 1) },
			"Remove": func(tx cell.Tx) { s.Remove(tx, bad) },
			"Delete": func(tx cell.Tx) { m.Delete(tx, bad) },
			"Has":    func(tx cell.Tx) { s.Has(tx.Reader, bad) },
			"Get":    func(tx cell.Tx) { m.Get(tx.Reader, bad) },
			"Peek":   func(tx cell.Tx) { s.Peek(tx.Reader, bad) },
		} {
			if panics(func() { w.do(fn) }) == nil {
				t.Errorf("%s of a slice, with %d items, does not panic", name, n)
			}
			w.check()
		}
		w.View(func(r cell.Reader) {
			if s.Len(r) != n || m.Len(r) != n {
				t.Errorf("%d and %d items, not %d", s.Len(r), m.Len(r), n)
			}
		})
	}
}

func TestComingAndGoingAllocatesNothing(t *testing.T) {
	for _, size := range []int{0, 1, 7, 8, 9, 12, 100, 1000} {
		w := newWorld(t)
		s := &cell.Set[int]{}
		w.do(func(tx cell.Tx) {
			for x := range size {
				s.Add(tx, x)
			}
		})
		kept := cell.Filter(s, func(_ cell.Reader, x int) bool { return x < 0 })
		defer cell.Observe(w, func(r cell.Reader) { kept.Len(r) }).Stop()
		add := func(tx cell.Tx) error { s.Add(tx, -1); return nil }
		remove := func(tx cell.Tx) error { s.Remove(tx, -1); return nil }
		churn := func() {
			for range 500 {
				_, _ = w.Update(add), w.Update(remove)
			}
		}
		if n := testing.AllocsPerRun(5, churn); n != 0 && !raceEnabled {
			t.Errorf("%v allocations with %d items", n, size)
		}
	}
}
