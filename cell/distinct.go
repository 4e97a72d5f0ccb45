package cell

// distinct is a set of what the entries of a source come to, each as often as it
// likes, counted.
type distinct[K comparable, V any, U comparable] struct {
	derived[U, struct{}]
	in    feed[K, V]
	of    func(K, V) U
	tally tally[U]
	user  any
}

func newDistinct[K comparable, V any, U comparable](src source[K, V], of func(K, V) U, user any) *LiveSet[U] {
	d := &distinct[K, V, U]{in: feed[K, V]{src: src}, of: of, user: user}
	d.init(d)
	return &LiveSet[U]{d}
}

// MapSet returns the set of fn's results for the items of s. fn may read cells, and
// runs again when they change, for those items only. A change of s, or of what fn
// reads for an item, costs one call of fn and some look-ups. It takes some 100
// bytes for each item of s, 100 for each result, and 180 more for each item for
// which fn reads cells.
func MapSet[T, U comparable](s ReadableSet[T], fn func(r Reader, x T) U) *LiveSet[U] {
	return newDistinct(images(s, fn), second[T, U], fn)
}

// Values returns the set of the values of m, each once. It takes some 100 bytes
// for each of them.
func Values[K, V comparable](m ReadableMap[K, V]) *LiveSet[V] {
	return newDistinct(m.of(), second[K, V], Values[K, V])
}

// Entry is a key of a map with its value.
type Entry[K, V any] struct {
	Key   K
	Value V
}

// Entries returns the set of the entries of m, for use with what takes a set. Keys
// are separate from values: the entry with the old value is removed, one with the
// new one is added. It takes some 100 bytes for each of them.
func Entries[K, V comparable](m ReadableMap[K, V]) *LiveSet[Entry[K, V]] {
	return newDistinct(m.of(), func(k K, v V) Entry[K, V] { return Entry[K, V]{k, v} }, Entries[K, V])
}

// Keys returns the set of the keys of m. It takes some 50 bytes for each of them.
func Keys[K comparable, V any](m ReadableMap[K, V]) *LiveSet[K] {
	return &LiveSet[K]{newImage(m.of(), func(Reader, K, V) (_ struct{}, ok bool) { return struct{}{}, true }, same[struct{}], Keys[K, V])}
}

func second[K, V any](_ K, v V) V { return v }

// images returns the results of fn for the items of s.
func images[T, U comparable](s ReadableSet[T], fn func(r Reader, x T) U) source[T, U] {
	return newImage(s.of(), func(r Reader, x T, _ struct{}) (U, bool) { return fn(r, x), true }, same[U], fn)
}

func (d *distinct[K, V, U]) build(_ *Graph, r Reader) {
	t := d.in.start(r)
	d.tally.replace()
	for _, e := range t.entries {
		if e.live {
			u := d.of(e.key, e.val)
			d.tally.n[u]++
			d.t.fill(u, struct{}{})
		}
	}
}

func (d *distinct[K, V, U]) update(g *Graph, r Reader) {
	d.in.src.contents(r)
	t, from := d.in.advance(g)
	first := len(d.tally.steps)
	for i := from; i < len(t.ops); i++ {
		was, is := t.turn(i, from)
		if is == nil {
			continue
		}
		if is.live {
			d.tally.add(g, d.of(is.key, is.val), 1)
		}
		if was.live {
			d.tally.add(g, d.of(is.key, was.val), -1)
		}
	}
	if correct(g, &d.t, &d.tally, first) {
		d.tell(g)
	}
}

func (d *distinct[K, V, U]) free(*Graph) { d.t.replace(); d.tally = tally[U]{} }

func (d *distinct[K, V, U]) function() any { return d.user }
