package cell_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

func TestErrorSaysWhatReachedTheRule(t *testing.T) {
	w := newWorld(t)
	door, alarm, same := cell.NewValue(0).Named("door"), cell.NewValue(0).Named("alarm"), cell.NewValue(1).Named("same")
	open := cell.Compute(func(r cell.Reader) bool { return door.Get(r) > 0 }).Named("open")
	var pulse cell.Pulse[int]
	pulse.Named("pulse")
	var f, c *cell.Maintained[int]
	inner := cell.Compute(func(r cell.Reader) int {
		if door.Peek(r) == 3 {
			r.Fail(errTest)
		}
		return 0
	}).Named("inner")
	w.do(func(tx cell.Tx) {
		cell.Rule(tx, func(tx cell.Tx) {
			if open.Get(tx.Reader) {
				alarm.Set(tx, door.Peek(tx.Reader))
			}
		}).Named("guard")
		cell.Observe(tx, func(r cell.Reader) {
			same.Get(r)
			switch alarm.Get(r) {
			case 1:
				r.Fail(errTest)
			case 2:
				panic("oh")
			}
		}).Named("siren")
		cell.Observe(tx, func(r cell.Reader) {
			if door.Get(r) == 3 {
				inner.Get(r)
			}
		}).Named("watch")
		f = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return c.Get(tx.Reader) }).Named("F")
		c = cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { return f.Get(tx.Reader) }).Named("C")
		cell.Observe(tx, func(r cell.Reader) {
			if f.Get(r) > 100 {
				r.Fail(errTest)
			}
		}).Named("limit")
		cell.Rule(tx, func(tx cell.Tx) {
			if pulse.Get(tx.Reader) == 0 && same.Peek(tx.Reader) == 2 {
				tx.Fail(errTest)
			}
		}).Named("silence")
	})
	for _, d := range []struct {
		do   func(tx cell.Tx)
		rule string
		want []string
	}{
		{func(tx cell.Tx) { same.Set(tx, 1); door.Set(tx, 1) }, "siren", []string{"door", "open", "guard", "alarm"}},
		{func(tx cell.Tx) { door.Set(tx, 2) }, "siren", []string{"door", "open", "guard", "alarm"}},
		{func(tx cell.Tx) { alarm.Set(tx, 1) }, "siren", []string{"alarm"}},
		{func(tx cell.Tx) { door.Set(tx, 3) }, "inner", []string{"door", "watch"}},
		{func(tx cell.Tx) { c.Set(tx, 101) }, "limit", []string{"C", "F"}},
		{func(tx cell.Tx) { f.Set(tx, 101) }, "limit", []string{"F"}},
		{func(tx cell.Tx) { same.Set(tx, 2); pulse.Set(tx, 1) }, "silence", []string{"pulse"}},
		{func(tx cell.Tx) {
			door.Set(tx, 4)
			cell.Rule(tx, func(tx cell.Tx) { door.Get(tx.Reader); tx.Fail(errTest) }).Named("new")
		}, "new", nil},
	} {
		err := w.Attempt(func(tx cell.Tx) error { d.do(tx); return nil })
		var re *cell.RuleError
		var pe *cell.PanicError
		switch {
		case errors.As(err, &re) && re.Rule == d.rule && cmp.Equal(re.Because, d.want):
		case errors.As(err, &pe) && pe.Rule == d.rule && cmp.Equal(pe.Because, d.want):
		default:
			t.Errorf("%v, want %s because %v", err, d.rule, d.want)
		}
		w.check()
	}
	err := w.fails(func(tx cell.Tx) { alarm.Set(tx, 1) })
	if got := err.Error(); got != "cell: siren: test (reached by alarm)" {
		t.Error(got)
	}
}

// What is scheduled, but has not run, has changed nothing.
func TestErrorSaysWhatReachedTheFirstOfManyRules(t *testing.T) {
	w := newWorld(t)
	door, bell := cell.NewValue(0).Named("door"), cell.NewValue(0).Named("bell")
	cell.Rule(w, func(tx cell.Tx) {
		if door.Get(tx.Reader) > 0 {
			tx.Fail(errTest)
		}
	}).Named("first")
	cell.Rule(w, func(tx cell.Tx) { bell.Set(tx, door.Get(tx.Reader)) }).Named("second")
	var re *cell.RuleError
	if err := w.fails(func(tx cell.Tx) { door.Set(tx, 1) }); !errors.As(err, &re) || !cmp.Equal(re.Because, []string{"door"}) {
		t.Error(err)
	}
}

// What has reached a rule may have been written in an earlier pass.
func TestErrorSaysWhatReachedTheRuleThroughPasses(t *testing.T) {
	w := newWorld(t)
	door, bell := cell.NewValue(0).Named("door"), cell.NewValue(0).Named("bell")
	cell.Rule(w, func(tx cell.Tx) { _ = tx.Try(func(tx cell.Tx) error { bell.Set(tx, door.Get(tx.Reader)); return nil }) }).Named("wire")
	again := false
	cell.Rule(w, func(tx cell.Tx) {
		if bell.Get(tx.Reader) == 0 {
			return
		}
		if again {
			tx.Fail(errTest)
		}
		tx.OnCommit(func(cell.Tx) { again = true })
		tx.Repeat()
	}).Named("ear")
	var re *cell.RuleError
	if err := w.fails(func(tx cell.Tx) { door.Set(tx, 1) }); !errors.As(err, &re) || !cmp.Equal(re.Because, []string{"door", "wire", "bell"}) {
		t.Error(err)
	}
}
