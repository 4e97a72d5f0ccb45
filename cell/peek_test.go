package cell_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

// What is peeked at in a collection is fresh, and no input: of observers, rules and
// computed cells, whether or not somebody else listens.
func TestPeekAtCollections(t *testing.T) {
	w := newWorld(t)
	set, list := cell.NewSet(1), cell.NewList(1)
	m := cell.NewMap(maps.All(map[int]int{1: 1}))
	even := cell.Filter(set, func(_ cell.Reader, x int) bool { return x%2 == 0 })
	twice := cell.MapValues(m, func(_ cell.Reader, _, v int) int { return 2 * v })
	back := cell.Reversed(list, cell.NewConstant(true))
	sub := cell.NewSubSet(w, set)
	trigger := cell.NewValue(0)
	look := func(r cell.Reader) []any {
		v, ok := m.Peek(r, 2)
		v2, ok2 := twice.Peek(r, 2)
		return []any{strings.TrimSpace(fmt.Sprintln(set.Peek(r, 2), even.Peek(r, 2), sub.Peek(r, 2), v, ok, v2, ok2, list.Peek(r), back.Peek(r)))}
	}
	cell.Observe(w, func(r cell.Reader) { trigger.Get(r); w.add(look(r)...) })
	computed := cell.Compute(func(r cell.Reader) int { trigger.Get(r); return len(look(r)) + even.Len(r) })
	w.saw("false false false 0 false 0 false [1] [1]")
	change := func(tx cell.Tx, x int) {
		set.Add(tx, x)
		sub.Add(tx, x)
		m.Set(tx, x, x)
		list.Append(tx, x)
	}
	w.do(func(tx cell.Tx) { change(tx, 2) })
	w.saw()
	set2(w, trigger)
	w.saw("true true true 2 true 4 true [1 2] [2 1]")
	stop := cell.Observe(w, func(r cell.Reader) {
		computed.Get(r)
		for range back.Splices(r) {
		}
		twice.Len(r)
	})
	w.do(func(tx cell.Tx) {
		change(tx, 3)
		w.add(look(tx.Reader)...)
		if !slices.Equal(list.Get(tx.Reader), list.Peek(tx.Reader)) {
			t.Error("a transaction does not peek at what it has written")
		}
	})
	w.saw("true true true 2 true 4 true [1 2 3] [3 2 1]")
	stop.Stop()
}

func set2(w *world, v *cell.Value[int]) {
	w.do(func(tx cell.Tx) { v.Set(tx, v.Get(tx.Reader)+1) })
}

func TestNewMap(t *testing.T) {
	w := newWorld(t)
	m := cell.NewMap(slices.All([]string{"a", "b"}), slices.All([]string{"c"})).Named("letters")
	cell.Observe(w, func(r cell.Reader) {
		for k, v := range m.All(r) {
			w.add(k, v)
		}
		for k := range m.Added(r) {
			t.Error("added", k)
		}
	})
	w.saw("0c", "1b")
	empty := cell.NewMap[int, int]()
	if w.do(func(tx cell.Tx) { empty.Set(tx, 1, 1) }); cell.Read(w.Graph, cell.Compute(empty.Len)) != 1 {
		t.Error("an empty map is of no use")
	}
}

func TestSubSetStop(t *testing.T) {
	w := newWorld(t)
	base := cell.NewSet(1, 2)
	sub := cell.NewSubSet(w, base)
	w.do(func(tx cell.Tx) { sub.Add(tx, 1, 3) })
	_ = w.Update(func(tx cell.Tx) error { sub.StopIn(tx); return errTest })
	w.do(func(tx cell.Tx) { base.Remove(tx, 1) })
	w.do(func(tx cell.Tx) { base.Add(tx, 1) })
	items := func() []int {
		return cell.Read(w.Graph, cell.ComputeFunc(func(r cell.Reader) []int { return slices.Collect(sub.All(r)) }, nil))
	}
	if got := items(); len(got) != 0 {
		t.Error(got, "has come back")
	}
	sub.Stop()
	sub.Stop()
	w.do(func(tx cell.Tx) { sub.Add(tx, 1, 3) })
	w.do(func(tx cell.Tx) { base.Add(tx, 3) })
	if got := items(); !slices.Equal(got, []int{1, 3}) {
		t.Error(got)
	}
}

func TestNamesOfScopes(t *testing.T) {
	w := newWorld(t)
	var p port
	s := cell.NewScope(w).Named("calls")
	l := cell.NewLane(s, nil).Named("slow")
	w.do(func(tx cell.Tx) {
		l.Describe(tx, &p, func() string { return "port" })
		cell.Observe(s.In(tx), func(cell.Reader) {})
		cell.Observe(l.In(tx), func(r cell.Reader) { p.State.Get(r) }).Named("given")
		cell.Rule(l.In(tx), func(cell.Tx) {})
	})
	var names []string
	w.View(func(r cell.Reader) {
		snapshot := w.Snapshot(r, cell.SnapshotOptions{})
		for _, n := range snapshot.Nodes {
			names = append(names, strings.Split(n.Name, ": ")[0])
		}
		for _, s := range snapshot.Scopes {
			names = append(names, s.Labels...)
		}
	})
	if diff := cmp.Diff([]string{"calls", "port.State", "given", "slow", "calls", "slow", "port"}, names); diff != "" {
		t.Error(diff)
	}
}
