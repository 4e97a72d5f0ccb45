package cell

import (
	"cmp"
	"container/list"
	"maps"
	"slices"
)

// Atlas returns how much the graph's atlas holds, and whether it is what it would be
// if it were made now.
func Atlas(g *Graph) (size int, whole bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.atlas == nil {
		return 0, true
	}
	fresh := &atlas{map[area]*list.List{}, map[uintptr][]area{}, map[uintptr]*list.List{}}
	all := g.root.descriptions(nil)
	slices.SortFunc(all, func(a, b *description) int { return cmp.Compare(a.seq, b.seq) })
	for _, d := range all {
		copied := *d
		copied.cells = nil
		fresh.add(&copied)
	}
	seqs := func(l *list.List) (out []uint64) {
		for e := l.Front(); e != nil; e = e.Next() {
			out = append(out, e.Value.(*description).seq)
		}
		return out
	}
	same := func(a, b *list.List) bool { return slices.Equal(seqs(a), seqs(b)) }
	whole = maps.EqualFunc(g.atlas.structs, fresh.structs, same) && maps.EqualFunc(g.atlas.cells, fresh.cells, same) &&
		maps.EqualFunc(g.atlas.pages, fresh.pages, func(a, b []area) bool {
			before := func(a, b area) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) }
			return slices.Equal(slices.SortedFunc(slices.Values(a), before), slices.SortedFunc(slices.Values(b), before))
		})
	return len(g.atlas.structs) + len(g.atlas.pages) + len(g.atlas.cells), whole
}
