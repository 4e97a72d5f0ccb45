package cell

import (
	"iter"
	"reflect"
	"slices"
	"unsafe"
)

// collection is the engine of Set and Map: entries in the order of insertion,
// found by key, with what a pass has done to them. Its contents and its deltas
// are two subjects: a rule that reads only the contents does not run again when
// the deltas of a pass are over.
//
// A removed entry stays in its place until the transaction has ended, so that
// undoing, or adding it again, puts it back where it was.
type collection[K comparable, V any] struct {
	contents node
	deltas   node
	index    map[K]int
	entries  []entry[K, V]
	size     int          // live entries
	gone     int          // entries that are only a hole
	touched  []int        // entries written in this pass, each once
	doubtful []int        // entries that may be dead when the transaction ends
	ops      []entryOp[V] // for the undo log
}

type entry[K comparable, V any] struct {
	key     K
	val     V
	before  V // at the start of the pass, while touched
	live    bool
	was     bool // live at the start of the pass, while touched
	touched bool
	hole    bool
}

// entryOp is the state of an entry before a write.
type entryOp[V any] struct {
	at    int
	val   V
	live  bool
	first bool // the write was the first to touch the entry in its pass
}

// find returns the entry of key, or -1. A dead one may be found.
func (c *collection[K, V]) find(key K) int {
	if at, ok := c.index[key]; ok {
		return at
	}
	return -1
}

func (c *collection[K, V]) has(key K) bool {
	at := c.find(key)
	return at >= 0 && c.entries[at].live
}

func (c *collection[K, V]) enter(tx Tx) *Graph {
	g := tx.enter()
	g.adopt(&c.contents)
	g.adopt(&c.deltas)
	return g
}

// put makes the entry of key live, or dead, with the value.
func (c *collection[K, V]) put(tx Tx, key K, val V, live bool) {
	g := c.enter(tx)
	if c.contents.saved < g.txnStart {
		c.contents.saved = g.txnStart
		c.ops = c.ops[:0]
		g.ending = append(g.ending, c)
	}
	if !g.pulsed(&c.deltas, c) {
		g.pulse(&c.deltas, c)
	}
	at := c.find(key)
	if at < 0 {
		at = len(c.entries)
		if c.index == nil {
			c.index = map[K]int{}
		}
		c.index[key] = at
		c.entries = append(c.entries, entry[K, V]{key: key})
		c.doubtful = append(c.doubtful, at)
	}
	e := &c.entries[at]
	c.ops = append(c.ops, entryOp[V]{at, e.val, e.live, !e.touched})
	g.logUndo(c, undoCustom, 0)
	if !e.touched {
		e.touched, e.was, e.before = true, e.live, e.val
		c.touched = append(c.touched, at)
	}
	c.write(e, val, live, at)
	g.changed(&c.contents)
	g.changed(&c.deltas)
}

func (c *collection[K, V]) write(e *entry[K, V], val V, live bool, at int) {
	switch {
	case live && !e.live:
		c.size++
	case !live && e.live:
		c.size--
		c.doubtful = append(c.doubtful, at)
	}
	e.val, e.live = val, live
}

func (c *collection[K, V]) undo(g *Graph, op undoOp, _ uint64) {
	if op == undoPulse {
		c.deltas.saved = 0
		c.drop()
		g.unpulse(c)
		return
	}
	top := len(c.ops) - 1
	o := c.ops[top]
	c.ops[top] = entryOp[V]{}
	c.ops = c.ops[:top]
	e := &c.entries[o.at]
	c.write(e, o.val, o.live, o.at)
	if n := len(c.touched) - 1; o.first && n >= 0 && c.touched[n] == o.at {
		c.touched = c.touched[:n]
		c.untouch(e)
	}
}

func (c *collection[K, V]) untouch(e *entry[K, V]) {
	var none V
	e.touched, e.was, e.before = false, false, none
}

// reset ends the deltas of a pass.
func (c *collection[K, V]) reset(g *Graph) {
	had := slices.ContainsFunc(c.touched, func(at int) bool { return c.entries[at].was || c.entries[at].live })
	c.drop()
	if had {
		g.changed(&c.deltas)
	}
}

func (c *collection[K, V]) drop() {
	for _, at := range c.touched {
		c.untouch(&c.entries[at])
	}
	c.touched = c.touched[:0]
	c.deltas.flags &^= isPulsing
}

// end forgets dead entries when the transaction is over.
func (c *collection[K, V]) end() {
	c.drop()
	c.ops = clearTail(c.ops, 0)
	for _, at := range c.doubtful {
		if e := &c.entries[at]; !e.live && !e.hole {
			delete(c.index, e.key)
			*e = entry[K, V]{hole: true}
			c.gone++
		}
	}
	c.doubtful = clearTail(c.doubtful, 0)
	if c.gone > 32 && c.gone > len(c.entries)/2 {
		c.compact()
	}
}

func (c *collection[K, V]) compact() {
	kept := c.entries[:0]
	if c.size < cap(c.entries)/4 {
		kept = make([]entry[K, V], 0, c.size)
	}
	for _, e := range c.entries {
		if !e.hole {
			c.index[e.key] = len(kept)
			kept = append(kept, e)
		}
	}
	if len(kept) > 0 && len(c.entries) > 0 && &kept[0] == &c.entries[0] {
		clear(c.entries[len(kept):])
	}
	c.entries, c.gone = kept, 0
}

// look makes the contents an input of the running rule.
func (c *collection[K, V]) look(r Reader) {
	c.contents.read(r)
	c.contents.typed(c, 0)
}

// all yields the live entries in the order of insertion.
func (c *collection[K, V]) all(r Reader) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		c.look(r)
		for i, n := 0, len(c.entries); i < n; i++ { // not what is added meanwhile
			e := &c.entries[i]
			if !e.live {
				continue
			}
			if !yield(e.key, e.val) {
				return
			}
			r.enter() // an iterator may have been kept
		}
	}
}

// delta yields the entries of this pass that were and are live as told.
func (c *collection[K, V]) delta(r Reader, was, is bool) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		c.deltas.read(r)
		c.deltas.typed(c, unsafe.Offsetof(c.deltas))
		for i, n := 0, len(c.touched); i < n; i++ {
			e := &c.entries[c.touched[i]]
			if e.was != was || e.live != is {
				continue
			}
			val := e.val
			if !is {
				val = e.before
			}
			if !yield(e.key, val) {
				return
			}
			r.enter()
		}
	}
}

func (c *collection[K, V]) inspect(limit int) inspection {
	if reflect.TypeFor[V]() == reflect.TypeFor[struct{}]() {
		items := make([]K, 0, min(limit, c.size))
		for i := 0; i < len(c.entries) && len(items) < limit; i++ {
			if c.entries[i].live {
				items = append(items, c.entries[i].key)
			}
		}
		return inspection{kind: "Set", typ: reflect.TypeFor[K](), value: items, size: c.size}
	}
	items := map[K]V{}
	for i := 0; i < len(c.entries) && len(items) < limit; i++ {
		if e := &c.entries[i]; e.live {
			items[e.key] = e.val
		}
	}
	return inspection{kind: "Map", typ: reflect.TypeFor[map[K]V](), value: items, size: c.size}
}
