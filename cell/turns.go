package cell

import (
	"cmp"
	"slices"
)

// turns are the observers that have to run when the rules of this pass have
// settled: by the depth of the change that reached them, then by creation.
// Depths come in order, as rules run lowest level first; within a depth it is
// made when the first of it has its turn, and is mostly there by then, too.
type turns struct {
	rules []*rule // each once; one that is not dirty is skipped
	next  int     // rules[:next] have run, and are forgotten
	end   int     // rules[next:end] are in order
	mixed bool    // a depth falls somewhere
}

// add gives r, which has just got its depth, a turn, unless it has one.
func (t *turns) add(r *rule, has bool) {
	if has {
		t.mixed = true // its depth may be another one now
		return
	}
	if n := len(t.rules); t.next > 0 || n > 0 && r.level < t.rules[n-1].level { // those that have run are nil
		t.mixed = true
	}
	if len(t.rules) == cap(t.rules) {
		t.rules = double(t.rules)
	}
	t.rules = append(t.rules, r)
}

// take returns whose turn it is, or nil when all have run.
func (t *turns) take() *rule {
	for t.next < len(t.rules) {
		if (t.next >= t.end || t.mixed) && t.next < len(t.rules)-1 {
			t.order()
		}
		r := t.rules[t.next]
		t.rules[t.next] = nil
		t.next++
		r.flags &^= isQueued
		if r.flags&isDirty != 0 {
			return r
		}
	}
	if t.next > 0 {
		rules := t.rules[:0]
		if cap(rules) > keepCap && len(t.rules) < cap(rules)/8 {
			rules = nil
		}
		*t = turns{rules: rules}
	}
	return nil
}

// order puts those of the next depth in order; all that are left, if mixed.
func (t *turns) order() {
	left := t.rules[t.next:]
	if t.mixed {
		slices.SortFunc(left, func(a, b *rule) int {
			if a.level != b.level {
				return cmp.Compare(a.level, b.level)
			}
			return byCreation(a, b)
		})
		t.mixed, t.end = false, len(t.rules)
		return
	}
	rises, falls, n := true, true, 1
	for n < len(left) && left[n].level == left[0].level {
		if byCreation(left[n-1], left[n]) < 0 {
			falls = false
		} else {
			rises = false
		}
		n++
	}
	switch {
	case rises:
	case falls:
		slices.Reverse(left[:n])
	default:
		slices.SortFunc(left[:n], byCreation)
	}
	t.end = t.next + n
}

func byCreation(a, b *rule) int { return cmp.Compare(a.asLiving().seq, b.asLiving().seq) }

func (t *turns) clear() {
	for _, r := range t.rules[t.next:] {
		r.flags &^= isQueued | isDirty
	}
	*t = turns{rules: clearTail(t.rules, 0)}
}
