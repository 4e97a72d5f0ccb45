package cell

import "slices"

// behalf returns the rule with a life in whose name is acted now: the innermost
// one that runs, or the one that has queued the running callback, or nil.
func (g *Graph) behalf() *living {
	const lives = isMaintain | isObserver
	if r := g.frame.rule; r == nil {
		return g.acting
	} else if r.flags&lives != 0 {
		return r.asLiving()
	}
	for _, r := range slices.Backward(g.outer) {
		if r.flags&lives != 0 {
			return r.asLiving()
		}
	}
	return g.acting
}

// culprit returns the innermost running rule that can be stopped. A Computed that
// runs by itself runs for those who listen to it: then it is one of them.
func (g *Graph) culprit() *living {
	if l := g.behalf(); l != nil {
		return l
	}
	if running := g.running(); len(running) > 0 {
		return listening(running[0])
	}
	return nil
}

// listening returns a rule with a life that, perhaps by way of computed cells,
// listens to r. They may be in a circle, if that is what failed.
func listening(r *rule) *living {
	seen := map[*rule]bool{}
	for todo := []*rule{r}; len(todo) > 0; todo = todo[1:] {
		for l := todo[0].subs; l != nil; l = l.nextSub {
			if l.rule.flags&(isMaintain|isObserver) != 0 {
				return l.rule.asLiving()
			}
			if !seen[l.rule] {
				seen[l.rule] = true
				todo = append(todo, l.rule)
			}
		}
	}
	return nil
}
