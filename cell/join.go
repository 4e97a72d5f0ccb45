package cell

// Pair is what Join and JoinBy put together.
type Pair[A, B any] struct {
	Left  A
	Right B
}

// Join returns, for each key that is in both maps, the pair of its values. A change
// costs some look-ups; it takes some 80 bytes for each key in both. A pair has
// changed when one of the maps has stored its value again.
func Join[K comparable, A, B any](left ReadableMap[K, A], right ReadableMap[K, B]) *LiveMap[K, Pair[A, B]] {
	j := &join[K, A, B]{left: feed[K, A]{src: left.of()}, right: feed[K, B]{src: right.of()}}
	j.init(j)
	return &LiveMap[K, Pair[A, B]]{j}
}

type join[K comparable, A, B any] struct {
	derived[K, Pair[A, B]]
	left  feed[K, A]
	right feed[K, B]
}

func (j *join[K, A, B]) build(_ *Graph, r Reader) {
	left, right := j.left.start(r), j.right.start(r)
	for _, e := range left.entries {
		if b, ok := right.lookup(e.key); ok && e.live {
			j.t.fill(e.key, Pair[A, B]{e.val, b})
		}
	}
}

func (j *join[K, A, B]) update(g *Graph, r Reader) {
	j.left.src.contents(r)
	j.right.src.contents(r)
	written := len(j.t.ops)
	left, from := j.left.advance(g)
	for i := from; i < len(left.ops); i++ {
		if _, is := left.turn(i, from); is != nil {
			j.correct(g, is.key, written)
		}
	}
	right, from := j.right.advance(g)
	for i := from; i < len(right.ops); i++ {
		if _, is := right.turn(i, from); is != nil {
			j.correct(g, is.key, written)
		}
	}
	if len(j.t.ops) > written {
		j.tell(g)
	}
}

// correct stores the pair of key again, if this run, whose writes begin at written,
// has not.
func (j *join[K, A, B]) correct(g *Graph, key K, written int) {
	a, inLeft := j.left.src.table().lookup(key)
	b, inRight := j.right.src.table().lookup(key)
	at := j.t.find(key)
	switch {
	case at >= 0 && j.t.written(at) >= written:
	case inLeft && inRight:
		j.t.put(g, key, Pair[A, B]{a, b}, true)
	case at >= 0 && j.t.entries[at].live:
		j.t.put(g, key, Pair[A, B]{}, false)
	}
}

func (j *join[K, A, B]) function() any { return Join[K, A, B] }

// JoinBy returns the pairs of an item of left and one of right that have the same
// key. The functions may read cells. A change costs a call of one of them, and
// some look-ups for each item of the other set with this key. It takes some 70
// bytes for each pair, and for the items of both sets what GroupBy does.
func JoinBy[A, B, K comparable](left ReadableSet[A], leftKey func(r Reader, a A) K, right ReadableSet[B], rightKey func(r Reader, b B) K) *LiveSet[Pair[A, B]] {
	as, bs := images(left, leftKey), images(right, rightKey)
	j := &pairs[A, B, K]{
		left: feed[A, K]{src: as}, right: feed[B, K]{src: bs},
		lefts: newGroups(as, leftKey), rights: newGroups(bs, rightKey),
	}
	j.init(j)
	return &LiveSet[Pair[A, B]]{j}
}

type pairs[A, B, K comparable] struct {
	derived[Pair[A, B], struct{}]
	left   feed[A, K]
	right  feed[B, K]
	lefts  *groups[A, K]
	rights *groups[B, K]
}

func (j *pairs[A, B, K]) build(_ *Graph, r Reader) {
	left := j.left.start(r)
	j.right.start(r)
	j.lefts.contents(r)
	j.rights.contents(r)
	for _, e := range left.entries {
		if others := j.rights.by[e.val]; e.live && others != nil {
			for _, o := range others.t.entries {
				if o.live {
					j.t.fill(Pair[A, B]{e.key, o.key}, struct{}{})
				}
			}
		}
	}
}

// update looks at all partners that a touched item may have lost or got. Those
// that have left its group in this transaction are still among the entries.
func (j *pairs[A, B, K]) update(g *Graph, r Reader) {
	left, right := j.left.src.contents(r), j.right.src.contents(r)
	j.lefts.contents(r)
	j.rights.contents(r)
	written := len(j.t.ops)
	correct := func(a A, b B) {
		p := Pair[A, B]{a, b}
		ka, inLeft := left.lookup(a)
		kb, inRight := right.lookup(b)
		if want := inLeft && inRight && ka == kb; want != j.t.has(p) {
			j.t.put(g, p, struct{}{}, want)
		}
	}
	_, from := j.left.advance(g)
	for i := from; i < len(left.ops); i++ {
		was, is := left.turn(i, from)
		if is == nil {
			continue
		}
		if was.live {
			j.rights.members(was.val, func(b B) { correct(is.key, b) })
		}
		if is.live {
			j.rights.members(is.val, func(b B) { correct(is.key, b) })
		}
	}
	_, from = j.right.advance(g)
	for i := from; i < len(right.ops); i++ {
		was, is := right.turn(i, from)
		if is == nil {
			continue
		}
		if was.live {
			j.lefts.members(was.val, func(a A) { correct(a, is.key) })
		}
		if is.live {
			j.lefts.members(is.val, func(a A) { correct(a, is.key) })
		}
	}
	if len(j.t.ops) > written {
		j.tell(g)
	}
}

// members calls f for the items that the group of key has, or had in this transaction.
func (m *groups[T, K]) members(key K, f func(T)) {
	if gr := m.by[key]; gr != nil {
		for _, e := range gr.t.entries {
			if !e.hole {
				f(e.key)
			}
		}
	}
}

func (j *pairs[A, B, K]) function() any { return JoinBy[A, B, K] }
