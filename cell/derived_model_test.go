package cell_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
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

// eyes look at cells, and make inputs of them or not.
type eyes struct {
	w    *dWorld
	r    cell.Reader
	peek bool
}

func (e eyes) get(c interface {
	Get(cell.Reader) int
	Peek(cell.Reader) int
}) int {
	if e.peek {
		return c.Peek(e.r)
	}
	return c.Get(e.r)
}

// dNode is one derived collection or number.
type dNode struct {
	name string
	set  cell.ReadableSet[int]
	dict cell.ReadableMap[int, int]
	num  cell.Readable[int]
	is   func(e eyes) any // its definition: map[int]bool, map[int]int or int
	base bool
}

// sizeOf is a number that depends on all of the contents of a node.
func sizeOf(v any) (n int) {
	switch v := v.(type) {
	case map[int]bool:
		for x := range v {
			n += x + 1
		}
	case map[int]int:
		for k, x := range v {
			n += (k + 1) * (x + 1)
		}
	case int:
		n = max(v, -(v + 1))
	}
	return n
}

// contents reads all of the node.
func (n *dNode) contents(r cell.Reader) any {
	switch {
	case n.set != nil:
		got := map[int]bool{}
		for x := range n.set.All(r) {
			if got[x] {
				panic(fmt.Sprintf("%s yields %d twice", n.name, x))
			}
			got[x] = true
		}
		if len(got) != n.set.Len(r) {
			panic(fmt.Sprintf("%s yields %v, but its length is %d", n.name, got, n.set.Len(r)))
		}
		return got
	case n.dict != nil:
		got := map[int]int{}
		for k, v := range n.dict.All(r) {
			if _, twice := got[k]; twice {
				panic(fmt.Sprintf("%s yields %d twice", n.name, k))
			}
			got[k] = v
		}
		if len(got) != n.dict.Len(r) {
			panic(fmt.Sprintf("%s yields %v, but its length is %d", n.name, got, n.dict.Len(r)))
		}
		return got
	}
	return n.num.Get(r)
}

// has says what the node has under one key, and asks for nothing else.
func (n *dNode) has(r cell.Reader, k int) any {
	switch {
	case n.set != nil:
		return n.set.Has(r, k)
	case n.dict != nil:
		v, ok := n.dict.Get(r, k)
		return fmt.Sprint(v, ok)
	}
	return n.num.Get(r)
}

func hasIn(v any, k int) any {
	switch v := v.(type) {
	case map[int]bool:
		return v[k]
	case map[int]int:
		x, ok := v[k]
		return fmt.Sprint(x, ok)
	}
	return v
}

func (w *dWorld) fail(format string, args ...any) {
	if w.wrong == "" {
		w.wrong = fmt.Sprintf(format, args...)
	}
}

// compare reads the node and compares it with its definition.
func (w *dWorld) compare(where string, r cell.Reader, n *dNode) any {
	got := n.contents(r)
	if diff := cmp.Diff(n.is(eyes{w, r, true}), got); diff != "" {
		w.fail("%s: %s (-definition +graph):\n%s", where, n.name, diff)
	}
	return got
}

// dFunc is a function of an item.
type dFunc struct {
	mode, a, node int
	ruled         int // how many ruled values there were
}

func (w *dWorld) aFunc(t *rapid.T) dFunc {
	return dFunc{rapid.IntRange(0, 8).Draw(t, "mode"), rapid.IntRange(0, 3).Draw(t, "a"), rapid.IntRange(0, len(w.nodes)-1).Draw(t, "of"), len(w.ruled)}
}

// of is not negative.
func (f dFunc) of(e eyes, x int) int { return (f.raw(e, x)%60 + 60) % 60 }

func (f dFunc) raw(e eyes, x int) int {
	w := e.w
	if !e.peek {
		w.burn(e.r)
	}
	switch f.mode {
	case 0:
		return x + f.a
	case 1:
		return f.a
	case 2:
		return e.get(w.vals[x%dItems]) + f.a
	case 3:
		return x + e.get(w.limit)
	case 4:
		return (x + 1) * e.get(w.phase)
	case 5:
		if e.get(w.limit)%2 == 0 {
			return x
		}
		return e.get(w.vals[(x+1)%dItems])
	case 6:
		return e.get(&w.kept) + x
	case 7:
		if f.ruled == 0 {
			return x
		}
		return e.get(w.ruled[f.node%f.ruled]) + x
	default:
		n := w.nodes[f.node]
		if e.peek {
			return sizeOf(hasInt(hasIn(n.is(e), x)))
		}
		return sizeOf(hasInt(n.has(e.r, x)))
	}
}

func hasInt(v any) any {
	switch v := v.(type) {
	case bool:
		if v {
			return 1
		}
		return 0
	case string:
		return len(v)*7 + int(v[0])
	}
	return v
}

func (w *dWorld) burn(r cell.Reader) { w.fuse.burn(r.Fail) }

// dRule writes what nodes after it may use.
type dRule struct {
	node  *dNode
	value *cell.Value[int]
	set   *cell.Set[int]
	x     int
}

func (d *dRule) wants(size int) int { return (size + d.x) % 5 }

func (w *dWorld) create(tx cell.Tx, d *dRule) {
	cell.Rule(tx, func(tx cell.Tx) {
		w.burn(tx.Reader)
		n := sizeOf(w.compare("in a rule", tx.Reader, d.node))
		if n%2 == 0 {
			d.set.Remove(tx, n%dItems)
		}
		d.value.Set(tx, d.wants(n))
		d.set.Add(tx, (n+d.x)%dItems)
	})
}

type dWatcher struct {
	node     *dNode
	what     int // contents and deltas, contents, deltas, one key, size
	key      int
	observer *cell.Observer
	copy     any
	ran      bool
	stopped  bool
}

func (w *dWorld) watch(o cell.Owner, d *dWatcher) {
	d.observer = cell.Observe(o, func(r cell.Reader) {
		w.burn(r)
		n := d.node
		now := n.is(eyes{w, r, true})
		switch d.what {
		case 0:
			w.compare("in an observer", r, n)
			d.applyDeltas(w, r, now)
		case 1:
			d.copy = w.compare("in an observer of contents", r, n)
		case 2:
			d.applyDeltas(w, r, now)
		default:
			if got, want := n.has(r, d.key), hasIn(now, d.key); got != want {
				w.fail("an observer of key %d of %s saw %v, want %v", d.key, n.name, got, want)
			}
			d.copy = hasIn(now, d.key)
		}
		d.ran = true
	})
}

// applyDeltas checks that what the observer saw last, with the deltas, is now.
func (d *dWatcher) applyDeltas(w *dWorld, r cell.Reader, now any) {
	n := d.node
	switch old := d.copy.(type) {
	case map[int]bool:
		next := maps.Clone(old)
		for x := range n.set.Removed(r) {
			if !next[x] {
				w.fail("%s: %d was removed but was not there, or twice", n.name, x)
			}
			delete(next, x)
		}
		for x := range n.set.Added(r) {
			if next[x] {
				w.fail("%s: %d was added but was there, or twice", n.name, x)
			}
			next[x] = true
		}
		d.copy = next
	case map[int]int:
		next := maps.Clone(old)
		for k, v := range n.dict.Removed(r) {
			if got, ok := next[k]; !ok || got != v {
				w.fail("%s: %d:%d was removed but was not there, or twice", n.name, k, v)
			}
			delete(next, k)
		}
		for k, v := range n.dict.Changed(r) {
			if _, ok := next[k]; !ok {
				w.fail("%s: %d:%d was changed but was not there", n.name, k, v)
			}
			next[k] = v
		}
		for k, v := range n.dict.Added(r) {
			if _, ok := next[k]; ok {
				w.fail("%s: %d:%d was added but was there, or twice", n.name, k, v)
			}
			next[k] = v
		}
		d.copy = next
	default: // the first time, or a number
		switch {
		case n.set != nil:
			seqLen(n.set.Added(r))
			seqLen(n.set.Removed(r))
		case n.dict != nil:
			for range n.dict.Added(r) {
			}
			for range n.dict.Changed(r) {
			}
			for range n.dict.Removed(r) {
			}
		default:
			n.num.Get(r)
		}
		d.copy = now
		return
	}
	if diff := cmp.Diff(now, d.copy); diff != "" {
		w.fail("%s: deltas do not give what is (-definition +deltas):\n%s", n.name, diff)
	}
}

func seqLen[T any](seq func(func(T) bool)) (n int) {
	for range seq {
		n++
	}
	return n
}

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

func (w *dWorld) aWatcher(t *rapid.T) *dWatcher {
	return &dWatcher{node: rapid.SampledFrom(w.nodes).Draw(t, "watched"),
		what: rapid.IntRange(0, 3).Draw(t, "what"), key: rapid.IntRange(0, dItems-1).Draw(t, "key")}
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

const (
	dAdd = iota
	dRemove
	dPut
	dDelete
	dVal
	dLimit
	dRead
	dWatch
	dStop
	dClear
	dCallback
	dOther // something of a kind
	dTry   // the next ops are tried, and may fail
	dOps
)

func (w *dWorld) do(tx cell.Tx, o op, made, ended *[]*dWatcher) {
	switch o.kind {
	case dAdd:
		w.sets[o.at%2].Add(tx, o.x)
	case dRemove:
		w.sets[o.at%2].Remove(tx, o.x)
	case dPut:
		w.dicts[o.at%2].Set(tx, o.x, o.at)
	case dDelete:
		w.dicts[o.at%2].Delete(tx, o.x)
	case dVal:
		w.vals[o.x].Set(tx, o.at%4)
	case dLimit:
		w.limit.Set(tx, o.at%4)
	case dRead:
		w.compare("in the code", tx.Reader, w.nodes[(o.at*dItems+o.x)%len(w.nodes)])
	case dWatch:
		d := &dWatcher{node: w.nodes[(o.at*dItems+o.x)%len(w.nodes)], what: o.at % 4, key: o.x}
		w.watch(tx, d)
		*made = append(*made, d)
	case dStop:
		if len(w.watchers) > 0 {
			d := w.watchers[o.at%len(w.watchers)]
			d.observer.StopIn(tx)
			*ended = append(*ended, d)
		}
	case dClear:
		if o.x == 0 {
			w.sets[o.at%2].Clear(tx)
			w.dicts[o.at%2].Clear(tx)
		}
	case dOther:
		for _, k := range dKinds {
			if k.do != nil {
				k.do(w, tx, o)
			}
		}
	}
}

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
