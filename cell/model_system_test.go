package cell_test

import (
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
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
