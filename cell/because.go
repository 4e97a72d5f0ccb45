package cell

import (
	"cmp"
	"slices"
)

// When a rule fails, its name alone does not say which change made it run. The
// way from there is not recorded: it is found afterwards, before the undo, from
// what was written in this transaction and by whom.

// blame says which rule has failed.
type blame struct {
	rule    string   // its name, "" if it was none
	culprit *living  // see Culprit
	because []string // see RuleError
}

// failing returns the blame for what is going wrong now.
func (g *Graph) failing() blame {
	g.refreshAtlas()
	b := blame{culprit: g.culprit()}
	switch r := g.frame.rule; {
	case r != nil:
		b.rule = nameOf(&r.node)
		b.because = g.reachedBy()
	case b.culprit != nil:
		b.rule = nameOf(&b.culprit.node)
	}
	return b
}

// reachedBy returns the names on the way from a change to the running rule. What
// runs because it is read was reached by what has reached its reader.
func (g *Graph) reachedBy() (names []string) {
	running := g.running()
	for i, r := range slices.Backward(running) {
		way := g.wayTo(r)
		if way == nil {
			continue
		}
		for _, inner := range running[i : len(running)-1] {
			way = append(way, &inner.node)
		}
		for _, n := range way {
			names = append(names, nameOf(n))
		}
		break
	}
	return names
}

// wayTo returns the shortest way to r from something that was written by code
// outside rules in this transaction, without r. It is nil if there is none, or if
// r was created in this transaction and so runs anyway.
func (g *Graph) wayTo(r *rule) (way []*node) {
	if g.isBorn(r) {
		return nil
	}
	came := map[*node]*node{&r.node: nil}
	for todo := []*node{&r.node}; len(todo) > 0; todo = todo[1:] {
		n := todo[0]
		from := g.changedBy(n)
		if len(from) == 0 && n != &r.node {
			for ; n != &r.node; n = came[n] {
				way = append(way, n)
			}
			return way
		}
		for _, f := range from {
			if _, seen := came[f]; !seen {
				came[f] = n
				todo = append(todo, f)
			}
		}
	}
	return nil
}

// changedBy returns what has made n change in this transaction: of a rule, the
// inputs that have changed; of what is set, the rule that has set it.
func (g *Graph) changedBy(n *node) (out []*node) {
	writer := n.saved
	if n.flags&isRule != 0 {
		if !n.wasSet(g) {
			for l := n.asRule().deps; l != nil; l = l.nextDep {
				if l.subject.hasChanged(g) {
					out = append(out, l.subject.whole())
				}
			}
			return out
		}
		writer = n.asRule().asMaintain().hand
	}
	if r := g.author(writer); r != nil {
		out = append(out, &r.node)
	}
	return out
}

// author returns the rule that has written with the serial in this transaction, nil
// if it was none.
func (g *Graph) author(serial uint64) *rule {
	for _, runs := range [...][]ranRule{g.ran, g.past} {
		at, found := slices.BinarySearchFunc(runs, serial, func(run ranRule, serial uint64) int { return cmp.Compare(run.serial, serial) })
		if found {
			return runs[at].rule
		}
	}
	return nil
}

// isBorn says whether r was created in this transaction.
func (g *Graph) isBorn(r *rule) bool {
	return slices.ContainsFunc(g.log, func(e undoEntry) bool { return e.what == (*logged)(r) && undoOp(e.code) == undoBirth })
}

// wasSet says whether n is a Maintained that was set by hand in this transaction.
func (n *node) wasSet(g *Graph) bool {
	return n.flags&isMaintain != 0 && n.asRule().asMaintain().hand >= g.txnStart
}

// hasChanged says whether n has changed in this transaction, as far as one can tell.
func (n *node) hasChanged(g *Graph) bool {
	if n.saved < g.txnStart && !n.wasSet(g) {
		return false
	}
	c, ok := n.cell().(interface{ isAsBefore() bool })
	return !ok || !c.isAsBefore()
}
