package cell_test

import (
	"cmp"
	"fmt"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// splices prints changes as (start,end,size).
func splices(changes func(func(cell.Splice) bool)) (s string) {
	for c := range changes {
		s += fmt.Sprintf("(%d,%d,%d)", c.Start, c.End, c.Size)
	}
	return s
}

func TestB65_ListChanges(t *testing.T) {
	type tx = cell.Tx
	type list = cell.List[int]
	for _, c := range []struct {
		name         string
		do           func(tx, *list)
		changes, all string
	}{
		{"append", func(tx tx, l *list) { l.Append(tx, 9) }, "(5,5,1)", "[0 1 2 3 4 9]"},
		{"append nothing", func(tx tx, l *list) { l.Append(tx) }, "", "[0 1 2 3 4]"},
		{"append twice", func(tx tx, l *list) { l.Append(tx, 8); l.Append(tx, 9) }, "(5,5,2)", "[0 1 2 3 4 8 9]"},
		{"insert", func(tx tx, l *list) { l.Insert(tx, 2, 8, 9) }, "(2,2,2)", "[0 1 8 9 2 3 4]"},
		{"insert at the end", func(tx tx, l *list) { l.Insert(tx, 5, 9) }, "(5,5,1)", "[0 1 2 3 4 9]"},
		{"set", func(tx tx, l *list) { l.Set(tx, 1, 9) }, "(1,2,1)", "[0 9 2 3 4]"},
		{"set twice", func(tx tx, l *list) { l.Set(tx, 1, 8); l.Set(tx, 1, 9) }, "(1,2,1)", "[0 9 2 3 4]"},
		{"set neighbours", func(tx tx, l *list) { l.Set(tx, 2, 8); l.Set(tx, 1, 9) }, "(1,3,2)", "[0 9 8 3 4]"},
		{"set apart", func(tx tx, l *list) { l.Set(tx, 1, 8); l.Set(tx, 3, 9) }, "(3,4,1)(1,2,1)", "[0 8 2 9 4]"},
		{"delete", func(tx tx, l *list) { l.Delete(tx, 1, 3) }, "(1,3,0)", "[0 3 4]"},
		{"delete nothing", func(tx tx, l *list) { l.Delete(tx, 1, 1) }, "", "[0 1 2 3 4]"},
		{"delete what has come together", func(tx tx, l *list) { l.Delete(tx, 2, 3); l.Delete(tx, 2, 3) }, "(2,4,0)", "[0 1 4]"},
		{"insert and delete at one place", func(tx tx, l *list) { l.Delete(tx, 1, 2); l.Insert(tx, 1, 9) }, "(1,2,1)", "[0 9 2 3 4]"},
		{"insert, delete", func(tx tx, l *list) { l.Insert(tx, 1, 8, 9); l.Delete(tx, 1, 3) }, "", "[0 1 2 3 4]"},
		{"insert, delete a part", func(tx tx, l *list) { l.Insert(tx, 1, 7, 8, 9); l.Delete(tx, 2, 3) }, "(1,1,2)", "[0 7 9 1 2 3 4]"},
		{"delete across an insert", func(tx tx, l *list) { l.Insert(tx, 2, 8, 9); l.Delete(tx, 1, 5) }, "(1,3,0)", "[0 3 4]"},
		{"delete what is between", func(tx tx, l *list) { l.Set(tx, 1, 8); l.Set(tx, 3, 9); l.Delete(tx, 2, 3) }, "(1,4,2)", "[0 8 9 4]"},
		{"five places", func(tx tx, l *list) {
			l.Delete(tx, 1, 2)
			l.Delete(tx, 3, 4)
			l.Insert(tx, 3, 6)
			l.Insert(tx, 0, 7)
		}, "(4,5,1)(1,2,0)(0,0,1)", "[7 0 2 3 6]"},
		{"splice", func(tx tx, l *list) { l.Splice(tx, 1, 3, 7, 8, 9) }, "(1,3,3)", "[0 7 8 9 3 4]"},
		{"clear", func(tx tx, l *list) { l.Clear(tx) }, "(0,5,0)", "[]"},
		{"append, clear", func(tx tx, l *list) { l.Append(tx, 9); l.Clear(tx) }, "(0,5,0)", "[]"},
		{"clear, append", func(tx tx, l *list) { l.Clear(tx); l.Append(tx, 9) }, "(0,5,1)", "[9]"},
		{"sort", func(tx tx, l *list) { l.SortFunc(tx, func(a, b int) int { return b - a }) }, "(0,5,5)", "[4 3 2 1 0]"},
		{"sort what is sorted", func(tx tx, l *list) { l.SortFunc(tx, cmp.Compare) }, "", "[0 1 2 3 4]"},
		{"reverse", func(tx tx, l *list) { l.Reverse(tx) }, "(0,5,5)", "[4 3 2 1 0]"},
		{"delete some", func(tx tx, l *list) { l.DeleteFunc(tx, func(x int) bool { return x != 2 }) }, "(3,5,0)(0,2,0)", "[2]"},
		{"delete none", func(tx tx, l *list) { l.DeleteFunc(tx, func(x int) bool { return x == 9 }) }, "", "[0 1 2 3 4]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			l := cell.NewList(0, 1, 2, 3, 4)
			cell.Observe(w, func(r cell.Reader) { w.add("changes", splices(l.Splices(r))) })
			cell.Observe(w, func(r cell.Reader) { w.add("contents", l.Get(r)) })
			w.saw("changes", "contents[0 1 2 3 4]")
			w.fails(func(tx cell.Tx) { c.do(tx, l); tx.Fail(errTest) })
			is(w, l, []int{0, 1, 2, 3, 4})
			w.do(func(tx cell.Tx) {
				c.do(tx, l)
				if all := fmt.Sprint(l.Get(tx.Reader)); all != c.all { // at once
					t.Error(all)
				}
				if s := splices(l.Splices(tx.Reader)); s != c.changes {
					t.Error(s)
				}
			})
			switch {
			case c.changes != "":
				w.saw("changes"+c.changes, "contents"+c.all, "changes")
			case len(w.trace) > 0:
				w.saw("changes", "contents"+c.all) // touched, but nothing to reset
			}
		})
	}
}

func TestB65_AllThatATransactionDidIsOneChange(t *testing.T) {
	w := newWorld(t)
	var l cell.List[string]
	cell.Observe(w, func(r cell.Reader) { w.add(l.Len(r), l.Get(r)) })
	w.do(func(tx cell.Tx) {
		for _, s := range []string{"a", "b", "c"} {
			l.Append(tx, s)
		}
		l.Delete(tx, 0, 1)
	})
	w.saw("0 []", "2 [b c]")
}

func TestListReads(t *testing.T) {
	w := newWorld(t)
	l := cell.NewList(1, 2, 3)
	w.View(func(r cell.Reader) {
		part := l.Slice(r, 1, 3)
		part[0] = 99 // it is a copy
		w.add(l.Len(r), l.At(r, 1), l.Slice(r, 0, 2), list(l.All(r)), list(l.Backward(r)))
		for x := range l.All(r) {
			w.add(x)
			break
		}
		for x := range l.Backward(r) {
			w.add(x)
			break
		}
	})
	w.saw("3 2 [1 2][1 2 3][3 2 1]", "1", "3")
	var zero cell.List[int]
	is(w, &zero, nil)
}

func TestListIndexOutOfRange(t *testing.T) {
	w := newWorld(t)
	l := cell.NewList(1, 2, 3)
	w.do(func(tx cell.Tx) { l.Append(tx, 4, 5, 6, 7); l.Delete(tx, 3, 7) }) // so that there is room behind the end
	for name, f := range map[string]func(tx cell.Tx){
		"at":       func(tx cell.Tx) { l.At(tx.Reader, 3) },
		"negative": func(tx cell.Tx) { l.At(tx.Reader, -1) },
		"slice":    func(tx cell.Tx) { l.Slice(tx.Reader, 2, 4) },
		"insert":   func(tx cell.Tx) { l.Insert(tx, 4, 9) },
		"set":      func(tx cell.Tx) { l.Set(tx, 3, 9) },
		"delete":   func(tx cell.Tx) { l.Delete(tx, 2, 4) },
		"crossed":  func(tx cell.Tx) { l.Delete(tx, 2, 1) },
	} {
		if panics(func() {
			_ = w.Update(func(tx cell.Tx) error { l.Append(tx, 0); l.Delete(tx, 3, 4); f(tx); return nil })
		}) == nil {
			t.Error(name, "did not panic")
		}
		is(w, l, []int{1, 2, 3})
	}
}

func TestListIsChangedWhileItIsRead(t *testing.T) {
	w := newWorld(t)
	l := cell.NewList(1, 2, 3, 4)
	w.do(func(tx cell.Tx) {
		for x := range l.All(tx.Reader) {
			l.Append(tx, x) // not endless
		}
		w.add(l.Get(tx.Reader))
		for range l.All(tx.Reader) {
			l.Clear(tx)
		}
		l.Append(tx, 1, 2, 3, 4)
		for x := range l.Backward(tx.Reader) {
			w.add(x)
			l.Delete(tx, 0, 2)
		}
		l.Append(tx, 1, 2, 3, 4)
		l.Delete(tx, 1, 2)
		for c := range l.Splices(tx.Reader) {
			w.add(splices(func(yield func(cell.Splice) bool) { yield(c) }))
			l.Clear(tx)
			_ = splices(l.Splices(tx.Reader))
		}
	})
	w.saw("[1 2 3 4 1 2 3 4]", "4", "4", "(0,4,3)")
	var kept func(func(int) bool)
	w.View(func(r cell.Reader) { kept = l.All(r) })
	misuse(t, func() {
		for range kept {
		}
	})
}

func TestListCompareThatFails(t *testing.T) {
	w := newWorld(t)
	l := cell.NewList(3, 1, 2)
	w.do(func(tx cell.Tx) {
		p := panics(func() { l.SortFunc(tx, func(a, b int) int { l.Append(tx, 7); panic("compare") }) })
		w.add(p, l.Get(tx.Reader), splices(l.Splices(tx.Reader)))
	})
	w.saw("compare[3 1 2 7](3,3,1)")
}

func TestRetriedRuleLeavesNoListItems(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(1), cell.NewValue(0)
	l := cell.NewList(100, 200, 300)
	w.do(func(tx cell.Tx) {
		l.Set(tx, 2, 301)
		cell.Rule(tx, func(tx cell.Tx) {
			l.Insert(tx, 1, make([]int, 1+x.Get(tx.Reader))...)
			l.Delete(tx, 1, 1+v.Get(tx.Reader))
			tx.Untracked(func(tx cell.Tx) { _ = splices(l.Splices(tx.Reader)) }) // what is composed is undone, too
		})
		cell.Rule(tx, func(tx cell.Tx) { x.Set(tx, 2*v.Get(tx.Reader)) })
		cell.Observe(tx, func(r cell.Reader) { w.add(l.Get(r), splices(l.Splices(r))) })
	})
	w.saw("[100 0 0 200 301](2,3,1)(1,1,2)", "[100 0 0 200 301]")
}

func TestListChangedByACallbackIsForTheNextPass(t *testing.T) {
	w := newWorld(t)
	l := cell.NewList(1)
	changes := cell.Compute(func(r cell.Reader) string { return splices(l.Splices(r)) })
	cell.Observe(w, func(r cell.Reader) { w.add(r.Pass(), l.Get(r), changes.Get(r)) })
	w.trace = nil
	w.do(func(tx cell.Tx) {
		l.Append(tx, 2)
		tx.OnCommit(func(tx cell.Tx) {
			w.add("callback ", splices(l.Splices(tx.Reader)))
			l.Append(tx, 3)
			w.add("callback ", splices(l.Splices(tx.Reader)))
		})
	})
	w.saw("1 [1 2](1,1,1)", "callback (1,1,1)", "callback (2,2,1)", "2 [1 2 3](2,2,1)", "3 [1 2 3]")
	is(w, changes, "")
}

func TestListLetsGoOfItsMemory(t *testing.T) {
	w := newWorld(t)
	var l cell.List[*int]
	w.do(func(tx cell.Tx) { l.Append(tx, make([]*int, 100_000)...) })
	w.do(func(tx cell.Tx) { l.Clear(tx) })
	w.do(func(tx cell.Tx) { l.Append(tx, nil) })
	if n := cell.ListCap(&l); n > 1<<14 {
		t.Error("the list still has room for", n)
	}
}
