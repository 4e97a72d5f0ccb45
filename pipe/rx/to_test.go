package rx_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reactivex/rxgo/v2"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/cell/celltest"
	"github.com/freeswytch/freeswytch/pipe"
	"github.com/freeswytch/freeswytch/pipe/rx"
)

func TestToPipeIsATransactionAnItem(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	rec := celltest.New(t, g)
	celltest.WatchItems(rec, "p", p.All)
	celltest.Must(t, rx.ToPipe(t.Context(), g, rxgo.Just(1, 2, 3)(), &p, 1))
	rec.Want("p=[1]", "p=[2]", "p=[3]")
	ready := make(chan rxgo.Item, 10)
	for i := range 7 {
		ready <- rxgo.Of(i)
	}
	close(ready)
	celltest.Must(t, rx.ToPipe(t.Context(), g, rxgo.FromChannel(ready), &p, 3))
	rec.Want("p=[0 1 2]", "p=[3 4 5]", "p=[6]")
	var anything pipe.Pipe[any]
	celltest.WatchItems(rec, "any", anything.All)
	ready = make(chan rxgo.Item, 2)
	ready <- rxgo.Of(nil)
	ready <- rxgo.Of("x")
	close(ready)
	celltest.Must(t, rx.ToPipe(t.Context(), g, rxgo.FromChannel(ready), &anything, 9))
	rec.Want("any=[<nil> x]")
}

func TestToCell(t *testing.T) {
	g := cell.NewGraph()
	v, bell := cell.NewValue(0), cell.NewPulse(0)
	rec := celltest.New(t, g)
	celltest.Watch(rec, "v", v)
	celltest.Watch(rec, "bell", bell)
	rec.Skip()
	celltest.Must(t, rx.ToCell(t.Context(), g, rxgo.Just(1, 2, 2)(), v))
	celltest.Must(t, rx.ToCell(t.Context(), g, rxgo.Just(7)(), bell))
	rec.Want("v=1", "v=2", "bell=7 | bell=0")
}

func TestErrorsReachTheCaller(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	rec := celltest.New(t, g)
	celltest.WatchItems(rec, "p", p.All)
	failing := cell.Observe(g, func(r cell.Reader) {
		if pipe.Contains(r, &p, 13) {
			r.Fail(errTest)
		}
	})
	defer failing.Stop()
	ready := func(items ...rxgo.Item) rxgo.Observable {
		ch := make(chan rxgo.Item, len(items))
		for _, item := range items {
			ch <- item
		}
		close(ch)
		return rxgo.FromChannel(ch)
	}
	for _, atMost := range []int{1, 10} {
		err := rx.ToPipe(t.Context(), g, ready(rxgo.Of(1), rxgo.Error(errTest), rxgo.Of(2)), &p, atMost)
		if !errors.Is(err, errTest) {
			t.Error(err)
		}
		rec.Want("p=[1]")
		err = rx.ToPipe(t.Context(), g, ready(rxgo.Of(1), rxgo.Of("two"), rxgo.Of(3)), &p, atMost)
		if e := (*rx.ItemError)(nil); !errors.As(err, &e) || e.Item != "two" || e.Error() != "rx: an item is of type string, not int" {
			t.Error(err)
		}
		rec.Want("p=[1]")
	}
	err := rx.ToPipe(t.Context(), g, ready(rxgo.Of(1), rxgo.Of(13), rxgo.Of(3)), &p, 1)
	if e := (*cell.RuleError)(nil); !errors.As(err, &e) || !errors.Is(err, errTest) {
		t.Error(err)
	}
	rec.Want("p=[1]")
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errTest)
	for range 100 { // though the observable completes, too
		if err := rx.ToPipe(ended, g, rxgo.Empty(), &p, 1); err != errTest {
			t.Fatal(err)
		}
	}
	rec.Empty()
}

// What is upstream ends when ToPipe returns, whyever.
func TestNothingIsLeftOfAChain(t *testing.T) {
	double := func(_ context.Context, x any) (any, error) { return 2 * x.(int), nil }
	for _, name := range []string{"context", "error"} {
		synctest.Test(t, func(t *testing.T) {
			g := cell.NewGraph()
			var in, out pipe.Pipe[int]
			fails := cell.NewValue(false)
			cell.Rule(g, func(tx cell.Tx) {
				if out.Len(tx.Reader) > 0 && fails.Get(tx.Reader) {
					tx.Fail(errTest)
				}
			})
			ctx, cancel := context.WithCancel(t.Context())
			result := make(chan error, 1)
			o := rx.FromPipe(t.Context(), g, &in, pipe.Wait(10)).
				Map(double).Filter(func(x any) bool { return true }, rxgo.WithBufferedChannel(2)).BufferWithCount(1).
				Map(func(_ context.Context, x any) (any, error) { return x.([]any)[0], nil }, rxgo.WithCPUPool()).
				BufferWithTime(rxgo.WithDuration(time.Second)).
				FlatMap(func(item rxgo.Item) rxgo.Observable { return rxgo.Just(item.V)() })
			go func() { result <- rx.ToPipe(ctx, g, o, &out, 1) }()
			put(g, &in, 1, 2, 3)
			time.Sleep(time.Minute)
			if name == "context" {
				cancel()
			} else {
				_ = g.Update(func(tx cell.Tx) error { fails.Set(tx, true); return nil })
				for i := range 9 {
					put(g, &in, i)
					time.Sleep(2 * time.Second) // another item is on its way
				}
			}
			err := <-result
			if name == "context" && err != context.Canceled || name == "error" && !errors.Is(err, errTest) {
				t.Error(name, err)
			}
			synctest.Wait()
			none(t, g)
			cancel()
		}) // which waits for all goroutines
	}
}

// Some of RxGo's operators send without looking at a context.
func TestWhoSendsWithoutAContextIsHeardOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		var p pipe.Pipe[int]
		o := rxgo.Defer([]rxgo.Producer{func(_ context.Context, next chan<- rxgo.Item) {
			for i := range 10 {
				next <- rxgo.Of(i)
			}
		}})
		cell.Observe(g, func(r cell.Reader) {
			if p.Len(r) > 0 {
				r.Fail(errTest)
			}
		})
		if err := rx.ToPipe(t.Context(), g, o, &p, 1); !errors.Is(err, errTest) {
			t.Error(err)
		}
	}) // which waits for all goroutines
}
