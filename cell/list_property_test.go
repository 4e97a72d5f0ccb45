package cell_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// apply brings a copy of a sequence up to date by the changes of a pass.
func apply[T any](t rapid.TB, old []T, changes func(func(cell.Splice) bool), now []T) []T {
	old = slices.Clone(old)
	above := len(old) + 1
	for c := range changes {
		if c.End >= above || c.Start > c.End || c.Size < 0 || c.Start == c.End && c.Size == 0 {
			t.Fatalf("change %v after one that started at %d", c, above)
		}
		above = c.Start
		old = slices.Replace(old, c.Start, c.End, now[c.At:c.At+c.Size]...)
	}
	return old
}

// Random operations in random transactions, against a plain slice. A rule that
// is retried writes, too, and observers of the changes come and go.
func TestListProperty(t *testing.T) { rapid.Check(t, checkList) }

func FuzzList(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkList)) }

func checkList(t *rapid.T) {
	g := cell.NewGraph()
	l := cell.NewList(rapid.SliceOfNDistinct(rapid.IntRange(0, 99), 0, 8, rapid.ID).Draw(t, "items")...)
	model := cell.Read(g, l)

	// What observers of contents and of changes have in hand.
	contents, follows := slices.Clone(model), slices.Clone(model)
	cell.Observe(g, func(r cell.Reader) { contents = l.Get(r) })
	var follow *cell.Observer
	restart := func() {
		follows = cell.Read(g, l)
		follow = cell.Observe(g, func(r cell.Reader) { follows = apply(t, follows, l.Splices(r), l.Get(r)) })
	}

	// A rule that writes what it finds in a pulse. It runs before the one that
	// it depends on, so it is undone and runs again.
	var in, out cell.Pulse[int]
	first := rapid.Bool().Draw(t, "the reader is first")
	reader := func(tx cell.Tx) {
		if x := in.Get(tx.Reader); x != 0 {
			l.Insert(tx, 0, x)
			if out.Get(tx.Reader) != 0 {
				l.Append(tx, x+1)
			}
			l.Delete(tx, 0, 1)
			tx.Untracked(func(tx cell.Tx) { // what is composed is undone, too
				for range l.Splices(tx.Reader) {
				}
			})
		}
	}
	writer := func(tx cell.Tx) { out.Set(tx, in.Get(tx.Reader)) }
	if !first {
		reader, writer = writer, reader
	}
	if err := g.Update(func(tx cell.Tx) error { cell.Rule(tx, reader); cell.Rule(tx, writer); return nil }); err != nil {
		t.Fatal(err)
	}

	fresh := 1000  // no item comes twice, so that what has stayed can be told
	moved := false // in this pass
	items := func() (xs []int) {
		for range rapid.IntRange(0, 3).Draw(t, "size") {
			fresh++
			xs = append(xs, fresh)
		}
		return xs
	}
	write := func(tx cell.Tx, model []int) []int {
		i := rapid.IntRange(0, len(model)).Draw(t, "i")
		j := rapid.IntRange(i, len(model)).Draw(t, "j")
		switch rapid.IntRange(0, 9).Draw(t, "op") {
		case 0:
			xs := items()
			l.Append(tx, xs...)
			return append(model, xs...)
		case 1, 2:
			xs := items()
			l.Insert(tx, i, xs...)
			return slices.Insert(model, i, xs...)
		case 3, 4:
			l.Delete(tx, i, j)
			return slices.Delete(model, i, j)
		case 5:
			if i < len(model) {
				fresh++
				l.Set(tx, i, fresh)
				model[i] = fresh
			}
		case 6:
			xs := items()
			l.Splice(tx, i, j, xs...)
			return slices.Replace(model, i, j, xs...)
		case 7:
			del := func(x int) bool { return x%3 == i%3 }
			l.DeleteFunc(tx, del)
			return slices.DeleteFunc(model, del)
		case 8:
			moved = true
			l.Reverse(tx)
			slices.Reverse(model)
		case 9:
			moved = true
			by := func(a, b int) int { return a%5 - b%5 }
			l.SortFunc(tx, by)
			slices.SortStableFunc(model, by)
		}
		return model
	}
	for range rapid.IntRange(1, 10).Draw(t, "transactions") {
		if follow == nil && rapid.Bool().Draw(t, "follow") {
			restart()
		} else if follow != nil && rapid.IntRange(0, 4).Draw(t, "leave") == 0 {
			follow.Stop()
			follow = nil
		}
		before, seen := slices.Clone(model), slices.Clone(follows)
		pulse := 0
		fails := rapid.IntRange(0, 2).Draw(t, "fails") == 0
		err := g.Update(func(tx cell.Tx) error {
			start := slices.Clone(model)
			moved = false
			second := false // the callbacks of the first pass, which write the second one
			var pass func(tx cell.Tx, left int)
			pass = func(tx cell.Tx, left int) {
				for range rapid.IntRange(0, 6).Draw(t, "ops") {
					model = write(tx, model)
					if rapid.Bool().Draw(t, "look") {
						now := l.Get(tx.Reader)
						if diff := cmp.Diff(append([]int(nil), model...), now); diff != "" {
							t.Fatalf("inside (-model +list):\n%s", diff)
						}
						got := apply(t, start, l.Splices(tx.Reader), now)
						if diff := cmp.Diff(append([]int(nil), model...), append([]int(nil), got...)); diff != "" {
							t.Fatalf("by changes (-model +list):\n%s", diff)
						}
						if !moved {
							minimal(t, start, l.Splices(tx.Reader), now)
						}
					}
				}
				if pulse == 0 && rapid.Bool().Draw(t, "pulse") {
					fresh += 2
					pulse = fresh - 1
					in.Set(tx, pulse)
					left = 0 // the model knows what the rules do at the end only
				}
				if left > 0 {
					tx.OnCommit(func(tx cell.Tx) {
						if !second {
							if !slices.Equal(contents, model) {
								t.Fatalf("contents %v, want %v", contents, model)
							}
							start, moved, second = slices.Clone(model), false, true
							fresh++ // until something is written the changes are those of the first pass
							l.Append(tx, fresh)
							model = append(model, fresh)
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
			model, contents, follows = before, slices.Clone(before), seen
		case err != nil:
			t.Fatal(err)
		case pulse != 0:
			model = append(model, pulse+1)
		}
		want := append([]int(nil), model...)
		if diff := cmp.Diff(want, cell.Read(g, l)); diff != "" {
			t.Fatalf("fails %v (-model +list):\n%s", fails, diff)
		}
		if follow != nil && !slices.Equal(follows, want) {
			t.Fatalf("followed %v, want %v", follows, want)
		}
		if !slices.Equal(contents, want) {
			t.Fatalf("saw %v, want %v", contents, want)
		}
		if err := cell.Check(g); err != nil {
			t.Fatal(err)
		}
	}
}

// minimal checks that changes do not remove what is still there. Items are distinct.
func minimal(t rapid.TB, old []int, changes func(func(cell.Splice) bool), now []int) {
	for c := range changes {
		for _, x := range old[c.Start:c.End] {
			if slices.Contains(now, x) {
				t.Fatalf("%v removes %d, which is still there", c, x)
			}
		}
	}
}
