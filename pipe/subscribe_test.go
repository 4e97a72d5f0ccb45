package pipe_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errTest = errors.New("test")

// put appends items in a transaction of their own.
func put[T any](g *cell.Graph, p *pipe.Pipe[T], items ...T) {
	_ = g.Update(func(tx cell.Tx) error { p.Append(tx, items...); return nil })
}

// rest takes what the subscription holds.
func rest[T any](s *pipe.Subscription[T]) (items []T) {
	for s.Len() > 0 {
		if x, ok := s.Next(); ok {
			items = append(items, x)
		}
	}
	return items
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// none fails the test if something in the graph was not stopped.
func none(t *testing.T, g *cell.Graph) {
	t.Helper()
	g.View(func(r cell.Reader) { same(t, []string(nil), g.Living(r)) })
}

func TestSubscriptionGetsWhatWasCommittedInOrder(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	put(g, &p, 1)
	s := pipe.Subscribe(t.Context(), g, &p, pipe.Wait(100))
	defer s.Stop()
	put(g, &p, 2, 3)
	_ = g.Update(func(tx cell.Tx) error {
		p.Append(tx, 4)
		tx.OnCommit(func(tx cell.Tx) { p.Append(tx, 5) }) // in a further pass
		return nil
	})
	same(t, []int{2, 3, 4, 5}, rest(s))
	g.View(func(r cell.Reader) { same(t, []string{"a *pipe.sink[int]"}, g.Living(r)) })
	s.Named("bills")
	g.View(func(r cell.Reader) { same(t, []string{"bills"}, g.Living(r)) })
	// A failing transaction, in its first and in its second pass.
	_ = g.Update(func(tx cell.Tx) error { p.Append(tx, 6); return errTest })
	_ = g.Update(func(tx cell.Tx) error {
		p.Append(tx, 7)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
		return nil
	})
	// A rule that is undone and runs again.
	v, x := cell.NewValue(0), cell.NewValue(0)
	_ = g.Update(func(tx cell.Tx) error {
		cell.Rule(tx, func(tx cell.Tx) { p.Append(tx, 10*v.Get(tx.Reader)+x.Get(tx.Reader)) })
		cell.Rule(tx, func(tx cell.Tx) { x.Set(tx, v.Get(tx.Reader)) })
		v.Set(tx, 1)
		return nil
	})
	same(t, []int{11}, rest(s))
}

func TestSubscriptionInTheMiddleOfATransaction(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	var s *pipe.Subscription[int]
	subscribe := func(tx cell.Tx) { s = pipe.Subscribe(t.Context(), tx, &p, pipe.Wait(1)) }
	// All of the pass it was made in, though it holds more than the capacity.
	_ = g.Update(func(tx cell.Tx) error { p.Append(tx, 1); subscribe(tx); p.Append(tx, 2); return nil })
	same(t, []int{1, 2}, rest(s))
	s.Stop()
	// Nothing of an earlier pass.
	_ = g.Update(func(tx cell.Tx) error {
		p.Append(tx, 1)
		tx.OnCommit(func(tx cell.Tx) { p.Append(tx, 2); subscribe(tx) })
		return nil
	})
	same(t, []int{2}, rest(s))
	s.Stop()
	// It does not exist if the transaction fails.
	_ = g.Update(func(tx cell.Tx) error { subscribe(tx); p.Append(tx, 1); return errTest })
	for x := range s.All() {
		t.Error(x)
	}
	if s.Err() != nil {
		t.Error(s.Err())
	}
	none(t, g)
}

func TestSubscriptionToOtherThingsThanPipes(t *testing.T) {
	g := cell.NewGraph()
	members := cell.NewSet("al")
	joined := pipe.Subscribe(t.Context(), g, pipe.Items[string](members.Added), pipe.Wait(10))
	_ = g.Update(func(tx cell.Tx) error { members.Add(tx, "bo", "cy"); return nil })
	joined.Stop()
	same(t, []string{"bo", "cy"}, slices.Collect(joined.All()))
	none(t, g)
}

func TestSubscriptionEnds(t *testing.T) {
	boom := errors.New("boom")
	ways := map[string]struct {
		end  func(g *cell.Graph, scope *cell.Scope, s *pipe.Subscription[int], cancel context.CancelCauseFunc)
		err  error
		rest []int // what is still delivered
	}{
		"Stop": {func(_ *cell.Graph, _ *cell.Scope, s *pipe.Subscription[int], _ context.CancelCauseFunc) {
			s.Stop()
			s.Stop()
		}, nil, []int{2, 3}},
		"StopIn": {func(g *cell.Graph, _ *cell.Scope, s *pipe.Subscription[int], _ context.CancelCauseFunc) {
			_ = g.Update(func(tx cell.Tx) error { s.StopIn(tx); return errTest })
			_ = g.Update(func(tx cell.Tx) error { s.StopIn(tx); return nil })
		}, nil, []int{2, 3}},
		"owner": {func(_ *cell.Graph, scope *cell.Scope, _ *pipe.Subscription[int], _ context.CancelCauseFunc) {
			scope.Stop()
		}, nil, []int{2, 3}},
		"context": {func(_ *cell.Graph, _ *cell.Scope, _ *pipe.Subscription[int], cancel context.CancelCauseFunc) {
			cancel(boom)
		}, boom, nil},
	}
	for name, way := range ways {
		for _, waiting := range []bool{false, true} {
			t.Run(fmt.Sprint(name, waiting), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := cell.NewGraph()
					scope := cell.NewScope(g)
					ctx, cancel := context.WithCancelCause(t.Context())
					var p pipe.Pipe[int]
					s := pipe.Subscribe(ctx, scope, &p, pipe.Wait(10))
					put(g, &p, 1)
					want := []int{1}
					if !waiting {
						put(g, &p, 2, 3)
						want = append(want, way.rest...)
					}
					var got []int
					proceed := make(chan bool)
					ended := make(chan bool)
					go func() {
						defer close(ended)
						for x := range s.All() {
							got = append(got, x)
							<-proceed
						}
					}()
					synctest.Wait()
					if waiting { // the consumer waits for an item, else it is busy
						close(proceed)
						synctest.Wait()
					}
					way.end(g, scope, s, cancel)
					synctest.Wait()
					put(g, &p, 4)
					if !waiting {
						close(proceed)
					}
					<-ended
					same(t, want, got)
					if s.Err() != way.err {
						t.Error(s.Err())
					}
					synctest.Wait()
					none(t, g)
					cancel(nil)
				})
			})
		}
	}
}

func TestContextThatHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTest)
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	s := pipe.Subscribe(ctx, g, &p, pipe.Wait(1))
	put(g, &p, 1, 2)
	for x := range s.All() {
		t.Error(x)
	}
	if s.Err() != errTest {
		t.Error(s.Err())
	}
	s.Stop()
	_ = g.Update(func(tx cell.Tx) error { s.StopIn(tx); return nil })
	none(t, g)
}

func TestLeavingTheLoopEndsTheSubscription(t *testing.T) {
	for name, leave := range map[string]func(s *pipe.Subscription[int]){
		"break": func(s *pipe.Subscription[int]) {
			for range s.All() {
				break
			}
		},
		"panic": func(s *pipe.Subscription[int]) {
			defer func() { _ = recover() }()
			for range s.All() {
				panic("oh")
			}
		},
		"pull": func(s *pipe.Subscription[int]) {
			next, stop := iter.Pull(s.All())
			defer stop()
			next()
		},
	} {
		g := cell.NewGraph()
		var p pipe.Pipe[int]
		s := pipe.Subscribe(t.Context(), g, &p, pipe.Wait(1))
		put(g, &p, 1)
		leave(s)
		put(g, &p, 2, 3) // nobody waits
		if s.Len() != 0 || s.Err() != nil {
			t.Error(name, s.Len(), s.Err())
		}
		for x := range s.All() {
			t.Error(name, x)
		}
		none(t, g)
	}
}

func TestLoopInTheWrongPlace(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	s := pipe.Subscribe(t.Context(), g, &p, pipe.Wait(1))
	defer s.Stop()
	loop := func() {
		for range s.All() {
			t.Error("an item")
		}
	}
	refused := func(fn func()) {
		t.Helper()
		defer func() {
			t.Helper()
			if _, ok := recover().(*cell.UsageError); !ok {
				t.Error("not refused")
			}
		}()
		fn()
	}
	refused(func() { g.View(func(cell.Reader) { loop() }) })
	refused(func() { _ = g.Update(func(tx cell.Tx) error { tx.AfterCommit(loop); return nil }) })
	refused(func() { pipe.Subscribe(t.Context(), g, &p, pipe.Policy{}) })
	refused(func() { pipe.Subscribe(t.Context(), g, &p, pipe.Wait(0)) })
	refused(func() {
		_ = g.Update(func(tx cell.Tx) error { pipe.Subscribe(t.Context(), g, &p, pipe.Wait(1)); return nil })
	})
	put(g, &p, 1)
	same(t, []int{1}, rest(s)) // it still works
}

func TestFailingSourceFailsTheTransaction(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	s := pipe.Subscribe(t.Context(), g, pipe.Items[int](func(r cell.Reader) iter.Seq[int] {
		return func(yield func(int) bool) {
			for x := range p.All(r) {
				if x == 13 {
					r.Fail(errTest)
				}
				yield(x)
			}
		}
	}), pipe.Wait(10))
	defer s.Stop()
	for i := 10; i < 16; i++ {
		err := g.Update(func(tx cell.Tx) error { p.Append(tx, i, i); return nil })
		if errors.Is(err, errTest) != (i == 13) {
			t.Error(i, err)
		}
	}
	same(t, []int{10, 10, 11, 11, 12, 12, 14, 14, 15, 15}, rest(s))
}

// lateContext has ended without anybody having been told.
type lateContext struct {
	context.Context
	err     error
	watched int
}

func (c *lateContext) Done() <-chan struct{} { return make(chan struct{}) }

func (c *lateContext) Err() error { return c.err }

func (c *lateContext) AfterFunc(func()) (stop func() bool) {
	c.watched++
	return func() bool { c.watched--; return true }
}

func TestEndOfTheContext(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	ctx := &lateContext{Context: t.Context()}
	s := pipe.Subscribe(ctx, g, &p, pipe.Wait(1))
	put(g, &p, 1)
	ctx.err = errTest
	if x, ok := s.Next(); ok {
		t.Error("the context had ended before", x)
	}
	s.Stop()
	if ctx.watched != 0 {
		t.Error("the context is still watched")
	}
}

func TestSubscriptionAllocatesNothing(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	s := pipe.Subscribe(t.Context(), g, &p, pipe.Wait(10))
	defer s.Stop()
	update := func(tx cell.Tx) error { p.Append(tx, 1, 2, 3); return nil }
	if n := testing.AllocsPerRun(1000, func() {
		_ = g.Update(update)
		for range 3 {
			s.Next()
		}
	}); n != 0 {
		t.Error(n, "allocations")
	}
}
