package cell

import (
	"math"
	"math/bits"
)

// queue holds the scheduled rules: computed ones in a bucket per level, newest
// first, which is oldest first to who told them; maintained ones by level and
// creation.
type queue struct {
	held     *rule    // a computed rule that is alone: in a chain it is the next
	count    int      // computed rules in buckets; 0 while one is held
	lowest   int      // no bucket below it holds anything
	buckets  []*rule  // by level
	occupied []uint64 // a bit per bucket
	maintain heap
}

func (q *queue) push(r *rule) {
	if r.flags&isQueued != 0 {
		return // still in a lower bucket or entry: pop moves it
	}
	r.flags |= isQueued
	if r.flags&isMaintain != 0 {
		q.maintain.push(r)
		return
	}
	q.pushComputed(r)
}

func (q *queue) pushComputed(r *rule) {
	if q.held == nil && q.count == 0 {
		q.held = r
	} else {
		q.pushSecond(r)
	}
}

// pushSecond is for a computed rule that is not alone.
func (q *queue) pushSecond(r *rule) {
	q.unhold()
	q.pushBucket(r)
}

// unhold puts the rule that was alone into its bucket.
func (q *queue) unhold() {
	if q.held != nil {
		q.pushBucket(q.held)
		q.held = nil
	}
}

func (q *queue) pushBucket(r *rule) {
	level := int(r.level)
	if level >= len(q.buckets) {
		q.grow(level)
	}
	next := q.buckets[level]
	q.buckets[level] = r
	r.next = next
	q.count++
	if next == nil {
		q.occupied[level>>6] |= 1 << (level & 63)
		q.lowest = min(q.lowest, level)
	}
}

func (q *queue) grow(level int) {
	words := level>>6 + 1
	q.buckets = append(q.buckets, make([]*rule, words<<6-len(q.buckets))...)
	q.occupied = append(q.occupied, make([]uint64, words-len(q.occupied))...)
}

// next takes the next rule to run, or nil, out of the queue; its flag is left to
// whoever runs it.
func (q *queue) next() *rule {
	level := int32(math.MaxInt32) // the computed rules below it come first
	var m *rule
	if len(q.maintain.entries) > 0 {
		if m = q.maintain.top(); m != nil {
			level = m.level + 1
		}
	}
	for {
		r := q.held
		if r == nil {
			if q.count == 0 {
				break
			}
			if r = q.buckets[q.lowest]; r == nil {
				q.findLowest()
				r = q.buckets[q.lowest]
			}
			if int32(q.lowest) >= level {
				break
			}
			q.drop(r)
			if r.flags&isDirty != 0 && int(r.level) > q.lowest {
				q.pushBucket(r) // it was raised since
				continue
			}
		} else {
			if r.level >= level {
				break
			}
			q.held = nil
		}
		if r.flags&isDirty != 0 {
			return r
		}
		r.flags &^= isQueued
	}
	if m != nil {
		q.maintain.take()
	}
	return m
}

// drop takes r, the first in the lowest bucket, out of it.
func (q *queue) drop(r *rule) {
	q.buckets[q.lowest] = r.next
	if r.next == nil {
		q.occupied[q.lowest>>6] &^= 1 << (q.lowest & 63)
	}
	r.next = nil
	q.count--
}

// lowestComputed returns a level below which no computed rule is scheduled.
func (q *queue) lowestComputed() (level int, any bool) {
	if q.count == 0 {
		if q.held == nil {
			return 0, false
		}
		return int(q.held.level), true
	}
	if q.buckets[q.lowest] == nil {
		q.findLowest()
	}
	return q.lowest, true
}

func (q *queue) findLowest() {
	word := q.lowest >> 6
	for q.occupied[word] == 0 {
		word++
	}
	q.lowest = word<<6 + bits.TrailingZeros64(q.occupied[word])
}

// each calls f for every rule in the queue, the skipped ones included.
func (q *queue) each(f func(*rule)) {
	for _, e := range q.maintain.entries {
		f(e.rule)
	}
	if q.held != nil {
		f(q.held)
	}
	for word, occupied := range q.occupied {
		if occupied != 0 {
			for _, r := range q.buckets[word<<6 : word<<6+64] {
				for ; r != nil; r = r.next {
					f(r)
				}
			}
		}
	}
}

func (q *queue) clear() {
	q.unhold()
	for q.count > 0 {
		if q.buckets[q.lowest] == nil {
			q.findLowest()
		}
		r := q.buckets[q.lowest]
		q.drop(r)
		r.flags &^= isQueued | isDirty | isLate
	}
	q.maintain.clear()
}
