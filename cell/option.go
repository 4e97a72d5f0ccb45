package cell

import "time"

// Option changes what NewGraph returns.
type Option func(*Graph)

// WithManualClock gives the graph a clock that is moved by Advance and AdvanceTo
// only, for tests and simulations. It starts at start; if that is the zero Time,
// at the beginning of the year 2000, UTC.
func WithManualClock(start time.Time) Option {
	if start.IsZero() {
		start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return func(g *Graph) { g.clock = newClock(g, start) }
}

// WithErrorHandler makes fn the one who is told of errors that can be returned to
// nobody: those of transactions that the graph has started itself because a moment
// had come, as a *ClockError, and those of effects that the graph runs by a
// goroutine of its own and nobody else is told of, as an *EffectError (see NewLane
// and Detach). It is called outside the graph and may use it, for example to stop
// the Culprit. Without it *ClockErrors are logged by slog, and such effects panic.
func WithErrorHandler(fn func(error)) Option {
	return func(g *Graph) { g.failed = fn }
}
