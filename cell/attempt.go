package cell

import (
	"context"
	"errors"
	"slices"
)

// Attempt is Update for programs that host other people's rules: a panic in a
// rule or in fn comes back as a *PanicError instead of being passed on, after the
// undo. See Culprit for who is to blame.
//
// If what it runs after the commit panics, an effect or a function given to
// AfterCommit, the others still run and an *EffectError is returned: whenever
// errors.As finds one, the transaction has been committed. (Goexit in such a
// function cannot be contained.)
func (g *Graph) Attempt(fn func(Tx) error) (err error) {
	need(fn != nil, "Attempt wants a function, not nil")
	g.lock()
	var failed []effectFailure
	defer func() {
		defer func() { err = g.effectsFailed(err, failed) }()
		g.out.drain(&failed)
	}()
	full, err := g.transact(fn, true)
	if full != nil {
		g.out.drain(&failed)
		full.wait(context.Background())
	}
	return err
}

// effectsFailed adds to err, that of the transaction, what failed after it.
func (g *Graph) effectsFailed(err error, failed []effectFailure) error {
	if len(failed) == 0 {
		return err
	}
	errs := []error{err}
	for _, f := range failed {
		e := g.effectError(f)
		if err == nil {
			errs = append(errs, e)
		} else {
			errs = append(errs, e.Err)
		}
	}
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

func (g *Graph) effectError(f effectFailure) *EffectError {
	p := &PanicError{Value: f.value, Stack: f.stack, culprit: f.by}
	if f.by != nil {
		g.mu.Lock() // names are guarded by it
		p.Rule = nameOf(&f.by.node)
		g.mu.Unlock()
	}
	return &EffectError{Rule: p.Rule, Err: p}
}

// Stopper is a rule that can be ended: a Maintained or an Observer.
type Stopper interface {
	Stop()
	StopIn(Tx)
}

// Culprit returns the rule or observer whose failure err reports, if err is, or
// wraps, a *RuleError, *PanicError or *EffectError of one. If it failed inside a
// Computed, it is the rule that was reading it; if in a commit callback, an effect
// or an AfterCommit function, the rule that queued it.
func Culprit(err error) (Stopper, bool) {
	var l *living
	if e := (*RuleError)(nil); errors.As(err, &e) {
		l = e.culprit
	} else if e := (*PanicError)(nil); errors.As(err, &e) {
		l = e.culprit
	}
	if l == nil {
		return nil, false
	}
	if m, ok := l.self.(interface{ stopper() Stopper }); ok {
		return m.stopper(), true
	}
	if o, ok := l.self.(interface{ observer() *Observer }); ok {
		return o.observer(), true
	}
	s, ok := l.self.(Stopper)
	return s, ok
}
