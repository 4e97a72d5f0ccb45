package cell

import "slices"

// ranking is an order-statistic tree: entries in order, found by rank, and asked
// for their rank, in the logarithm of their number. It holds two sequences at
// once, that of now and that of the start of the pass: each node counts what its
// subtree holds and has held. So the old and new ranks that changes need can be
// asked for at any time. A removed entry stays in its place until the transaction
// has ended, so that undoing compares nothing.
//
// Nodes are numbers, which an entry keeps as long as it is there. The tree is
// balanced by weight.
type ranking[E any] struct {
	compare func(a, b E) int // a total order: 0 only for an entry and itself
	nodes   []rankNode[E]    // nodes[0] is no node
	root    int32
	free    int32 // the first of the free nodes, linked by right
	freed   int   // how many there are
	ops     []rankOp[E]
	pass    int // the first op of this pass
	last    struct{ rank, node int32 }
}

type rankNode[E any] struct {
	entry           E
	left, right, up int32
	all, was, is    int32 // entries of the subtree: here, of then, of now
	old, live       bool  // the entry itself: of then, of now
}

// unchanged says whether the subtree is the same in both sequences.
func (n *rankNode[E]) unchanged() bool { return n.was == n.all && n.is == n.all }

// rankOp is the state of a node before a write.
type rankOp[E any] struct {
	node      int32
	added     bool // there was none
	old, live bool
	entry     E
}

func newRanking[E any](compare func(a, b E) int) *ranking[E] {
	return &ranking[E]{compare: compare, nodes: make([]rankNode[E], 1)}
}

// length returns the number of entries of now, oldLength that of then.
func (t *ranking[E]) length() int    { return int(t.nodes[t.root].is) }
func (t *ranking[E]) oldLength() int { return int(t.nodes[t.root].was) }

// add puts an entry into its place. If it has been removed from there in this
// pass, it is as if that had not happened.
func (t *ranking[E]) add(e E) (n int32) {
	up, side := int32(0), 0
	for n = t.root; n != 0; {
		if side = t.compare(e, t.nodes[n].entry); side == 0 {
			t.write(n, e, true)
			return n
		}
		up = n
		if side < 0 {
			n = t.nodes[n].left
		} else {
			n = t.nodes[n].right
		}
	}
	n = t.newNode(rankNode[E]{entry: e, up: up, live: true})
	t.ops = append(t.ops, rankOp[E]{node: n, added: true})
	t.last.node = 0
	switch {
	case up == 0:
		t.root = n
	case side < 0:
		t.nodes[up].left = n
	default:
		t.nodes[up].right = n
	}
	t.balanceUp(n)
	return n
}

// remove takes an entry out of the sequence of now.
func (t *ranking[E]) remove(n int32) { t.write(n, t.nodes[n].entry, false) }

// replace puts e where n is, if the order allows that.
func (t *ranking[E]) replace(n int32, e E) bool {
	before, after := t.stepAny(n, true), t.stepAny(n, false)
	if before != 0 && t.compare(t.nodes[before].entry, e) >= 0 || after != 0 && t.compare(e, t.nodes[after].entry) >= 0 {
		return false
	}
	t.write(n, e, true)
	return true
}

func (t *ranking[E]) write(n int32, e E, live bool) {
	o := &t.nodes[n]
	t.ops = append(t.ops, rankOp[E]{n, false, o.old, o.live, o.entry})
	t.set(n, e, o.old, live)
}

func (t *ranking[E]) set(n int32, e E, old, live bool) {
	o := &t.nodes[n]
	o.entry, o.old, o.live = e, old, live
	t.last.node = 0
	t.count(n)
}

// undo undoes the last write. It returns the node as it was left by it.
func (t *ranking[E]) undo() (n int32, undone rankNode[E]) {
	top := len(t.ops) - 1
	o := t.ops[top]
	t.ops[top] = rankOp[E]{}
	t.ops = t.ops[:top]
	undone = t.nodes[o.node]
	if o.added {
		t.last.node = 0
		t.cut(o.node)
	} else {
		t.set(o.node, o.entry, o.old, o.live)
	}
	return o.node, undone
}

// settle ends the pass: what is now will have been then.
func (t *ranking[E]) settle() {
	for _, o := range t.ops[min(t.pass, len(t.ops)):] {
		if e := &t.nodes[o.node]; e.old != e.live {
			e.old = e.live
			t.count(o.node)
		}
	}
	t.pass = len(t.ops)
}

// end ends the transaction: what is in neither sequence is forgotten.
func (t *ranking[E]) end() {
	t.settle()
	for _, o := range t.ops {
		if e := &t.nodes[o.node]; e.all > 0 && !e.live { // else it is free, or stays
			t.cut(o.node)
		}
	}
	t.ops, t.pass = clearTail(t.ops, 0), 0
	t.last.node = 0
}

// build fills the empty tree with entries in order, as both sequences.
func (t *ranking[E]) build(entries []E) {
	t.nodes = slices.Grow(t.nodes, len(entries))
	for _, e := range entries {
		t.nodes = append(t.nodes, rankNode[E]{entry: e, old: true, live: true})
	}
	t.root = t.link(1, len(t.nodes), 0)
}

// link makes a tree of the nodes from i up to j.
func (t *ranking[E]) link(i, j int, up int32) int32 {
	if i == j {
		return 0
	}
	mid := (i + j) / 2
	n := int32(mid)
	t.nodes[n].up = up
	t.nodes[n].left, t.nodes[n].right = t.link(i, mid, n), t.link(mid+1, j, n)
	t.sum(n)
	return n
}

// at returns the node of the entry with a rank in the sequence of now. Asked for
// the ranks in turn, it makes one step for each.
func (t *ranking[E]) at(rank int) (n int32) {
	if n = t.last.node; n != 0 {
		switch rank - int(t.last.rank) {
		case 0:
			return n
		case 1, -1:
			n = t.step(n, rank < int(t.last.rank))
			t.last.rank, t.last.node = int32(rank), n
			return n
		}
	}
	n = t.root
	for r := rank; ; {
		e := &t.nodes[n]
		before := int(t.nodes[e.left].is)
		switch {
		case r < before:
			n = e.left
		case r == before && e.live:
			t.last.rank, t.last.node = int32(rank), n
			return n
		default:
			r -= before
			if e.live {
				r--
			}
			n = e.right
		}
	}
}

// rank returns how many entries of now are before n.
func (t *ranking[E]) rank(n int32) (rank int) {
	rank = int(t.nodes[t.nodes[n].left].is)
	for up := t.nodes[n].up; up != 0; n, up = up, t.nodes[up].up {
		if e := &t.nodes[up]; e.right == n {
			rank += int(t.nodes[e.left].is)
			if e.live {
				rank++
			}
		}
	}
	return rank
}

// step returns the next node of the sequence of now, or the one before, or 0.
func (t *ranking[E]) step(n int32, back bool) int32 {
	for {
		if n = t.stepAny(n, back); n == 0 || t.nodes[n].live {
			return n
		}
	}
}

func (t *ranking[E]) stepAny(n int32, back bool) int32 {
	if _, next := t.nodes[n].children(back); next != 0 {
		for {
			first, _ := t.nodes[next].children(back)
			if first == 0 {
				return next
			}
			next = first
		}
	}
	for {
		up := t.nodes[n].up
		if up == 0 {
			return 0
		}
		if first, _ := t.nodes[up].children(back); first == n {
			return up
		}
		n = up
	}
}

// children returns the children in the order of a walk.
func (n *rankNode[E]) children(back bool) (first, second int32) {
	if back {
		return n.right, n.left
	}
	return n.left, n.right
}

// changes appends to s, in ascending order, what has changed before the rank
// limit, then or now, and perhaps some of what is behind. If back, it is of the
// sequences read backward.
func (t *ranking[E]) changes(s script, limit int, back bool) script {
	return t.collect(s, t.root, 0, 0, limit, back)
}

func (t *ranking[E]) collect(s script, n int32, was, is, limit int, back bool) script {
	e := &t.nodes[n]
	if e.unchanged() || was >= limit && is >= limit {
		return s
	}
	first, second := e.children(back)
	s = t.collect(s, first, was, is, limit, back)
	was, is = was+int(t.nodes[first].was), is+int(t.nodes[first].is)
	switch {
	case e.old && e.live:
		was, is = was+1, is+1
	case e.old:
		s = s.note(was, is)
		s[len(s)-1].End++
		was++
	case e.live:
		s = s.note(was, is)
		s[len(s)-1].Size++
		is++
	}
	return t.collect(s, second, was, is, limit, back)
}

// note makes sure that the last splice ends at a place.
func (s script) note(was, is int) script {
	if k := len(s) - 1; k >= 0 && s[k].End == was {
		return s
	}
	return append(s, Splice{Start: was, End: was, At: is})
}
