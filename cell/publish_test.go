package cell_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func ExamplePublish() {
	g := cell.NewGraph()
	calls, limit := cell.NewValue(3), cell.NewValue(10)
	load := cell.Compute(func(r cell.Reader) string {
		return fmt.Sprintf("%d of %d calls", calls.Get(r), limit.Get(r))
	})
	status := cell.Publish(g, load)
	fmt.Println(status.Load()) // a handler of an HTTP server, say
	_ = g.Update(func(tx cell.Tx) error { calls.Set(tx, 4); limit.Set(tx, 20); return nil })
	fmt.Println(status.Load())
	// Output:
	// 3 of 10 calls
	// 4 of 20 calls
}

func TestPublish_OnlyWhatIsCommitted(t *testing.T) {
	w := newWorld(t)
	n := cell.NewValue(1)
	var p *cell.Published[int]
	w.do(func(tx cell.Tx) {
		p = cell.Publish(tx, n).Named("p")
		if p.Load() != 0 {
			t.Error("published before the commit")
		}
	})
	has := func(want int) {
		t.Helper()
		if got := p.Load(); got != want {
			t.Errorf("%d, want %d", got, want)
		}
	}
	has(1)
	w.do(func(tx cell.Tx) {
		n.Set(tx, 2)
		has(1)
		tx.OnCommit(func(tx cell.Tx) { has(1); n.Set(tx, 3) }) // a second pass
		tx.AtCommit(func() { has(1) })
		tx.AfterCommit(func() { has(3) })
	})
	has(3)
	w.fails(func(tx cell.Tx) {
		n.Set(tx, 4)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	has(3)
	if panics(func() { w.do(func(tx cell.Tx) { n.Set(tx, 4); tx.AtCommit(func() { panic("oh") }) }) }) == nil {
		t.Error("no panic")
	}
	has(3) // even that late
	set(w, n, 5)
	has(5)
	p.Stop()
	set(w, n, 6)
	has(5)
	w.fails(func(tx cell.Tx) { p = cell.Publish(tx, n); tx.Fail(errTest) })
	has(0)
	w.View(func(r cell.Reader) {
		if names := w.Living(r); len(names) != 0 {
			t.Error(names)
		}
	})
}

func TestPublish_StoppedByARuleThatIsUndone(t *testing.T) {
	w := newWorld(t)
	n := cell.NewValue(1)
	p := cell.Publish(w, n)
	w.fails(func(tx cell.Tx) { p.StopIn(tx); n.Set(tx, 2); tx.Fail(errTest) })
	set(w, n, 3)
	if p.Load() != 3 {
		t.Error(p.Load())
	}
}

// Readers on other goroutines see what was committed, in its order.
func TestPublish_InCommitOrder(t *testing.T) {
	w := newWorld(t)
	a, b := cell.NewValue(0), cell.NewValue(0)
	both := cell.ComputeFunc(func(r cell.Reader) []int { return []int{a.Get(r), b.Get(r)} }, slices.Equal)
	p := cell.Publish(w, both)
	var done atomic.Bool
	var readers, writers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for last := 0; !done.Load(); {
				v := p.Load()
				if v[0] != v[1] || v[0] < last {
					t.Errorf("%v after %d", v, last)
					return
				}
				last = v[0]
			}
		})
	}
	for range 4 {
		writers.Go(func() {
			for range 200 {
				var mine int
				w.do(func(tx cell.Tx) {
					mine = a.Get(tx.Reader) + 1
					a.Set(tx, mine)
					b.Set(tx, mine)
				})
				if p.Load()[0] < mine {
					t.Error("the own change is not seen")
				}
				_ = w.UpdateContext(context.Background(), func(tx cell.Tx) error { a.Set(tx, -1); return errTest })
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
	if v := p.Load(); v[0] != 800 {
		t.Error(v)
	}
}

func BenchmarkPublished(b *testing.B) {
	g := cell.NewGraph()
	v := cell.NewValue(1)
	p := cell.Publish(g, v)
	var bare atomic.Pointer[int]
	bare.Store(new(int))
	sum := 0
	b.Run("Load", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			sum += p.Load()
		}
	})
	b.Run("Read", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			sum += cell.Read(g, v)
		}
	})
	b.Run("atomic.Pointer", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			sum += *bare.Load()
		}
	})
	b.Run("Update", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			_ = g.Update(func(tx cell.Tx) error { v.Set(tx, i+1); return nil })
		}
	})
}
