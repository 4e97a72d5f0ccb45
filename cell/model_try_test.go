package cell_test

import (
	"errors"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

// What the model of TestModel knows of Try: one that fails leaves nothing.

var errTry = errors.New("try")

// fail ends a Try in one of several ways, or well.
func (s *system) fail(tx cell.Tx, i, how int) error {
	switch how {
	case 0, 1:
		return nil
	case 2:
		return errTry
	case 3:
		tx.Fail(errTry)
	case 4:
		m := cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int { panic(errTry) })
		m.Get(tx.Reader)
	case 5:
		cell.Compute(func(r cell.Reader) int { r.Fail(errTry); return 0 }).Get(tx.Reader)
	default:
		return tx.Try(func(tx cell.Tx) error { s.mischief(tx, i); return errTry })
	}
	panic("not reached")
}

// tried runs the work of rule i with tries before, around, and after it.
func (s *system) tried(tx cell.Tx, i int, work func(cell.Tx)) {
	how := s.model.specs[i].tries
	if how == 0 {
		work(tx)
		return
	}
	try := func(tx cell.Tx) {
		err := tx.Try(func(tx cell.Tx) error {
			s.mischief(tx, i)
			s.target[i].Set(tx, 100+how)
			s.get(tx.Reader, how%(refNode+2*i))
			return s.fail(tx, i, 2+how%5)
		})
		if !errors.Is(err, errTry) && !errors.Is(err, errFuse) {
			s.t.Fatalf("a Try in a rule: %v", err)
		}
	}
	if how&1 != 0 {
		try(tx)
	}
	if how&2 == 0 {
		work(tx)
	} else if err := tx.Try(func(tx cell.Tx) error {
		if how&4 != 0 {
			try(tx)
		}
		work(tx)
		if how&8 != 0 {
			try(tx)
		}
		return nil
	}); err != nil {
		tx.Fail(err)
	}
	if how&16 != 0 {
		try(tx)
	}
}

// scratch is what the mischief of one writer writes.
type scratch struct {
	value cell.Value[int]
	inner cell.Value[int] // written by rules that mischief makes
	pulse cell.Pulse[int]
	text  *cell.ValueFunc[[]string]
	set   cell.Set[int]
	dict  cell.Map[int, int]
	list  cell.List[int]
	pipe  pipe.Pipe[int]
	runs  int // of what must never run
}

// mischief does what must be undone.
func (s *system) mischief(tx cell.Tx, i int) {
	if s.scratch == nil {
		s.scratch = map[int]*scratch{}
	}
	x := s.scratch[i]
	if x == nil {
		x = &scratch{}
		s.scratch[i] = x
		x.text = cell.NewValueFunc([]string{"old"}, func(a, b []string) bool { return len(a) == len(b) })
	}
	x.value.Set(tx, x.value.Get(tx.Reader)+1)
	x.value.Set(tx, x.value.Get(tx.Reader)+1)
	x.pulse.Set(tx, 1)
	x.text.Set(tx, []string{"new"})
	x.set.Add(tx, 1, 2)
	x.set.Remove(tx, 1)
	x.dict.Set(tx, 1, 1)
	x.list.Append(tx, 1, 2)
	x.list.Delete(tx, 0, 1)
	x.pipe.Append(tx, 1)
	never := func() { x.runs++ }
	tx.OnCommit(func(cell.Tx) { never() })
	tx.AtCommit(never)
	tx.AfterCommit(never)
	cell.Observe(tx, func(cell.Reader) { never() })
	m := cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int {
		x.inner.Set(tx, 5)
		return s.get(tx.Reader, (i+1)%refNode)
	})
	m.Get(tx.Reader)
	m.Set(tx, 77)
	scope := cell.NewScope(tx)
	cell.Rule(scope.In(tx), func(tx cell.Tx) { never() })
}

// check says what is left of mischief.
func (x *scratch) check(g *cell.Graph) (words string) {
	g.View(func(r cell.Reader) {
		got := fmt.Sprint(x.value.Get(r), x.inner.Get(r), x.pulse.Get(r), x.text.Get(r)[0], x.set.Len(r), x.dict.Len(r), x.list.Len(r), x.pipe.Len(r), x.runs)
		if want := fmt.Sprint(0, 0, 0, "old", 0, 0, 0, 0, 0); got != want {
			words = "mischief has left " + got
		}
	})
	return words
}
