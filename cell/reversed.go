package cell

// Reversed returns l, backward while when is true: a change of when is one of all
// of the list. Items that are equal for Sorted are backward, too; for a fixed
// order in which they are not, compare the other way round.
func Reversed[T comparable](l ReadableList[T], when Readable[bool]) *LiveList[T] {
	need(when != nil, "Reversed wants a cell, not nil")
	o := &reversed[T]{when: when}
	o.over = l.of()
	o.init(o)
	return &LiveList[T]{o}
}

// reversed shows another sequence, perhaps from its end.
type reversed[T comparable] struct {
	ordered[T]
	when Readable[bool]
	back bool
	was  bool // back at the start of the pass
}

func (o *reversed[T]) run(g *Graph) {
	r := g.handle()
	o.over.contents(r)
	back := o.when.Get(r)
	if o.c.flags&isActive != 0 {
		o.update(g, back)
	} else {
		o.back, o.was = back, back
	}
	o.c.finish(g, r, struct{}{})
}

func (o *reversed[T]) update(g *Graph, back bool) {
	o.renew(g)
	o.begin(g)
	if back != o.back {
		g.logUndo(o, undoCustom, 0)
		o.back = back
	}
	o.tell(g)
}

func (o *reversed[T]) undo(g *Graph, op undoOp, n uint64) {
	switch op {
	case undoSources:
		o.undoSources(g, n)
	case undoCustom:
		o.back = !o.back
	}
}

func (o *reversed[T]) free(*Graph)      {}
func (o *reversed[T]) hadChanges() bool { return true }
func (o *reversed[T]) settle()          { o.was = o.back }
func (o *reversed[T]) end()             {}

func (o *reversed[T]) length() int { return o.over.length() }

func (o *reversed[T]) oldLength() int {
	if !o.pulsing() {
		return o.length()
	}
	return o.over.oldLength()
}

func (o *reversed[T]) at(i int) T {
	if o.back {
		i = o.length() - 1 - i
	}
	return o.over.at(i)
}

func (o *reversed[T]) index(x T) int {
	i := indexIn(o.over, x)
	if o.back && i >= 0 {
		i = o.length() - 1 - i
	}
	return i
}

func (o *reversed[T]) changes(s script, limit int, back bool) script {
	switch was, is := o.oldLength(), o.length(); {
	case !o.pulsing():
		return s
	case o.was != o.back && max(was, is) > 1:
		return append(s, Splice{End: was, Size: is})
	}
	return o.over.changes(s, limit, back != o.back)
}

func (o *reversed[T]) function() any { return Reversed[T] }
