package cell

import "hash/maphash"

// index finds the entries of a table by their keys: a hash table of their
// numbers, with linear probing. Beside the number it keeps the hash, so that only
// the entry that is looked for is touched, and none when it grows: of a million
// entries most are in no cache. A table of few entries has none.
type index []slot

type slot struct {
	hash  uint32
	entry uint32 // its number + 1; 0: the slot is free
}

// fewEntries are looked through.
const fewEntries = 8

var hashSeed = maphash.MakeSeed()

// hashOf panics like a Go map if the key is an interface that holds what cannot be
// hashed.
func hashOf[K comparable](key K) uint32 { return uint32(maphash.Comparable(hashSeed, key)) }

// newIndex has room for so many entries.
func newIndex(entries int) index {
	n := 2 * fewEntries
	for !index(nil).holds(entries, n) {
		n *= 2
	}
	return make(index, n)
}

func (x index) holds(entries, slots int) bool { return entries <= slots/4*3 }

// room returns the index, or a larger one, with room for so many entries.
func (x index) room(entries int) index {
	if x.holds(entries, len(x)) {
		return x
	}
	larger := newIndex(entries)
	for _, s := range x {
		if s.entry != 0 {
			larger.add(s)
		}
	}
	return larger
}

func (x index) add(s slot) {
	mask := uint32(len(x) - 1)
	i := s.hash & mask
	for x[i].entry != 0 {
		i = (i + 1) & mask
	}
	x[i] = s
}

// at returns the slot of an entry, or -1.
func (x index) at(s slot) int {
	mask := uint32(len(x) - 1)
	for i := s.hash & mask; x[i].entry != 0; i = (i + 1) & mask {
		if x[i].entry == s.entry {
			return int(i)
		}
	}
	return -1
}

func (x index) remove(s slot) {
	mask := uint32(len(x) - 1)
	free := uint32(x.at(s))
	for i := (free + 1) & mask; x[i].entry != 0; i = (i + 1) & mask {
		if home := x[i].hash & mask; (i-home)&mask >= (i-free)&mask { // else it would be before its home
			x[free] = x[i]
			free = i
		}
	}
	x[free] = slot{}
}

// find returns the entry of key, or -1. A dead one may be found.
func (t *table[K, V]) find(key K) int {
	if t.index == nil {
		for i := range t.entries {
			if t.entries[i].is(key) {
				return i
			}
		}
		_ = key == key // panics where hashing would: not only if there are many
		return -1
	}
	hash := hashOf(key)
	mask := uint32(len(t.index) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch s := t.index[i]; {
		case s.entry == 0:
			return -1
		case s.hash == hash && t.entries[s.entry-1].is(key):
			return int(s.entry - 1)
		}
	}
}

// findNear is find for who remembers where the entry was. It may have moved.
func (t *table[K, V]) findNear(key K, was int32) int {
	if uint(was) < uint(len(t.entries)) && t.entries[was].is(key) {
		return int(was)
	}
	return t.find(key)
}

func (e *entry[K, V]) is(key K) bool { return e.key == key && !e.hole }

// add makes an entry for key, which has none.
func (t *table[K, V]) add(key K) (at int) {
	needKey(key)
	hash := hashOf(key)
	at = len(t.entries)
	t.entries = append(t.entries, entry[K, V]{key: key})
	switch {
	case t.index != nil:
		t.index = t.index.room(at + 1 - t.gone)
		t.index.add(slot{hash, uint32(at + 1)})
	case at == fewEntries:
		t.reindex()
	}
	return at
}

// needKey panics if the key is one that nobody finds again: it could not be removed,
// and what is derived from it would not follow.
func needKey[K comparable](key K) {
	need(key == key, "an item or key that is not equal to itself, such as NaN, was put into a collection")
}

func (t *table[K, V]) reindex() {
	t.index = nil
	if len(t.entries) <= fewEntries {
		return
	}
	t.index = newIndex(len(t.entries) - t.gone)
	for i := range t.entries {
		if e := &t.entries[i]; !e.hole {
			t.index.add(slot{hashOf(e.key), uint32(i + 1)})
		}
	}
}

// unindex takes an entry out of the index.
func (t *table[K, V]) unindex(at int) {
	if t.index != nil {
		t.index.remove(slot{hashOf(t.entries[at].key), uint32(at + 1)})
	}
}

// compact moves the entries from the first one on together.
func (t *table[K, V]) compact(first int) {
	kept := t.entries[:first]
	if t.size < cap(t.entries)/4 && cap(t.entries) > 256 {
		kept = append(make([]entry[K, V], 0, 2*t.size), kept...)
	}
	for at := first; at < len(t.entries); at++ {
		e := &t.entries[at]
		if e.hole {
			t.gone--
			continue
		}
		if t.index != nil && at != len(kept) {
			t.index[t.index.at(slot{hashOf(e.key), uint32(at + 1)})].entry = uint32(len(kept) + 1)
		}
		kept = append(kept, *e)
	}
	if len(kept) > 0 && &kept[0] == &t.entries[0] {
		clear(t.entries[len(kept):])
	}
	t.entries = kept
	if len(t.index) > 4*len(kept) && len(t.index) > 8*fewEntries {
		t.reindex()
	}
}
