package cell

import "cmp"

// Min returns the least of fn's results for the items of s; the zero N if s is
// empty; NaN, as with the min of Go, if one of them is. fn may read cells. A change
// of s, or of what fn reads for an item, costs one call of fn, some look-ups and a
// number of steps that grows with the logarithm of the size. It takes some 150
// bytes for each item of s, and 180 more for each item for which fn reads cells.
func Min[T comparable, N cmp.Ordered](s ReadableSet[T], fn func(r Reader, x T) N) *Computed[N] {
	return newExtreme(images(s, fn), 1, fn)
}

// Max returns the greatest of fn's results for the items of s. Else it is as Min.
func Max[T comparable, N cmp.Ordered](s ReadableSet[T], fn func(r Reader, x T) N) *Computed[N] {
	return newExtreme(images(s, fn), -1, fn)
}

// extreme counts the numbers, and keeps them in a heap, from which those that are
// not there any more are taken when they come to the top.
type extreme[K comparable, N cmp.Ordered] struct {
	Computed[N]
	in    feed[K, N]
	tally tally[ranked[N]]
	heap  []ranked[N]
	sign  int
	nan   N // if one has been seen
	user  any
}

// ranked is a number as the key of a map; none is equal to NaN.
type ranked[N cmp.Ordered] struct {
	n   N
	nan bool
}

func newExtreme[K comparable, N cmp.Ordered](src source[K, N], sign int, user any) *Computed[N] {
	x := &extreme[K, N]{in: feed[K, N]{src: src}, sign: sign, user: user}
	x.self, x.flags = x, isCompute|isKeeper
	x.tally.rises = x.push
	return &x.Computed
}

func (x *extreme[K, N]) run(g *Graph) {
	r := g.handle()
	if x.flags&isActive != 0 {
		x.update(g, r)
	} else {
		x.mark = 0
		t := x.in.start(r)
		x.free(g)
		x.tally.replace()
		for _, e := range t.entries {
			if e.live {
				x.tally.count(x.rank(e.val), 1)
			}
		}
	}
	v := x.top()
	if x.finish(g, r, v) && v != x.val {
		x.store(g, v)
	}
}

func (x *extreme[K, N]) update(g *Graph, r Reader) {
	x.in.src.contents(r)
	t, from := x.in.advance(g)
	for i := from; i < len(t.ops); i++ {
		was, is := t.turn(i, from)
		if is == nil {
			continue
		}
		if was.live {
			x.tally.add(g, x.rank(was.val), -1)
		}
		if is.live {
			x.tally.add(g, x.rank(is.val), 1)
		}
	}
}

func (x *extreme[K, N]) rank(n N) ranked[N] {
	if n != n {
		x.nan = n
		return ranked[N]{nan: true}
	}
	return ranked[N]{n: n}
}

// top returns the extreme, after taking away what is not there any more.
func (x *extreme[K, N]) top() (n N) {
	if len(x.heap) > 2*len(x.tally.n)+64 {
		x.heap = x.heap[:0]
		for r := range x.tally.n {
			x.push(r)
		}
	}
	for len(x.heap) > 0 {
		r := x.heap[0]
		if x.tally.n[r] == 0 {
			x.pop()
			continue
		}
		if r.nan {
			return x.nan
		}
		return r.n
	}
	return n
}

func (x *extreme[K, N]) before(a, b ranked[N]) bool {
	if a.nan || b.nan {
		return a.nan && !b.nan
	}
	return cmp.Compare(a.n, b.n)*x.sign < 0
}

// push is called when a number is there that was not.
func (x *extreme[K, N]) push(r ranked[N]) {
	x.heap = append(x.heap, r)
	i := len(x.heap) - 1
	for i > 0 && x.before(r, x.heap[(i-1)/2]) {
		x.heap[i] = x.heap[(i-1)/2]
		i = (i - 1) / 2
	}
	x.heap[i] = r
}

func (x *extreme[K, N]) pop() {
	n := len(x.heap) - 1
	last := x.heap[n]
	x.heap[n] = ranked[N]{}
	x.heap = x.heap[:n]
	if n == 0 {
		return
	}
	i := 0
	for {
		down := 2*i + 1
		if down+1 < n && x.before(x.heap[down+1], x.heap[down]) {
			down++
		}
		if down >= n || !x.before(x.heap[down], last) {
			break
		}
		x.heap[i] = x.heap[down]
		i = down
	}
	x.heap[i] = last
}

func (x *extreme[K, N]) undo(g *Graph, op undoOp, n uint64) {
	x.Computed.undo(g, op, n)
	if x.flags&isActive == 0 {
		x.free(g)
	}
}

func (x *extreme[K, N]) free(*Graph) {
	x.tally.n, x.tally.steps, x.heap = nil, nil, nil
}

func (x *extreme[K, N]) function() any { return x.user }
