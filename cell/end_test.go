package cell_test

import (
	"errors"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// exitingKind and exitingSink call Goexit where they must not.
type exitingKind struct{ patterns }

func (k *exitingKind) Idle() { k.patterns.Idle(); goexit() }

type exitingSink struct{ tape }

func (s *exitingSink) Commit() bool { s.tape.Commit(); goexit(); return true }
func (s *exitingSink) Undo()        { s.tape.Undo(); goexit() }
func (s *exitingSink) End()         { s.tape.End(); goexit() }

// A transaction that is over stays what it is, and all are told, though some call
// Goexit.
func TestGoexitAtTheEndOfATransaction(t *testing.T) {
	for name, outcome := range map[string]error{"commit": nil, "undo": errTest} {
		for _, transact := range []func(*cell.Graph, func(cell.Tx) error) error{(*cell.Graph).Update, (*cell.Graph).Attempt} {
			w := newWorld(t)
			v, p, on := cell.NewValue(0), cell.NewPulse(0), cell.NewValue(true)
			kinds, good := [2]exitingKind{}, &patterns{}
			cell.Observe(w, func(r cell.Reader) {
				if on.Get(r) {
					kinds[0].c.Listen(r, &kinds[0])
					good.c.Listen(r, good)
					kinds[1].c.Listen(r, &kinds[1])
				}
			})
			sinks, tape := [2]exitingSink{}, &tape{look: p.Get}
			var feeds []*cell.Observer
			for i := range sinks {
				sinks[i].look = p.Get
				feeds = append(feeds, cell.Feed(w, &sinks[i]))
			}
			cell.Feed(w, tape)
			cell.Effect(w, func(r cell.Reader) func() { x := v.Get(r); return func() { w.add("effect ", x) } })
			w.saw("effect 0")
			exits(t, func() {
				_ = transact(w.Graph, func(tx cell.Tx) error {
					tx.Manage(&manager{w: w, name: "manager"})
					tx.AfterCommit(func() { w.add("after commit") })
					v.Set(tx, 1)
					p.Set(tx, 1)
					on.Set(tx, false)
					if outcome != nil {
						tx.OnCommit(func(tx cell.Tx) { tx.Fail(outcome) })
					}
					return nil
				})
			})
			w.check()
			for i := range sinks {
				sinks[i].want(t, name+" [1]")
			}
			tape.want(t, name+" [1]")
			if outcome != nil {
				w.saw("enter manager", "exit manager: "+cell.ErrGoexit.Error())
				is(w, v, 0)
				continue
			}
			w.saw("enter manager", "exit manager: <nil>", "after commit", "effect 1")
			is(w, v, 1)
			for _, p := range []*patterns{&kinds[0].patterns, &kinds[1].patterns, good} {
				if len(p.told) != 1 {
					t.Errorf("told %q", p.told)
				}
			}
			exits(t, func() {
				_ = transact(w.Graph, func(tx cell.Tx) error {
					for _, f := range feeds {
						f.StopIn(tx)
					}
					v.Set(tx, 2)
					return nil
				})
			})
			for i := range sinks {
				sinks[i].want(t, "end")
			}
			w.saw("effect 2")
			is(w, v, 2)
		}
	}
}

// Goexit of one who is told after a failure does not keep the others from it.
func TestGoexitAtTheEndOfAFailure(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	kinds, good := [2]exitingKind{}, &patterns{}
	fail := func(tx cell.Tx) error {
		v.Set(tx, 1)
		cell.Observe(tx, func(r cell.Reader) {
			kinds[0].c.Listen(r, &kinds[0])
			good.c.Listen(r, good)
			kinds[1].c.Listen(r, &kinds[1])
		})
		cell.Observe(tx, func(r cell.Reader) { r.Fail(errTest) })
		tx.Manage(&manager{w: w, name: "manager"})
		return nil
	}
	exits(t, func() {
		if err := w.Attempt(fail); !errors.Is(err, errTest) {
			t.Error(err)
		}
	})
	for _, p := range []*patterns{&kinds[0].patterns, &kinds[1].patterns, good} {
		if len(p.told) != 1 {
			t.Errorf("told %q", p.told)
		}
	}
	w.saw("enter manager", "exit manager: "+cell.ErrGoexit.Error())
	is(w, v, 0)
}
