package cell_test

import (
	"maps"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

type dWatcher struct {
	node     *dNode
	what     int // contents and deltas, contents, deltas, one key, size
	key      int
	observer *cell.Observer
	copy     any
	ran      bool
	stopped  bool
}

func (w *dWorld) watch(o cell.Owner, d *dWatcher) {
	d.observer = cell.Observe(o, func(r cell.Reader) {
		w.burn(r)
		n := d.node
		now := n.is(eyes{w, r, true})
		switch d.what {
		case 0:
			w.compare("in an observer", r, n)
			d.applyDeltas(w, r, now)
		case 1:
			d.copy = w.compare("in an observer of contents", r, n)
		case 2:
			d.applyDeltas(w, r, now)
		default:
			if got, want := n.has(r, d.key), hasIn(now, d.key); got != want {
				w.fail("an observer of key %d of %s saw %v, want %v", d.key, n.name, got, want)
			}
			d.copy = hasIn(now, d.key)
		}
		d.ran = true
	})
}

// applyDeltas checks that what the observer saw last, with the deltas, is now.
func (d *dWatcher) applyDeltas(w *dWorld, r cell.Reader, now any) {
	n := d.node
	switch old := d.copy.(type) {
	case map[int]bool:
		next := maps.Clone(old)
		for x := range n.set.Removed(r) {
			if !next[x] {
				w.fail("%s: %d was removed but was not there, or twice", n.name, x)
			}
			delete(next, x)
		}
		for x := range n.set.Added(r) {
			if next[x] {
				w.fail("%s: %d was added but was there, or twice", n.name, x)
			}
			next[x] = true
		}
		d.copy = next
	case map[int]int:
		next := maps.Clone(old)
		for k, v := range n.dict.Removed(r) {
			if got, ok := next[k]; !ok || got != v {
				w.fail("%s: %d:%d was removed but was not there, or twice", n.name, k, v)
			}
			delete(next, k)
		}
		for k, v := range n.dict.Changed(r) {
			if _, ok := next[k]; !ok {
				w.fail("%s: %d:%d was changed but was not there", n.name, k, v)
			}
			next[k] = v
		}
		for k, v := range n.dict.Added(r) {
			if _, ok := next[k]; ok {
				w.fail("%s: %d:%d was added but was there, or twice", n.name, k, v)
			}
			next[k] = v
		}
		d.copy = next
	default: // the first time, or a number
		switch {
		case n.set != nil:
			seqLen(n.set.Added(r))
			seqLen(n.set.Removed(r))
		case n.dict != nil:
			for range n.dict.Added(r) {
			}
			for range n.dict.Changed(r) {
			}
			for range n.dict.Removed(r) {
			}
		default:
			n.num.Get(r)
		}
		d.copy = now
		return
	}
	if diff := cmp.Diff(now, d.copy); diff != "" {
		w.fail("%s: deltas do not give what is (-definition +deltas):\n%s", n.name, diff)
	}
}

func seqLen[T any](seq func(func(T) bool)) (n int) {
	for range seq {
		n++
	}
	return n
}

func (w *dWorld) aWatcher(t *rapid.T) *dWatcher {
	return &dWatcher{node: rapid.SampledFrom(w.nodes).Draw(t, "watched"),
		what: rapid.IntRange(0, 3).Draw(t, "what"), key: rapid.IntRange(0, dItems-1).Draw(t, "key")}
}
