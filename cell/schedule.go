package cell

import "math/bits"

// schedule makes r run in this pass, after the running rule. If r has already
// run in this pass, it read something that was about to change: a Computed just
// runs again, a Maintained is undone first, see retry.go.
func (g *Graph) schedule(r *rule) {
	f := &g.frame
	if r.flags&isObserver != 0 {
		g.scheduleObserver(r, f.level+1)
		return
	}
	if f.state&following != 0 && r == f.own {
		return
	}
	if r.flags&isDirty != 0 {
		if r.flags&isLate == 0 || !g.beLate(r) {
			r.flags &^= isLate
			g.raise(r, f.level+1, nil)
		}
		return
	}
	if r.flags&isMaintain != 0 {
		if r.asMaintain().hand >= g.passStart {
			return // set by hand in this pass: that counts, not the rule
		}
		if r.mark >= g.sweepStart && g.retry(r) {
			return
		}
	}
	r.flags |= isDirty
	r.mark = f.serial
	if r.level <= f.level && (r.flags&isCompute == 0 || !g.beLate(r)) {
		g.raise(r, f.level+1, nil)
	}
	g.queue.push(r)
}

// scheduleObserver makes an observer run after the rules of this pass. Its place
// is given by the depth of the first change that reaches it: 0 if written from
// outside, else the level of the rule that wrote, plus one.
func (g *Graph) scheduleObserver(r *rule, depth int32) {
	if r.flags&isDirty == 0 {
		r.flags |= isDirty
		r.mark = g.frame.serial
		r.level = depth
		g.observers.add(r)
	} else if depth < r.level {
		r.level = depth
		g.observers.add(r)
	}
}

// queue holds the scheduled rules: computed ones in a bucket per level, in no
// order, since they cannot tell; maintained ones by level and creation.
type queue struct {
	buckets  []*rule
	occupied []uint64 // a bit per bucket
	lowest   int      // no word of occupied before it is set
	count    int      // computed rules in buckets
	held     *rule    // a computed rule that was alone in the queue: in a chain it is the next
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
		return
	}
	q.pushBucket(r)
}

func (q *queue) pushBucket(r *rule) {
	level := int(r.level)
	for level >= len(q.buckets) {
		q.buckets = append(q.buckets, make([]*rule, 64)...)
		q.occupied = append(q.occupied, 0)
	}
	r.next = q.buckets[level]
	q.buckets[level] = r
	word := level >> 6
	q.occupied[word] |= 1 << (level & 63)
	q.lowest = min(q.lowest, word)
	q.count++
}

// pop returns the next rule to run, or nil.
func (q *queue) pop() *rule {
	for {
		if r := q.held; r != nil {
			q.held = nil
			if q.count > 0 || len(q.maintain.entries) > 0 || r.flags&isDirty == 0 {
				q.pushBucket(r)
				continue
			}
			r.flags &^= isQueued
			return r
		}
		level, any := q.lowestBucket()
		if len(q.maintain.entries) > 0 {
			if m := q.maintain.top(); m != nil && (!any || int(m.level) < level) {
				q.maintain.take()
				m.flags &^= isQueued
				return m
			}
		}
		if !any {
			return nil
		}
		r := q.takeBucket(level)
		switch {
		case r.flags&isDirty == 0:
			r.flags &^= isQueued
		case int(r.level) > level:
			q.pushBucket(r)
		default:
			r.flags &^= isQueued
			return r
		}
	}
}

// lowestComputed returns a level below which no computed rule is scheduled.
func (q *queue) lowestComputed() (level int, any bool) {
	level, any = q.lowestBucket()
	if q.held != nil && (!any || int(q.held.level) < level) {
		return int(q.held.level), true
	}
	return level, any
}

func (q *queue) lowestBucket() (level int, any bool) {
	if q.count == 0 {
		return 0, false
	}
	for q.occupied[q.lowest] == 0 {
		q.lowest++
	}
	return q.lowest<<6 + bits.TrailingZeros64(q.occupied[q.lowest]), true
}

func (q *queue) takeBucket(level int) *rule {
	r := q.buckets[level]
	q.buckets[level] = r.next
	if r.next == nil {
		q.occupied[level>>6] &^= 1 << (level & 63)
	}
	r.next = nil
	q.count--
	return r
}

// each calls f for every rule in the queue, the skipped ones included.
func (q *queue) each(f func(*rule)) {
	for _, e := range q.maintain.entries {
		f(e.rule)
	}
	if q.held != nil {
		f(q.held)
	}
	for level, any := range q.occupied {
		if any != 0 {
			for _, r := range q.buckets[level<<6 : level<<6+64] {
				for ; r != nil; r = r.next {
					f(r)
				}
			}
		}
	}
}

func (q *queue) clear() {
	if q.held != nil {
		q.pushBucket(q.held)
		q.held = nil
	}
	for level, any := q.lowestBucket(); any; level, any = q.lowestBucket() {
		r := q.takeBucket(level)
		r.flags &^= isQueued | isDirty | isLate
	}
	q.maintain.clear()
}

// heap orders rules by level, then by creation. An entry whose rule is no longer
// dirty, or has moved, is skipped or pushed again when it comes up.
type heap struct{ entries []heapEntry }

type heapEntry struct {
	level int32
	order uint64
	rule  *rule
}

func (e heapEntry) before(o heapEntry) bool {
	return e.level < o.level || e.level == o.level && e.order < o.order
}

func (h *heap) push(r *rule) {
	h.add(heapEntry{r.level, r.asLiving().seq, r})
}

func (h *heap) add(e heapEntry) {
	h.entries = append(h.entries, e)
	i := len(h.entries) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !e.before(h.entries[up]) {
			break
		}
		h.entries[i] = h.entries[up]
		i = up
	}
	h.entries[i] = e
}

// top returns the rule that comes first, or nil. On the way it drops entries
// that are out of date.
func (h *heap) top() *rule {
	for len(h.entries) > 0 {
		e := h.entries[0]
		switch {
		case e.rule.flags&isDirty == 0:
			h.take()
			e.rule.flags &^= isQueued
		case e.rule.level > e.level:
			h.take()
			h.push(e.rule)
		default:
			return e.rule
		}
	}
	return nil
}

// pop takes and returns the rule that comes first, or nil.
func (h *heap) pop() *rule {
	r := h.top()
	if r != nil {
		h.take()
	}
	return r
}

func (h *heap) take() {
	n := len(h.entries) - 1
	last := h.entries[n]
	h.entries[n] = heapEntry{}
	h.entries = h.entries[:n]
	if n == 0 {
		return
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= n {
			break
		}
		if down+1 < n && h.entries[down+1].before(h.entries[down]) {
			down++
		}
		if !h.entries[down].before(last) {
			break
		}
		h.entries[i] = h.entries[down]
		i = down
	}
	h.entries[i] = last
}

func (h *heap) clear() {
	for _, e := range h.entries {
		e.rule.flags &^= isQueued | isDirty | isLate
	}
	h.entries = clearTail(h.entries, 0)
}
