package cell

import (
	"cmp"
	"slices"
)

// turns are the observers that have to run when the rules of this pass have
// settled: by the depth of the change that reached them, then by creation. Depths
// come in order, as rules run lowest level first; those of one depth are put in
// order when the next one begins, while they are at hand.
type turns struct {
	rules []*rule // each once; one that is not dirty is skipped
	next  int     // rules[:next] have run
	depth int32   // of the last one
	seq   uint64  // of the last one
	first int     // rules[first:] have the same depth, unless mixed
	rises bool    // one of these came after an older one
	falls bool    // or a younger one
	mixed bool    // a depth falls somewhere
}

// add gives r, which has just got its depth, a turn, unless it has one.
func (t *turns) add(r *rule, has bool) {
	n, seq := len(t.rules), r.asLiving().seq
	switch {
	case has: // its depth may be another one now
		t.mixed = true
		return
	case n == 0:
	case t.next > 0 || r.level < t.depth:
		t.mixed = true
	case r.level > t.depth:
		if t.falls && !t.mixed { // else they are put in order together, when all are there
			t.order()
		}
		t.first, t.rises = n, false
	case seq < t.seq:
		t.falls = true
	default:
		t.rises = true
	}
	t.depth, t.seq = r.level, seq
	if n == cap(t.rules) {
		t.rules = double(t.rules)
	}
	t.rules = append(t.rules, r)
}

// observe runs the observers whose turn it is, until all have run.
func (g *Graph) observe() {
	t := &g.observers
	for t.next < len(t.rules) {
		if t.falls || t.mixed {
			t.order()
		}
		r := t.rules[t.next]
		t.next++
		if flags := r.flags &^ isQueued; flags&isDirty != 0 {
			g.run(r, flags)
		} else {
			r.flags = flags
		}
	}
	t.forget()
}

// order puts those that have not run in order, or those of the last depth if the
// others are.
func (t *turns) order() {
	switch last := t.rules[t.first:]; {
	case t.mixed:
		slices.SortFunc(t.rules[t.next:], func(a, b *rule) int {
			if a.level != b.level {
				return cmp.Compare(a.level, b.level)
			}
			return byCreation(a, b)
		})
	case t.rises:
		slices.SortFunc(last, byCreation)
	default:
		slices.Reverse(last)
	}
	t.rises, t.falls, t.mixed = false, false, false
}

// forget empties it: all have run, or will not.
func (t *turns) forget() {
	if n := len(t.rules); n == 1 { // cheaper than a call to clear
		t.rules[0] = nil
		t.rules = t.rules[:0]
	} else {
		t.rules = clearTail(t.rules, 0)
	}
	t.next, t.first, t.rises, t.falls, t.mixed = 0, 0, false, false, false
}

func byCreation(a, b *rule) int { return cmp.Compare(a.asLiving().seq, b.asLiving().seq) }

func (t *turns) clear() {
	for _, r := range t.rules[t.next:] {
		r.flags &^= isQueued | isDirty
	}
	t.forget()
}
