package cell

import "iter"

// ReadableSet is a set that can be looked at: a Set, or a LiveSet that follows
// from others. All kinds of derived collections are made of ReadableSets and
// ReadableMaps; only this package can implement them.
type ReadableSet[T comparable] interface {
	// Has says whether x is in the set.
	Has(r Reader, x T) bool
	// Len returns the number of items.
	Len(r Reader) int
	// All yields the items.
	All(r Reader) iter.Seq[T]
	// Added and Removed yield what this pass has added and removed.
	Added(r Reader) iter.Seq[T]
	Removed(r Reader) iter.Seq[T]

	of() source[T, struct{}]
}

// ReadableMap is a map that can be looked at: a Map, or a LiveMap that follows
// from others.
type ReadableMap[K comparable, V any] interface {
	// Get returns the value under k, and whether there is one.
	Get(r Reader, k K) (v V, ok bool)
	// Len returns the number of keys.
	Len(r Reader) int
	// All yields keys and values.
	All(r Reader) iter.Seq2[K, V]
	// Added and Changed yield what this pass has added and stored again, with
	// the new values, Removed what it has removed, with the old ones.
	Added(r Reader) iter.Seq2[K, V]
	Changed(r Reader) iter.Seq2[K, V]
	Removed(r Reader) iter.Seq2[K, V]

	of() source[K, V]
}

// source is what has a table.
type source[K comparable, V any] interface {
	// contents brings the table up to date and makes its contents an input of
	// the running rule.
	contents(r Reader) *table[K, V]
	// one is contents for who asks for one key.
	one(r Reader, key K) *table[K, V]
	// news is contents for the deltas.
	news(r Reader) *table[K, V]
	table() *table[K, V]
	node() *node
}

// all yields the live entries of s in their order.
func all[K comparable, V any](s source[K, V], r Reader) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		t := s.contents(r)
		entries, built := t.entries, t.built
		for i, n := 0, len(entries); i < n; i++ { // not what is added meanwhile
			if t.built == built {
				entries = t.entries
				n = min(n, len(entries))
			}
			if i == n {
				return // what was added has been undone
			}
			e := &entries[i]
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
func delta[K comparable, V any](s source[K, V], r Reader, was, is bool) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		t := s.news(r)
		pass := t.deltas.saved
		for i, n := 0, len(t.touched); i < min(n, len(t.touched)) && t.deltas.saved == pass; i++ { // else a commit callback has written for the next pass
			e := &t.entries[t.touched[i]]
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

func keys[K, V any](seq iter.Seq2[K, V]) iter.Seq[K] {
	return func(yield func(K) bool) {
		for k := range seq {
			if !yield(k) {
				return
			}
		}
	}
}

// feed is a place in the journal of a source: what comes after it, the rule that
// owns the feed has not seen yet.
type feed[K comparable, V any] struct {
	src source[K, V]
	at  uint64
}

// start begins to follow the source from now on.
func (f *feed[K, V]) start(r Reader) *table[K, V] {
	t := f.src.contents(r)
	f.at = t.now()
	return t
}

// advance returns the table, whose contents have been read, and where in its
// journal begins what is new; turn goes through it.
func (f *feed[K, V]) advance(g *Graph) (t *table[K, V], from int) {
	t = f.src.table()
	end := t.now()
	from = int(f.at - t.past)
	if f.at != end {
		g.logUndo(f, undoCustom, f.at)
		f.at = end
	}
	return t, from
}

// now is the place in the journal behind all that is written.
func (t *table[K, V]) now() uint64 { return t.past + uint64(len(t.ops)) }

func (f *feed[K, V]) undo(_ *Graph, _ undoOp, n uint64) { f.at = n }

// written returns the newest write of the entry in the journal, or -1.
func (t *table[K, V]) written(at int) int {
	if n := int(t.entries[at].newest); n < len(t.ops) && t.ops[n].at == at {
		return n
	}
	return -1
}

// turn returns the i-th write of the journal, with the state its entry had, and
// the entry as it is now, if the write is the first one of that entry since from.
// Else the entry has had its turn, and both are nil.
func (t *table[K, V]) turn(i, from int) (was *entryOp[V], is *entry[K, V]) {
	o := &t.ops[i]
	if int(o.prior) >= from {
		return nil, nil
	}
	return o, &t.entries[o.at]
}
