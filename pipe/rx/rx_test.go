package rx_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/reactivex/rxgo/v2"
	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
	"github.com/freeswytch/freeswytch/pipe/rx"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errTest = errors.New("test")

func put[T any](g *cell.Graph, p *pipe.Pipe[T], items ...T) {
	_ = g.Update(func(tx cell.Tx) error { p.Append(tx, items...); return nil })
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

// log writes down what a channel of items carries, and then "end".
type log struct {
	mu    sync.Mutex
	lines []string
}

func (l *log) of(items <-chan rxgo.Item) {
	go func() {
		for item := range items {
			if item.Error() {
				l.add(item.E)
			} else {
				l.add(item.V)
			}
		}
		l.add("end")
	}()
}

func (l *log) add(x any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprint(x))
}

// want compares the lines since the last call when all has come to rest.
func (l *log) want(t *testing.T, lines ...string) {
	t.Helper()
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Equal(lines, l.lines) {
		t.Errorf("got %q, want %q", l.lines, lines)
	}
	l.lines = nil
}

func TestFromPipeIsHot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		var p pipe.Pipe[int]
		put(g, &p, 1)
		ctx, cancel := context.WithCancel(t.Context())
		o := rx.FromPipe(ctx, g, &p, pipe.Wait(10))
		put(g, &p, 2, 3)
		var a, b, c log
		a.of(o.Observe())
		a.want(t, "2", "3")
		aside, leave := context.WithCancel(t.Context())
		b.of(o.Observe(rxgo.WithContext(aside)))
		c.of(o.Map(func(_ context.Context, x any) (any, error) { return x.(int) * 10, nil }).Observe())
		synctest.Wait()
		put(g, &p, 4)
		a.want(t, "4")
		b.want(t, "4")
		c.want(t, "40")
		leave()
		b.want(t, "end")
		put(g, &p, 5)
		a.want(t, "5")
		c.want(t, "50")
		cancel()
		a.want(t, "end")
		c.want(t, "end")
		var d log
		d.of(o.Observe())
		d.want(t, "end")
		none(t, g)
	})
}

// An observer that goes away without taking what is being sent to it.
func TestContextsEndWhoeverIsStuck(t *testing.T) {
	for _, whose := range []string{"pipe", "observer"} {
		synctest.Test(t, func(t *testing.T) {
			g := cell.NewGraph()
			var p pipe.Pipe[int]
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			observer, leave := context.Background(), func() {}
			if whose == "observer" {
				observer, leave = context.WithCancel(t.Context())
				defer leave()
			}
			v := cell.NewValue(1)
			rx.FromPipe(ctx, g, &p, pipe.Wait(1)).Observe(rxgo.WithContext(observer))
			rx.FromCell(ctx, g, v).Observe(rxgo.WithContext(observer))
			rx.FromPipe(ctx, g, &p, pipe.Wait(1)) // nobody observes
			waits := true
			go func() { put(g, &p, 1, 2, 3); waits = false }()
			synctest.Wait()
			if !waits {
				t.Error("there is no room")
			}
			if whose == "pipe" {
				cancel()
				synctest.Wait()
				if waits {
					t.Error("it has ended")
				}
			} else {
				leave()
				synctest.Wait()
				cancel() // for the one that nobody observes
			}
			synctest.Wait()
			none(t, g)
		})
	}
}

func TestOverflowEndsTheObservable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		var p pipe.Pipe[int]
		o := rx.FromPipe(t.Context(), g, &p, pipe.Fail(1))
		put(g, &p, 1)
		put(g, &p, 2, 3)
		var l log
		l.of(o.Observe())
		l.want(t, "1", (&pipe.OverflowError{Capacity: 1, Lost: 2}).Error(), "end")
		none(t, g)
	})
}

// watchedContext counts who wants to be told of its end.
type watchedContext struct {
	context.Context
	watched int
}

func (c *watchedContext) Done() <-chan struct{} { return make(chan struct{}) }

func (c *watchedContext) AfterFunc(func()) (stop func() bool) {
	c.watched++
	return func() bool { c.watched--; return true }
}

func TestContextIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		var p pipe.Pipe[int]
		ctx := &watchedContext{Context: t.Context()}
		o := rx.FromPipe(ctx, g, &p, pipe.Fail(1))
		put(g, &p, 1, 2)
		<-o.Observe()
		synctest.Wait()
		same(t, 0, ctx.watched)
	})
}

func TestBackPressureStrategies(t *testing.T) {
	same(t, pipe.Wait(7).String(), rx.Policy(rxgo.Block, 7).String())
	same(t, pipe.DropNewest(7).String(), rx.Policy(rxgo.Drop, 7).String())
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		var p pipe.Pipe[int]
		ctx, cancel := context.WithCancel(t.Context())
		items := rx.FromPipe(ctx, g, &p, rx.Policy(rxgo.Drop, 2), rxgo.WithBufferedChannel(1)).Observe()
		put(g, &p, 1)
		synctest.Wait() // 1 is in the channel
		put(g, &p, 2)
		synctest.Wait() // 2 is being sent
		put(g, &p, 3, 4, 5, 6)
		var l log
		l.of(items)
		l.want(t, "1", "2", "3", "4")
		cancel()
		l.want(t, "end")
	})
}

func TestFromCellIsCold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		v := cell.NewValue(1)
		square := cell.Compute(func(r cell.Reader) int { return v.Get(r) * v.Get(r) })
		set := func(x int) { _ = g.Update(func(tx cell.Tx) error { v.Set(tx, x); return nil }) }
		ctx, cancel := context.WithCancel(t.Context())
		o := rx.FromCell(ctx, g, square)
		none(t, g)
		set(2)
		var a, b log
		a.of(o.Observe())
		a.want(t, "4")
		set(-2) // the same square
		a.want(t)
		set(3)
		a.want(t, "9")
		slow := o.Observe()
		synctest.Wait() // 9 is being sent
		for x := range 10 {
			set(x)
		}
		b.of(slow)
		b.want(t, "9", "81") // and nothing in between
		scope := cell.NewScope(g)
		var c log
		c.of(rx.FromCell(ctx, scope, v).Observe())
		c.want(t, "9")
		scope.Stop()
		c.want(t, cell.ErrStopped.Error(), "end")
		cancel()
		b.want(t, "end")
		none(t, g)
	})
}

func TestCellThatCannotBeComputed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		c := cell.Compute(func(r cell.Reader) int { r.Fail(errTest); return 0 })
		item := <-rx.FromCell(t.Context(), g, c).Observe()
		if !errors.Is(item.E, errTest) {
			t.Error(item)
		}
		synctest.Wait()
		none(t, g)
	})
}

func TestThereAndBack(t *testing.T) {
	g := cell.NewGraph()
	var in pipe.Pipe[int]
	var out pipe.Pipe[string]
	got := pipe.Subscribe(t.Context(), g, &out, pipe.Wait(3))
	ctx, cancel := context.WithCancel(t.Context())
	o := rx.FromPipe(ctx, g, &in, pipe.Wait(2)).
		Map(func(_ context.Context, x any) (any, error) { return strconv.Itoa(x.(int)), nil })
	var wg sync.WaitGroup
	wg.Go(func() { _ = rx.ToPipe(t.Context(), g, o, &out, 5) })
	const n = 500
	wg.Go(func() {
		for i := range n {
			put(g, &in, i)
		}
	})
	i := 0
	for s := range got.All() {
		if s != strconv.Itoa(i) {
			t.Fatal(s, i)
		}
		if i++; i == n {
			break
		}
	}
	cancel()
	wg.Wait()
	if i != n {
		t.Error(i)
	}
}

func TestMisuse(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	for name, fn := range map[string]func(){
		"no items":    func() { _ = rx.ToPipe(t.Context(), g, rxgo.Empty(), &p, 0) },
		"inside":      func() { g.View(func(cell.Reader) { _ = rx.ToPipe(t.Context(), g, rxgo.Empty(), &p, 1) }) },
		"from inside": func() { g.View(func(cell.Reader) { rx.FromPipe(t.Context(), g, &p, pipe.Wait(1)) }) },
		"no policy":   func() { rx.FromPipe(t.Context(), g, &p, pipe.Policy{}) },
	} {
		func() {
			defer func() {
				if _, ok := recover().(*cell.UsageError); !ok {
					t.Error(name, "was not refused")
				}
			}()
			fn()
		}()
	}
}
