package cell

import (
	"cmp"
	"errors"
	"runtime/debug"
)

// Manager is entered when a transaction first needs it and left when that ends: a
// mutex to be held, or a transaction of a database that goes along with the
// graph's. See Tx.Manage.
type Manager interface {
	// Enter is called by Manage, once a transaction. If it fails so does the
	// function that has called Manage.
	Enter() error
	// Exit is called under the graph's lock when all is over: err is nil if the
	// transaction has been committed, else what it failed with. It must not use
	// the graph, and should not take long: all others wait. If it fails, what is
	// committed stays so, and what is undone, undone.
	Exit(err error) error
}

// Manage enters m, unless this transaction has done so before; managers are
// compared with ==. When the transaction ends, after functions given to AtCommit
// and before effects, or after the undo, all managers are left in reverse order,
// also those that were entered by a rule or in a Try that was undone since. If one
// fails, or panics, the others are left with its error, too. Update returns it: in
// an *EffectError if the transaction has been committed, else joined to the error
// of that. To undo the transaction because of something outside use OnCommit.
func (tx Tx) Manage(m Manager) {
	need(m != nil, "Manage wants a Manager, not nil")
	g := tx.enter()
	for _, e := range g.managers {
		if e.fn == m {
			return
		}
	}
	if err := m.Enter(); err != nil {
		tx.Fail(err)
	}
	g.managers = append(g.managers, queued[Manager]{m, g.behalf()})
}

// exitManagers leaves the managers of a transaction that has failed with cause,
// if with anything, and returns what they have failed with.
func (g *Graph) exitManagers(cause error) (failed error) {
	finished := false
	defer func() {
		if !finished {
			g.exitManagers(ErrGoexit) // one has called it: the rest, while the goroutine ends
		}
	}()
	for len(g.managers) > 0 {
		top := len(g.managers) - 1
		m := g.managers[top]
		g.managers = clearTail(g.managers, top)
		err := exit(m.fn, both(cause, failed))
		if err != nil && m.by != nil {
			err = &RuleError{Rule: nameOf(&m.by.node), Err: err, culprit: m.by}
		}
		failed = both(failed, err)
	}
	finished = true
	return failed
}

// both is errors.Join, but of one error it makes no other.
func both(a, b error) error {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	return errors.Join(a, b)
}

func exit(m Manager, cause error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	return m.Exit(cause)
}

// managed adds to err, that of a transaction, what its managers fail with.
func (g *Graph) managed(err error) error {
	failed := g.exitManagers(err)
	if err == nil && failed != nil {
		return &EffectError{Err: failed}
	}
	return both(err, failed)
}
