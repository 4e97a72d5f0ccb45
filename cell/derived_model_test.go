package cell_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// A differential test of derived collections: random compositions of all kinds,
// over collections and cells that are written from outside and by rules (created
// in any order, so that some are retried), in random transactions, of which some
// fail anywhere, while observers come and go. Wherever somebody reads a derived
// collection, in the code of a transaction, a rule, an observer or a View, it must
// be what its definition, computed from scratch with the cells as they are at this
// moment, says; and its deltas, applied to what its observer saw last, must give
// what it has now.

func (w *dWorld) transact(ops []op) {
	links, listeners := cell.Dump(w.g), w.listeners()
	before := map[*dWatcher]dWatcher{}
	for _, d := range w.watchers {
		before[d] = *d
	}
	var made, ended []*dWatcher
	var run func(tx cell.Tx, ops []op)
	run = func(tx cell.Tx, ops []op) {
		w.burn(tx.Reader)
		for i, o := range ops {
			switch o.kind {
			case dCallback:
				tx.OnCommit(func(tx cell.Tx) { run(tx, ops[i+1:]) })
				return
			case dTry:
				some := ops[i+1:]
				if len(some) > o.x {
					some = some[:o.x]
				}
				nMade, nEnded := len(made), len(ended)
				err := tx.Try(func(tx cell.Tx) error {
					run(tx, some)
					if o.at%2 == 0 {
						return errTry
					}
					return nil
				})
				if err != nil {
					made, ended = made[:nMade], ended[:nEnded]
				}
				run(tx, ops[i+1+len(some):])
				return
			}
			w.do(tx, o, &made, &ended)
		}
	}
	failed, err := attempt(func() error {
		return w.g.Update(func(tx cell.Tx) error { run(tx, ops); return nil })
	})
	if err != nil && !errors.Is(err, errFuse) {
		w.t.Fatalf("unexpected: %v", err)
	}
	w.fuse = fuse{}
	if failed {
		for d, was := range before {
			*d = was
		}
		w.wrong = "" // what had gone wrong then may be by the failure
		if diff := cmp.Diff(links, cell.Dump(w.g)); diff != "" {
			w.t.Fatalf("links after a failure (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(listeners, w.listeners()); diff != "" {
			w.t.Fatalf("listeners after a failure (-before +after):\n%s", diff)
		}
		w.check("after a failure")
		return
	}
	for _, d := range ended {
		d.stopped = true
	}
	w.watchers = append(w.watchers, made...)
	w.check("after a commit")
}

// listeners counts who listens to the cells that functions read.
func (w *dWorld) listeners() (n []int) {
	for _, v := range w.vals {
		n = append(n, cell.Listeners(v))
	}
	for _, v := range w.ruled {
		n = append(n, cell.Listeners(v))
	}
	return append(n, cell.Listeners(w.limit), cell.Listeners(&w.kept), cell.Listeners(w.phase))
}

// check compares the committed state with the definitions.
func (w *dWorld) check(when string) {
	if w.wrong != "" {
		w.t.Fatalf("%s: %s", when, w.wrong)
	}
	if err := cell.Check(w.g); err != nil {
		w.t.Fatalf("%s: %v", when, err)
	}
	w.g.View(func(r cell.Reader) {
		for _, n := range w.nodes {
			w.compare("in a View", r, n)
		}
		for _, d := range w.rules {
			if got, want := d.value.Get(r), d.wants(sizeOf(d.node.is(eyes{w, r, true}))); got != want {
				w.fail("a rule that reads %s has written %d, want %d", d.node.name, got, want)
			}
		}
		for _, d := range w.watchers {
			now := d.node.is(eyes{w, r, true})
			if d.what == 3 {
				now = hasIn(now, d.key)
			}
			if diff := cmp.Diff(now, d.copy); diff != "" && !d.stopped {
				w.fail("an observer (%d, key %d) of %s has missed something (-definition +observer):\n%s", d.what, d.key, d.node.name, diff)
			}
		}
	})
	if w.wrong != "" {
		w.t.Fatalf("%s: %s", when, w.wrong)
	}
}

// More than the default 100 graphs: go test -run TestDerivedModel -rapid.checks 10000.
func TestDerivedModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newDWorld(t)
		for range rapid.IntRange(1, 12).Draw(t, "transactions") {
			var ops []op
			for range rapid.IntRange(0, 10).Draw(t, "ops") {
				ops = append(ops, op{
					rapid.IntRange(0, dOps-1).Draw(t, "kind"),
					rapid.IntRange(0, 12).Draw(t, "at"),
					rapid.IntRange(0, dItems-1).Draw(t, "x"),
				})
			}
			if rapid.IntRange(0, 2).Draw(t, "fails") == 0 {
				w.fuse.light(rapid.IntRange(1, 40).Draw(t, "fuse"), rapid.IntRange(0, fuseWays-1).Draw(t, "failure"))
			}
			w.transact(ops)
		}
	})
}
