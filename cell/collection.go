package cell

import (
	"reflect"
	"slices"
	"unsafe"
)

// table is the engine of all collections: entries in the order of insertion,
// found by key, with what a pass has done to them, and a journal of what the
// transaction has. Contents and deltas are two subjects: a rule that reads only
// the contents does not run again when the deltas of a pass are over.
//
// A removed entry stays in its place until the transaction has ended, so that
// undoing, or adding it again, puts it back where it was.
type table[K comparable, V any] struct {
	deltas   node
	index    index
	entries  []entry[K, V]
	size     int          // live entries
	gone     int          // entries that are only a hole
	base     int          // entries before it are compacted seldom, those behind it often
	baseGone int          // those of gone that are before it
	touched  []int        // entries written in this pass, each once
	doubtful []int        // entries that may be dead when the transaction ends
	ops      []entryOp[V] // the journal, for undo and for feeds
	past     uint64       // how long the journals of earlier transactions were
	begun    uint64       // serial of the start of the last transaction that wrote
	keyed    map[K]*keyNode[K, V]
	built    uint64 // how often all entries have been replaced
}

type entry[K comparable, V any] struct {
	key     K
	val     V
	before  V     // at the start of the pass, while touched
	newest  int32 // the newest write in the journal, if that one is of this entry
	live    bool
	was     bool // live at the start of the pass, while touched
	touched bool
	hole    bool
}

// entryOp is the state of an entry before a write.
type entryOp[V any] struct {
	at    int
	val   V
	by    uint64 // serial of the writer
	prior int32  // the write before of the same entry, or -1
	live  bool
	first bool // the write was the first to touch the entry in its pass
	made  bool // there was no entry
}

// collection is a table that is written by hand.
type collection[K comparable, V any] struct {
	subject node // the contents
	tab     table[K, V]
}

func (c *collection[K, V]) enter(tx Tx) *Graph {
	g := tx.enter()
	g.adopt(&c.subject)
	return g
}

func (c *collection[K, V]) node() *node { return &c.subject }

func (c *collection[K, V]) table() *table[K, V] { return &c.tab }

func (c *collection[K, V]) contents(r Reader) *table[K, V] {
	c.subject.read(r)
	c.subject.typed(c, 0)
	return &c.tab
}

func (c *collection[K, V]) news(r Reader) *table[K, V] {
	c.tab.deltas.read(r)
	c.tab.deltas.typed(c, unsafe.Offsetof(c.tab)+unsafe.Offsetof(c.tab.deltas))
	return &c.tab
}

func (c *collection[K, V]) inspect(limit int) inspection { return c.tab.inspect(limit) }

// tell tells the listeners after something was put.
func (c *collection[K, V]) tell(g *Graph) {
	g.changed(&c.subject)
	g.changed(&c.tab.deltas)
}

// remove makes the entry of key dead, and says whether it was live.
func (c *collection[K, V]) remove(tx Tx, key K) bool {
	g := c.enter(tx)
	at, live := c.tab.locate(key)
	if !live {
		return false
	}
	var none V
	c.tab.putAt(g, at, key, none, false)
	c.tell(g)
	return true
}

// clear removes all entries.
func (c *collection[K, V]) clear(tx Tx) {
	g := c.enter(tx)
	if c.tab.size == 0 {
		return
	}
	for i := range c.tab.entries {
		if e := &c.tab.entries[i]; e.live {
			var none V
			c.tab.putAt(g, i, e.key, none, false)
		}
	}
	c.tell(g)
}

// locate returns the entry of key, or -1, and whether it is live.
func (t *table[K, V]) locate(key K) (at int, live bool) {
	at = t.find(key)
	return at, at >= 0 && t.entries[at].live
}

func (t *table[K, V]) has(key K) bool {
	_, live := t.locate(key)
	return live
}

func (t *table[K, V]) lookup(key K) (v V, ok bool) {
	if at, live := t.locate(key); live {
		return t.entries[at].val, true
	}
	return v, false
}

// fill stores val under key in a table that nobody listens to. It returns the entry.
func (t *table[K, V]) fill(key K, val V) (at int) {
	at = t.find(key)
	if at < 0 {
		at = t.add(key)
	}
	e := &t.entries[at]
	if !e.live {
		t.size++
	}
	e.val, e.live = val, true
	return at
}

// put makes the entry of key live, or dead, with the value. The listeners are to
// be told afterwards.
func (t *table[K, V]) put(g *Graph, key K, val V, live bool) {
	t.putAt(g, t.find(key), key, val, live)
}

// putAt is put for who knows the entry, or, by -1, that there is none. It returns
// the entry.
func (t *table[K, V]) putAt(g *Graph, at int, key K, val V, live bool) int {
	if t.begun < g.txnStart {
		t.begun = g.txnStart
		g.adopt(&t.deltas)
		g.ending = append(g.ending, t)
	}
	if !g.pulsed(&t.deltas, t) {
		g.pulse(&t.deltas, t)
	}
	made := at < 0
	if made {
		at = t.add(key)
		t.doubtful = append(t.doubtful, at)
	}
	e := &t.entries[at]
	t.ops = append(t.ops, entryOp[V]{at, e.val, g.frame.serial, int32(t.written(at)), e.live, !e.touched, made})
	e.newest = int32(len(t.ops) - 1)
	g.logUndo(t, undoCustom, 0)
	if !e.touched {
		e.touched, e.was, e.before = true, e.live, e.val
		t.touched = append(t.touched, at)
	}
	t.write(e, val, live, at)
	if t.keyed != nil {
		if n := t.keyed[key]; n != nil {
			g.changed(&n.c.node)
		}
	}
	return at
}

func (t *table[K, V]) write(e *entry[K, V], val V, live bool, at int) {
	switch {
	case live && !e.live:
		t.size++
	case !live && e.live:
		t.size--
		t.doubtful = append(t.doubtful, at)
	}
	e.val, e.live = val, live
}

func (t *table[K, V]) undo(g *Graph, op undoOp, _ uint64) {
	if op == undoPulse {
		g.undoPulse(&t.deltas, t)
		return
	}
	top := len(t.ops) - 1
	o := t.ops[top]
	t.ops[top] = entryOp[V]{}
	t.ops = t.ops[:top]
	e := &t.entries[o.at]
	t.write(e, o.val, o.live, o.at)
	e.newest = max(o.prior, 0)
	if n := len(t.touched) - 1; o.first && n >= 0 && t.touched[n] == o.at {
		t.touched = t.touched[:n]
		t.untouch(e)
	}
	if o.made && o.at == len(t.entries)-1 { // else it would keep a place that it never had
		t.unindex(o.at)
		*e = entry[K, V]{}
		t.entries = t.entries[:o.at]
	}
}

func (t *table[K, V]) untouch(e *entry[K, V]) {
	var none V
	e.touched, e.was, e.before = false, false, none
}

// reset ends the deltas of a pass.
func (t *table[K, V]) reset(g *Graph) {
	had := slices.ContainsFunc(t.touched, func(at int) bool { return t.entries[at].was || t.entries[at].live })
	t.drop()
	if had {
		g.changed(&t.deltas)
	}
}

func (t *table[K, V]) drop() {
	for _, at := range t.touched {
		t.untouch(&t.entries[at])
	}
	t.touched = clearTail(t.touched, 0)
	t.deltas.flags &^= isPulsing
}

// end forgets dead entries when the transaction is over.
func (t *table[K, V]) end() {
	t.drop()
	t.past += uint64(len(t.ops))
	t.ops = clearTail(t.ops, 0)
	for _, at := range t.doubtful {
		if at >= len(t.entries) {
			continue // its entry was undone
		}
		if e := &t.entries[at]; !e.live && !e.hole {
			t.unindex(at)
			*e = entry[K, V]{hole: true}
			t.gone++
			if at < t.base {
				t.baseGone++
			}
		}
	}
	t.doubtful = clearTail(t.doubtful, 0)
	t.tidy()
}

// tidy compacts the entries if most are gone. So that a few that come and go again
// and again, in a collection of very many, do not wander through a lot of memory
// until all is compacted, what came last is looked at alone, too.
func (t *table[K, V]) tidy() {
	recent := t.gone - t.baseGone
	switch {
	case t.gone > 32 && t.gone > len(t.entries)/2:
		t.compact(0)
		t.base, t.baseGone = len(t.entries), 0
	case recent > 32 && recent > (len(t.entries)-t.base)/2:
		t.compact(t.base)
	case len(t.entries) > 3*t.base:
		t.base, t.baseGone = len(t.entries), t.gone
	}
}

// replace makes the table empty, to be filled. It has no journal now. Iterators
// that are under way go on with what was there.
func (t *table[K, V]) replace() {
	t.built++
	t.index, t.entries, t.size = nil, nil, 0
	t.gone, t.base, t.baseGone = 0, 0, 0
	t.touched, t.doubtful = t.touched[:0], t.doubtful[:0]
}

func (t *table[K, V]) inspect(limit int) inspection {
	if reflect.TypeFor[V]() == reflect.TypeFor[struct{}]() {
		items := make([]K, 0, min(limit, t.size))
		for i := 0; i < len(t.entries) && len(items) < limit; i++ {
			if t.entries[i].live {
				items = append(items, t.entries[i].key)
			}
		}
		return inspection{kind: "Set", typ: reflect.TypeFor[K](), value: items, size: t.size}
	}
	items := map[K]V{}
	for i := 0; i < len(t.entries) && len(items) < limit; i++ {
		if e := &t.entries[i]; e.live {
			items[e.key] = e.val
		}
	}
	return inspection{kind: "Map", typ: reflect.TypeFor[map[K]V](), value: items, size: t.size}
}
