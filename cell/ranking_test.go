package cell

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Random operations on a ranking, against two plain slices.
func TestRanking(t *testing.T) { rapid.Check(t, checkRanking) }

func FuzzRanking(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkRanking)) }

func checkRanking(t *rapid.T) {
	r := newRanking(cmp.Compare[int])
	var then, now []int
	if rapid.Bool().Draw(t, "build") {
		then = rapid.SliceOfNDistinct(rapid.IntRange(0, 99), 0, 40, rapid.ID).Draw(t, "entries")
		slices.Sort(then)
		r.build(then)
		now = slices.Clone(then)
	}
	find := func(x int) int32 { return r.at(slices.Index(now, x)) }
	toggle := func(x int) {
		if at, there := slices.BinarySearch(now, x); there {
			r.remove(find(x))
			now = slices.Delete(now, at, at+1)
		} else {
			r.add(x)
			now = slices.Insert(now, at, x)
		}
	}
	type state struct {
		ops       int
		then, now []int
	}
	start := state{0, slices.Clone(then), slices.Clone(now)} // of the transaction
	done := []state{start}
	undo := func(to state) {
		for len(r.ops) > to.ops {
			r.undo()
		}
		then, now = slices.Clone(to.then), slices.Clone(to.now)
	}
	for range rapid.IntRange(1, 120).Draw(t, "steps") {
		switch op := rapid.IntRange(0, 29).Draw(t, "op"); op {
		case 0, 1:
			r.settle()
			then = slices.Clone(now)
			done = []state{{len(r.ops), slices.Clone(then), slices.Clone(now)}}
		case 2: // a part of this pass
			undo(rapid.SampledFrom(done).Draw(t, "to"))
			done = []state{{len(r.ops), slices.Clone(then), slices.Clone(now)}}
		case 3, 4: // the transaction, or nothing of it
			if op == 3 {
				undo(start)
			}
			r.end()
			then = slices.Clone(now)
			start = state{0, slices.Clone(then), slices.Clone(now)}
			done = []state{start}
			if n := len(r.nodes) - 1 - r.freed; n != len(now) {
				t.Fatalf("%d nodes for %d entries", n, len(now))
			}
		case 5: // another one in the place, or the same
			if len(now) == 0 {
				break
			}
			at := rapid.IntRange(0, len(now)-1).Draw(t, "at")
			old, x := now[at], now[at]+rapid.IntRange(-3, 3).Draw(t, "by")
			all := slices.Concat(then, now, gone(r))
			slices.Sort(all)
			all = slices.Compact(all)
			k, _ := slices.BinarySearch(all, old)
			fits := (k == 0 || all[k-1] < x) && (k == len(all)-1 || x < all[k+1])
			if r.replace(find(old), x) != fits {
				t.Fatalf("%d fits into the place of %d in %v: %v", x, old, all, fits)
			}
			if fits { // it is known by its place, so it was there then, too, if old was
				now[at] = x
				if k = slices.Index(then, old); k >= 0 {
					then[k] = x
				}
			}
			done = append(done, state{len(r.ops), slices.Clone(then), slices.Clone(now)})
		default:
			toggle(rapid.IntRange(0, 99).Draw(t, "x"))
			done = append(done, state{len(r.ops), slices.Clone(then), slices.Clone(now)})
		}
		checkRanks(t, r, then, now)
	}
}

// gone returns the entries that are in neither sequence, but have not been
// forgotten.
func gone(r *ranking[int]) (entries []int) {
	for _, n := range r.nodes[1:] {
		if n.all > 0 && !n.old && !n.live {
			entries = append(entries, n.entry)
		}
	}
	return entries
}

func checkRanks(t *rapid.T, r *ranking[int], then, now []int) {
	checkShape(t, r)
	if r.length() != len(now) || r.oldLength() != len(then) {
		t.Fatalf("%d and %d entries, want %d and %d", r.oldLength(), r.length(), len(then), len(now))
	}
	var n int32
	for i, x := range now {
		at := r.at(i)
		if got := r.nodes[at].entry; got != x || r.rank(at) != i {
			t.Fatalf("at %d of %v: %d, of rank %d", i, now, got, r.rank(at))
		}
		if i > 0 && (r.step(n, false) != at || r.step(at, true) != n) {
			t.Fatalf("step to or from %d of %v", i, now)
		}
		n = at
	}
	if n != 0 && r.step(n, false) != 0 || len(now) > 0 && r.step(r.at(0), true) != 0 {
		t.Fatal("a step out of the sequence")
	}
	want := difference(then, now)
	if got := r.changes(nil, len(then)+len(now)+1, false); !slices.Equal(got, want) {
		t.Fatalf("from %v to %v: %v, want %v", then, now, got, want)
	}
	limit := rapid.IntRange(0, 20).Draw(t, "limit")
	some := r.changes(nil, limit, false)
	for i, c := range want {
		if c.Start >= limit && c.At >= limit {
			break
		}
		if i >= len(some) || some[i].Start != c.Start || some[i].At != c.At ||
			some[i].End < min(c.End, limit) || some[i].newEnd() < min(c.newEnd(), limit) {
			t.Fatalf("those of %v before %d: %v", want, limit, some)
		}
	}
	slices.Reverse(then)
	slices.Reverse(now)
	want = difference(then, now)
	if got := r.changes(nil, len(then)+len(now)+1, true); !slices.Equal(got, want) {
		t.Fatalf("backward from %v to %v: %v, want %v", then, now, got, want)
	}
	slices.Reverse(then)
	slices.Reverse(now)
}

// difference compares two sequences of distinct items, whose common ones have the
// same order.
func difference(then, now []int) (changes script) {
	for i, k := 0, 0; i < len(then) || k < len(now); {
		c := Splice{Start: i, At: k}
		for i < len(then) && !slices.Contains(now, then[i]) {
			i++
		}
		for k < len(now) && !slices.Contains(then, now[k]) {
			k++
		}
		if c.End, c.Size = i, k-c.At; c.End > c.Start || c.Size > 0 {
			changes = append(changes, c)
		}
		i, k = i+1, k+1
	}
	return changes
}

// checkShape checks the links, counts and balance of all nodes.
func checkShape[E any](t rapid.TB, r *ranking[E]) {
	seen := 0
	var check func(n, up int32) rankNode[E]
	check = func(n, up int32) (c rankNode[E]) {
		if n == 0 {
			return c
		}
		seen++
		e := r.nodes[n]
		lc, rc := check(e.left, n), check(e.right, n)
		c = e
		c.all, c.was, c.is = lc.all+rc.all+1, lc.was+rc.was, lc.is+rc.is
		if e.old {
			c.was++
		}
		if e.live {
			c.is++
		}
		wl, wr := r.weight(e.left), r.weight(e.right)
		switch {
		case e.up != up:
			t.Fatalf("node %d has the wrong parent", n)
		case c.all != e.all || c.was != e.was || c.is != e.is:
			t.Fatalf("node %d counts %d %d %d, want %d %d %d", n, e.all, e.was, e.is, c.all, c.was, c.is)
		case wl > tooHeavy*wr || wr > tooHeavy*wl:
			t.Fatalf("node %d is out of balance: %d and %d", n, wl, wr)
		}
		return c
	}
	check(r.root, 0)
	if none := r.nodes[0]; none.all != 0 || none.up != 0 {
		t.Fatal("something hangs on no node")
	}
	if seen+r.freed+1 != len(r.nodes) {
		t.Fatalf("%d nodes in use and %d free of %d", seen, r.freed, len(r.nodes)-1)
	}
}

func TestRankingStaysInBalance(t *testing.T) {
	const n = 20_000
	for name, order := range map[string]func(i int) int{
		"ascending":  func(i int) int { return i },
		"descending": func(i int) int { return -i },
		"from both":  func(i int) int { return i * (1 - i%2*2) },
		"random":     func(i int) int { return i * 7919 % n },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRanking(cmp.Compare[int])
			for i := range n {
				r.add(order(i))
			}
			r.end()
			checkShape(t, r)
			for i := range n - 10 {
				r.remove(r.at((i * 31) % r.length()))
				if i%1000 == 0 {
					r.end()
					checkShape(t, r)
				}
			}
			r.end()
			checkShape(t, r)
		})
	}
}

func BenchmarkRanking(b *testing.B) {
	for _, size := range []int{1e3, 1e5, 1e6} {
		b.Run(fmt.Sprintf("%.0e", float64(size)), func(b *testing.B) {
			r := newRanking(cmp.Compare[int])
			entries := make([]int, size)
			for i := range entries {
				entries[i] = 2 * i
			}
			r.build(entries)
			b.ReportAllocs()
			x := 0
			for b.Loop() {
				x = (x + 7919) % size
				n := r.add(2*x + 1)
				r.end()
				r.remove(n)
				r.end()
			}
		})
	}
}
