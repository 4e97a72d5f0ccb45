package cell_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// A property test of everything together: cells, collections and what follows from
// them, sensors, the clock, and in scopes that come and go rules and observers of
// many kinds, some of which stop their own scope, create others, or try in vain.
// After each transaction all that is alive must be as if it were computed anew;
// after one that has failed, anywhere, all must be as before.

func (m *mix) transact(what string, fn func() error) {
	before, links, state := m.model.clone(), cell.Dump(m.g), m.state()
	units, scopes, slot := slices.Clone(m.units), slices.Clone(m.scopes), m.slot
	written, sights := len(m.written), []mixSight{}
	for _, u := range m.units {
		sights = append(sights, u.mixSight)
	}
	m.fuse, m.calledBack = m.next, false
	failed, err := attempt(fn)
	if err != nil && !errors.Is(err, errFuse) {
		m.t.Fatalf("%s: unexpected: %v", what, err)
	}
	if failed {
		m.fuse = fuse{}
		m.model, m.units, m.scopes, m.slot = before, units, scopes, slot
		for i, u := range m.units {
			u.mixSight = sights[i]
		}
		if diff := gocmp.Diff(links, cell.Dump(m.g)); diff != "" {
			m.t.Fatalf("%s: links after a failure (-before +after):\n%s", what, diff)
		}
		if diff := gocmp.Diff(state, m.state()); diff != "" {
			m.t.Fatalf("%s: state after a failure (-before +after):\n%s", what, diff)
		}
	}
	m.fuse, m.next = fuse{}, fuse{}
	m.endPass()
	m.check(what)
	if len(m.written) > written+1 || before.knob != m.model.knob && (len(m.written) == written || m.written[written] != m.model.knob) {
		m.t.Fatalf("%s: the knob went from %d to %d, written was %v", what, before.knob, m.model.knob, m.written[written:])
	}
}

func (m *mix) check(what string) {
	if err := m.g.Flush(context.Background()); err != nil {
		m.t.Fatal(err)
	}
	if err := cell.Check(m.g); err != nil {
		m.t.Fatalf("%s: %v", what, err)
	}
	now := m.state()
	got := append(append([]int{}, now[:mixVals+2]...), now[mixVals+5], now[mixVals+6], now[mixVals+7], now[mixVals+10], now[mixVals+11])
	if diff := gocmp.Diff(m.fromScratch(), got); diff != "" {
		m.t.Fatalf("%s (-model +graph):\n%s", what, diff)
	}
	m.g.View(func(r cell.Reader) {
		if l := m.list.Get(r); !slices.Equal(l, m.model.list) {
			m.t.Fatalf("%s: list %v, want %v", what, l, m.model.list)
		}
		union := slices.Collect(m.union.All(r))
		slices.SortStableFunc(union, func(a, b int) int {
			return cmp.Compare((a*(m.model.vals[1]+1))%5, (b*(m.model.vals[1]+1))%5)
		})
		if l := m.sorted.Get(r); !slices.Equal(l, union) {
			m.t.Fatalf("%s: sorted %v, want %v", what, l, union)
		}
		for _, u := range m.units {
			if m.model.stopped[u] || u.scope.Stopped(r) {
				continue
			}
			if want := u.looks(r); u.seen != want {
				m.t.Fatalf("%s: unit of kind %d, %+v, has seen %d, want %d", what, u.kind, u.reads, u.seen, want)
			}
		}
	})
	if listened := cell.Listeners(m.sensor) > 0; listened != (m.linked == 1) {
		m.t.Fatalf("%s: listened to %v, connected %d", what, listened, m.linked)
	}
}

func TestMix(t *testing.T) { rapid.Check(t, checkMix) }

func checkMix(t *rapid.T) {
	m := newMix(t)
	m.model.dict = make([]int, 20)
	if rapid.Bool().Draw(t, "traced") {
		m.g.SetTracer(&cell.TextTracer{W: io.Discard})
	}
	m.snapshot = rapid.IntRange(0, 9).Draw(t, "snapshots") == 0
	for i := range rapid.IntRange(1, 14).Draw(t, "transactions") {
		if rapid.IntRange(0, 2).Draw(t, "fails") == 0 {
			m.next.light(rapid.IntRange(1, 60).Draw(t, "fuse"), rapid.IntRange(1, fuseWays-1).Draw(t, "failure"))
		}
		switch rapid.IntRange(0, 5).Draw(t, "what") {
		case 0:
			m.transact(fmt.Sprint(i, " advance"), func() error {
				return m.g.Advance(time.Duration(rapid.IntRange(0, 4).Draw(t, "seconds")) * time.Second)
			})
		case 1:
			if m.linked == 0 {
				continue
			}
			x := rapid.IntRange(0, 6).Draw(t, "received")
			m.transact(fmt.Sprint(i, " receive"), func() error {
				m.model.sensor = x
				return m.receive(x)
			})
		default:
			ops := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) op {
				return op{rapid.IntRange(0, mixOps-1).Draw(t, "kind"), rapid.IntRange(0, 20).Draw(t, "at"), rapid.IntRange(0, 6).Draw(t, "x")}
			}), 0, 12).Draw(t, "ops")
			m.transact(fmt.Sprint(i, " ops"), func() error {
				return m.g.Update(func(tx cell.Tx) error { m.run(tx, ops); return nil })
			})
		}
	}
}
