package cell_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// thing is an item that is sorted by a cell.
type thing struct {
	id  int
	key cell.Value[int]
}

func (x *thing) String() string { return fmt.Sprint(x.id) }

// sortedModel is what lists are computed from, in the simplest way.
type sortedModel struct {
	places places // ids, in the order of the source
	keys   []int
	sign   int
	limit  int
	back   bool
	least  int // of the filtered ones
}

func (m sortedModel) clone() sortedModel {
	m.places, m.keys = slices.Clone(m.places), slices.Clone(m.keys)
	return m
}

func (m sortedModel) sorted() []int {
	ids := m.places.items()
	slices.SortStableFunc(ids, func(a, b int) int { return cmp.Compare(m.sign*m.keys[a], m.sign*m.keys[b]) })
	return ids
}

// lists returns what each list under test should hold.
func (m sortedModel) lists() [][]int {
	sorted := m.sorted()
	first := sorted[:min(max(0, m.limit), len(sorted))]
	reversed := slices.Clone(sorted)
	if m.back {
		slices.Reverse(reversed)
	}
	filtered := slices.DeleteFunc(slices.Clone(m.places.items()), func(id int) bool { return m.keys[id] < m.least })
	slices.SortFunc(filtered, func(a, b int) int { return cmp.Compare(m.keys[b]%4*1000+b, m.keys[a]%4*1000+a) })
	return [][]int{sorted, first, reversed, reversed[:min(2, len(reversed))], filtered}
}

func TestB71_Sorted(t *testing.T) { rapid.Check(t, checkSorted) }

func FuzzSorted(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkSorted)) }

// follower keeps a copy of a list up to date by its changes.
type follower struct {
	copy    []*thing
	started bool
	o       *cell.Observer
}

func checkSorted(t *rapid.T) {
	const things = 12
	g := cell.NewGraph()
	var all []*thing
	for id := range things {
		all = append(all, &thing{id: id})
	}
	m := sortedModel{keys: make([]int, things), sign: 1, limit: 3}
	s := &cell.Set[*thing]{}
	sign, limit, back, least := cell.NewValue(1), cell.NewValue(3), cell.NewValue(false), cell.NewValue(0)

	sorted := cell.Sorted(s, func(r cell.Reader, x *thing) int {
		if x.id == 0 { // not all keys depend on cells
			return sign.Get(r) * m.keys[0]
		}
		return sign.Get(r) * x.key.Get(r)
	}, cmp.Compare)
	reversed := cell.Reversed(sorted, back)
	filtered := cell.Sorted(cell.Filter(s, func(r cell.Reader, x *thing) bool { return x.key.Get(r) >= least.Get(r) }),
		func(r cell.Reader, x *thing) int { return x.key.Get(r)%4*1000 + x.id },
		func(a, b int) int { return cmp.Compare(b, a) })
	lists := []*cell.LiveList[*thing]{sorted, cell.LimitBy(sorted, limit), reversed, cell.Limit(reversed, 2), filtered}

	followers := make([]follower, len(lists))
	contents := make([]follower, len(lists))
	toggle := func(f *follower, run func(r cell.Reader)) {
		if f.o == nil {
			f.started = false
			f.o = cell.Observe(g, run)
		} else {
			f.o.Stop()
			f.o = nil
		}
	}
	follow := func(i int) func(r cell.Reader) {
		return func(r cell.Reader) {
			f := &followers[i]
			if !f.started {
				f.copy, f.started = lists[i].Get(r), true
				for range lists[i].Splices(r) {
				}
				return
			}
			f.copy = apply(t, f.copy, lists[i].Splices(r), lists[i].Get(r))
		}
	}

	// A rule that reads what is computed from what another one writes: it is
	// undone and runs again.
	var pulse, copied cell.Pulse[int]
	create := []func(tx cell.Tx){
		func(tx cell.Tx) {
			if x := pulse.Get(tx.Reader); x != 0 && copied.Get(tx.Reader) != 0 {
				s.Add(tx, all[x])
			} else if x != 0 {
				s.Remove(tx, all[(x+1)%things])
			}
			if pulse.Get(tx.Reader) != 0 {
				tx.Untracked(func(tx cell.Tx) { sorted.Len(tx.Reader) })
			}
		},
		func(tx cell.Tx) { copied.Set(tx, pulse.Get(tx.Reader)) },
	}
	if rapid.Bool().Draw(t, "order") {
		slices.Reverse(create)
	}
	if err := g.Update(func(tx cell.Tx) error { cell.Rule(tx, create[0]); cell.Rule(tx, create[1]); return nil }); err != nil {
		t.Fatal(err)
	}

	write := func(tx cell.Tx) {
		id, x := rapid.IntRange(0, things-1).Draw(t, "id"), rapid.IntRange(0, 9).Draw(t, "x")
		switch rapid.IntRange(0, 11).Draw(t, "op") {
		case 0, 1, 2:
			s.Add(tx, all[id])
			m.places.put(id, true)
		case 3, 4:
			s.Remove(tx, all[id])
			m.places.put(id, false)
		case 5, 6, 7:
			if id != 0 {
				all[id].key.Set(tx, x)
				m.keys[id] = x
			}
		case 8:
			sign.Set(tx, -m.sign)
			m.sign = -m.sign
		case 9:
			limit.Set(tx, x-1)
			m.limit = x - 1
		case 10:
			back.Set(tx, x%2 == 0)
			m.back = x%2 == 0
		case 11:
			least.Set(tx, x)
			m.least = x
		}
	}
	// look compares a list with the model. In the code of a transaction start is
	// what it was when the pass began.
	look := func(r cell.Reader, i int, start []*thing) {
		l, want := lists[i], m.lists()[i]
		got := l.Get(r)
		if fmt.Sprint(got) != fmt.Sprint(want) || l.Len(r) != len(want) {
			t.Fatalf("list %d is %v, want %v", i, got, want)
		}
		for k, x := range got {
			if l.At(r, k) != x || l.IndexOf(r, x) != k {
				t.Fatalf("list %d: %d is at %d", i, x.id, l.IndexOf(r, x))
			}
		}
		if f := &followers[i]; start != nil && f.started && f.o != nil {
			if now := apply(t, start, l.Splices(r), got); !slices.Equal(now, got) {
				t.Fatalf("list %d by changes is %v, want %v", i, now, got)
			}
		}
	}
	for range rapid.IntRange(1, 12).Draw(t, "transactions") {
		for range rapid.IntRange(0, 2).Draw(t, "come and go") {
			if i := rapid.IntRange(0, len(lists)-1).Draw(t, "list"); rapid.Bool().Draw(t, "follow") {
				toggle(&followers[i], follow(i))
			} else {
				toggle(&contents[i], func(r cell.Reader) { contents[i].copy = lists[i].Get(r) })
			}
		}
		before, links := m.clone(), slices.Sorted(slices.Values(cell.Dump(g)))
		beforeFollowers, beforeContents := slices.Clone(followers), slices.Clone(contents)
		starts := make([][]*thing, len(lists))
		atStart := func() {
			for i := range lists {
				starts[i] = []*thing{}
				for _, id := range m.lists()[i] {
					starts[i] = append(starts[i], all[id])
				}
			}
		}
		atStart()
		fails := rapid.IntRange(0, 2).Draw(t, "fails") == 0
		pulsed := 0
		err := g.Update(func(tx cell.Tx) error {
			second := false
			var pass func(tx cell.Tx, left int)
			pass = func(tx cell.Tx, left int) {
				for range rapid.IntRange(0, 6).Draw(t, "ops") {
					write(tx)
					if i := rapid.IntRange(0, 2*len(lists)).Draw(t, "look"); i < len(lists) {
						start := starts[i]
						if second { // what has not been written since still tells of the first pass
							start = nil
						}
						look(tx.Reader, i, start)
					}
				}
				if left == 0 && rapid.IntRange(0, 3).Draw(t, "pulse") == 0 {
					pulsed = rapid.IntRange(1, things-1).Draw(t, "pulsed")
					pulse.Set(tx, pulsed)
				}
				if left > 0 {
					tx.OnCommit(func(tx cell.Tx) {
						if !second {
							for i, f := range followers {
								if f.o != nil && !slices.Equal(f.copy, lists[i].Get(tx.Reader)) {
									t.Fatalf("list %d was followed to %v", i, f.copy)
								}
							}
							atStart()
							second = true
						}
						pass(tx, left-1)
					})
				}
			}
			pass(tx, rapid.IntRange(0, 2).Draw(t, "passes"))
			if fails {
				tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
			}
			return nil
		})
		switch {
		case fails:
			if !errors.Is(err, errTest) {
				t.Fatal(err)
			}
			m = before
			copy(followers, beforeFollowers)
			copy(contents, beforeContents)
			if now := slices.Sorted(slices.Values(cell.Dump(g))); !slices.Equal(links, now) {
				t.Fatalf("links before %v\nand after a failure %v", links, now)
			}
		case err != nil:
			t.Fatal(err)
		default:
			if pulsed != 0 {
				m.places.put(pulsed, true)
			}
			m.places.end()
		}
		g.View(func(r cell.Reader) {
			for i := range lists {
				look(r, i, nil)
				for range lists[i].Splices(r) {
					t.Fatal("changes outside a transaction")
				}
			}
		})
		for i, want := range m.lists() {
			if f := followers[i]; f.o != nil && fmt.Sprint(f.copy) != fmt.Sprint(want) {
				t.Fatalf("list %d was followed to %v, want %v", i, f.copy, want)
			}
			if f := contents[i]; f.o != nil && fmt.Sprint(f.copy) != fmt.Sprint(want) {
				t.Fatalf("list %d was seen as %v, want %v", i, f.copy, want)
			}
		}
		if err := cell.Check(g); err != nil {
			t.Fatal(err)
		}
	}
}

// Many items, so that the tree is high and is built anew.
func TestB71_SortedOfMany(t *testing.T) {
	w := newWorld(t)
	const n = 3000
	random := rand.New(rand.NewPCG(1, 2))
	keys := make([]cell.Value[int], n)
	s := &cell.Set[int]{}
	sorted := cell.Sorted(s, func(r cell.Reader, x int) int { return keys[x].Get(r) }, cmp.Compare)
	var follows []int
	started := false
	cell.Observe(w, func(r cell.Reader) {
		if !started {
			started = true
		} else {
			top := len(follows) + 1
			for c := range sorted.Splices(r) {
				if c.End >= top {
					t.Fatal(c)
				}
				top = c.Start
				follows = slices.Replace(follows, c.Start, c.End, sorted.Slice(r, c.At, c.At+c.Size)...)
			}
			return
		}
		follows = sorted.Get(r)
	})
	for i := range 60 {
		f := func(tx cell.Tx) {
			for range n / 10 {
				x := random.IntN(n)
				switch random.IntN(3) {
				case 0:
					s.Add(tx, x)
				case 1:
					s.Remove(tx, x)
				default:
					keys[x].Set(tx, random.IntN(n/3))
				}
			}
		}
		if before := slices.Clone(follows); i%5 == 4 {
			w.fails(func(tx cell.Tx) { f(tx); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
			follows = before
		} else {
			w.do(f)
		}
		w.View(func(r cell.Reader) {
			want := slices.Collect(s.All(r))
			slices.SortStableFunc(want, func(a, b int) int { return cmp.Compare(keys[a].Get(r), keys[b].Get(r)) })
			if !slices.Equal(want, follows) {
				t.Fatalf("after %d: followed to %v, want %v", i, follows, want)
			}
		})
	}
}
