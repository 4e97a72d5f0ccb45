package cell

import pq "container/heap"

// deadline is a moment to come that rules have asked for: a cell that changes
// once. It lasts as long as anybody listens.
type deadline struct {
	node
	waiting *deadlines
	at      Moment
	due     Moment // when its listeners are told: at, or later if that has failed
}

// deadlines are those of a graph. Nobody tells them when the last listener of one
// is gone, so they look at the end of each transaction: at the earliest one, which
// a timer may be armed for, always, and at the others when there are twice as many
// as at the last look.
type deadlines struct {
	at   map[Moment]*deadline
	heap []*deadline // by due
	look int         // at how many all of them are looked at
	free []*deadline
}

const minLook = 64

// due returns when the earliest deadline is due, NotYet if there is none.
func (w *deadlines) due() Moment {
	if len(w.heap) == 0 {
		return NotYet
	}
	return w.heap[0].due
}

// find returns the deadline at m, which is a moment to come.
func (w *deadlines) find(m Moment) *deadline {
	if d := w.at[m]; d != nil {
		return d
	}
	var d *deadline
	if top := len(w.free) - 1; top >= 0 {
		d = w.free[top]
		w.free[top] = nil
		w.free = w.free[:top]
	} else {
		d = &deadline{waiting: w}
		d.typed(d, 0)
	}
	d.at, d.due = m, m
	w.put(d)
	return d
}

func (w *deadlines) put(d *deadline) {
	w.at[d.at] = d
	pq.Push(w, d)
}

// take takes out the earliest deadline.
func (w *deadlines) take() *deadline {
	d := pq.Pop(w).(*deadline)
	delete(w.at, d.at)
	return d
}

// undo puts back a deadline that was taken.
func (d *deadline) undo(*Graph, undoOp, uint64) { d.waiting.put(d) }

// prune takes out deadlines that nobody listens to.
func (w *deadlines) prune() {
	for len(w.heap) > 0 && w.heap[0].subs == nil {
		w.recycle(w.take())
	}
	if len(w.heap) < max(w.look, minLook) {
		return
	}
	kept := w.heap[:0]
	for _, d := range w.heap {
		if d.subs != nil {
			kept = append(kept, d)
		} else {
			delete(w.at, d.at)
			w.recycle(d)
		}
	}
	w.heap = clearTail(w.heap, len(kept))
	pq.Init(w)
	w.look = 2 * len(kept)
}

// forget is called with deadlines that have come.
func (w *deadlines) forget(due []*deadline) {
	for _, d := range due {
		if d.subs == nil { // else a listener was set by hand, and has not run
			w.recycle(d)
		}
	}
}

// putOff makes d due later.
func (w *deadlines) putOff(d *deadline, until Moment) {
	d.due = until
	pq.Init(w)
}

// recycle keeps a deadline that nothing points to any more.
func (w *deadlines) recycle(d *deadline) {
	if len(w.free) < keepCap {
		d.saved, d.stamp = 0, 0
		w.free = append(w.free, d)
	}
}

// earliest returns when the earliest deadline that matters is due.
func (c *clock) earliest() Moment { return c.earliestBelow(0, NotYet) }

// earliestBelow is the same for those below heap[i], if that is before best.
func (c *clock) earliestBelow(i int, best Moment) Moment {
	heap := c.waiting.heap
	switch {
	case i >= len(heap) || !heap[i].due.Before(best):
		return best
	case heap[i].matters(c.graph.nextSerial()):
		return heap[i].due
	}
	return c.earliestBelow(2*i+2, c.earliestBelow(2*i+1, best))
}

// matters says whether anybody listens but rules that were stopped and computed
// cells about to be given up. walk marks what this walk has seen.
func (n *node) matters(walk uint64) bool {
	n.stamp = walk
	for l := n.subs; l != nil; l = l.nextSub {
		switch r := l.rule; {
		case r.flags&isStopped != 0:
		case r.flags&isCompute == 0 || r.stamp != walk && r.matters(walk):
			return true
		}
	}
	return false
}

func (d *deadline) inspect(int) inspection { return inspectionOf("Reached", d.at) }

// For the heap.

func (w *deadlines) Len() int           { return len(w.heap) }
func (w *deadlines) Less(i, j int) bool { return w.heap[i].due.Before(w.heap[j].due) }
func (w *deadlines) Swap(i, j int)      { w.heap[i], w.heap[j] = w.heap[j], w.heap[i] }
func (w *deadlines) Push(d any)         { w.heap = append(w.heap, d.(*deadline)) }

func (w *deadlines) Pop() any {
	top := len(w.heap) - 1
	d := w.heap[top]
	w.heap[top] = nil
	w.heap = w.heap[:top]
	return d
}

func (d *deadline) title() string { return d.at.String() }
