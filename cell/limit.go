package cell

// Limit returns the first n items of l. It changes only when these do.
//
// A change of l costs what n comparisons do at most, wherever it is; what costs
// memory is the LiveList itself.
func Limit[T comparable](l ReadableList[T], n int) *LiveList[T] { return LimitBy(l, NewConstant(n)) }

// LimitBy is Limit by a number that may change.
func LimitBy[T comparable](l ReadableList[T], n Readable[int]) *LiveList[T] {
	need(n != nil, "LimitBy wants a cell, not nil")
	o := &limited[T]{limit: n}
	o.over = l.of()
	o.init(o)
	return &LiveList[T]{o}
}

// limited shows the beginning of another sequence.
type limited[T comparable] struct {
	ordered[T]
	limit Readable[int]
	n     int
	was   int // n at the start of the pass
	built uint64
}

func (o *limited[T]) run(g *Graph) {
	r := g.handle()
	o.over.contents(r)
	n := max(0, o.limit.Get(r))
	if o.c.flags&isActive != 0 {
		o.update(g, n)
	} else {
		o.n, o.was, o.built = n, n, g.frame.serial
	}
	o.c.finish(g, r, struct{}{})
}

func (o *limited[T]) update(g *Graph, n int) {
	o.renew(g)
	changed := o.pulsing() || o.built >= g.passStart // what the listeners have seen may have gone
	if n != o.n {
		o.begin(g)
		g.logUndo(o, undoCustom, uint64(o.n))
		o.n = n
	}
	if o.told = o.visible(o.told[:0], false); changed || len(o.told) > 0 {
		o.begin(g)
		o.tell(g)
	}
}

// visible appends to s what this pass has changed of what is shown.
func (o *limited[T]) visible(s script, back bool) script {
	was, is := min(o.was, o.over.oldLength()), min(o.n, o.over.length())
	from := len(s)
	s = o.over.changes(s, max(was, is), false)
	s = append(s[:from], s[from:].clip(was, is)...)
	if back {
		s[from:].mirror(was, is)
	}
	return s
}

func (o *limited[T]) undo(g *Graph, op undoOp, n uint64) {
	switch op {
	case undoSources:
		o.undoSources(g, n)
	case undoCustom:
		o.n = int(n)
	}
}

func (o *limited[T]) free(*Graph)      {}
func (o *limited[T]) hadChanges() bool { return true }
func (o *limited[T]) settle()          { o.was = o.n }
func (o *limited[T]) end()             {}

func (o *limited[T]) length() int { return min(o.n, o.over.length()) }

func (o *limited[T]) oldLength() int {
	if !o.pulsing() {
		return o.length()
	}
	return min(o.was, o.over.oldLength())
}

func (o *limited[T]) at(i int) T { return o.over.at(i) }

func (o *limited[T]) index(x T) int {
	if i := indexIn(o.over, x); i < o.n {
		return i
	}
	return -1
}

func (o *limited[T]) changes(s script, _ int, back bool) script {
	if !o.pulsing() {
		return s
	}
	return o.visible(s, back)
}

func (o *limited[T]) function() any { return LimitBy[T] }
