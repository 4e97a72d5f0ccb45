package cell

import (
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
		g.tracing = &tracing{tracer: t, counts: onlyCounts(t), causes: map[*rule][]cause{}}
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
