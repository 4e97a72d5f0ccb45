package cell_test

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

const dItems = 6

// dWorld is the graph that is tested.
type dWorld struct {
	t *rapid.T
	g *cell.Graph

	sets  []*cell.Set[int]
	dicts []*cell.Map[int, int]
	vals  [dItems]*cell.Value[int]
	limit *cell.Value[int]
	phase *cell.Computed[int]
	kept  cell.Maintained[int]
	ruled []*cell.Value[int] // written by rules
	nodes []*dNode
	rules []*dRule
	outer []func(tx cell.Tx, o op) // changes of sets of sets

	watchers []*dWatcher
	fuse     fuse
	wrong    string // the first thing that was not as it should be
}

func (w *dWorld) fail(format string, args ...any) {
	if w.wrong == "" {
		w.wrong = fmt.Sprintf(format, args...)
	}
}

func (w *dWorld) burn(r cell.Reader) { w.fuse.burn(r.Fail) }

func newDWorld(t *rapid.T) *dWorld {
	w := &dWorld{t: t, g: cell.NewGraph(), limit: cell.NewValue(0)}
	for i := range w.vals {
		w.vals[i] = cell.NewValue(i)
	}
	w.phase = cell.Compute(func(r cell.Reader) int { w.burn(r); return (w.limit.Get(r) + w.vals[0].Get(r)) % 3 })
	for range 2 {
		w.addSet(cell.NewSet(rapid.SliceOfN(rapid.IntRange(0, dItems-1), 0, 4).Draw(t, "items")...))
		m := &cell.Map[int, int]{}
		w.dicts = append(w.dicts, m)
		w.nodes = append(w.nodes, &dNode{name: fmt.Sprint("map ", len(w.dicts)), dict: m, base: true,
			is: func(eyes) any { return cell.DictOf(m) }})
	}
	for range rapid.IntRange(1, 8).Draw(t, "nodes") {
		kind := rapid.SampledFrom(dKinds).Draw(t, "kind")
		n := kind.make(w, t)
		n.name = fmt.Sprintf("%d (%s)", len(w.nodes), kind.name)
		w.nodes = append(w.nodes, n)
		if rapid.IntRange(0, 3).Draw(t, "rule") == 0 {
			d := &dRule{node: n, value: cell.NewValue(0), set: cell.NewSet[int](), x: rapid.IntRange(0, 4).Draw(t, "x")}
			w.rules = append(w.rules, d)
			w.ruled = append(w.ruled, d.value)
			w.addSet(d.set)
		}
	}
	var create []func(cell.Tx)
	for _, d := range w.rules {
		create = append(create, func(tx cell.Tx) { w.create(tx, d) })
	}
	create = append(create, func(tx cell.Tx) {
		w.kept.Init(tx, 0, func(tx cell.Tx, _ int) int { w.burn(tx.Reader); return w.limit.Get(tx.Reader) * 2 % 5 })
	})
	for range rapid.IntRange(0, 5).Draw(t, "watchers") {
		d := w.aWatcher(t)
		create = append(create, func(tx cell.Tx) { w.watch(tx, d) })
		w.watchers = append(w.watchers, d)
	}
	order := rapid.Permutation(create).Draw(t, "order")
	if err := w.g.Update(func(tx cell.Tx) error {
		for _, f := range order {
			f(tx)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.check("after creation")
	return w
}

func (w *dWorld) addSet(s *cell.Set[int]) {
	w.sets = append(w.sets, s)
	w.nodes = append(w.nodes, &dNode{name: fmt.Sprint("set ", len(w.sets)), set: s, base: true, is: func(eyes) any {
		got := map[int]bool{}
		for _, x := range cell.ItemsOf(s) {
			got[x] = true
		}
		return got
	}})
}

// A set or map for a node to come.
func (w *dWorld) aSet(t *rapid.T) *dNode {
	return rapid.SampledFrom(w.nodes).Filter(func(n *dNode) bool { return n.set != nil }).Draw(t, "from")
}

func (w *dWorld) aDict(t *rapid.T) *dNode {
	return rapid.SampledFrom(w.nodes).Filter(func(n *dNode) bool { return n.dict != nil }).Draw(t, "from")
}

func (w *dWorld) setOf(e eyes, n *dNode) []int {
	return slices.Sorted(maps.Keys(n.is(e).(map[int]bool)))
}
