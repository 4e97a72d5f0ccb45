package cell

import (
	"fmt"
	"reflect"
)

// conflict fails the transaction, because n was written by two who disagree.
func (g *Graph) conflict(n *node, first, second any) {
	if before, now, two := g.writers(n.saved); two {
		panic(conflictOf(nameOf(n), before, now, first, second))
	}
}

// writers returns the rules, nil for code outside rules, that have written under
// a serial number, and write now. They are not two if the first writer was the
// same one, in an earlier run of this pass or in a Try, or is going to be undone
// anyway.
func (g *Graph) writers(serial uint64) (before, now *rule, two bool) {
	before, now = g.ruleOf(serial), g.writer()
	return before, now, before != now && (before == nil || g.retryAt < 0 || serial < g.ran[g.retryAt].serial)
}

func conflictOf(name string, before, now *rule, first, second any) *ConflictError {
	e := &ConflictError{Cell: name, Values: [2]any{first, second}}
	for i, r := range [2]*rule{before, now} {
		e.Writers[i] = outsideRules
		if r != nil {
			e.Writers[i] = nameOf(&r.node)
		}
	}
	return e
}

// conflict fails the transaction if the last write, to n, has stored another value
// under a key for which another rule had stored one in this pass. What code outside
// rules has stored a rule may replace: it is its input.
func (t *table[K, V]) conflict(g *Graph, n *node) {
	o := &t.ops[len(t.ops)-1]
	if o.first || !o.live {
		return
	}
	if by := t.ops[o.prior].by; by != o.by {
		e := &t.entries[o.at]
		if before, now, two := g.writers(by); two && before != nil && now != nil && !surelyEqual(o.val, e.val) {
			panic(conflictOf(fmt.Sprintf("%s[%v]", nameOf(n), e.key), before, now, o.val, e.val))
		}
	}
}

// surelyEqual says that two values can be compared and are equal.
func surelyEqual(a, b any) bool {
	if a == nil || b == nil {
		return a == b
	}
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}
