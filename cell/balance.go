package cell

// How a ranking keeps its shape. Neither side of a node is more than three times
// as heavy as the other; what has just been added to or taken from such a tree is
// made up for by a rotation at each node above, at most (Adams; Hirai and
// Yamamoto for the constants).
const (
	tooHeavy = 3
	twice    = 2
)

func (t *ranking[E]) weight(n int32) int { return int(t.nodes[n].all) + 1 }

// sum counts the subtree of n anew from those below it.
func (t *ranking[E]) sum(n int32) {
	e := &t.nodes[n]
	l, r := &t.nodes[e.left], &t.nodes[e.right]
	e.all, e.was, e.is = l.all+r.all+1, l.was+r.was, l.is+r.is
	if e.old {
		e.was++
	}
	if e.live {
		e.is++
	}
}

// count counts n and all above it anew.
func (t *ranking[E]) count(n int32) {
	for ; n != 0; n = t.nodes[n].up {
		t.sum(n)
	}
}

// balanceUp counts n and all above it anew, and balances them.
func (t *ranking[E]) balanceUp(n int32) {
	for n != 0 {
		t.sum(n)
		l, r := t.nodes[n].left, t.nodes[n].right
		switch wl, wr := t.weight(l), t.weight(r); {
		case wr > tooHeavy*wl:
			if t.weight(t.nodes[r].left) >= twice*t.weight(t.nodes[r].right) {
				t.lift(t.nodes[r].left)
			}
			n = t.lift(t.nodes[n].right)
		case wl > tooHeavy*wr:
			if t.weight(t.nodes[l].right) >= twice*t.weight(t.nodes[l].left) {
				t.lift(t.nodes[l].right)
			}
			n = t.lift(t.nodes[n].left)
		}
		n = t.nodes[n].up
	}
}

// lift rotates n into the place of its parent, and returns it.
func (t *ranking[E]) lift(n int32) int32 {
	e := &t.nodes[n]
	up := e.up
	p := &t.nodes[up]
	t.putFor(up, n)
	if p.left == n {
		p.left = e.right
		t.setUp(p.left, up)
		e.right = up
	} else {
		p.right = e.left
		t.setUp(p.right, up)
		e.left = up
	}
	p.up = n
	t.sum(up)
	t.sum(n)
	return n
}

// putFor puts by, or nothing, where n is in its parent.
func (t *ranking[E]) putFor(n, by int32) {
	up := t.nodes[n].up
	switch {
	case up == 0:
		t.root = by
	case t.nodes[up].left == n:
		t.nodes[up].left = by
	default:
		t.nodes[up].right = by
	}
	t.setUp(by, up)
}

func (t *ranking[E]) setUp(n, up int32) {
	if n != 0 {
		t.nodes[n].up = up
	}
}

// cut takes n out of the tree and frees it.
func (t *ranking[E]) cut(n int32) {
	e := &t.nodes[n]
	from := e.up // the lowest node below which something is gone
	switch {
	case e.left == 0:
		t.putFor(n, e.right)
	case e.right == 0:
		t.putFor(n, e.left)
	default: // the next one takes its place
		next := e.right
		for t.nodes[next].left != 0 {
			next = t.nodes[next].left
		}
		from = next
		if next != e.right {
			from = t.nodes[next].up
			t.putFor(next, t.nodes[next].right)
			t.nodes[next].right = e.right
			t.setUp(e.right, next)
		}
		t.putFor(n, next)
		t.nodes[next].left = e.left
		t.setUp(e.left, next)
	}
	*e = rankNode[E]{right: t.free}
	t.free = n
	t.freed++
	t.balanceUp(from)
}

func (t *ranking[E]) newNode(e rankNode[E]) (n int32) {
	if n = t.free; n == 0 {
		t.nodes = append(t.nodes, e)
		return int32(len(t.nodes) - 1)
	}
	t.free = t.nodes[n].right
	t.freed--
	t.nodes[n] = e
	return n
}
