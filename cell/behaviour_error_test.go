package cell_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB36_ErrorInARule(t *testing.T) {
	for name, fail := range map[string]func(tx cell.Tx){
		"Fail":         func(tx cell.Tx) { tx.Fail(errTest) },
		"panic(error)": func(tx cell.Tx) { panic(errTest) },
		"in Untracked": func(tx cell.Tx) { tx.Untracked(func(cell.Tx) { panic(errTest) }) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			v, x := cell.NewValue(0), cell.NewValue(0)
			cell.Rule(w, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)) })
			cell.Rule(w, func(tx cell.Tx) {
				if x.Get(tx.Reader) == 13 {
					fail(tx)
				}
			}).Named("superstition")
			err := w.fails(func(tx cell.Tx) { v.Set(tx, 13) })
			var re *cell.RuleError
			if !errors.Is(err, errTest) || !errors.As(err, &re) || re.Rule != "superstition" {
				t.Error(err)
			}
			is(w, v, 0)
			is(w, x, 0)
			set(w, v, 14)
			is(w, x, 14)
		})
	}
}

func TestB36_PanicAndGoexitInARule(t *testing.T) {
	w := newWorld(t)
	v, x := cell.NewValue(0), cell.NewValue(0)
	c := cell.Compute(func(r cell.Reader) int { return v.Get(r) })
	cell.Rule(w, func(tx cell.Tx) { x.Set(tx, c.Get(tx.Reader)) })
	cell.Rule(w, func(tx cell.Tx) {
		switch x.Get(tx.Reader) {
		case 13:
			panic("not an error")
		case 14:
			goexit()
		case 15:
			var none []int
			_ = none[v.Get(tx.Reader)]
		}
	}).Named("superstition")
	if p := panics(func() { w.do(func(tx cell.Tx) { v.Set(tx, 13) }) }); p != "not an error" {
		t.Error(p)
	}
	is(w, x, 0)
	exits(t, func() { w.do(func(tx cell.Tx) { v.Set(tx, 14) }) })
	is(w, x, 0)
	w.check()
	if _, bug := panics(func() { w.do(func(tx cell.Tx) { v.Set(tx, 15) }) }).(interface{ RuntimeError() }); !bug {
		t.Error("a bug did not come out as it was")
	}
	is(w, x, 0)
	err := w.Attempt(func(tx cell.Tx) error { v.Set(tx, 13); return nil })
	var pe *cell.PanicError
	if !errors.As(err, &pe) || pe.Value != "not an error" || pe.Rule != "superstition" || !strings.Contains(string(pe.Stack), "TestB36") {
		t.Error(err)
	}
	culprit, ok := cell.Culprit(err)
	if !ok {
		t.Fatal("no culprit")
	}
	culprit.Stop()
	set(w, v, 13)
	is(w, x, 13)
}
