package cell

import "errors"

// Attempt is Update for programs that host other people's rules: a panic in a
// rule or in fn comes back as a *PanicError instead of being passed on, after the
// undo. See Culprit for who is to blame.
func (g *Graph) Attempt(fn func(Tx) error) error {
	g.lock()
	defer g.out.drain()
	return g.transact(fn, true)
}

// Stopper is a rule that can be ended: a Maintained or an Observer.
type Stopper interface {
	Stop()
	StopIn(Tx)
}

// Culprit returns the rule or observer whose failure err reports, if err is, or
// wraps, a *RuleError or *PanicError of one. If it failed inside a Computed, it
// is the rule that was reading it.
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
	s, ok := l.self.(Stopper)
	return s, ok
}
