package cell

import (
	"runtime/debug"
	"time"
)

// tracing is what a graph remembers for its tracer: who has changed what.
type tracing struct {
	tracer Tracer
	counts bool              // it only counts, and wants no names
	inside bool              // a transaction, not a View
	began  time.Time         // the transaction
	runs   int               // in the transaction
	causes map[*rule][]cause // why a rule is scheduled, and why those undone were
	own    *node             // the last rule whose value its run has changed
	resets bool              // the pass is over: pulses change by themselves
}

// cause is a change that has scheduled a rule.
type cause struct {
	cell   *node
	by     *node  // the rule that has written, nil if it was none
	name   string // of by, or of what else has written
	serial uint64
	ran    uint64 // serial of the run that was made for it, 0 if none yet
	retry  bool
}

// name returns the name of a cell or rule. To find it may take long.
func (t *tracing) name(n *node) string {
	if t.counts {
		return namelessRule
	}
	return nameOf(n)
}

// onlyCounts says whether t does without names.
func onlyCounts(t Tracer) bool {
	_, counts := t.(*Profile)
	return counts
}

// trace tells the tracer.
func (g *Graph) trace(e TraceEvent) {
	t := g.tracing
	e.Transaction = g.transactions
	if t.inside {
		e.Pass = g.pass
	}
	running := g.frame.running
	g.frame.running = 0 // no handle is good now
	done := false
	defer func() {
		g.frame.running = running
		if done {
			return
		}
		g.tracing = nil
		if !t.inside {
			return // there is nothing to finish first
		}
		if p := recover(); p != nil && g.undoFailed == nil {
			g.undoFailed = &PanicError{Rule: "the tracer", Value: p, Stack: debug.Stack()}
		}
	}()
	t.tracer.Trace(e)
	done = true
}

func (g *Graph) traceBegin() {
	t := g.tracing
	t.inside, t.began, t.runs = true, time.Now(), 0
	g.trace(TraceEvent{Kind: TraceBegan})
}

// traceOutcome is traceEnd of a transaction that has returned.
func (g *Graph) traceOutcome(err error) {
	if err != nil {
		g.traceEnd(TraceRolledBack, err)
	} else {
		g.traceEnd(TraceCommitted, nil)
	}
}

// traceAbort is traceEnd after a panic with p.
func (g *Graph) traceAbort(p any, b blame) {
	err := asError(p, b)
	if err == nil && p != nil {
		err = b.panicked(p, nil)
	}
	g.traceEnd(TraceRolledBack, err)
}

// traceEnd is called before the end of a transaction cleans up.
func (g *Graph) traceEnd(kind TraceKind, err error) {
	t := g.tracing
	clear(t.causes)
	g.trace(TraceEvent{Kind: kind, Runs: t.runs, Took: time.Since(t.began), Err: err})
	t.inside, t.own, t.resets = false, nil, false
	if kind == TraceCommitted && g.tracing == t {
		for i := range g.leaving {
			g.leaving[i].fn = g.tracedEffect(g.leaving[i])
		}
	}
}

// tracedEffect returns the function with its report.
func (g *Graph) tracedEffect(f queued[func()]) func() {
	t, number, fn := g.tracing, g.transactions, f.fn
	e := TraceEvent{Kind: TraceEffect, Name: outsideRules}
	if f.by != nil {
		e.Name, e.rule = t.name(&f.by.node), &f.by.node
	}
	return func() {
		began := time.Now()
		defer func() {
			e.Took = time.Since(began)
			g.mu.Lock()
			defer g.mu.Unlock()
			if g.tracing == t {
				last := g.transactions
				defer func() { g.transactions = last }()
				g.transactions = number
				g.trace(e)
			}
		}()
		fn()
	}
}

func (g *Graph) depth() int {
	if g.frame.rule == nil {
		return 0
	}
	return len(g.outer) + 1
}
