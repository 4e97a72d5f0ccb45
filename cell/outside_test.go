package cell_test

import (
	"errors"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestViewThatFails(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int {
		if v.Get(r) == 0 {
			r.Fail(errTest)
		}
		return 1
	}).Named("c")
	err, _ := panics(func() { cell.Read(w.Graph, c) }).(error)
	var re *cell.RuleError
	if !errors.Is(err, errTest) || !errors.As(err, &re) || re.Rule != "c" {
		t.Error(err)
	}
	if err := panics(func() { w.View(func(r cell.Reader) { r.Fail(errTest) }) }); err != errTest {
		t.Error(err)
	}
	exits(t, func() { w.View(func(r cell.Reader) { goexit() }) })
	set(w, v, 1)
	is(w, c, 1)
}

func TestCreationThatFails(t *testing.T) {
	w := newWorld(t)
	err, _ := panics(func() { cell.Observe(w, func(r cell.Reader) { r.Fail(errTest) }) }).(error)
	if !errors.Is(err, errTest) {
		t.Error(err)
	}
	w.View(func(r cell.Reader) {
		if l := w.Living(r); len(l) != 0 {
			t.Error(l)
		}
	})
	w.check()
}
