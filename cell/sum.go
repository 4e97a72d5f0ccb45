package cell

// Number is any type of number that can be added up.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64
}

// Sum returns the sum of fn's results for the items of s. Integers wrap around. The
// sum of floats is that of the exact values, rounded once: it depends neither on
// the order nor on what has been added and taken away again. fn may read cells. A
// change of s, or of what fn reads for an item, costs one call of fn and some
// look-ups. It takes some 50 bytes for each item of s, and 180 more for each item
// for which fn reads cells.
func Sum[T comparable, N Number](s ReadableSet[T], fn func(r Reader, x T) N) *Computed[N] {
	m := &sum[T, N]{in: feed[T, N]{src: images(s, fn)}, user: fn}
	m.self, m.flags = m, isCompute|isKeeper
	return &m.Computed
}

type sum[K comparable, N Number] struct {
	Computed[N]
	in    feed[K, N]
	total total[N]
	user  any
}

func (s *sum[K, N]) run(g *Graph) {
	r := g.handle()
	if s.flags&isActive != 0 {
		s.update(g, r)
	} else {
		s.mark = 0
		t := s.in.start(r)
		s.total = total[N]{}
		for _, e := range t.entries {
			if e.live {
				s.total.count(e.val, 1)
			}
		}
	}
	v := s.total.value()
	if s.finish(g, r, v) && v != s.val {
		s.Computed.store(g, v)
	}
}

func (s *sum[K, N]) update(g *Graph, r Reader) {
	s.in.src.contents(r)
	t, from := s.in.advance(g)
	for i := from; i < len(t.ops); i++ {
		was, is := t.turn(i, from)
		if is == nil {
			continue
		}
		if was.live {
			s.total.add(g, was.val, -1)
		}
		if is.live {
			s.total.add(g, is.val, 1)
		}
	}
}

func (s *sum[K, N]) undo(g *Graph, op undoOp, n uint64) {
	s.Computed.undo(g, op, n)
	if s.flags&isActive == 0 {
		s.free(g)
	}
}

func (s *sum[K, N]) free(*Graph) { s.total = total[N]{} }

func (s *sum[K, N]) function() any { return s.user }

// total is a sum that knows no rounding and can be undone.
type total[N Number] struct {
	whole N
	exact *exact    // of floats
	steps []part[N] // of this transaction
}

type part[N Number] struct {
	n  N
	by int8
}

func (t *total[N]) add(g *Graph, n N, by int8) {
	t.count(n, by)
	if len(t.steps) == 0 {
		g.ending = append(g.ending, t)
	}
	t.steps = append(t.steps, part[N]{n, by})
	g.logUndo(t, undoCustom, 0)
}

func (t *total[N]) count(n N, by int8) {
	one := N(1)
	switch {
	case one/2 != 0:
		if t.exact == nil {
			t.exact = &exact{}
		}
		t.exact.add(float64(n), int64(by))
	case by < 0:
		t.whole -= n
	default:
		t.whole += n
	}
}

func (t *total[N]) value() N {
	if t.exact != nil {
		return N(t.exact.value())
	}
	return t.whole
}

func (t *total[N]) undo(*Graph, undoOp, uint64) {
	top := len(t.steps) - 1
	t.count(t.steps[top].n, -t.steps[top].by)
	t.steps = t.steps[:top]
}

func (t *total[N]) end() { t.steps = clearTail(t.steps, 0) }
