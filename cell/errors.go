package cell

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// RuleError is returned by Update when a rule, observer or effect failed. Is and
// As of the errors package see through it.
type RuleError struct {
	Rule string // its name, see Named
	Err  error  // what it failed with

	// Because names what made it run: first what was written from outside, then
	// the cells and rules by way of which that has reached the rule, which itself
	// is not among them. It is nil if the rule ran for the first time.
	Because []string

	culprit *living
}

func (e *RuleError) Error() string {
	return "cell: " + e.Rule + ": " + e.Err.Error() + reached(e.Because)
}

func reached(because []string) string {
	named := slices.DeleteFunc(slices.Clone(because), func(name string) bool { return name == namelessValue })
	if len(named) == 0 {
		return ""
	}
	return " (reached by " + strings.Join(named, ", ") + ")"
}

// Unwrap returns the rule's own error.
func (e *RuleError) Unwrap() error { return e.Err }

// ErrGoexit means that a function of a transaction, or an effect, has called
// runtime.Goexit. Nobody is left to return it to: a Manager, and the graph's error
// handler, are told.
var ErrGoexit = errors.New("cell: a rule, observer or effect called runtime.Goexit")

// PanicError is returned by Attempt in place of a panic.
type PanicError struct {
	Rule  string // the rule that was running, "" if none was
	Value any    // what was passed to panic
	Stack []byte // of the panic

	Because []string // what made the rule run, see RuleError

	culprit *living
}

func (b blame) panicked(value any, stack []byte) *PanicError {
	return &PanicError{Rule: b.rule, Because: b.because, Value: value, Stack: stack, culprit: b.culprit}
}

func (e *PanicError) Error() string {
	if e.Rule == "" {
		return fmt.Sprintf("cell: panic: %v", e.Value)
	}
	return fmt.Sprintf("cell: panic in %s: %v", e.Rule, e.Value) + reached(e.Because)
}

// Unwrap returns the value of the panic if it was an error.
func (e *PanicError) Unwrap() error { err, _ := e.Value.(error); return err }

// EffectError is returned when the transaction has been committed, but something
// that belongs to its end has failed: by Attempt if an effect or AfterCommit
// function that it then ran has panicked, by Update, too, if a Manager could not
// be left.
type EffectError struct {
	Rule string // the rule or observer that queued it, "" if none did
	Err  error  // a *PanicError, or those of the managers
}

func (e *EffectError) Error() string { return "cell: after the commit: " + e.Err.Error() }

// Unwrap returns what has failed.
func (e *EffectError) Unwrap() error { return e.Err }

// ConflictError is returned by Update when two writers of one pass disagree on a
// value: two rules, or a rule and the code outside rules.
type ConflictError struct {
	Cell    string    // its name
	Writers [2]string // names of rules, "code outside rules" for the rest; the first one wrote first
	Values  [2]any    // what each wrote
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("cell: conflict about %s: %s wrote %v, %s wrote %v",
		e.Cell, e.Writers[0], e.Values[0], e.Writers[1], e.Values[1])
}

// CircularityError is returned by Update when rules depend on each other in a
// way that never settles.
type CircularityError struct {
	Path   []string            // the rules of the loop, in order; the last one affects the first
	Routes map[string][]string // what each rule of this pass made run
}

func (e *CircularityError) Error() string {
	return "cell: circular rules: " + strings.Join(e.Path, " -> ") + " -> " + e.Path[0]
}

// ClockError is given to the graph's error handler when a transaction that tells
// rules of a moment has failed, see WithErrorHandler. It is then undone, and tried
// again at Retry; or, if that is NotYet, it was committed and an effect failed.
type ClockError struct {
	At    Moment // the moment that had come
	Retry Moment
	Err   error // as of Attempt
}

func (e *ClockError) Error() string { return "cell: at " + e.At.String() + ": " + e.Err.Error() }

// Unwrap returns the error of the transaction.
func (e *ClockError) Unwrap() error { return e.Err }

// UsageError is the value of a panic that reports a mistake in the program, such
// as a transaction started inside a transaction, or the wrong handle.
type UsageError struct{ Problem string }

func (e *UsageError) Error() string { return "cell: " + e.Problem }
