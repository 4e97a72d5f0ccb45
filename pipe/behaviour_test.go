package pipe_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/cell/celltest"
	"github.com/freeswytch/freeswytch/pipe"
)

func TestB59_TwoWritersOnePulse(t *testing.T) {
	g := cell.NewGraph()
	bell := cell.NewPulse(false)
	var p pipe.Pipe[string]
	for _, name := range []string{"r1", "r2"} {
		cell.Rule(g, func(tx cell.Tx) {
			if bell.Get(tx.Reader) {
				p.Append(tx, name)
			}
		})
	}
	rec := celltest.New(t, g)
	celltest.Watch(rec, "p", &p)
	rec.Update(func(tx cell.Tx) { p.Append(tx, "code"); bell.Set(tx, true) })
	rec.Want("p=[]", "p=[code r1 r2] | p=[]")
}

func TestB60_ItemsOfATransactionAtOnceThenEmpty(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	rec := celltest.New(t, g)
	celltest.WatchItems(rec, "items", p.All)
	rec.Observe("len", func(r cell.Reader) any { return p.Len(r) })
	rec.Observe("has2", func(r cell.Reader) any { return pipe.Contains(r, &p, 2) })
	rec.Skip()
	rec.Update(func(tx cell.Tx) {
		p.Append(tx, 1)
		p.Extend(tx, slices.Values([]int{2, 3}))
		p.Append(tx)
	})
	rec.Want("items=[1 2 3] len=3 has2=true | len=0 has2=false")
	if got := cell.Read(g, &p); got != nil {
		t.Error(got)
	}
	rec.Update(func(tx cell.Tx) { p.Append(tx) })
	rec.Empty()
}

func TestB61_PipeToPipeInOnePass(t *testing.T) {
	g := cell.NewGraph()
	var p1, p2 pipe.Pipe[int]
	rec := celltest.New(t, g)
	rec.Observe("both", func(r cell.Reader) any { return fmt.Sprint(p1.Get(r), p2.Get(r)) })
	cell.Rule(g, func(tx cell.Tx) {
		for x := range p1.All(tx.Reader) {
			p2.Append(tx, 10*x)
		}
	})
	rec.Skip()
	rec.Update(func(tx cell.Tx) { p1.Append(tx, 1) })
	rec.Update(func(tx cell.Tx) { p1.Append(tx, 2, 3) })
	rec.Want(`both="[1] [10]" | both="[] []"`, `both="[2 3] [20 30]" | both="[] []"`)
}

func TestFailureLeavesNoItems(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	rec := celltest.New(t, g)
	celltest.WatchItems(rec, "p", p.All)
	boom := errors.New("boom")
	for pass := range 4 {
		rec.Fails(boom, func(tx cell.Tx) error {
			var next func(tx cell.Tx)
			n := 0
			next = func(tx cell.Tx) {
				// Fewer items in each pass: undo meets data that were reset since.
				for i := range 4 - n {
					p.Append(tx, i)
				}
				if n++; n > pass {
					tx.Fail(boom)
				}
				tx.OnCommit(next)
			}
			next(tx)
			return nil
		})
		rec.Empty()
	}
	rec.Update(func(tx cell.Tx) { p.Append(tx, 7) })
	rec.Want("p=[7]")
}

func TestRetriedRuleLeavesNoItems(t *testing.T) {
	g := cell.NewGraph()
	v, x := cell.NewValue(1), cell.NewValue(0)
	var p pipe.Pipe[int]
	rec := celltest.New(t, g)
	celltest.WatchItems(rec, "p", p.All)
	rec.Update(func(tx cell.Tx) {
		p.Append(tx, 0)
		cell.Rule(tx, func(tx cell.Tx) { p.Append(tx, v.Get(tx.Reader), x.Get(tx.Reader)) })
		cell.Rule(tx, func(tx cell.Tx) { x.Set(tx, 10*v.Get(tx.Reader)) })
	})
	rec.Want("p=[0 1 10]")
}

func TestAppendInACallbackIsForTheNextPass(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	rec := celltest.New(t, g)
	celltest.WatchItems(rec, "p", p.All)
	rec.Update(func(tx cell.Tx) {
		p.Append(tx, 1)
		tx.OnCommit(func(tx cell.Tx) { p.Append(tx, 2); p.Append(tx, 3) })
	})
	rec.Want("p=[1] | p=[2 3]")
}

func TestAppendAllocatesNothing(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	sum := 0
	cell.Observe(g, func(r cell.Reader) {
		for x := range p.All(r) {
			sum += x
		}
	})
	update := func(tx cell.Tx) error { p.Append(tx, 1, 2, 3); return nil }
	if n := testing.AllocsPerRun(1000, func() { _ = g.Update(update) }); n != 0 {
		t.Error(n, "allocations")
	}
	if sum == 0 {
		t.Error("not seen")
	}
}

func TestLargePipeLetsGoOfItsMemory(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	rec := celltest.New(t, g)
	rec.Observe("len", func(r cell.Reader) any { return p.Len(r) })
	rec.Skip()
	rec.Update(func(tx cell.Tx) {
		for i := range 100_000 {
			p.Append(tx, i)
		}
	})
	if diff := cmp.Diff([]string{"len=100000 | len=0"}, rec.Lines()); diff != "" {
		t.Error(diff)
	}
}

func TestAppendingWhileIterating(t *testing.T) {
	g := cell.NewGraph()
	var p pipe.Pipe[int]
	err := g.Update(func(tx cell.Tx) error {
		p.Append(tx, 1, 2)
		p.Extend(tx, p.All(tx.Reader))
		if n := p.Len(tx.Reader); n != 4 {
			t.Error(n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
