package cell_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func itself(_ cell.Reader, x int) int { return x }

func TestB70_ChangeSlices(t *testing.T) {
	type tx = cell.Tx
	type set = cell.Set[int]
	for _, c := range []struct {
		name         string
		do           func(tx, *set)
		changes, all string
	}{
		{"add before", func(tx tx, s *set) { s.Add(tx, 0) }, "(0,0,1)", "[0 1 3 5 7]"},
		{"add between", func(tx tx, s *set) { s.Add(tx, 4) }, "(2,2,1)", "[1 3 4 5 7]"},
		{"add behind", func(tx tx, s *set) { s.Add(tx, 9) }, "(4,4,1)", "[1 3 5 7 9]"},
		{"remove the first", func(tx tx, s *set) { s.Remove(tx, 1) }, "(0,1,0)", "[3 5 7]"},
		{"remove the last", func(tx tx, s *set) { s.Remove(tx, 7) }, "(3,4,0)", "[1 3 5]"},
		{"remove neighbours", func(tx tx, s *set) { s.Remove(tx, 5); s.Remove(tx, 3) }, "(1,3,0)", "[1 7]"},
		{"insert and delete at one place", func(tx tx, s *set) { s.Remove(tx, 3); s.Add(tx, 4) }, "(1,2,1)", "[1 4 5 7]"},
		{"insert and delete before it", func(tx tx, s *set) { s.Remove(tx, 3); s.Add(tx, 2) }, "(1,2,1)", "[1 2 5 7]"},
		{"Trellis' own", func(tx tx, s *set) {
			s.Remove(tx, 3)
			s.Remove(tx, 7)
			s.Add(tx, 2, 4, 8)
		}, "(3,4,1)(1,2,2)", "[1 2 4 5 8]"},
		{"several between the same", func(tx tx, s *set) { s.Add(tx, 6, 4, 2) }, "(3,3,1)(2,2,1)(1,1,1)", "[1 2 3 4 5 6 7]"},
		{"all", func(tx tx, s *set) { s.Clear(tx); s.Add(tx, 2) }, "(0,4,1)", "[2]"},
		{"none", func(tx tx, s *set) { s.Remove(tx, 3); s.Add(tx, 4); s.Remove(tx, 4); s.Add(tx, 3) }, "", "[1 3 5 7]"},
	} {
		for _, looked := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, " ", looked), func(t *testing.T) {
				w := newWorld(t)
				s := cell.NewSet(5, 1, 7, 3)
				sorted := cell.Sorted(s, itself, cmp.Compare)
				o := cell.Observe(w, func(r cell.Reader) { w.add("changes", splices(sorted.Splices(r))) })
				cell.Observe(w, func(r cell.Reader) { w.add("contents", sorted.Get(r)) })
				w.saw("changes", "contents[1 3 5 7]")
				do := func(tx tx) {
					if looked {
						s.Add(tx, 5)
						sorted.Len(tx.Reader)
					}
					c.do(tx, s)
					if all := fmt.Sprint(sorted.Get(tx.Reader)); looked && all != c.all { // at once
						t.Error(all)
					}
				}
				w.fails(func(tx cell.Tx) {
					do(tx)
					tx.OnCommit(func(tx cell.Tx) { s.Add(tx, 50); sorted.Len(tx.Reader); tx.Fail(errTest) })
				})
				is(w, sorted, []int{1, 3, 5, 7})
				w.trace = nil
				w.do(do)
				if c.changes != "" {
					w.saw("changes"+c.changes, "contents"+c.all, "changes")
				} else {
					w.saw()
				}
				o.Stop()
				is(w, sorted, is2(c.all))
			})
		}
	}
}

// is2 reads what fmt has printed.
func is2(s string) (xs []int) {
	for _, f := range strings.Fields(strings.Trim(s, "[]")) {
		var x int
		fmt.Sscan(f, &x)
		xs = append(xs, x)
	}
	return xs
}

func TestB70_Reads(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(5, 1, 3)
	sorted := cell.Sorted(s, itself, cmp.Compare)
	look := func(r cell.Reader) {
		first, some := sorted.First(r)
		last, more := sorted.Last(r)
		w.add(first, some, last, more, sorted.Len(r), list(sorted.All(r)), list(sorted.Backward(r)))
		if some {
			w.add(sorted.At(r, 0), sorted.IndexOf(r, 3), sorted.IndexOf(r, 4), sorted.Slice(r, 1, sorted.Len(r)))
		}
	}
	w.View(look)
	w.saw("1 true 5 true 3[1 3 5][5 3 1]", "1 1 -1 [3 5]")
	cell.Observe(w, look)
	w.saw("1 true 5 true 3[1 3 5][5 3 1]", "1 1 -1 [3 5]")
	w.do(func(tx cell.Tx) { s.Add(tx, 4, 2); s.Remove(tx, 5) })
	w.saw("1 true 4 true 4[1 2 3 4][4 3 2 1]", "1 2 3 [2 3 4]")
	w.do(func(tx cell.Tx) { s.Clear(tx) })
	w.saw("0 false 0 false 0[][]")
	for name, f := range map[string]func(r cell.Reader){
		"at":      func(r cell.Reader) { sorted.At(r, 0) },
		"slice":   func(r cell.Reader) { sorted.Slice(r, 0, 1) },
		"crossed": func(r cell.Reader) { sorted.Slice(r, 0, -1) },
	} {
		if panics(func() { w.View(f) }) == nil {
			t.Error(name, "did not panic")
		}
	}
	misuse(t, func() { w.View(func(r cell.Reader) { new(cell.LiveList[int]).Len(r) }) })
}

func TestB70_TiesAreInTheOrderOfTheSource(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet("dd", "b", "aa", "c")
	sorted := cell.Sorted(s, func(_ cell.Reader, x string) int { return len(x) }, cmp.Compare)
	is(w, sorted, []string{"b", "c", "dd", "aa"})
	cell.Observe(w, func(r cell.Reader) { w.add(sorted.Get(r), splices(sorted.Splices(r))) })
	w.do(func(tx cell.Tx) { s.Add(tx, "a") })
	w.do(func(tx cell.Tx) {
		s.Remove(tx, "b")
		w.add(sorted.Get(tx.Reader))
		s.Add(tx, "b") // to its place
		w.add(sorted.Get(tx.Reader))
	})
	w.do(func(tx cell.Tx) { s.Remove(tx, "b"); tx.OnCommit(func(tx cell.Tx) { s.Add(tx, "b") }) })
	w.do(func(tx cell.Tx) { s.Remove(tx, "b") })
	w.do(func(tx cell.Tx) { s.Add(tx, "b") }) // as a new one
	w.saw("[b c dd aa]",
		"[b c a dd aa](2,2,1)", "[b c a dd aa]",
		"[c a dd aa]", "[b c a dd aa]", "[b c a dd aa]",
		"[c a dd aa](0,1,0)", "[b c a dd aa](0,0,1)", "[b c a dd aa]",
		"[c a dd aa](0,1,0)", "[c a dd aa]",
		"[c a b dd aa](2,2,1)", "[c a b dd aa]")
}

// A set that nobody listens to any more is computed anew, and may so get another
// order; what was sorted by it before must not stay as it was.
func TestSortedFollowsASetThatIsComputedAnew(t *testing.T) {
	w := newWorld(t)
	first, second := cell.NewSet[int](), cell.NewSet(2)
	union := cell.Union[int](first, second)
	sorted := cell.Sorted(union, func(cell.Reader, int) int { return 0 }, cmp.Compare)
	o := cell.Observe(w, func(r cell.Reader) { union.Len(r) })
	w.do(func(tx cell.Tx) { first.Add(tx, 1) })
	is(w, sorted, []int{2, 1})
	o.Stop()
	w.View(func(r cell.Reader) {
		if items := slices.Collect(union.All(r)); !slices.Equal(items, sorted.Get(r)) {
			t.Errorf("%v, sorted %v", items, sorted.Get(r))
		}
	})
}

type call struct {
	name  string
	since cell.Value[int]
}

func (c *call) String() string { return c.name }

func TestSortedByCells(t *testing.T) {
	w := newWorld(t)
	asked := 0
	sign := cell.NewValue(1)
	s := &cell.Set[*call]{}
	var calls []*call
	w.do(func(tx cell.Tx) {
		for i, name := range strings.Split("abcdef", "") {
			c := &call{name: name}
			c.since.Set(tx, 10*i)
			s.Add(tx, c)
			calls = append(calls, c)
		}
	})
	sorted := cell.Sorted(s, func(r cell.Reader, c *call) int { asked++; return sign.Get(r) * c.since.Get(r) }, cmp.Compare)
	o := cell.Observe(w, func(r cell.Reader) { w.add(sorted.Get(r)) })
	cell.Observe(w, func(r cell.Reader) { w.add(splices(sorted.Splices(r))) })
	w.saw("[a b c d e f]", "")
	asked = 0
	set(w, &calls[0].since, 25) // only this one moves
	w.saw("[b c a d e f]", "(3,3,1)(0,1,0)", "")
	set(w, &calls[0].since, 26) // and stays
	w.saw()
	if asked != 2 {
		t.Error("asked", asked)
	}
	asked = 0
	set(w, sign, -1) // all do
	w.saw("[f e d a c b]", "(0,6,6)", "")
	if asked != 6 {
		t.Error("asked", asked)
	}
	w.fails(func(tx cell.Tx) {
		calls[1].since.Set(tx, 100)
		w.add(sorted.Get(tx.Reader))
		sign.Set(tx, 1)
		w.add(sorted.Get(tx.Reader), splices(sorted.Splices(tx.Reader)))
		s.Remove(tx, calls[2])
		w.add(sorted.Get(tx.Reader), splices(sorted.Splices(tx.Reader)))
		tx.OnCommit(func(tx cell.Tx) { calls[0].since.Set(tx, 0); sorted.Len(tx.Reader); tx.Fail(errTest) })
	})
	w.saw("[b f e d a c]", "[c a d e f b](0,6,6)", "[a d e f b](0,6,5)", "[a d e f b]", "(0,6,5)")
	w.do(func(tx cell.Tx) { calls[2].since.Set(tx, 15) })
	w.saw() // between the same
	w.do(func(tx cell.Tx) {
		for _, c := range calls {
			c.since.Set(tx, c.since.Get(tx.Reader)+1)
		}
	})
	w.saw() // all keys are new, the order is not
	w.do(func(tx cell.Tx) {
		s.Add(tx, &call{name: "z"})
		sorted.Len(tx.Reader)
		for _, c := range calls {
			c.since.Set(tx, c.since.Get(tx.Reader)-1)
		}
	})
	w.saw("[f e d a c b z]", "(6,6,1)", "")
	o.Stop()
	if n := cell.Listeners(&calls[0].since); n != 1 {
		t.Error(n, "listeners")
	}
}

func TestSortedAnewAfterAChange(t *testing.T) {
	w := newWorld(t)
	s := &cell.Set[*call]{}
	a, b, c := &call{name: "a"}, &call{name: "b"}, &call{name: "c"}
	w.do(func(tx cell.Tx) { s.Add(tx, a, b, c); a.since.Set(tx, 1); b.since.Set(tx, 2); c.since.Set(tx, 3) })
	sorted := cell.Sorted(s, func(r cell.Reader, c *call) int { return c.since.Get(r) }, cmp.Compare)
	cell.Observe(w, func(r cell.Reader) { w.add(sorted.Get(r), splices(sorted.Splices(r))) })
	w.do(func(tx cell.Tx) {
		s.Remove(tx, b)
		w.add(sorted.Get(tx.Reader))
		a.since.Set(tx, 11) // the order is the same, but b is gone
		c.since.Set(tx, 13)
	})
	w.saw("[a b c]", "[a c]", "[a c](0,3,2)", "[a c]")
}

func TestDefect2_ReadersOfTheContentsAreTold(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(2, 1)
	sorted := cell.Sorted(s, itself, cmp.Compare)
	cell.Observe(w, func(r cell.Reader) { w.add(sorted.Get(r)) })
	w.do(func(tx cell.Tx) { s.Add(tx, 0) })
	w.fails(func(tx cell.Tx) { s.Remove(tx, 1); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
	w.do(func(tx cell.Tx) { s.Remove(tx, 2) })
	w.saw("[1 2]", "[0 1 2]", "[0 2]", "[0 1]")
}

func TestSortedOfARetriedRule(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(1), cell.NewValue(0)
	s := cell.NewSet(100, 200)
	sorted := cell.Sorted(s, itself, cmp.Compare)
	cell.Observe(w, func(r cell.Reader) { w.add(sorted.Get(r), splices(sorted.Splices(r))) })
	w.trace = nil
	w.do(func(tx cell.Tx) {
		cell.Rule(tx, func(tx cell.Tx) {
			s.Add(tx, v.Get(tx.Reader)+x.Get(tx.Reader))
			tx.Untracked(func(tx cell.Tx) { w.add(sorted.Get(tx.Reader)) })
		})
		cell.Rule(tx, func(tx cell.Tx) { x.Set(tx, 150*v.Get(tx.Reader)) })
	})
	w.saw("[1 100 200]", "[100 151 200]", "[100 151 200](1,1,1)", "[100 151 200]")
}

func TestSortedCompareThatFails(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(1, 2, 3)
	bad := false
	sorted := cell.Sorted(s, itself, func(a, b int) int {
		if bad {
			panic(errTest)
		}
		return a - b
	}).Named("sorted")
	cell.Observe(w, func(r cell.Reader) { w.add(sorted.Get(r)) })
	bad = true
	w.fails(func(tx cell.Tx) { s.Add(tx, 0) })
	bad = false
	w.do(func(tx cell.Tx) { s.Remove(tx, 2) })
	w.saw("[1 2 3]", "[1 3]")
	// Also while it undoes.
	w.fails(func(tx cell.Tx) {
		s.Remove(tx, 1)
		s.Add(tx, 2)
		w.add(sorted.Get(tx.Reader))
		bad = true
		tx.Fail(errTest)
	})
	bad = false
	w.do(func(tx cell.Tx) { s.Add(tx, 5) })
	w.saw("[2 3]", "[1 3 5]")
}

func TestLimit(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(50, 40, 30, 20, 10)
	n := cell.NewValue(3)
	sorted := cell.Sorted(s, itself, cmp.Compare)
	top := cell.LimitBy(sorted, n)
	two := cell.Limit(top, 2)
	is(w, two, []int{10, 20})
	cell.Observe(w, func(r cell.Reader) { w.add(top.Get(r), splices(top.Splices(r))) })
	cell.Observe(w, func(r cell.Reader) { w.add("two ", two.Get(r)) })
	w.View(func(r cell.Reader) { w.add(top.IndexOf(r, 30), top.IndexOf(r, 40), top.IndexOf(r, 9)) })
	w.saw("[10 20 30]", "two [10 20]", "2 -1 -1")
	w.do(func(tx cell.Tx) { s.Add(tx, 35); s.Remove(tx, 50) })
	w.saw() // nothing is seen of it
	w.do(func(tx cell.Tx) { s.Add(tx, 15) })
	w.saw("[10 15 20](2,3,0)(1,1,1)", "two [10 15]", "[10 15 20]")
	w.do(func(tx cell.Tx) { s.Remove(tx, 15) })
	w.saw("[10 20 30](3,3,1)(1,2,0)", "two [10 20]", "[10 20 30]")
	set(w, n, 4)
	w.saw("[10 20 30 35](3,3,1)", "[10 20 30 35]")
	w.do(func(tx cell.Tx) { n.Set(tx, 1); s.Remove(tx, 20) })
	w.saw("[10](1,4,0)", "two [10]", "[10]")
	set(w, n, -1)
	w.saw("[](0,1,0)", "two []", "[]")
	w.fails(func(tx cell.Tx) {
		n.Set(tx, 2)
		s.Add(tx, 5, 60)
		s.Remove(tx, 35)
		s.Remove(tx, 30)
		s.Add(tx, 30)
		w.add(top.Get(tx.Reader), splices(top.Splices(tx.Reader)))
		tx.OnCommit(func(tx cell.Tx) {
			n.Set(tx, 1)
			w.add(top.Get(tx.Reader), splices(top.Splices(tx.Reader)))
			tx.Fail(errTest)
		})
	})
	w.saw("[5 10](0,0,2)", "[5 10](0,0,2)", "two [5 10]", "[5](1,2,0)")
	set(w, n, 100)
	w.saw("[10 30 35 40](0,0,4)", "two [10 30]", "[10 30 35 40]")
}

func TestLimitFollowsWhatIsTakenBack(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(1, 3, 5)
	sorted := cell.Sorted(s, itself, cmp.Compare)
	top := cell.Limit(sorted, 2)
	text := cell.Compute(func(r cell.Reader) string { return fmt.Sprint(top.Get(r)) })
	back := cell.Compute(func(r cell.Reader) string { return fmt.Sprint(cell.Limit(sorted, 1).Get(r)) })
	cell.Observe(w, func(r cell.Reader) { text.Get(r); sorted.Len(r) })
	w.do(func(tx cell.Tx) {
		s.Add(tx, 2)
		w.add(text.Get(tx.Reader))
		s.Remove(tx, 2)
		w.add(text.Get(tx.Reader))
		s.Add(tx, 0)
		// What is first listened to now has not seen the change.
		late := cell.Limit(sorted, 1)
		rule := cell.Maintain(tx, "", func(tx cell.Tx, _ string) string {
			w.add("rule ", late.Get(tx.Reader))
			return ""
		})
		rule.Get(tx.Reader)
		s.Remove(tx, 0)
	})
	w.saw("[1 2]", "[1 3]", "rule [0]", "rule [1]")
	is(w, back, "[1]")
}

func TestLimitOfAList(t *testing.T) {
	w := newWorld(t)
	l := cell.NewList(4, 3, 2, 1)
	head := cell.Limit(l, 2)
	tail := cell.Limit(cell.Reversed(l, cell.NewValue(true)), 2)
	cell.Observe(w, func(r cell.Reader) { w.add("head ", head.Get(r), splices(head.Splices(r)), head.IndexOf(r, 3)) })
	cell.Observe(w, func(r cell.Reader) { w.add("tail ", tail.Get(r), splices(tail.Splices(r)), tail.IndexOf(r, 3)) })
	w.saw("head [4 3]1", "tail [1 2]-1")
	w.do(func(tx cell.Tx) { l.Append(tx, 0) })
	w.saw("tail [0 1](1,2,0)(0,0,1)-1", "tail [0 1]-1")
	w.do(func(tx cell.Tx) { l.Delete(tx, 0, 1) })
	w.saw("head [3 2](2,2,1)(0,1,0)0", "head [3 2]0")
}

func TestReversed(t *testing.T) {
	w := newWorld(t)
	s := cell.NewSet(1, 3, 5)
	back := cell.NewValue(false)
	l := cell.Reversed(cell.Sorted(s, itself, cmp.Compare), back)
	cell.Observe(w, func(r cell.Reader) { w.add(l.Get(r), splices(l.Splices(r)), l.IndexOf(r, 1)) })
	w.saw("[1 3 5]0")
	set(w, back, true)
	w.saw("[5 3 1](0,3,3)2", "[5 3 1]2")
	w.do(func(tx cell.Tx) { s.Add(tx, 2); s.Remove(tx, 5) })
	w.saw("[3 2 1](2,2,1)(0,1,0)2", "[3 2 1]2")
	w.fails(func(tx cell.Tx) {
		back.Set(tx, false)
		s.Add(tx, 7)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	w.saw("[1 2 3 7](0,3,4)0")
	w.do(func(tx cell.Tx) {
		back.Set(tx, false)
		w.add(splices(l.Splices(tx.Reader)))
		back.Set(tx, true)
		w.add(splices(l.Splices(tx.Reader)))
	})
	w.saw("(0,3,3)", "", "[3 2 1]2", "[3 2 1]2")
	w.do(func(tx cell.Tx) { s.Remove(tx, 1); s.Remove(tx, 2); back.Set(tx, false) })
	w.saw("[3](0,3,1)-1", "[3]-1")
	set(w, back, true)
	w.saw("[3]-1", "[3]-1") // nothing has turned
}

func TestSortedLetsGoOfItsMemory(t *testing.T) {
	w := newWorld(t)
	s := &cell.Set[int]{}
	sorted := cell.Sorted(s, itself, cmp.Compare)
	o := cell.Observe(w, func(r cell.Reader) { sorted.Len(r) })
	w.do(func(tx cell.Tx) {
		for i := range 50_000 {
			s.Add(tx, i*7919%50_000)
		}
	})
	w.do(func(tx cell.Tx) {
		for i := range 50_000 {
			if i%100 != 0 {
				s.Remove(tx, i)
			}
		}
	})
	if n := cell.SortedNodes[int, int](sorted); n > 1<<14 {
		t.Error(n, "nodes")
	}
	w.do(func(tx cell.Tx) { s.Add(tx, 1, 2) })
	want := []int{0, 1, 2, 100, 200}
	w.View(func(r cell.Reader) {
		if got := sorted.Slice(r, 0, 5); !slices.Equal(got, want) || sorted.IndexOf(r, 200) != 4 {
			t.Error(got)
		}
	})
	o.Stop()
	if n := cell.SortedNodes[int, int](sorted); n != 0 {
		t.Error(n, "nodes when nobody listens")
	}
}

func TestTryUndoesAPartOfWhatListsHaveSeen(t *testing.T) {
	w := newWorld(t)
	s, l := cell.NewSet(1, 3), cell.NewList(1, 3)
	sorted := cell.Sorted(s, itself, cmp.Compare)
	top := cell.Limit(sorted, 2)
	cell.Observe(w, func(r cell.Reader) {
		w.add(sorted.Get(r), splices(sorted.Splices(r)), top.Get(r), splices(top.Splices(r)), l.Get(r), splices(l.Splices(r)))
	})
	w.trace = nil
	w.do(func(tx cell.Tx) {
		s.Add(tx, 2)
		l.Insert(tx, 1, 2)
		w.add(top.Get(tx.Reader))
		_ = tx.Try(func(tx cell.Tx) error {
			s.Add(tx, 0)
			s.Remove(tx, 2)
			l.Delete(tx, 0, 3)
			w.add(top.Get(tx.Reader), splices(sorted.Splices(tx.Reader)), splices(l.Splices(tx.Reader)))
			return errTest
		})
		w.add(top.Get(tx.Reader), splices(sorted.Splices(tx.Reader)), splices(l.Splices(tx.Reader)))
		s.Remove(tx, 3)
	})
	w.saw("[1 2]", "[0 1](0,0,1)(0,2,0)", "[1 2](1,1,1)(1,1,1)",
		"[1 2](1,2,1)[1 2](1,2,1)[1 2 3](1,1,1)", "[1 2][1 2][1 2 3]")
}
