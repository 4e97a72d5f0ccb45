package cell

// flat is a union of sets that are the items of a set. Each of these has a branch.
type flatSet[S interface {
	comparable
	ReadableSet[T]
}, T comparable] struct {
	derived[T, struct{}]
	in       feed[S, struct{}]
	tally    tally[T]
	branches map[S]*inner[S, T]
	up       link // from all branches
	user     any
}

// inner follows one of the sets.
type inner[S interface {
	comparable
	ReadableSet[T]
}, T comparable] struct {
	branch
	of  *flatSet[S, T]
	set S
	in  feed[T, struct{}]
	on  bool // it has begun
}

// Flatten returns the items of all sets that are in outer: its items come and go as
// these sets change, and as sets come and go in outer. A change of one of them
// costs some look-ups; one of outer, some for each item of the set that comes or
// goes. It takes some 100 bytes for each item, and 300 for each set.
func Flatten[S interface {
	comparable
	ReadableSet[T]
}, T comparable](outer ReadableSet[S]) *LiveSet[T] {
	f := &flatSet[S, T]{in: feed[S, struct{}]{src: outer.of()}, user: Flatten[S, T]}
	f.init(f)
	return &LiveSet[T]{f}
}

func (f *flatSet[S, T]) build(g *Graph, r Reader) {
	t := f.in.start(r)
	f.tally.replace()
	tracked := g.frame.tracker() == &f.c.rule
	for _, e := range t.entries {
		if !e.live {
			continue
		}
		var items []entry[T, struct{}]
		if tracked {
			items = f.branch(g, e.key, false).in.src.table().entries
		} else {
			items = e.key.of().contents(r).entries
		}
		for _, x := range items {
			if x.live {
				f.tally.count(x.key, 1)
				f.t.fill(x.key, struct{}{})
			}
		}
	}
}

func (f *flatSet[S, T]) update(g *Graph, r Reader) {
	f.in.src.contents(r)
	t, from := f.in.advance(g)
	first := len(f.tally.steps)
	for i := from; i < len(t.ops); i++ {
		was, is := t.turn(i, from)
		if is == nil || was.live == is.live {
			continue
		}
		by, b := 1, f.branches[is.key]
		if is.live {
			b = f.branch(g, is.key, true)
		} else {
			if by = -1; b.flags&isDirty != 0 {
				g.runInside(&b.rule) // then it has counted what is there now
			}
			b.retire(g)
			b.part()
			g.logUndo(b, undoStop, 0)
		}
		for _, x := range b.in.src.table().entries {
			if x.live {
				f.tally.add(g, x.key, by)
			}
		}
	}
	if correct(g, &f.t, &f.tally, first) {
		f.tell(g)
	}
}

// branch returns a new branch for the set, that knows what is in it now.
func (f *flatSet[S, T]) branch(g *Graph, set S, logged bool) *inner[S, T] {
	b := &inner[S, T]{of: f, set: set, in: feed[T, struct{}]{src: set.of()}}
	b.init(g, b)
	b.join()
	if logged {
		g.logUndo(b, undoBirth, 0)
	}
	g.evaluate(&b.rule)
	b.lift(g)
	return b
}

func (f *flatSet[S, T]) free(g *Graph) {
	for _, b := range f.branches {
		b.free(g)
	}
	f.branches = nil
	f.c.flags &^= hasItems
	f.tally = tally[T]{}
	f.t.replace()
}

func (f *flatSet[S, T]) each(yield func(*rule)) {
	for _, b := range f.branches {
		yield(&b.rule)
	}
}

func (f *flatSet[S, T]) function() any { return f.user }

// join makes the branch one of the collection's.
func (b *inner[S, T]) join() {
	b.attach(&b.of.up, &b.of.c.rule)
	if b.of.branches == nil {
		b.of.branches = map[S]*inner[S, T]{}
	}
	b.of.branches[b.set] = b
}

func (b *inner[S, T]) part() {
	b.detach()
	delete(b.of.branches, b.set)
	if len(b.of.branches) == 0 {
		b.of.c.flags &^= hasItems
	}
}

func (b *inner[S, T]) run(g *Graph) {
	r, f := g.handle(), b.of
	if !b.on {
		b.on = true
		b.in.start(r)
		g.endTracking(&b.rule, r)
		return
	}
	b.in.src.contents(r)
	g.endTracking(&b.rule, r)
	t, from := b.in.advance(g)
	first := len(f.tally.steps)
	for i := from; i < len(t.ops); i++ {
		was, is := t.turn(i, from)
		switch {
		case is == nil || was.live == is.live:
		case is.live:
			f.tally.add(g, is.key, 1)
		default:
			f.tally.add(g, is.key, -1)
		}
	}
	if correct(g, &f.t, &f.tally, first) {
		f.tell(g)
	}
}

func (b *inner[S, T]) undo(g *Graph, op undoOp, n uint64) {
	switch op {
	case undoBirth:
		b.unborn(g)
		b.part()
	case undoStop:
		b.join()
	default:
		b.undoBranch(g, op, n)
	}
}

func (b *inner[S, T]) function() any { return b.of.user }
