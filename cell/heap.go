package cell

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
