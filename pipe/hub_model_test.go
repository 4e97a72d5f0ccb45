package pipe_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

type row [3]int

// want is a pattern: -1 where it does not matter.
type want [3]int

func (w want) of(rows []row) (out []row) {
	for _, x := range rows {
		if !slices.ContainsFunc([]int{0, 1, 2}, func(i int) bool { return w[i] >= 0 && w[i] != x[i] }) {
			out = append(out, x)
		}
	}
	return out
}

// watcher asks for one of two patterns, and writes down what it gets.
type watcher struct {
	*cell.Observer
	wants   [2]want
	stopped bool
	saw     []string
}

// TestHubModel compares what random readers of a hub get, in transactions some of
// which fail and in rules some of which are undone, with all that was put.
func TestHubModel(t *testing.T) {
	var by [3]*pipe.Field[row, int]
	for i := range by {
		by[i] = pipe.By(func(x row) int { return x[i] })
	}
	matches := func(w want) (ms []pipe.Match[row]) {
		for i, x := range w {
			if x >= 0 {
				ms = append(ms, by[i].Is(x))
			}
		}
		return ms
	}
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(from, to int) int { return rapid.IntRange(from, to).Draw(rt, "n") }
		drawRow := func() row { return row{draw(0, 1), draw(0, 1), draw(0, 1)} }
		drawWant := func() want { return want{draw(-1, 1), draw(-1, 1), draw(-1, 1)} }
		g := cell.NewGraph()
		h := pipe.NewHub[row](by[0], by[1], by[2])
		var p pipe.Pipe[row]
		choice, late := cell.NewValue(0), cell.NewValue(0)
		cell.Rule(g, func(tx cell.Tx) { // puts, and is undone if the next rule comes after it
			for x := range p.All(tx.Reader) {
				if x[0] == late.Get(tx.Reader) {
					h.Put(tx, x)
				}
			}
		})
		cell.Rule(g, func(tx cell.Tx) {
			for x := range p.All(tx.Reader) {
				late.Set(tx, x[1])
				break
			}
		})
		type pass struct {
			choice int
			rows   []row
		}
		var passes []pass // of this transaction
		var watchers []*watcher
		check := func(r cell.Reader, w want) []row {
			got, all := h.Get(r, matches(w)...), h.Snapshot()
			if !slices.Equal(got, w.of(all)) {
				rt.Fatalf("pattern %v: got %v of %v", w, got, all)
			}
			return got
		}
		everything := cell.Observe(g, func(r cell.Reader) {
			if rows := h.Get(r); len(rows) > 0 {
				passes = append(passes, pass{choice.Peek(r), rows})
			}
		})
		watch := func(tx cell.Tx) {
			w := &watcher{wants: [2]want{drawWant(), drawWant()}}
			w.Observer = cell.Observe(tx, func(r cell.Reader) {
				if got := check(r, w.wants[choice.Get(r)]); len(got) > 0 {
					w.saw = append(w.saw, fmt.Sprint(got))
				}
			})
			watchers = append(watchers, w)
		}
		act := func(tx cell.Tx) {
			for range draw(0, 4) {
				switch draw(0, 6) {
				case 0:
					watch(tx)
				case 1:
					if len(watchers) > 0 {
						w := watchers[draw(0, len(watchers)-1)]
						w.StopIn(tx)
						w.stopped = true
					}
				case 2:
					choice.Set(tx, draw(0, 1))
				case 3:
					p.Append(tx, drawRow())
				default:
					h.Put(tx, drawRow())
				}
				check(tx.Reader, drawWant())
			}
		}
		for range draw(10, 40) {
			passes = nil
			was := slices.Clone(watchers)
			for _, w := range watchers {
				w.saw = nil
			}
			fails := draw(0, 3) == 0
			_ = g.Update(func(tx cell.Tx) error {
				act(tx)
				if draw(0, 2) == 0 {
					tx.OnCommit(act)
				}
				if fails {
					tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
				}
				return nil
			})
			for _, w := range was {
				if fails {
					w.stopped = false
				} else if !w.stopped {
					var saw []string
					for _, p := range passes {
						if rows := w.wants[p.choice].of(p.rows); len(rows) > 0 {
							saw = append(saw, fmt.Sprint(rows))
						}
					}
					if !slices.Equal(saw, w.saw) {
						rt.Fatalf("patterns %v: saw %v, want %v", w.wants, w.saw, saw)
					}
				}
			}
			if fails {
				watchers = was
			}
			watchers = slices.DeleteFunc(watchers, func(w *watcher) bool { return w.stopped })
		}
		for _, w := range watchers {
			w.Stop()
		}
		everything.Stop()
		if h.Topics() != 0 || h.Branches() != 1 {
			rt.Fatalf("%d topics in %d branches are left", h.Topics(), h.Branches())
		}
	})
}
