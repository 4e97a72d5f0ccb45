package cell

import (
	"errors"
	"runtime"
	"runtime/debug"
)

// abort undoes the transaction after a panic, or after a Goexit if p is nil. It
// returns the error of a rule; other panics it passes on, unless contained.
func (g *Graph) abort(p any, contain bool) (err error) {
	if !contain {
		defer g.out.drain(nil) // Update comes to it only if it returns
	}
	unlocked := false
	defer func() {
		if !unlocked { // what must not fail has called Goexit
			defer g.mu.Unlock()
			defer g.finish(ErrGoexit)
			g.rollback()
		}
	}()
	blame := g.failing()
	g.rollback()
	if g.tracing != nil {
		g.traceAbort(p, blame)
	}
	undoFailed := g.end()
	err = asError(p, blame)
	if err == nil && contain && p != nil {
		err = blame.panicked(p, debug.Stack())
	}
	var exitFailed error
	if len(g.managers) > 0 {
		cause := err
		switch {
		case p == nil:
			cause = ErrGoexit
		case err == nil:
			cause = blame.panicked(p, debug.Stack())
		}
		exitFailed = g.exitManagers(cause)
	}
	unlocked = true
	g.mu.Unlock()
	if p == nil {
		return nil // Goexit: nobody receives it
	}
	if err == nil { // a crash prints all
		defer panic(p)
		if exitFailed != nil {
			defer panic(exitFailed)
		}
		if undoFailed != nil {
			panic(undoFailed.Value)
		}
		return nil
	}
	if undoFailed != nil {
		err = errors.Join(err, undoFailed)
	}
	return both(err, exitFailed)
}

// asError returns the error that a panic means, in a rule if one is to blame. It
// is nil if the panic is to be passed on.
func asError(p any, b blame) error {
	err := meant(p, b.rule != "")
	if err == nil || b.rule == "" {
		return err
	}
	return &RuleError{Rule: b.rule, Because: b.because, Err: err, culprit: b.culprit}
}

// meant returns the error that a panic means, without saying whose it is.
func meant(p any, inRule bool) error {
	switch p := p.(type) {
	case failure:
		return p.err
	case *ConflictError:
		return p
	case *CircularityError:
		return p
	case error:
		_, bug := p.(runtime.Error)
		_, misuse := p.(*UsageError)
		if inRule && !bug && !misuse {
			return p
		}
	}
	return nil
}

// rollback restores the state before the transaction.
func (g *Graph) rollback() {
	g.stopRunning()
	g.undoTo(0)
	g.queue.clear()
	g.observers.clear()
	g.callbacks = clearTail(g.callbacks, 0)
	g.atCommit = clearTail(g.atCommit, 0)
	g.leaving = clearTail(g.leaving, 0)
	g.telling = clearTail(g.telling, 0)
	for _, p := range g.pulsing {
		if p != nil {
			p.drop()
		}
	}
	g.pulsing = clearTail(g.pulsing, 0)
	g.renewed = clearTail(g.renewed, 0)
	g.full = nil
	g.forgetRuns()
}

// stopRunning leaves no trace of rules that were running when it all stopped.
func (g *Graph) stopRunning() {
	for _, r := range g.running() {
		r.flags &^= isRunning
	}
	g.outer = clearTail(g.outer, 0)
	g.acting = nil
	g.idleFrame()
}

// forgetRuns forgets what is only needed to undo a rule alone. The runs themselves
// may be asked for when something fails, see author; they are kept as long as they
// are not too many.
func (g *Graph) forgetRuns() {
	if len(g.past) == 0 {
		g.past, g.ran = g.ran, g.past
	} else if len(g.past) < keepCap {
		g.past = append(g.past, g.ran...)
	}
	g.ran = clearTail(g.ran, 0)
	g.retries, g.retried, g.followers = nil, nil, nil
	g.retryAt = -1
}
