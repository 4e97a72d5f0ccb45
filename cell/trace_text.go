package cell

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"
)

// TextTracer is a Tracer that writes a line of text for each event, so that a
// chain of causes can be read from top to bottom. What ran inside a rule, because
// it read it, is above that and indented.
type TextTracer struct {
	W     io.Writer // must not block
	Times bool      // say how long things took

	lost atomic.Uint64
}

// Lost returns how many lines could not be written.
func (t *TextTracer) Lost() uint64 { return t.lost.Load() }

// Trace writes a line.
func (t *TextTracer) Trace(e TraceEvent) {
	line := e.String()
	if t.Times && e.Took > 0 {
		line += " (" + e.Took.Round(time.Microsecond).String() + ")"
	}
	indent := "  "
	switch e.Kind {
	case TraceBegan, TraceCommitted, TraceRolledBack, TraceEffect:
		indent = ""
	}
	if _, err := io.WriteString(t.W, indent+strings.Repeat("  ", e.Depth)+line+"\n"); err != nil {
		t.lost.Add(1)
	}
}

// String says in words what has happened.
func (e TraceEvent) String() string {
	switch e.Kind {
	case TraceBegan:
		return fmt.Sprintf("transaction %d began", e.Transaction)
	case TraceWritten:
		if e.By == outsideRules {
			return e.Name + " was set"
		}
		return e.By + " changed " + e.Name
	case TraceRan:
		s := e.Name + " ran " + because(e.Reasons)
		if e.By != "" && e.Reasons[0].Why != WhyRead {
			s += ", inside " + e.By
		}
		if e.Changed {
			s += ": changed"
		}
		return s
	case TraceUndone:
		s := e.Name + " was undone"
		if len(e.Reasons) > 0 {
			s += ", to run " + because(e.Reasons)
		}
		return s
	case TraceCommitted:
		return fmt.Sprintf("transaction %d was committed: passes %d, runs %d", e.Transaction, e.Pass, e.Runs)
	case TraceRolledBack:
		return fmt.Sprintf("transaction %d was undone: %v", e.Transaction, e.Err)
	case TraceEffect:
		return fmt.Sprintf("transaction %d: effect of %s was run", e.Transaction, e.Name)
	}
	return ""
}

// LogTracer is a Tracer that logs each event, with its fields as attributes.
type LogTracer struct {
	Logger *slog.Logger // its handler must not block
	Level  slog.Level   // 0 is slog.LevelInfo
}

// Trace logs.
func (t LogTracer) Trace(e TraceEvent) {
	attrs := append(make([]slog.Attr, 0, 8), slog.Uint64("transaction", e.Transaction), slog.Int("pass", e.Pass))
	text := func(key, s string) {
		if s != "" {
			attrs = append(attrs, slog.String(key, s))
		}
	}
	text("name", e.Name)
	text("by", e.By)
	text("why", because(e.Reasons))
	if e.Kind == TraceRan {
		attrs = append(attrs, slog.Bool("changed", e.Changed))
	}
	if e.Took > 0 {
		attrs = append(attrs, slog.Duration("took", e.Took))
	}
	if e.Err != nil {
		attrs = append(attrs, slog.Any("error", e.Err))
	}
	t.Logger.LogAttrs(context.Background(), t.Level, "cell: "+e.Kind.String(), attrs...)
}
