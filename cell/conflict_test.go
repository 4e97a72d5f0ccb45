package cell_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB33_RulesThatDisagreeOnAKey(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	m := new(cell.Map[string, int]).Named("m")
	cell.Rule(w, func(tx cell.Tx) { m.Set(tx, "k", 1); m.Set(tx, "k", v.Get(tx.Reader)) }).Named("one")
	cell.Rule(w, func(tx cell.Tx) { m.Set(tx, "k", v.Get(tx.Reader)%10) }).Named("two")
	set(w, v, 5) // they agree
	err := w.fails(func(tx cell.Tx) { v.Set(tx, 12) })
	var ce *cell.ConflictError
	if !errors.As(err, &ce) {
		t.Fatal(err)
	}
	want := &cell.ConflictError{Cell: "m[k]", Writers: [2]string{"one", "two"}, Values: [2]any{12, 2}}
	if diff := cmp.Diff(want, ce); diff != "" {
		t.Error(diff)
	}
	w.View(func(r cell.Reader) {
		if x, ok := m.Get(r, "k"); x != 5 || !ok {
			t.Error(x, ok)
		}
	})
}

// What cannot be compared is taken for different, also inside an interface.
func TestB33_KeyWithValuesThatCannotBeCompared(t *testing.T) {
	for _, test := range []struct {
		a, b  any
		agree bool
	}{
		{1, 1, true}, {1, "1", false}, {nil, nil, true}, {nil, 1, false},
		{[]int{1}, []int{1}, false}, {struct{ x any }{[]int{1}}, struct{ x any }{[]int{1}}, false},
	} {
		w := newWorld(t)
		var m cell.Map[int, any]
		err := w.Update(func(tx cell.Tx) error {
			cell.Rule(tx, func(tx cell.Tx) { m.Set(tx, 1, test.a) })
			cell.Rule(tx, func(tx cell.Tx) { m.Set(tx, 1, test.b) })
			return nil
		})
		var ce *cell.ConflictError
		if errors.As(err, &ce) == test.agree {
			t.Errorf("%v and %v: %v", test.a, test.b, err)
		}
	}
}

// No conflict: a rule and code outside, deleting, a rule that is run again, other
// passes.
func TestWritersOfAKeyThatDoNotDisagree(t *testing.T) {
	w := newWorld(t)
	var m cell.Map[string, int]
	in, late := cell.NewValue(0), cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) { // runs first, and again when late has changed
		m.Set(tx, "retried", late.Get(tx.Reader))
		if n := in.Get(tx.Reader); n > 0 {
			m.Set(tx, "outside", n)
			tx.OnCommit(func(tx cell.Tx) { m.Set(tx, "later", n) })
			m.Set(tx, "later", 0)
		}
	})
	cell.Rule(w, func(tx cell.Tx) {
		late.Set(tx, in.Get(tx.Reader))
	})
	cell.Rule(w, func(tx cell.Tx) { m.Set(tx, "deleted", in.Get(tx.Reader)) })
	cell.Rule(w, func(tx cell.Tx) { in.Get(tx.Reader); m.Delete(tx, "deleted") })
	err := w.Update(func(tx cell.Tx) error { in.Set(tx, 3); m.Set(tx, "outside", 7); return nil })
	if err != nil {
		t.Fatal(err)
	}
	w.View(func(r cell.Reader) {
		got := map[string]int{}
		for k, v := range m.All(r) {
			got[k] = v
		}
		if diff := cmp.Diff(map[string]int{"retried": 3, "outside": 3, "later": 3}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestB59_OneRuleAddsWhatAnotherRemoves(t *testing.T) {
	w := newWorld(t)
	in := cell.NewValue(0)
	var s cell.Set[int]
	cell.Rule(w, func(tx cell.Tx) { s.Add(tx, in.Get(tx.Reader)) })
	cell.Rule(w, func(tx cell.Tx) { s.Remove(tx, in.Get(tx.Reader)) })
	set(w, in, 1)
	w.View(func(r cell.Reader) {
		if n := s.Len(r); n != 0 {
			t.Error(n)
		}
	})
}
