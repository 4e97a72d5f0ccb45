package pipe_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

// TestPolicies compares what a subscription delivers and drops with a model.
func TestPolicies(t *testing.T) {
	policies := []func(int) pipe.Policy{pipe.DropOldest, pipe.DropNewest, pipe.Fail}
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.IntRange(0, len(policies)-1).Draw(rt, "policy")
		capacity := rapid.IntRange(1, 5).Draw(rt, "capacity")
		g := cell.NewGraph()
		var p pipe.Pipe[int]
		s := pipe.Subscribe(t.Context(), g, &p, policies[kind](capacity))
		defer s.Stop()
		var model []int
		dropped, failed, last := uint64(0), false, 0
		for range rapid.IntRange(0, 30).Draw(rt, "steps") {
			if rapid.Bool().Draw(rt, "take") && len(model) > 0 {
				if x, ok := s.Next(); !ok || x != model[0] {
					rt.Fatalf("got %v %v, want %v", x, ok, model[0])
				}
				model = model[1:]
			} else if !failed {
				var items []int
				for range rapid.IntRange(0, 8).Draw(rt, "items") {
					last++
					items = append(items, last)
				}
				put(g, &p, items...)
				over := max(0, len(model)+len(items)-capacity)
				if kind == 2 && over > 0 {
					failed, over = true, len(items)
				} else {
					model = append(model, items...)
				}
				dropped += uint64(over)
				switch kind {
				case 0:
					model = model[over:]
				case 1:
					model = model[:len(model)-over]
				}
			}
			if s.Len() != len(model) || s.Dropped() != dropped {
				rt.Fatalf("holds %d, dropped %d; want %d, %d", s.Len(), s.Dropped(), len(model), dropped)
			}
			var overflow *pipe.OverflowError
			if errors.As(s.Err(), &overflow) != failed || failed && overflow.Capacity != capacity {
				rt.Fatalf("error %v", s.Err())
			}
		}
		s.Stop()
		if got := slices.Collect(s.All()); !slices.Equal(got, model) {
			rt.Fatalf("got %v, want %v", got, model)
		}
	})
}

func TestWaitHoldsUpWhoAddsTooMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		var p, other pipe.Pipe[int]
		s := pipe.Subscribe(t.Context(), g, &p, pipe.Wait(2))
		put(g, &p, 1, 2)
		done := 0
		go func() { put(g, &p, 3, 4, 5); done++ }()
		go func() { put(g, &other, 1); done += 10 }() // who adds nothing does not wait
		synctest.Wait()
		if done != 10 || s.Len() != 5 {
			t.Fatal(done, s.Len())
		}
		for range 2 {
			s.Next()
			synctest.Wait()
		}
		if done != 10 {
			t.Fatal("there is no room yet")
		}
		s.Next()
		synctest.Wait()
		if done != 11 {
			t.Fatal("there is room", done)
		}
		// A waiting writer goes on when its context, or the subscription, ends.
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			_ = g.UpdateContext(ctx, func(tx cell.Tx) error { p.Append(tx, 6); return nil })
			done++
		}()
		synctest.Wait()
		if done != 11 {
			t.Fatal("it should wait")
		}
		cancel()
		synctest.Wait()
		if done != 12 {
			t.Fatal("its context has ended")
		}
		go func() { put(g, &p, 7); done++ }()
		synctest.Wait()
		s.Stop()
		synctest.Wait()
		if done != 13 {
			t.Fatal("the subscription has ended")
		}
		same(t, []int{4, 5, 6, 7}, slices.Collect(s.All()))
		none(t, g)
	})
}

// A consumer, and an effect, that write into the pipe they empty.
func TestWaitDoesNotHoldUpWhoMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		var p pipe.Pipe[int]
		cell.Effect(g, func(r cell.Reader) func() {
			if pipe.Contains(r, &p, 1) {
				return func() { put(g, &p, 100, 101, 102) }
			}
			return nil
		})
		s := pipe.Subscribe(t.Context(), g, &p, pipe.Wait(1))
		put(g, &p, 1)
		var got []int
		for x := range s.All() {
			got = append(got, x)
			if x < 100 {
				put(g, &p, 10*x, 10*x+1, 10*x+2)
			}
			if len(got) == 9 {
				break
			}
		}
		same(t, []int{1, 100, 101, 102, 10, 11, 12, 100, 101}, got)
	})
}
