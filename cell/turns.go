package cell

import (
	"cmp"
	"slices"
)

// turns are the observers that have to run when the rules of this pass have
// settled: by the depth of the change that reached them, then by creation. They
// are put in order when the first one runs. Mostly they are by then: rules run
// lowest level first, and listeners are told newest first.
type turns struct {
	rules []*rule // each once; one that is not dirty is skipped
	next  int     // rules[:next] have run
	mixed bool    // they neither rise nor fall
	falls bool    // the first two of them do
}

// add gives r, which has just got its depth, a turn.
func (t *turns) add(r *rule) {
	if r.flags&isQueued != 0 {
		t.mixed = true // its depth may be another one now
		return
	}
	r.flags |= isQueued
	if n := len(t.rules); n > 0 && !t.mixed {
		falls := compareTurns(t.rules[n-1], r) > 0
		t.mixed = n > 1 && falls != t.falls || t.next > 0
		t.falls = falls
	}
	t.rules = append(t.rules, r)
}

func compareTurns(a, b *rule) int {
	if a.level != b.level {
		return cmp.Compare(a.level, b.level)
	}
	return cmp.Compare(a.asLiving().seq, b.asLiving().seq)
}

// take returns whose turn it is, or nil when all have run.
func (t *turns) take() *rule {
	for t.next < len(t.rules) {
		if t.mixed || t.falls {
			t.order()
		}
		r := t.rules[t.next]
		t.next++
		r.flags &^= isQueued
		if r.flags&isDirty != 0 {
			return r
		}
	}
	if t.next > 0 {
		t.rules, t.next = clearTail(t.rules, 0), 0
	}
	return nil
}

func (t *turns) order() {
	left := t.rules[t.next:]
	if t.mixed {
		slices.SortFunc(left, compareTurns)
	} else {
		slices.Reverse(left)
	}
	t.mixed, t.falls = false, false
}

func (t *turns) clear() {
	for _, r := range t.rules[t.next:] {
		r.flags &^= isQueued | isDirty
	}
	*t = turns{rules: clearTail(t.rules, 0)}
}
