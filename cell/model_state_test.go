package cell_test

import (
	"maps"
	"slices"
)

const (
	nBase = 4
	nHand = 2
)

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
