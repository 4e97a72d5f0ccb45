package cell

import "reflect"

// image is a map with the results of a function of each entry of a source; those
// that the function refuses are left out. It is what Filter and all kinds that
// take a function are made of.
//
// The function is run by a rule for that item. If it has read no cells, the rule
// is used for the next item; else the rule stays, listens to them, and corrects
// the one entry when they change.
type image[K comparable, V, W any] struct {
	derived[K, W]
	in      feed[K, V]
	fn      func(Reader, K, V) (w W, ok bool)
	equal   func(a, b W) bool // if nil, a result is another one if the source stored its item again
	user    any               // the user's function, for its name
	items   map[K]*item[K, V, W]
	spare   []*item[K, V, W] // the last one runs functions for the first time
	retired []*item[K, V, W] // ended in this transaction
	first   struct {         // of the item that is run for the first time
		val V
		res W
		ok  bool
	}
}

func newImage[K comparable, V, W any](src source[K, V], fn func(Reader, K, V) (W, bool), equal func(a, b W) bool, user any) *image[K, V, W] {
	need(!reflect.ValueOf(user).IsNil(), "a derived collection, or Count and the like, wants a function, not nil")
	m := &image[K, V, W]{in: feed[K, V]{src: src}, fn: fn, equal: equal, user: user}
	m.init(m)
	return m
}

func (m *image[K, V, W]) build(g *Graph, r Reader) {
	t := m.in.start(r)
	tracked := g.frame.tracker() == &m.c.rule
	for _, e := range t.entries {
		if !e.live {
			continue
		}
		var w W
		var ok bool
		if tracked {
			w, ok = m.evaluate(g, e.key, e.val, false)
		} else {
			w, ok = m.fn(r, e.key, e.val)
		}
		if ok {
			m.t.fill(e.key, w)
		}
	}
}

func (m *image[K, V, W]) update(g *Graph, r Reader) {
	m.in.src.contents(r)
	t, from := m.in.advance(g)
	if from == len(t.ops) {
		return
	}
	g.logUndo(m, undoFirst, 0)
	told := false
	for i := from; i < len(t.ops); i++ {
		_, e := t.turn(i, from)
		if e == nil {
			continue
		}
		var w W
		ok := false
		it := m.items[e.key]
		switch {
		case !e.live && it != nil:
			m.retire(g, it)
		case !e.live:
		case it != nil:
			it.stored = true
			g.runInside(&it.rule)
			continue
		default:
			w, ok = m.evaluate(g, e.key, e.val, true)
		}
		told = m.apply(g, e.key, w, ok, true) || told
	}
	if told {
		m.tell(g)
	}
}

// apply makes w the result for key; stored says that the source has stored the
// item. It is false if nothing changes.
func (m *image[K, V, W]) apply(g *Graph, key K, w W, ok, stored bool) bool {
	at := m.t.find(key)
	had := at >= 0 && m.t.entries[at].live
	switch {
	case !ok && !had:
		return false
	case ok && had:
		if m.equal == nil && !stored || m.equal != nil && m.equal(m.t.entries[at].val, w) {
			return false
		}
	}
	m.t.put(g, key, w, ok)
	return true
}

// evaluate runs the function for an item that has no rule.
func (m *image[K, V, W]) evaluate(g *Graph, key K, val V, logged bool) (w W, ok bool) {
	if len(m.spare) == 0 {
		m.spare = append(m.spare, newItem(g, m))
	}
	top := len(m.spare) - 1
	it := m.spare[top]
	it.key, m.first.val = key, val
	g.evaluate(&it.rule)
	w, ok = m.first.res, m.first.ok
	m.first.val, m.first.res = *new(V), *new(W)
	if it.deps == nil {
		it.key = *new(K)
		return w, ok
	}
	m.spare[top] = nil
	m.spare = m.spare[:top]
	it.join()
	if logged {
		g.logUndo(it, undoBirth, 0)
	}
	it.lift(g)
	return w, ok
}

// retire ends the rule of an item that has left.
func (m *image[K, V, W]) retire(g *Graph, it *item[K, V, W]) {
	it.retire(g)
	it.part()
	g.logUndo(it, undoStop, 0)
	if len(m.retired) == 0 {
		g.ending = append(g.ending, m)
	}
	m.retired = append(m.retired, it)
}

const keepSpare = 256

// end keeps some of the rules that have been retired for other items.
func (m *image[K, V, W]) end() {
	for _, it := range m.retired {
		if len(m.spare) < keepSpare {
			it.key = *new(K)
			m.spare = append(m.spare, it)
		}
	}
	m.retired = clearTail(m.retired, 0)
}

func (m *image[K, V, W]) undo(g *Graph, op undoOp, n uint64) {
	switch op {
	case undoFirst: // it may have failed while it evaluated
		m.dropSpare(g)
	case undoSources:
		m.undoSources(g, n)
	}
}

func (m *image[K, V, W]) dropSpare(g *Graph) {
	if top := len(m.spare) - 1; top >= 0 {
		g.dropSources(&m.spare[top].rule)
	}
}

func (m *image[K, V, W]) free(g *Graph) {
	m.dropSpare(g)
	for _, it := range m.items {
		it.free(g)
	}
	m.items, m.spare, m.retired = nil, nil, nil
	m.c.flags &^= hasItems
	m.t.replace()
}

func (m *image[K, V, W]) each(f func(*rule)) {
	for _, it := range m.items {
		f(&it.rule)
	}
}

func (m *image[K, V, W]) function() any { return m.user }

// item is the rule of one item of an image.
type item[K comparable, V, W any] struct {
	branch
	image  *image[K, V, W]
	key    K
	stored bool
}

func newItem[K comparable, V, W any](g *Graph, m *image[K, V, W]) *item[K, V, W] {
	it := &item[K, V, W]{image: m}
	it.init(g, it)
	return it
}

// join makes the item one of its image.
func (it *item[K, V, W]) join() {
	m := it.image
	it.attach(&m.c.rule)
	if m.items == nil {
		m.items = map[K]*item[K, V, W]{}
	}
	m.items[it.key] = it
}

func (it *item[K, V, W]) part() {
	it.detach()
	delete(it.image.items, it.key)
	if len(it.image.items) == 0 {
		it.image.c.flags &^= hasItems
	}
}

func (it *item[K, V, W]) run(g *Graph) {
	m, r := it.image, g.handle()
	if it.flags&isActive == 0 {
		f := &m.first
		f.res, f.ok = m.fn(r, it.key, f.val)
		g.endTracking(&it.rule, r)
		return
	}
	stored := it.stored
	it.stored = false
	val, live := m.in.src.table().lookup(it.key)
	if !live {
		g.frame.cursor = nil // it has left and is going to be retired
		return
	}
	w, ok := m.fn(r, it.key, val)
	g.endTracking(&it.rule, r)
	if m.apply(g, it.key, w, ok, stored) {
		m.tell(g)
	}
}

func (it *item[K, V, W]) undo(g *Graph, op undoOp, n uint64) {
	switch op {
	case undoBirth:
		it.unborn(g)
		it.part()
	case undoStop:
		it.join()
		top := len(it.image.retired) - 1
		it.image.retired[top] = nil
		it.image.retired = it.image.retired[:top]
	default:
		it.undoBranch(g, op, n)
	}
}

func (it *item[K, V, W]) function() any { return it.image.user }
