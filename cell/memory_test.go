package cell_test

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/freeswytch/freeswytch/cell"
)

func TestSizes(t *testing.T) {
	if n := unsafe.Sizeof(cell.Value[int]{}); n > 64 {
		t.Errorf("Value[int] has %d bytes", n)
	}
	if n := unsafe.Sizeof(cell.Computed[int]{}); n > 112 {
		t.Errorf("Computed[int] has %d bytes", n)
	}
}

func TestUnobservedComputedCellsAreCollected(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	const n = 100
	gone := make(chan int, 2*n)
	func() {
		for i := range n {
			c := cell.Compute(func(r cell.Reader) int { return v.Get(r) + i }).Named("c")
			is(w, c, i)
			runtime.AddCleanup(c, func(i int) { gone <- i }, i)
			d := cell.Compute(func(r cell.Reader) int { return v.Get(r) + i })
			cell.Observe(w, func(r cell.Reader) { d.Get(r) }).Stop()
			runtime.AddCleanup(d, func(i int) { gone <- i }, i)
		}
	}()
	for range 2 * n {
		runtime.GC()
		<-gone // a cell that is kept makes the test hang, and the stack says where
	}
	runtime.KeepAlive(v)
}

func TestScopesLeaveNothing(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(0)
	build := func() {
		s := cell.NewScope(w)
		w.do(func(tx cell.Tx) {
			inner := cell.NewScope(s.In(tx))
			c := cell.Compute(func(r cell.Reader) int { return v.Get(r) })
			m := cell.Maintain(inner.In(tx), 0, func(tx cell.Tx, _ int) int { return c.Get(tx.Reader) })
			cell.Observe(inner.In(tx), func(r cell.Reader) { m.Get(r) })
			cell.Effect(s.In(tx), func(r cell.Reader) func() { m.Get(r); return nil })
		})
		s.Stop()
	}
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	n := 100_000
	if testing.Short() {
		n = 1000
	}
	for range 1000 {
		build()
	}
	before := heap()
	for range n {
		build()
	}
	if after := heap(); after > before+uint64(n) { // less than a byte each
		t.Errorf("%d scopes left %d bytes", n, after-before)
	}
	if d := cell.Dump(w.Graph); len(d) != 0 {
		t.Error(d)
	}
	if n := cell.Listeners(v); n != 0 {
		t.Error(n, "listeners")
	}
}

func TestHugeTransactionLetsGoOfItsMemory(t *testing.T) {
	w := newWorld(t)
	vs := make([]cell.Value[int], 100_000)
	for i := range 2 {
		w.do(func(tx cell.Tx) {
			for k := range vs {
				vs[k].Set(tx, i+1)
			}
		})
	}
	w.do(func(tx cell.Tx) { vs[0].Set(tx, 9) })
	w.do(func(tx cell.Tx) { vs[0].Set(tx, 10) })
	if n := cell.LogCap(w.Graph); n > 1<<14 {
		t.Error("the log still has room for", n)
	}
}
