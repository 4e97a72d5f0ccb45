package cell

// A rule may write what a Computed that it reads is computed from. The rule's own
// write does not run it again, neither directly nor by way of the Computed, which
// therefore cannot be put above the rule, as what a rule writes to usually is. It
// stays below and is late: if the rule reads it, it is run inside the rule, else
// right after it. To others its change is one by the rule.

// feeds says whether target has read r, perhaps by way of computed cells.
func (g *Graph) feeds(r, target *rule) bool { return g.feedsIn(g.nextSerial(), r, target) }

func (g *Graph) feedsIn(walk uint64, r, target *rule) bool {
	r.stamp = walk
	for l := r.subs; l != nil; l = l.nextSub {
		s := l.rule
		if s == target || s.flags&isCompute != 0 && s.stamp != walk && s.level < target.level && g.feedsIn(walk, s, target) {
			return true
		}
	}
	return false
}

// beLate makes r, a Computed about to be scheduled, late if it feeds the writer.
func (g *Graph) beLate(r *rule) bool {
	f := &g.frame
	w := f.rule
	if f.state&following != 0 {
		w = f.own
	}
	if w == nil || w.flags&isMaintain == 0 || !g.feeds(r, w) {
		return false
	}
	r.flags |= isLate
	f.state |= late
	return true
}

// followOwn is for the run of a late Computed, scheduled by the run with the
// serial by.
func (g *Graph) followOwn(by uint64) {
	for i := len(g.ran) - 1; i >= 0; i-- {
		if e := &g.ran[i]; e.serial == by && e.rule != nil {
			if e.rule.flags&isMaintain != 0 {
				g.frame.own = e.rule
				g.frame.state |= following
				g.frame.level = max(g.frame.level, e.rule.level)
				return
			}
			by = e.by
		}
	}
}
