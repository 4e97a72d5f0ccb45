package cell

import (
	"cmp"
	"reflect"
	"slices"
	"time"
)

// Why a rule runs is noted for the tracer when something changes, and told when the
// rule has run; what is undone was not caused.

// traceChange notes for whom n has changed.
func (g *Graph) traceChange(n *node) {
	t, r := g.tracing, g.frame.rule
	c := cause{cell: n, serial: g.frame.serial, name: outsideRules}
	switch {
	case r != nil && n == &r.node:
		t.own, c.name, c.by = n, "", n
	case r != nil:
		c.by, c.name = &r.node, t.name(&r.node)
	case g.acting != nil:
		c.by, c.name = &g.acting.node, "a callback of "+t.name(&g.acting.node)
	case t.resets:
		c.name = "the end of the pass"
	}
	for l := n.subs; l != nil; l = l.nextSub {
		if l.rule != r {
			t.causes[l.rule] = append(t.causes[l.rule], c)
		}
	}
	if c.name != "" && n == n.whole() {
		g.typeWritten(n)
		g.trace(TraceEvent{Kind: TraceWritten, Depth: g.depth(), Name: t.name(n), By: c.name, cell: n, rule: c.by})
	}
}

// typeWritten notes the type of n, which was perhaps never read, but has been
// saved just now.
func (g *Graph) typeWritten(n *node) {
	if n.flags&isRule != 0 || len(g.log) == 0 {
		return
	}
	what := g.log[len(g.log)-1].what
	if _, ok := what.(inspector); ok && reflect.ValueOf(what).UnsafePointer() == n.pointer() {
		n.typed(what, 0)
	}
}

// traceRun runs r and tells about it.
func (g *Graph) traceRun(r *rule) {
	t := g.tracing
	if t == nil {
		r.self.run(g)
		return
	}
	e := TraceEvent{Kind: TraceRan, Depth: len(g.outer), Name: t.name(&r.node), rule: &r.node, Reasons: g.reasons(r)}
	if len(g.outer) > 0 {
		by := g.outer[len(g.outer)-1]
		e.By, e.cell = t.name(&by.node), &by.node
	} else if len(e.Reasons) > 0 && e.Reasons[0].Why == WhyRead {
		e.By = e.Reasons[0].By
	}
	causes := slices.DeleteFunc(t.causes[r], func(c cause) bool { return c.ran != 0 && c.ran < g.passStart })
	if len(causes) > 0 {
		t.causes[r] = causes
	} else {
		delete(t.causes, r) // a View runs many that nothing has caused to
	}
	for i := range causes {
		causes[i].ran = cmp.Or(causes[i].ran, r.mark)
		causes[i].retry = false
	}
	t.runs++
	began := time.Now()
	r.self.run(g)
	if g.tracing != t {
		return // it has failed meanwhile
	}
	e.Took, e.Changed = time.Since(began), t.own == &r.node
	t.own = nil
	g.trace(e)
}

// reasons returns why r is about to run.
func (g *Graph) reasons(r *rule) (out []Reason) {
	t := g.tracing
	add := func(retries bool) {
		for _, c := range t.causes[r] {
			if c.retry != retries || c.ran != 0 && !c.retry {
				continue
			}
			reason := Reason{Why: WhyChanged, Cell: t.name(c.cell), By: c.name}
			known := func(had Reason) bool { return had.Cell == reason.Cell && had.By == reason.By }
			if slices.ContainsFunc(out, known) {
				continue
			}
			if c.retry {
				reason.Why = WhyRetried
			}
			out = append(out, reason)
		}
	}
	add(true)
	add(false)
	switch {
	case len(out) > 0:
	case r.flags&isCompute != 0:
		reason := Reason{Why: WhyRead, By: outsideRules}
		if len(g.outer) > 0 {
			reason.By = t.name(&g.outer[len(g.outer)-1].node)
		}
		out = append(out, reason)
	case r.flags&isNew != 0 || r.deps == nil:
		out = append(out, Reason{Why: WhyFirst})
	default:
		out = append(out, Reason{Why: WhyScheduled})
	}
	return out
}

// traceRetry notes that r is going to be undone and run again, for the last cause.
func (g *Graph) traceRetry(r *rule) {
	if causes := g.tracing.causes[r]; len(causes) > 0 {
		causes[len(causes)-1].retry = true
	}
}

// traceRewind tells about the runs that are undone, and forgets what they have
// caused. from is the serial of the first.
func (g *Graph) traceRewind(undone []ranRule, from uint64) {
	t := g.tracing
	for r, causes := range t.causes {
		kept := causes[:0]
		for _, c := range causes {
			if c.ran >= from {
				c.ran = 0 // it will run for this once more
			}
			if c.serial < from || c.retry {
				kept = append(kept, c)
			}
		}
		t.causes[r] = kept
	}
	for _, run := range slices.Backward(undone) {
		if run.tries {
			continue
		}
		e := TraceEvent{Kind: TraceUndone, Name: t.name(&run.rule.node), rule: &run.rule.node}
		for _, c := range t.causes[run.rule] {
			if c.retry {
				e.Reasons = append(e.Reasons, Reason{Why: WhyRetried, Cell: t.name(c.cell), By: c.name})
			}
		}
		g.trace(e)
		if g.tracing == nil {
			return
		}
	}
}

// traceTry tells that what was tried since s is going to be undone.
func (g *Graph) traceTry(s *savepoint) {
	name := outsideRules
	if r := s.frame.rule; r != nil {
		name = g.tracing.name(&r.node)
	}
	g.traceRewind(nil, s.serial)
	g.trace(TraceEvent{Kind: TraceUndone, Depth: s.outer, Name: "a Try of " + name})
}
