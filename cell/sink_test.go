package cell_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

// tape is a sink that writes down what it is told.
type tape struct {
	look func(cell.Reader) int
	kept []int
	told []string
	full bool
	room chan struct{}
}

func (s *tape) Look(r cell.Reader) bool {
	x := s.look(r)
	if x == 0 {
		return false
	}
	s.kept = append(s.kept, x)
	return true
}

func (s *tape) Commit() bool {
	s.told = append(s.told, fmt.Sprint("commit ", s.kept))
	s.kept = nil
	return s.full
}

func (s *tape) Undo() { s.told = append(s.told, fmt.Sprint("undo ", s.kept)); s.kept = nil }

func (s *tape) End() { s.told = append(s.told, "end") }

func (s *tape) Wait(ctx context.Context) {
	select {
	case <-s.room:
	case <-ctx.Done():
	}
}

func (s *tape) want(t *testing.T, told ...string) {
	t.Helper()
	if diff := cmp.Diff(told, s.told); diff != "" {
		t.Error(diff)
	}
	s.told = nil
}

func ExampleFeed() {
	g := cell.NewGraph()
	v := cell.NewValue(1)
	s := &tape{look: v.Get}
	o := cell.Feed(g, s)
	_ = g.Update(func(tx cell.Tx) error { v.Set(tx, 2); return nil })
	_ = g.Update(func(tx cell.Tx) error {
		v.Set(tx, 3)
		cell.Observe(tx, func(r cell.Reader) { r.Fail(errors.New("no")) })
		return nil
	})
	o.Stop()
	fmt.Printf("%q\n", s.told)
	// Output: ["commit [1]" "commit [2]" "undo [3]" "end"]
}

func TestSinkCommitsOnceForAllPasses(t *testing.T) {
	w := newWorld(t)
	p := cell.NewPulse(0)
	s := &tape{look: p.Get}
	o := cell.Feed(w, s)
	w.View(func(r cell.Reader) {
		if names := w.Living(r); !slices.Equal(names, []string{"a *cell_test.tape"}) {
			t.Error(names)
		}
	})
	w.do(func(tx cell.Tx) {
		p.Set(tx, 1)
		tx.OnCommit(func(tx cell.Tx) { p.Set(tx, 2) })
	})
	s.want(t, "commit [1 2]")
	w.do(func(tx cell.Tx) {
		p.Set(tx, 3)
		tx.OnCommit(o.StopIn) // after the pass in which it was seen
	})
	s.want(t, "commit [3]", "end")
	w.do(func(tx cell.Tx) { p.Set(tx, 4) })
	s.want(t)
}

func TestSinkEndsWithItsOwner(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(1)
	s := &tape{look: v.Get}
	scope := cell.NewScope(w)
	cell.Feed(scope, s)
	s.want(t, "commit [1]")
	_ = w.Update(func(tx cell.Tx) error { scope.StopIn(tx); return errTest })
	s.want(t)
	w.do(func(tx cell.Tx) { v.Set(tx, 2) })
	s.want(t, "commit [2]")
	scope.Stop()
	s.want(t, "end")
	_ = w.Update(func(tx cell.Tx) error {
		cell.Feed(tx, s)
		cell.Observe(tx, func(r cell.Reader) { r.Fail(errTest) })
		return nil
	})
	s.want(t, "undo [2]", "end")
}

func TestWritersWaitForRoomAfterTheCommitAndItsEffects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		v := cell.NewValue(0)
		s := &tape{look: v.Get, full: true, room: make(chan struct{})}
		cell.Feed(g, s)
		effects := 0
		set := func(x int) func(cell.Tx) error {
			return func(tx cell.Tx) error {
				v.Set(tx, x)
				tx.AfterCommit(func() { effects++ })
				return nil
			}
		}
		returned := 0
		updates := []func(){
			func() { _ = g.Update(set(1)) },
			func() { _ = g.Attempt(set(2)) },
			func() { _ = g.UpdateContext(t.Context(), set(3)) },
		}
		for i, update := range updates {
			go func() { update(); returned++ }()
			synctest.Wait()
			if returned != i || effects != i+1 || cell.Read(g, v) != i+1 {
				t.Fatal(i, returned, effects)
			}
			s.room <- struct{}{}
			synctest.Wait()
			if returned != i+1 {
				t.Fatal(i, "did not return")
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = g.UpdateContext(ctx, set(4)); returned = 10 }()
		synctest.Wait()
		cancel()
		synctest.Wait()
		if returned != 10 {
			t.Error("the end of the context was not noticed")
		}
		// Who writes nothing to the sink does not wait; nor do effects and consumers.
		_ = g.Update(func(tx cell.Tx) error { return nil })
		_ = g.Update(func(tx cell.Tx) error { v.Set(tx, 4); return nil }) // an equal value
		_ = g.Update(func(tx cell.Tx) error { tx.AfterCommit(func() { _ = g.Update(set(5)) }); return nil })
		cell.Consume(func() { _ = g.Update(set(6)) })
		// Nor after a failure.
		_ = g.Update(func(tx cell.Tx) error { v.Set(tx, 7); return errTest })
	})
}

// badSink panics when it is told something.
type badSink struct{ tape }

func (s *badSink) Commit() bool { s.tape.Commit(); panic("commit") }
func (s *badSink) Undo()        { s.tape.Undo(); panic("undo") }
func (s *badSink) End()         { s.tape.End(); panic("end") }

func TestSinkThatPanics(t *testing.T) {
	w := newWorld(t)
	p, v := cell.NewPulse(0), cell.NewValue(0)
	bad, good := &badSink{tape{look: p.Get}}, &tape{look: p.Get}
	o := cell.Feed(w, bad)
	cell.Feed(w, good)
	send := func(x int, err error) func() {
		return func() {
			_ = w.Update(func(tx cell.Tx) error {
				p.Set(tx, x)
				v.Set(tx, x)
				tx.OnCommit(func(tx cell.Tx) {
					if err != nil {
						tx.Fail(err)
					}
				})
				return nil
			})
		}
	}
	if got := panics(send(1, nil)); got != "commit" {
		t.Error(got)
	}
	is(w, v, 1) // it is committed, and everybody was told
	bad.want(t, "commit [1]")
	good.want(t, "commit [1]")
	if err := w.Attempt(func(tx cell.Tx) error { p.Set(tx, 2); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }); return nil }); !errors.Is(err, errTest) {
		t.Error(err)
	}
	bad.want(t, "undo [2]")
	good.want(t, "undo [2]")
	var e *cell.EffectError
	if err := w.Attempt(func(tx cell.Tx) error { p.Set(tx, 3); return nil }); !errors.As(err, &e) {
		t.Error(err)
	}
	bad.want(t, "commit [3]")
	good.want(t, "commit [3]")
	if got := panics(o.Stop); got != "end" {
		t.Error(got)
	}
	bad.want(t, "end")
	send(4, nil)()
	bad.want(t)
}

// A sink keeps nothing of a transaction that fails as late as it can.
func TestSinkAndAFailureAtTheCommit(t *testing.T) {
	w := newWorld(t)
	p := cell.NewPulse(0)
	s := &tape{look: p.Get}
	cell.Feed(w, s)
	panics(func() {
		_ = w.Update(func(tx cell.Tx) error { p.Set(tx, 1); tx.AtCommit(func() { panic("oh") }); return nil })
	})
	s.want(t, "undo [1]")
}
