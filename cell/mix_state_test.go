package cell_test

import (
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

// mixState is what is set from outside.
type mixState struct {
	vals            [mixVals]int
	set, list, dict []int
	sensor, knob    int
	steps, done     int
	pulse, todo     int
	stopped         map[*mixUnit]bool
	units, scopes   int
}

func (s mixState) clone() mixState {
	s.set, s.list, s.dict = slices.Clone(s.set), slices.Clone(s.list), slices.Clone(s.dict)
	was := s.stopped
	s.stopped = map[*mixUnit]bool{}
	for u := range was {
		s.stopped[u] = true
	}
	return s
}

// read returns what can be read, numbered, as a number.
func (m *mix) read(r cell.Reader, ref int) int {
	if ref < mixVals {
		return m.vals[ref].Get(r)
	}
	hash := func(items []int) (n int) {
		for _, x := range items {
			n = n*7%10007 + x + 1
		}
		return n
	}
	switch ref - mixVals {
	case 0:
		return m.sensor.Get(r)
	case 1:
		n := 0
		for x := range m.filter.All(r) {
			n += x + 1
		}
		return n
	case 2:
		return hash(m.sorted.Get(r))
	case 3:
		return hash(m.limited.Get(r))
	case 4:
		return hash(m.back.Get(r))
	case 5:
		n := 0
		for k, s := range m.groups.All(r) {
			for x := range s.All(r) {
				n += (k + 1) * (x + 1)
			}
		}
		return n
	case 6:
		n := 0
		for k, v := range m.looked.All(r) {
			n += (k + 1) * (v + 1)
		}
		return n
	case 7:
		return m.chain.Get(r)
	case 8:
		if m.late.Get(r) {
			return 1
		}
		return 0
	case 9:
		return hash(m.list.Get(r))
	case 10:
		if m.union.Has(r, 3) {
			return m.union.Len(r)
		}
		return 0
	case 11:
		return m.steps.Get(r) + m.done.Get(r)
	}
	return m.targets[ref-mixReads].Get(r)
}

// fromScratch returns some of the same, computed from the cells that are set from outside.
func (m *mix) fromScratch() (out []int) {
	s := m.model
	union := slices.Clone(s.set)
	own := []int{10 + s.vals[0], 10 + s.vals[1]}
	for _, x := range own {
		if !slices.Contains(union, x) {
			union = append(union, x)
		}
	}
	n, groups, looked, total := 0, 0, 0, 0
	for _, x := range s.set {
		if (x+s.vals[x%2])%2 == 0 {
			n += x + 1
			looked += (x + 1) * (s.dict[x] + 1)
		}
	}
	for _, x := range union {
		groups += ((x+s.vals[3])%3 + 1) * (x + 1)
		total += x + s.sensor
	}
	has := 0
	if slices.Contains(union, 3) {
		has = len(union)
	}
	limit := min(max(s.vals[2], 0), len(union))
	out = append(out, s.vals[:]...)
	return append(out, s.sensor, n, groups, looked, total+limit+s.knob, has, s.steps+s.done)
}

func (m *mix) state() (out []int) {
	m.g.View(func(r cell.Reader) {
		for ref := range mixReads + mixSlots {
			out = append(out, m.read(r, ref))
		}
	})
	return out
}
