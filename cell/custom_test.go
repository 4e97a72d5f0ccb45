package cell_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

// patterns keeps something for its listeners.
type patterns struct {
	c    cell.Custom
	told []string
}

func (p *patterns) Undo(int) {}
func (p *patterns) Reset()   {}
func (p *patterns) Idle()    { p.told = append(p.told, "idle") }

func TestCustomIsToldWhenNobodyListensAnyMore(t *testing.T) {
	w := newWorld(t)
	p, on := &patterns{}, cell.NewValue(true)
	listened := []bool{}
	listen := func(r cell.Reader) {
		if on.Get(r) {
			listened = append(listened, p.c.Listen(r, p))
		}
	}
	want := func(told ...string) {
		t.Helper()
		if !slices.Equal(told, p.told) {
			t.Errorf("told %q, want %q", p.told, told)
		}
		p.told = nil
	}
	w.View(listen)
	a, b := cell.Observe(w, listen), cell.Observe(w, listen)
	if diff := cmp.Diff([]bool{false, true, true}, listened); diff != "" {
		t.Error(diff)
	}
	a.Stop()
	want()
	_ = w.Update(func(tx cell.Tx) error { b.StopIn(tx); return errTest })
	want() // it was undone
	w.do(func(tx cell.Tx) {
		on.Set(tx, false)
		tx.OnCommit(func(tx cell.Tx) { on.Set(tx, true) })
	})
	want() // it came back within the transaction
	w.do(func(tx cell.Tx) { on.Set(tx, false) })
	want("idle")
	w.do(func(tx cell.Tx) { on.Set(tx, true) })
	b.Stop()
	want("idle")
	c := cell.Compute(func(r cell.Reader) int { listen(r); return 1 })
	o := cell.Observe(w, func(r cell.Reader) { c.Get(r) })
	want()
	o.Stop()
	want("idle") // by way of the computed cell
	_ = w.Update(func(tx cell.Tx) error {
		cell.Observe(tx, listen)
		cell.Observe(tx, func(r cell.Reader) { r.Fail(errTest) })
		return nil
	})
	want("idle")
}

// badKind is of a kind that fails where it must not.
type badKind struct{ c cell.Custom }

func (k *badKind) Undo(int) { panic("undo") }
func (k *badKind) Reset()   {}
func (k *badKind) Idle()    { panic("idle") }

func TestCustomThatFailsWhereItMustNot(t *testing.T) {
	w := newWorld(t)
	v, on := cell.NewValue(0), cell.NewValue(true)
	bad, good := [2]badKind{}, &patterns{}
	cell.Observe(w, func(r cell.Reader) {
		if on.Get(r) {
			for i := range bad {
				bad[i].c.Listen(r, &bad[i])
			}
			good.c.Listen(r, good)
		}
	})
	cell.Effect(w, func(r cell.Reader) func() { x := v.Get(r); return func() { w.add("effect ", x) } })
	leave := func(x int, err error) func(cell.Tx) error {
		return func(tx cell.Tx) error {
			on.Set(tx, false)
			v.Set(tx, x)
			return err
		}
	}
	if p := panics(func() { _ = w.Update(leave(1, nil)) }); p != "idle" {
		t.Errorf("Update panicked with %v", p)
	}
	is(w, v, 1) // it is committed, and everybody was told
	w.saw("effect 0", "effect 1")
	if !slices.Equal(good.told, []string{"idle"}) {
		t.Errorf("told %q", good.told)
	}
	set(w, on, true)
	var e *cell.EffectError
	if err := w.Attempt(leave(2, nil)); !errors.As(err, &e) {
		t.Errorf("Attempt returned %v", err)
	}
	w.saw("effect 2")
	// A transaction that has failed stays undone.
	var p *cell.PanicError
	err := w.Attempt(func(tx cell.Tx) error {
		v.Set(tx, 3)
		bad[0].c.Log(tx, &bad[0], 1)
		bad[0].c.Changed(tx)
		return errTest
	})
	if !errors.Is(err, errTest) || !errors.As(err, &p) || p.Value != "undo" {
		t.Errorf("Attempt returned %v", err)
	}
	err = w.Attempt(func(tx cell.Tx) error {
		cell.Observe(tx, func(r cell.Reader) { bad[0].c.Listen(r, &bad[0]) })
		v.Set(tx, 4)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
		return nil
	})
	if !errors.Is(err, errTest) || !errors.As(err, &p) || p.Value != "idle" {
		t.Errorf("Attempt returned %v", err)
	}
	is(w, v, 2)
	w.saw()
}
