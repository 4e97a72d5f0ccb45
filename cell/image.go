package cell

import (
	"reflect"
	"unsafe"
)

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
	up      link             // from all items
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
	for i := range t.entries {
		e := t.entries[i]
		switch {
		case !e.live:
		case !tracked:
			if w, ok := m.fn(r, e.key, e.val); ok {
				m.t.fill(e.key, w)
			}
		default:
			w, ok, it := m.evaluate(g, e.key, e.val, false)
			at := -1
			if ok {
				at = m.t.fill(e.key, w)
			}
			it.remember(i, at)
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
			it = nil
		case !e.live:
		case it != nil:
			it.flags |= isStored
			g.runInside(&it.rule)
			continue
		default:
			w, ok, it = m.evaluate(g, e.key, e.val, true)
		}
		to, changed := m.apply(g, m.t.find(e.key), e.key, w, ok, true)
		it.remember(t.ops[i].at, to)
		told = told || changed
	}
	if told {
		m.tell(g)
	}
}

// apply makes w the result for key, which has the entry at, or -1; stored says that
// the source has stored the item. It returns the entry, and whether anything has
// changed.
func (m *image[K, V, W]) apply(g *Graph, at int, key K, w W, ok, stored bool) (now int, changed bool) {
	had := at >= 0 && m.t.entries[at].live
	switch {
	case !ok && !had:
		return at, false
	case ok && had:
		if m.equal == nil && !stored || m.equal != nil && m.equal(m.t.entries[at].val, w) {
			return at, false
		}
	}
	return m.t.putAt(g, at, key, w, ok), true
}

// evaluate runs the function for an item that has no rule. It returns the rule that
// the item needs, if it does.
func (m *image[K, V, W]) evaluate(g *Graph, key K, val V, logged bool) (w W, ok bool, it *item[K, V, W]) {
	if len(m.spare) == 0 {
		m.spare = append(m.spare, newItem(g, m))
	}
	top := len(m.spare) - 1
	it = m.spare[top]
	it.key, m.first.val = key, val
	g.evaluate(&it.rule)
	w, ok = m.first.res, m.first.ok
	m.first.val, m.first.res = *new(V), *new(W)
	if it.deps == nil {
		it.key = *new(K)
		return w, ok, nil
	}
	m.spare[top] = nil
	m.spare = m.spare[:top]
	it.join()
	if logged {
		g.logUndo(it, undoBirth, 0)
	}
	it.lift(g)
	return w, ok, it
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
	image *image[K, V, W]
	key   K
	from  int32 // where the entry of the source was
	to    int32 // where that of the result was, or -1
}

func newItem[K comparable, V, W any](g *Graph, m *image[K, V, W]) *item[K, V, W] {
	it := &item[K, V, W]{image: m}
	it.init(g, it)
	return it
}

// join makes the item one of its image.
func (it *item[K, V, W]) join() {
	m := it.image
	it.attach(&m.up, &m.c.rule)
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
	stored := it.flags&isStored != 0
	it.flags &^= isStored
	val, live := it.source()
	if !live {
		g.frame.cursor = nil // it has left and is going to be retired
		return
	}
	w, ok := m.fn(r, it.key, val)
	g.endTracking(&it.rule, r)
	to, changed := m.apply(g, m.t.findNear(it.key, it.to), it.key, w, ok, stored)
	if !ok {
		to = -1
	}
	it.to = int32(to)
	if changed {
		m.tell(g)
	}
}

// remember notes where the entries of the item are, in the source and here.
func (it *item[K, V, W]) remember(from, to int) {
	if it != nil {
		it.from, it.to = int32(from), int32(to)
	}
}

// source returns what the source has stored for the item.
func (it *item[K, V, W]) source() (val V, live bool) {
	in := &it.image.in
	t := in.src.table()
	if unsafe.Sizeof(val) == 0 && in.at == t.now() {
		return val, true // there is nothing to look at; it would have been retired
	}
	at := t.findNear(it.key, it.from)
	if at < 0 {
		return val, false
	}
	it.from = int32(at)
	return t.entries[at].val, t.entries[at].live
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
