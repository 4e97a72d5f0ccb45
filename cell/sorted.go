package cell

import (
	"cmp"
	"math"
	"slices"
)

// Sorted returns the items of s in the order of what key returns for them, as cmp
// compares it; those that compare equal are in the order of s. key may read
// cells: when they change, it runs again for the items that have read them, and
// only those move. cmp must be consistent and depend on its arguments alone.
//
// An item that is where it was, between the same neighbours, has not changed,
// even if its key has. But if all keys have changed, and the order with them, all
// of the list has.
//
// A change costs a few comparisons, the logarithm of the number of items; what
// costs memory is, besides what MapValues needs, some 100 bytes an item.
func Sorted[T comparable, K any](s ReadableSet[T], key func(r Reader, x T) K, cmp func(a, b K) int) *LiveList[T] {
	need(cmp != nil, "Sorted wants a function that compares, not nil")
	keys := newImage(s.of(), func(r Reader, x T, _ struct{}) (K, bool) { return key(r, x), true },
		func(a, b K) bool { return cmp(a, b) == 0 }, key)
	o := &sorted[T, K]{items: s.of(), in: feed[T, K]{src: keys}, cmp: cmp}
	o.init(o)
	return &LiveList[T]{o}
}

// sorted is a ranking of items by their keys, which come from an image.
type sorted[T comparable, K any] struct {
	ordered[T]
	items source[T, struct{}]
	in    feed[T, K]
	cmp   func(a, b K) int
	state sortedState[T, K]
	// past are the states of this transaction before all was sorted anew.
	past []sortedState[T, K]
}

type sortedState[T comparable, K any] struct {
	rank  *ranking[keyed[T, K]]
	nodes map[T]int32 // of the items
	anew  bool        // sorted anew in this pass
	was   int         // if so, how many there were when it began
}

type keyed[T comparable, K any] struct {
	item T
	key  K
}

func (o *sorted[T, K]) run(g *Graph) {
	r := g.handle()
	if o.c.flags&isActive != 0 {
		o.in.src.contents(r)
		if t, from := o.in.advance(g); from < len(t.ops) {
			o.update(g, t, from)
		}
	} else {
		o.c.mark = 0 // in case it fails half-way
		o.state = o.sort(o.in.start(r))
	}
	o.c.finish(g, r, struct{}{})
}

// sort returns the state that follows from the keys.
func (o *sorted[T, K]) sort(keys *table[T, K]) sortedState[T, K] {
	entries := make([]keyed[T, K], 0, keys.size)
	for _, e := range o.items.table().entries {
		if e.live {
			key, _ := keys.lookup(e.key)
			entries = append(entries, keyed[T, K]{e.key, key})
		}
	}
	slices.SortStableFunc(entries, func(a, b keyed[T, K]) int { return o.cmp(a.key, b.key) })
	return o.ranked(entries)
}

func (o *sorted[T, K]) ranked(entries []keyed[T, K]) sortedState[T, K] {
	s := sortedState[T, K]{rank: newRanking(o.compare), nodes: make(map[T]int32, len(entries))}
	s.rank.build(entries)
	for i, e := range entries {
		s.nodes[e.item] = int32(i + 1)
	}
	return s
}

func (o *sorted[T, K]) compare(a, b keyed[T, K]) int {
	if c := o.cmp(a.key, b.key); c != 0 {
		return c
	}
	t := o.items.table() // removed items keep their place until the transaction has ended
	return cmp.Compare(t.find(a.item), t.find(b.item))
}

func (o *sorted[T, K]) update(g *Graph, keys *table[T, K], from int) {
	o.begin(g)
	if o.allMoved(keys, from) {
		if o.sortAnew(g, keys) {
			o.tell(g)
		}
		return
	}
	told := false
	for i := from; i < len(keys.ops); i++ {
		if _, e := keys.turn(i, from); e != nil {
			told = o.put(g, keyed[T, K]{e.key, e.val}, e.live) || told
		}
	}
	if told {
		o.tell(g)
	}
}

// put puts an item where it belongs, or takes it out. It is false if nothing is
// seen of that.
func (o *sorted[T, K]) put(g *Graph, e keyed[T, K], live bool) bool {
	s := &o.state
	n, had := s.nodes[e.item]
	switch {
	case had && live:
		if s.rank.replace(n, e) {
			g.logUndo(o, undoCustom, 0)
			return false
		}
	case !had && !live:
		return false
	}
	if had {
		s.rank.remove(n)
		delete(s.nodes, e.item)
		g.logUndo(o, undoCustom, 0)
	}
	if live {
		s.nodes[e.item] = s.rank.add(e)
		g.logUndo(o, undoCustom, 0)
	}
	return true
}

// allMoved says whether the keys of all items that stay have changed.
func (o *sorted[T, K]) allMoved(keys *table[T, K], from int) bool {
	if len(keys.ops)-from < len(o.state.nodes) {
		return false
	}
	stay := len(o.state.nodes)
	moved := 0
	for i := from; i < len(keys.ops); i++ {
		if _, e := keys.turn(i, from); e != nil {
			n, had := o.state.nodes[e.key]
			switch {
			case had && !e.live:
				stay--
			case had && o.cmp(e.val, o.state.rank.nodes[n].entry.key) != 0:
				moved++
			}
		}
	}
	return moved == stay && moved > 1
}

// sortAnew sorts all items. It is false if nothing is seen of that.
func (o *sorted[T, K]) sortAnew(g *Graph, keys *table[T, K]) bool {
	fresh := o.sort(keys)
	same := fresh.rank.length() == o.length()
	for i := 0; same && i < o.length(); i++ {
		same = fresh.rank.nodes[i+1].entry.item == o.at(i)
	}
	o.told = o.changes(o.told[:0], math.MaxInt, false)
	fresh.anew, fresh.was = !same || len(o.told) > 0, o.oldLength()
	o.past = append(o.past, o.state)
	o.state = fresh
	g.logUndo(o, undoOld, 0)
	return fresh.anew
}

func (o *sorted[T, K]) undo(g *Graph, op undoOp, n uint64) {
	s := &o.state
	switch op {
	case undoSources:
		o.undoSources(g, n)
	case undoOld:
		top := len(o.past) - 1
		o.state = o.past[top]
		o.past = clearTail(o.past, top)
	case undoCustom:
		if at, undone := s.rank.undo(); undone.live {
			delete(s.nodes, undone.entry.item)
			if now := &s.rank.nodes[at]; now.live {
				s.nodes[now.entry.item] = at // its key has changed
			}
		} else {
			s.nodes[undone.entry.item] = at
		}
	}
}

func (o *sorted[T, K]) free(*Graph) { o.state, o.past = sortedState[T, K]{}, nil }

func (o *sorted[T, K]) hadChanges() bool {
	o.told = o.changes(o.told[:0], math.MaxInt, false)
	return len(o.told) > 0 || o.deltas.subs == nil // then one without links may have looked before
}

func (o *sorted[T, K]) settle() {
	if o.state.anew = false; o.state.rank != nil {
		o.state.rank.settle()
	}
}

func (o *sorted[T, K]) end() {
	o.past = clearTail(o.past, 0)
	rank := o.state.rank
	if rank == nil {
		return
	}
	rank.end()
	if len(rank.nodes) > keepCap && rank.freed > len(rank.nodes)*7/8 {
		entries := make([]keyed[T, K], 0, rank.length())
		for i := range rank.length() {
			entries = append(entries, rank.nodes[rank.at(i)].entry)
		}
		o.state = o.ranked(entries)
	}
}

func (o *sorted[T, K]) length() int {
	if o.state.rank == nil {
		return 0
	}
	return o.state.rank.length()
}

func (o *sorted[T, K]) oldLength() int {
	if o.state.anew {
		return o.state.was
	}
	return o.state.rank.oldLength()
}

func (o *sorted[T, K]) at(i int) T { return o.state.rank.nodes[o.state.rank.at(i)].entry.item }

func (o *sorted[T, K]) index(x T) int {
	if n, ok := o.state.nodes[x]; ok {
		return o.state.rank.rank(n)
	}
	return -1
}

func (o *sorted[T, K]) changes(s script, limit int, back bool) script {
	if o.state.anew {
		return append(s, Splice{Start: 0, End: o.state.was, Size: o.length()})
	}
	return o.state.rank.changes(s, limit, back)
}

func (o *sorted[T, K]) function() any { return o.in.src.(interface{ function() any }).function() }
