package cell

import "slices"

// Rules run lowest level first. A level is learned: a rule is raised above what
// it reads and above who writes what it has read. Levels never fall within a
// transaction, so an order once learned is kept; between transactions, when
// they have become much higher than there are rules (circular rules push each
// other up for ever), they are counted anew, in the same order.
//
// A Computed is always below what listens to it: reading it at its old place
// needs no look at the queue. Rules that read a Maintained follow it only when it
// changes, since such rules may be circular.

// raise puts r on the level, at least. source is the Computed r has just read,
// if that is the reason: it cannot be raised with r, or it would depend on itself.
func (g *Graph) raise(r *rule, level int32, source *rule) {
	if r.level >= level {
		return
	}
	old := r.level
	r.level = level
	g.highest = max(g.highest, level)
	if r.flags&isCompute != 0 && r.subs != nil {
		g.raiseListeners(r, old, source)
	}
}

// raiseListeners puts what listens to r, and so on, above it again. By going
// through them in the order of their old levels it comes to each only once.
func (g *Graph) raiseListeners(r *rule, old int32, source *rule) {
	r.flags |= isRaised
	todo := heap{entries: g.raising}
	todo.add(heapEntry{level: old, rule: r})
	raised := g.raised[:0]
	for len(todo.entries) > 0 {
		e := todo.entries[0]
		todo.take()
		raised = append(raised, e)
		for l := e.rule.subs; l != nil; l = l.nextSub {
			s := l.rule
			if s.flags&isObserver != 0 || s.level > e.rule.level {
				continue
			}
			if s == source {
				for _, e := range append(raised, todo.entries...) {
					e.rule.level = e.level
					e.rule.flags &^= isRaised
				}
				panic(g.readingItself(r, source))
			}
			if s.flags&(isCompute|isRaised) == isCompute {
				s.flags |= isRaised
				todo.add(heapEntry{level: s.level, rule: s})
			}
			s.level = e.rule.level + 1
			g.highest = max(g.highest, s.level)
		}
	}
	for _, e := range raised {
		e.rule.flags &^= isRaised
	}
	g.raising, g.raised = todo.entries, clearTail(raised, 0)
}

// raiseRelinked is called when links have come back by an undo: what they come
// from may have been raised meanwhile.
func (g *Graph) raiseRelinked() {
	for _, r := range g.relinked {
		for l := r.deps; l != nil; l = l.nextDep {
			if n := l.subject; n.flags&(isActive|isCompute) == isActive|isCompute && r.flags&isObserver == 0 {
				g.raise(r, n.level+1, nil)
			}
		}
	}
	g.relinked = clearTail(g.relinked, 0)
}

// readingItself describes a computed cell that has just read source, which is
// computed from it.
func (g *Graph) readingItself(r, source *rule) *CircularityError {
	came := map[*rule]*rule{r: nil}
	for todo := []*rule{r}; len(todo) > 0; todo = todo[1:] {
		for l := todo[0].subs; l != nil; l = l.nextSub {
			if _, seen := came[l.rule]; !seen && l.rule.flags&isCompute != 0 {
				came[l.rule] = todo[0]
				todo = append(todo, l.rule)
			}
		}
	}
	path := []*rule{}
	for at := source; at != nil; at = came[at] {
		path = append(path, at)
	}
	slices.Reverse(path)
	return circle(path)
}

// lowerLevels counts the levels anew, without the gaps.
func (g *Graph) lowerLevels() {
	rules := g.root.rulesBelow(nil)
	known := map[*rule]bool{}
	levels := []int32{0}
	for i := 0; i < len(rules); i++ {
		r := rules[i]
		if r.flags&isObserver == 0 {
			levels = append(levels, r.level)
		}
		for l := r.deps; l != nil; l = l.nextDep {
			if n := l.subject; n.flags&isCompute != 0 && !known[n.asRule()] {
				known[n.asRule()] = true
				rules = append(rules, n.asRule())
			}
		}
		if r.flags&hasItems != 0 {
			r.self.(itemKeeper).each(func(it *rule) { rules = append(rules, it) })
		}
	}
	slices.Sort(levels)
	levels = slices.Compact(levels)
	for _, r := range rules {
		if r.flags&isObserver == 0 {
			at, _ := slices.BinarySearch(levels, r.level)
			r.level = int32(at)
		}
	}
	g.highest = int32(len(levels))
	g.tooHigh = 2*g.highest + minTooHigh
}

const minTooHigh = 1024

// rulesBelow appends the living rules of s and its children to rules.
func (s *Scope) rulesBelow(rules []*rule) []*rule {
	for l := s.rules; l != nil; l = l.older() {
		rules = append(rules, &l.rule)
	}
	for c := s.children; c != nil; c = c.next {
		rules = c.rulesBelow(rules)
	}
	return rules
}
