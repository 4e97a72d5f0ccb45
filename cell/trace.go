package cell

import (
	"cmp"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Tracer is told what happens in a graph, see SetTracer.
type Tracer interface{ Trace(TraceEvent) }

// TraceEvent is something that has happened in a graph.
type TraceEvent struct {
	Kind        TraceKind
	Transaction uint64 // its number
	Pass        int    // of the transaction, from 1; 0 in a View, and of a TraceEffect
	Depth       int    // in how many runs of rules it happened

	Name    string        // of the rule or cell, see TraceKind
	By      string        // who has written, or has read what had to run first; "" if a rule ran in its turn
	Reasons []Reason      // why the rule ran, or runs again
	Changed bool          // the value of the rule that ran has changed, so its listeners run
	Runs    int           // of rules in the transaction, those undone included
	Took    time.Duration // the run, the transaction, the effect
	Err     error         // what the transaction failed with; nil if it was a Goexit

	rule, cell *node // of Name and, if a rule, of By
}

// TraceKind says what has happened.
type TraceKind uint8

const (
	// TraceBegan: a transaction has begun.
	TraceBegan TraceKind = iota + 1
	// TraceWritten: the cell Name was changed by code outside rules or by a rule, By,
	// of which it is not the value.
	TraceWritten
	// TraceRan: the rule Name has run to its end, for Reasons.
	TraceRan
	// TraceUndone: the run of the rule Name was undone, to be run again if there are
	// Reasons, else because it came after such a one.
	TraceUndone
	// TraceCommitted: the transaction was committed. Pass is its last one.
	TraceCommitted
	// TraceRolledBack: the transaction was undone, because of Err.
	TraceRolledBack
	// TraceEffect: what the rule Name, or code outside rules, has queued to leave
	// the graph was run: an effect, or a function given to AfterCommit.
	TraceEffect
)

var traceKinds = [...]string{"", "began", "written", "ran", "undone", "committed", "rolled back", "effect done"}

func (k TraceKind) String() string { return traceKinds[k] }

// Reason is why a rule runs.
type Reason struct {
	Why  Why
	Cell string // what has changed
	By   string // who has changed it, if that is not its own rule; or who has read
}

// Why is a kind of Reason.
type Why uint8

const (
	// WhyScheduled: no input has changed; the rule repeats, polls, or was told to.
	WhyScheduled Why = iota
	// WhyFirst: it has to find its inputs.
	WhyFirst
	// WhyChanged: Cell, an input, has changed.
	WhyChanged
	// WhyRetried: it had run before By changed Cell, which it reads.
	WhyRetried
	// WhyRead: By reads it, and nobody listened to it, so it was not up to date.
	WhyRead
)

// String says it in words: "because x changed".
func (r Reason) String() string {
	switch r.Why {
	case WhyFirst:
		return "for the first time"
	case WhyChanged:
		switch r.By {
		case "":
			return "because " + r.Cell + " changed"
		case outsideRules:
			return "because " + r.Cell + " was set"
		}
		return "because " + r.By + " changed " + r.Cell
	case WhyRetried:
		return "again, because " + r.By + " changed " + r.Cell + " after it was read"
	case WhyRead:
		return "because " + r.By + " reads it"
	}
	return "because it was scheduled"
}

// SetTracer makes g tell t, from the next transaction on, what happens; nil ends
// that. It waits for the lock as Update does.
//
// Trace is called under the graph's lock: it must not block, and panics if it uses
// the graph. If it panics, it is not called again; the transaction is finished as
// if nothing had happened, then the panic is passed on as that of a function given
// to OnUndo, see there. While nobody traces, tracing costs nothing.
func (g *Graph) SetTracer(t Tracer) {
	g.lock()
	defer g.mu.Unlock()
	g.tracing = nil
	if t != nil {
		g.tracing = &tracing{tracer: t, causes: map[*rule][]cause{}}
	}
}

// Tracers returns a Tracer that tells each of ts.
func Tracers(ts ...Tracer) Tracer { return tracers(slices.Clone(ts)) }

type tracers []Tracer

func (ts tracers) Trace(e TraceEvent) {
	for _, t := range ts {
		t.Trace(e)
	}
}

// tracing is what a graph remembers for its tracer: who has changed what.
type tracing struct {
	tracer Tracer
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
		e.Name, e.rule = nameOf(&f.by.node), &f.by.node
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

// traceChange notes for whom n has changed.
func (g *Graph) traceChange(n *node) {
	t, r := g.tracing, g.frame.rule
	c := cause{cell: n, serial: g.frame.serial, name: outsideRules}
	switch {
	case r != nil && n == &r.node:
		t.own, c.name, c.by = n, "", n
	case r != nil:
		c.by, c.name = &r.node, nameOf(&r.node)
	case g.acting != nil:
		c.by, c.name = &g.acting.node, "a callback of "+nameOf(&g.acting.node)
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
		g.trace(TraceEvent{Kind: TraceWritten, Depth: g.depth(), Name: nameOf(n), By: c.name, cell: n, rule: c.by})
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

func (g *Graph) depth() int {
	if g.frame.rule == nil {
		return 0
	}
	return len(g.outer) + 1
}

// traceRun runs r and tells about it.
func (g *Graph) traceRun(r *rule) {
	t := g.tracing
	if t == nil {
		r.self.run(g)
		return
	}
	e := TraceEvent{Kind: TraceRan, Depth: len(g.outer), Name: nameOf(&r.node), rule: &r.node, Reasons: g.reasons(r)}
	if len(g.outer) > 0 {
		by := g.outer[len(g.outer)-1]
		e.By, e.cell = nameOf(&by.node), &by.node
	} else if len(e.Reasons) > 0 && e.Reasons[0].Why == WhyRead {
		e.By = e.Reasons[0].By
	}
	causes := slices.DeleteFunc(t.causes[r], func(c cause) bool { return c.ran != 0 && c.ran < g.passStart })
	t.causes[r] = causes
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
	add := func(retries bool) {
		for _, c := range g.tracing.causes[r] {
			if c.retry != retries || c.ran != 0 && !c.retry {
				continue
			}
			reason := Reason{Why: WhyChanged, Cell: nameOf(c.cell), By: c.name}
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
			reason.By = nameOf(&g.outer[len(g.outer)-1].node)
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
		e := TraceEvent{Kind: TraceUndone, Name: nameOf(&run.rule.node), rule: &run.rule.node}
		for _, c := range t.causes[run.rule] {
			if c.retry {
				e.Reasons = append(e.Reasons, Reason{Why: WhyRetried, Cell: nameOf(c.cell), By: c.name})
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
		name = nameOf(&r.node)
	}
	g.traceRewind(nil, s.serial)
	g.trace(TraceEvent{Kind: TraceUndone, Depth: s.outer, Name: "a Try of " + name})
}

// because joins reasons to a text.
func because(reasons []Reason) string {
	var words []string
	for i, r := range reasons {
		s := r.String()
		if i > 0 {
			s = strings.TrimPrefix(s, "because ")
		}
		words = append(words, s)
	}
	return strings.Join(words, " and ")
}
