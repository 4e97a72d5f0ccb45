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
	"github.com/freeswytch/freeswytch/pipe"
)

// A differential test: random graphs and random transactions, against a model
// that computes everything anew in the simplest way. What the model knows:
//
//	base    values that are set from outside
//	hand    maintained cells that read base values and are also set by hand
//	shared  a value that two rules write, and the code outside, too
//	nodes   computed cells, and rules with a value and a target that they write;
//	        each reads what comes before it in the list, but the rules are
//	        created in any order, so that some have to be retried
//	sum     what a rule has added up from a pulse; items has seen: the same in a set
//	pipes   one is written from outside, a rule copies it to the other
//
// Every function of the user's may be made to fail at any moment; then all must
// be as before, links included.

const (
	nBase = 4
	nHand = 2
)

// expr is a function of cells, with dynamic dependencies.
type expr struct{ cond, a, b int }

func (e expr) eval(get func(ref int) int) int {
	if get(e.cond)%2 == 0 {
		return (get(e.a) + 1) % 7
	}
	return (2*get(e.a) + get(e.b)) % 7
}

type nodeSpec struct {
	rule         bool
	value, write expr
	tries        int // of a rule: how it uses Try, see tried
}

// A ref is: base values, hand cells, pulse, size of set, sum of map, items of
// pipe, shared, then two for each node: its value and its target.
const (
	refHand = nBase
	refElse = nBase + nHand
	refNode = refElse + 5
)

type modelState struct {
	base    [nBase]int
	hand    [nHand]int
	read    [nHand][]int // what a hand rule has read
	shared  int
	pulse   int
	set     places
	dict    map[int]int
	keys    places
	piped   []int
	copied  []int
	sum     int
	items   []int
	node    []int // values of rules (of computed cells they are not used)
	target  []int
	changed [nBase]bool // in this pass
	byHand  [nHand]bool
	coded   bool // shared was written by code in this pass
}

// places are items in order. A removed one keeps its place until the transaction
// has ended.
type places []struct {
	item int
	live bool
}

func (p *places) put(x int, live bool) {
	for i := range *p {
		if e := &(*p)[i]; e.item == x {
			e.live = live
			return
		}
	}
	if live {
		*p = append(*p, struct {
			item int
			live bool
		}{x, true})
	}
}

func (p places) items() (items []int) {
	for _, e := range p {
		if e.live {
			items = append(items, e.item)
		}
	}
	return items
}

func (p *places) end() {
	live := p.items()
	*p = nil
	for _, x := range live {
		p.put(x, true)
	}
}

func (s *modelState) clone() *modelState {
	c := *s
	for i := range c.read {
		c.read[i] = slices.Clone(s.read[i])
	}
	c.set, c.keys, c.piped, c.copied, c.items = slices.Clone(s.set), slices.Clone(s.keys), slices.Clone(s.piped), slices.Clone(s.copied), slices.Clone(s.items)
	c.dict, c.node, c.target = maps.Clone(s.dict), slices.Clone(s.node), slices.Clone(s.target)
	return &c
}

type model struct {
	specs  []nodeSpec
	handEx [nHand]expr
	mods   [2]int // of the two rules that write shared
	*modelState
}

// get returns what reading ref gives now.
func (m *model) get(ref int) int {
	switch {
	case ref < refHand:
		return m.base[ref]
	case ref < refElse:
		return m.hand[ref-refHand]
	case ref == refElse:
		return m.pulse
	case ref == refElse+1:
		return len(m.set.items())
	case ref == refElse+2:
		n := 0
		for _, v := range m.dict {
			n += v
		}
		return n
	case ref == refElse+3:
		return sum(m.copied)
	case ref == refElse+4:
		return m.shared
	}
	i := (ref - refNode) / 2
	switch {
	case ref%2 != refNode%2:
		return m.target[i]
	case m.specs[i].rule:
		return m.node[i]
	}
	return m.specs[i].value.eval(m.get)
}

func sum(xs []int) (n int) {
	for _, x := range xs {
		n += x
	}
	return n
}

// settle runs the rules of a pass; it is false if two writers disagree.
func (m *model) settle() bool {
	for h := range m.hand {
		if m.byHand[h] || !slices.ContainsFunc(m.read[h], func(ref int) bool { return m.changed[ref] }) {
			continue
		}
		m.read[h] = nil
		m.hand[h] = m.handEx[h].eval(func(ref int) int { m.read[h] = append(m.read[h], ref); return m.base[ref] })
	}
	if m.changed[0] {
		x, y := m.base[0]%m.mods[0], m.base[0]%m.mods[1]
		if x != y || m.coded && m.shared != x {
			return false
		}
		m.shared = x
	}
	m.copied = nil
	for _, x := range m.piped {
		m.copied = append(m.copied, 10*x)
	}
	for i, n := range m.specs {
		if n.rule {
			m.node[i] = n.value.eval(m.get)
			m.target[i] = n.write.eval(m.get)
		}
	}
	if m.pulse != 0 {
		m.sum += m.pulse
		if !slices.Contains(m.items, m.pulse) {
			m.items = append(m.items, m.pulse)
		}
	}
	return true
}

// op is one step of the code of a transaction.
type op struct{ kind, at, x int }

const (
	opBase = iota
	opHand
	opShared
	opPulse
	opAdd
	opRemove
	opPut
	opDelete
	opAppend
	opRead
	opObserve
	opStop
	opCallback // the ops after it are in a commit callback
	opTry      // at%5 ops after it are in a Try, which fails as x says
	opKinds
)

// system is the graph that is tested.
type system struct {
	t     *rapid.T
	g     *cell.Graph
	model *model

	base   [nBase]*cell.Value[int]
	hand   [nHand]cell.Maintained[int]
	shared *cell.Value[int]
	pulse  *cell.Pulse[int]
	set    cell.Set[int]
	dict   cell.Map[int, int]
	piped  pipe.Pipe[int]
	copied pipe.Pipe[int]
	sum    *cell.Value[int]
	items  cell.Set[int]
	nodes  []cell.Readable[int]
	target []*cell.Value[int]

	fuse     fuse
	watchers []*watcher
	seen     []sight // of the running transaction

	calledBack bool // the running code is a commit callback
	stops      []*watcher
	scratch    map[int]*scratch // of rules, and of code at -1
}

type watcher struct {
	reads    expr
	observer *cell.Observer
	last     int // what it saw when it last ran, in a committed transaction
	stopped  bool
}

type sight struct {
	w     *watcher
	pass  int
	value int
}

func (s *system) burn(r cell.Reader) { s.fuse.burn(r.Fail) }

func (s *system) get(r cell.Reader, ref int) int {
	switch {
	case ref < refHand:
		return s.base[ref].Get(r)
	case ref < refElse:
		return s.hand[ref-refHand].Get(r)
	case ref == refElse:
		return s.pulse.Get(r)
	case ref == refElse+1:
		return s.set.Len(r)
	case ref == refElse+2:
		n := 0
		for _, v := range s.dict.All(r) {
			n += v
		}
		return n
	case ref == refElse+3:
		return sum(s.copied.Get(r))
	case ref == refElse+4:
		return s.shared.Get(r)
	}
	i := (ref - refNode) / 2
	if ref%2 != refNode%2 {
		return s.target[i].Get(r)
	}
	return s.nodes[i].Get(r)
}

func (s *system) eval(r cell.Reader, e expr) int {
	s.burn(r)
	return e.eval(func(ref int) int { return s.get(r, ref) })
}

func newSystem(t *rapid.T) *system {
	m := &model{modelState: &modelState{dict: map[int]int{}}}
	s := &system{t: t, g: cell.NewGraph(), model: m}
	anExpr := func(name string, refs int) expr {
		ref := rapid.IntRange(0, refs-1)
		return expr{ref.Draw(t, name+" cond"), ref.Draw(t, name+" a"), ref.Draw(t, name+" b")}
	}
	m.mods = [2]int{3, rapid.IntRange(2, 3).Draw(t, "mod")}
	for i := range s.base {
		s.base[i] = cell.NewValue(0)
	}
	s.shared, s.pulse, s.sum = cell.NewValue(0), cell.NewPulse(0), cell.NewValue(0)
	n := rapid.IntRange(0, 10).Draw(t, "nodes")
	m.node, m.target = make([]int, n), make([]int, n)
	var create []func(tx cell.Tx)
	for i := range n {
		refs := refNode + 2*i
		spec := nodeSpec{rule: rapid.Bool().Draw(t, "rule"), value: anExpr("value", refs), write: anExpr("write", refs)}
		if rapid.Bool().Draw(t, "tries") {
			spec.tries = rapid.IntRange(1, 31).Draw(t, "how")
		}
		m.specs = append(m.specs, spec)
		s.target = append(s.target, cell.NewValue(0))
		if !spec.rule {
			s.nodes = append(s.nodes, cell.Compute(func(r cell.Reader) int { return s.eval(r, spec.value) }))
			continue
		}
		rule := &cell.Maintained[int]{}
		s.nodes = append(s.nodes, rule)
		create = append(create, func(tx cell.Tx) {
			rule.Init(tx, 0, func(tx cell.Tx, _ int) (result int) {
				s.tried(tx, i, func(tx cell.Tx) {
					s.target[i].Set(tx, spec.write.eval(func(ref int) int { return s.get(tx.Reader, ref) }))
					result = s.eval(tx.Reader, spec.value)
				})
				return result
			})
		})
	}
	for h := range s.hand {
		m.handEx[h] = anExpr("hand", nBase)
		create = append(create, func(tx cell.Tx) {
			s.hand[h].Init(tx, 0, func(tx cell.Tx, _ int) int { return s.eval(tx.Reader, m.handEx[h]) })
		})
	}
	for i := range m.mods {
		create = append(create, func(tx cell.Tx) {
			cell.Rule(tx, func(tx cell.Tx) { s.burn(tx.Reader); s.shared.Set(tx, s.base[0].Get(tx.Reader)%m.mods[i]) })
		})
	}
	create = append(create, func(tx cell.Tx) {
		cell.Rule(tx, func(tx cell.Tx) {
			if x := s.pulse.Get(tx.Reader); x != 0 {
				s.sum.Set(tx, s.sum.Peek(tx.Reader)+x)
				s.burn(tx.Reader)
				s.items.Add(tx, x)
			}
		})
		cell.Rule(tx, func(tx cell.Tx) {
			for x := range s.piped.All(tx.Reader) {
				s.copied.Append(tx, 10*x)
				s.burn(tx.Reader)
			}
		})
	})
	for range rapid.IntRange(0, 4).Draw(t, "watchers") {
		w := &watcher{reads: anExpr("watch", refNode+2*n), last: -1}
		create = append(create, func(tx cell.Tx) { s.watch(tx, w) })
		s.watchers = append(s.watchers, w)
	}
	order := rapid.Permutation(create).Draw(t, "order")
	m.changed = [nBase]bool{true, true, true, true}
	for h := range m.read {
		m.read[h] = []int{0}
	}
	if err := s.g.Update(func(tx cell.Tx) error {
		for _, f := range order {
			f(tx)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !m.settle() {
		t.Fatal("the model does not settle")
	}
	s.checkSights([]*modelState{m.modelState})
	s.check("after creation")
	return s
}

func (s *system) watch(o cell.Owner, w *watcher) {
	w.observer = cell.Observe(o, func(r cell.Reader) {
		v := s.eval(r, w.reads)
		s.seen = append(s.seen, sight{w, r.Pass(), v})
	})
}

// do applies an op to the graph and, in the same way, to the model.
func (s *system) do(tx cell.Tx, m *model, o op, made *[]*watcher) {
	at, x := o.at, o.x
	switch o.kind {
	case opBase:
		s.base[at%nBase].Set(tx, x)
		m.changed[at%nBase] = m.changed[at%nBase] || m.base[at%nBase] != x
		m.base[at%nBase] = x
	case opHand:
		s.hand[at%nHand].Set(tx, x)
		m.hand[at%nHand], m.byHand[at%nHand] = x, true
	case opShared:
		s.shared.Set(tx, x)
		m.shared, m.coded = x, true
	case opPulse:
		s.pulse.Set(tx, x)
		m.pulse = x
	case opAdd:
		s.set.Add(tx, x)
		m.set.put(x, true)
	case opRemove:
		was := s.set.Remove(tx, x)
		if had := slices.Contains(m.set.items(), x); was != had {
			s.t.Fatalf("Remove said %v", was)
		}
		m.set.put(x, false)
	case opPut:
		s.dict.Set(tx, at, x)
		m.keys.put(at, true)
		m.dict[at] = x
	case opDelete:
		s.dict.Delete(tx, at)
		delete(m.dict, at)
		m.keys.put(at, false)
	case opAppend:
		s.piped.Append(tx, x, x+1)
		m.piped = append(m.piped, x, x+1)
	case opRead:
		// Values are new, rules old, computed cells made of both.
		ref := at % (refNode + 2*len(m.specs))
		if ref == refElse+3 || s.calledBack {
			return // a callback still sees the pulses of the last pass
		}
		if got, want := s.get(tx.Reader, ref), m.get(ref); got != want {
			s.t.Fatalf("ref %d is %d inside the transaction, want %d", ref, got, want)
		}
	case opObserve:
		w := &watcher{reads: expr{at % refNode, x, (at + x) % refNode}, last: -1}
		s.watch(tx, w)
		*made = append(*made, w)
	case opStop:
		if len(s.watchers) > 0 {
			w := s.watchers[at%len(s.watchers)]
			w.observer.StopIn(tx)
			s.stops = append(s.stops, w)
		}
	}
}

// transact runs ops in the graph and in the model, and compares.
func (s *system) transact(ops []op) {
	before := s.model.clone()
	links := cell.Dump(s.g)
	stopped := map[*watcher]bool{}
	for _, w := range s.watchers {
		stopped[w] = w.stopped
	}
	var made []*watcher
	var passes []*modelState
	s.seen, s.stops = nil, nil
	m := s.model

	// The model runs along: the code of a pass on both at once, and its rules
	// when the next pass begins.
	begin := func(pulsed, piped bool) {
		m.changed, m.byHand, m.coded = [nBase]bool{}, [nHand]bool{}, false
		if pulsed {
			m.pulse = 0
		}
		if piped {
			m.piped = nil
		}
	}
	begin(false, false)
	conflict := false
	endPass := func() {
		conflict = conflict || !m.settle()
		passes = append(passes, m.modelState.clone())
	}
	s.calledBack = false
	var run func(tx cell.Tx, ops []op)
	run = func(tx cell.Tx, ops []op) {
		s.burn(tx.Reader)
		for i := 0; i < len(ops); i++ {
			o := ops[i]
			if o.kind == opTry {
				n := min(o.at%5, len(ops)-i-1)
				before, some, stops := m.clone(), len(made), len(s.stops)
				if err := tx.Try(func(tx cell.Tx) error { run(tx, ops[i+1:i+1+n]); return s.fail(tx, -1, o.x) }); err != nil {
					m.modelState, made, s.stops = before, made[:some], s.stops[:stops]
				}
				i += n
				continue
			}
			if o.kind == opCallback {
				rest := ops[i+1:]
				tx.OnCommit(func(tx cell.Tx) {
					if !s.calledBack { // a callback of a callback runs in the same pass
						s.calledBack = true
						endPass()
						begin(true, true) // what callbacks pulse is for the next pass
					}
					run(tx, rest)
				})
				break
			}
			s.do(tx, m, o, &made)
		}
	}
	failed, err := attempt(func() error {
		return s.g.Update(func(tx cell.Tx) error { run(tx, ops); return nil })
	})
	if !failed {
		endPass()
		if m.pulse != 0 || len(m.piped) > 0 {
			begin(true, true)
			endPass()
		}
	}
	var ce *cell.ConflictError
	switch {
	case errors.As(err, &ce):
		if !s.fuse.blown && !conflict {
			// The model may not have come to the pass that failed.
			endPass()
			if !conflict {
				s.t.Fatalf("unexpected: %v", err)
			}
		}
	case err != nil && !errors.Is(err, errFuse):
		s.t.Fatalf("unexpected: %v", err)
	case !failed && conflict:
		s.t.Fatalf("a conflict was not reported")
	}
	if failed {
		s.model.modelState = before
		for w, was := range stopped {
			w.stopped = was
		}
		s.fuse = fuse{}
		s.check("after a failure")
		if diff := cmp.Diff(links, cell.Dump(s.g)); diff != "" {
			s.t.Fatalf("links after a failure (-before +after):\n%s", diff)
		}
		return
	}
	s.fuse = fuse{}
	for _, w := range s.stops {
		w.stopped = true
	}
	m.set.end()
	m.keys.end()
	s.watchers = append(s.watchers, made...)
	s.checkSights(passes)
	s.check("after a commit")
}

// checkSights checks that each observer saw each state at most once, and did not
// miss a change.
func (s *system) checkSights(passes []*modelState) {
	type key struct {
		w    *watcher
		pass int
	}
	saw := map[key]int{}
	for _, x := range s.seen {
		k := key{x.w, x.pass}
		if _, twice := saw[k]; twice {
			s.t.Fatalf("an observer ran twice in pass %d", x.pass)
		}
		saw[k] = x.value
	}
	now := s.model.modelState
	for _, w := range s.watchers {
		for p, state := range passes {
			s.model.modelState = state
			want := w.reads.eval(s.model.get)
			got, ran := saw[key{w, p + 1}]
			switch {
			case ran && got != want:
				s.t.Fatalf("an observer saw %d in pass %d of %d, want %d", got, p+1, len(passes), want)
			case !ran && want != w.last && !w.stopped && w.last >= 0:
				s.t.Fatalf("an observer missed the change from %d to %d in pass %d of %d", w.last, want, p+1, len(passes))
			}
			if ran {
				w.last = got
			}
		}
		for p := len(passes) + 1; p < len(passes)+3; p++ {
			if got, ran := saw[key{w, p}]; ran && got != w.last {
				s.t.Fatalf("an observer saw %d in pass %d, which should show nothing new", got, p)
			}
		}
	}
	s.model.modelState = now
}

// check compares the committed state with the model, and checks the graph.
func (s *system) check(when string) {
	type snapshot struct {
		Refs, Set, Keys, Items []int
		Dict                   map[int]int
		Sum                    int
	}
	m := s.model
	want := snapshot{Set: m.set.items(), Keys: m.keys.items(), Items: m.items, Dict: m.dict, Sum: m.sum}
	got := snapshot{Dict: map[int]int{}}
	s.g.View(func(r cell.Reader) {
		for ref := range refNode + 2*len(m.specs) {
			want.Refs = append(want.Refs, m.get(ref))
			got.Refs = append(got.Refs, s.get(r, ref))
		}
		got.Set, got.Items = slices.Collect(s.set.All(r)), slices.Collect(s.items.All(r))
		for k, v := range s.dict.All(r) {
			got.Keys = append(got.Keys, k)
			got.Dict[k] = v
		}
		got.Sum = s.sum.Get(r)
	})
	if diff := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)); diff != "" {
		s.t.Fatalf("%s (-model +graph):\n%s", when, diff)
	}
	for _, x := range s.scratch {
		if words := x.check(s.g); words != "" {
			s.t.Fatalf("%s: %s", when, words)
		}
	}
	if err := cell.Check(s.g); err != nil {
		s.t.Fatalf("%s: %v", when, err)
	}
}

// More than the default 100 graphs: go test -run TestModel -rapid.checks 10000.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSystem(t)
		for range rapid.IntRange(1, 12).Draw(t, "transactions") {
			var ops []op
			for range rapid.IntRange(0, 8).Draw(t, "ops") {
				ops = append(ops, op{
					rapid.IntRange(0, opKinds-1).Draw(t, "kind"),
					rapid.IntRange(0, 12).Draw(t, "at"),
					rapid.IntRange(0, 6).Draw(t, "x"),
				})
			}
			if rapid.IntRange(0, 2).Draw(t, "fails") == 0 {
				s.fuse.light(rapid.IntRange(1, 30).Draw(t, "fuse"), rapid.IntRange(0, fuseWays-1).Draw(t, "failure"))
			}
			s.transact(ops)
		}
	})
}
