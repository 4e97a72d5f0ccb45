package cell

import (
	"errors"
	"runtime"
	"runtime/debug"
	"slices"
)

// transact runs one transaction under the lock, which it releases. It is never
// inlined, so that refuseNested finds its frame.
//
//go:noinline
func (g *Graph) transact(fn func(Tx) error, contain bool) (full *filled, err error) {
	finished := false
	defer func() {
		if !finished {
			err = g.abort(recover(), contain)
		}
	}()
	h := g.begin()
	if err = fn(Tx{h}); err != nil {
		g.rollback()
	} else {
		h.enter()
		g.settle()
		if len(g.atCommit) > 0 {
			g.runAtCommit()
		}
	}
	if g.tracing != nil {
		g.traceOutcome(err)
	}
	undoFailed := g.end()
	full, g.full = g.full, nil
	if len(g.managers) > 0 {
		err = g.managed(err)
	}
	finished = true
	g.mu.Unlock()
	if undoFailed != nil {
		err = g.ofUndo(undoFailed, err, contain)
	}
	return full, err
}

// ofUndo joins the panic of a function given to OnUndo to the error of the
// transaction. If that has none, it has been committed: the panic is of a retry.
func (g *Graph) ofUndo(undoFailed *PanicError, err error, contain bool) error {
	switch {
	case err != nil:
		return errors.Join(err, undoFailed)
	case contain:
		return &EffectError{Err: undoFailed}
	default:
		defer g.out.drain(nil)
		panic(undoFailed.Value)
	}
}

// look runs a View under the lock, which it releases.
//
//go:noinline
func (g *Graph) look(fn func(Reader)) {
	looked := false
	defer func() {
		if !looked {
			g.failLooking(recover())
		}
	}()
	r := g.startLooking()
	fn(r)
	g.stopLooking(r)
	looked = true
}

// lookAt is look for a single cell.
//
//go:noinline
func lookAt[T any](g *Graph, c Readable[T]) (v T) {
	looked := false
	defer func() {
		if !looked {
			g.failLooking(recover())
		}
	}()
	r := g.startLooking()
	v = c.Get(r)
	g.stopLooking(r)
	looked = true
	return v
}

func (g *Graph) startLooking() Reader {
	g.txnStart = g.nextSerial() // a View, too, reads a Sensor only once
	g.frame.running, g.frame.state = g.txnStart, looking
	return g.handle()
}

func (g *Graph) stopLooking(r Reader) {
	r.enter()
	g.frame.running, g.frame.state = 0, 0
	g.unlockView()
}

// unlockView ends a View.
func (g *Graph) unlockView() {
	if g.clock != nil {
		g.clock.asked = false
	}
	g.mu.Unlock()
}

// failLooking passes the panic on, or the Goexit if p is nil.
func (g *Graph) failLooking(p any) {
	if f, ok := p.(failure); ok {
		p = f.err
		if r := g.frame.rule; r != nil {
			p = &RuleError{Rule: nameOf(&r.node), Err: f.err}
		}
	}
	g.stopRunning()
	g.unlockView()
	if p != nil {
		panic(p)
	}
}

func (g *Graph) nextSerial() uint64 {
	g.serial++
	return g.serial
}

func (g *Graph) begin() Reader {
	g.transactions++
	g.pass = 1
	g.txnStart = g.nextSerial()
	g.prelude(g.txnStart)
	g.frame.running = g.txnStart
	if g.tracing != nil {
		g.traceBegin()
	}
	return g.handle()
}

// prelude begins the part of a pass in which code outside rules writes.
func (g *Graph) prelude(serial uint64) {
	g.passStart, g.sweepStart = serial, ^uint64(0)
	g.idleFrame(serial)
}

// idleFrame is the frame when no rule is running.
func (g *Graph) idleFrame(serial uint64) {
	f := &g.frame
	f.running, f.rule, f.cursor, f.last = 0, nil, nil, nil
	f.serial, f.level, f.state = serial, -1, 0
}

// settle runs passes until nothing is left to do: rules, lowest level first,
// then observers, then commit callbacks, then pulses and pipes are reset.
func (g *Graph) settle() {
	for {
		if g.anything.subs != nil {
			g.poll()
		}
		g.sweepStart = g.nextSerial()
		for r := g.queue.next(); r != nil; r = g.queue.next() {
			g.run(r)
			if g.retryAt >= 0 {
				g.rewind()
			}
		}
		if g.pass > maxPasses {
			g.endless()
		}
		if len(g.ran) > 0 {
			g.forgetRuns()
		}
		for r := g.observers.take(); r != nil; r = g.observers.take() {
			g.run(r)
		}
		if g.clock != nil {
			g.clock.next.endPass()
		}
		if len(g.callbacks) == 0 && len(g.pulsing) == 0 {
			return // rules only schedule within their pass: nothing else is left
		}
		g.pass++
		g.prelude(g.nextSerial())
		pulsed := len(g.pulsing)
		g.runCallbacks()
		g.resetPulses(pulsed)
	}
}

// A transaction of so many passes, or callbacks that queue callbacks so often, or
// as many of them, will not end.
const (
	maxPasses    = 10_000
	maxRounds    = 10_000
	maxCallbacks = 1_000_000
)

// endless fails the transaction because it does not end. To blame are those who
// have queued callbacks, else the rules of the last pass.
func (g *Graph) endless() {
	var path []*rule
	add := func(r *rule) {
		if len(path) < 16 && !slices.Contains(path, r) {
			path = append(path, r)
		}
	}
	for _, c := range slices.Backward(g.callbacks) {
		if c.by != nil {
			add(&c.by.rule)
		}
	}
	if len(path) == 0 {
		for _, run := range g.ran {
			if !run.tries && run.rule.flags&isMaintain != 0 {
				add(run.rule)
			}
		}
	}
	g.stopRunning()
	if len(path) == 0 {
		panic(&UsageError{Problem: "the transaction does not end: commit callbacks or pulses of code outside rules go on for ever"})
	}
	g.acting = path[0].asLiving()
	panic(circle(path))
}

// runCallbacks runs the callbacks queued in this pass, and those queued by them.
func (g *Graph) runCallbacks() {
	rounds, round := 0, len(g.callbacks)
	for i := 0; i < len(g.callbacks); i++ {
		if i == round {
			rounds, round = rounds+1, len(g.callbacks)
			if rounds > maxRounds || round > maxCallbacks {
				g.endless()
			}
		}
		g.frame.running = g.nextSerial()
		h := g.handle()
		g.acting = g.callbacks[i].by
		g.callbacks[i].fn(Tx{h})
		h.enter()
	}
	g.frame.running, g.acting = 0, nil
	g.callbacks = clearTail(g.callbacks, 0)
}

// runAtCommit runs what belongs to the commit itself.
func (g *Graph) runAtCommit() {
	g.idleFrame(0)
	for _, f := range g.atCommit {
		g.acting = f.by
		f.fn()
	}
	g.acting = nil
	g.atCommit = clearTail(g.atCommit, 0)
}

// behalf returns the rule with a life in whose name is acted now: the innermost
// one that runs, or the one that has queued the running callback, or nil.
func (g *Graph) behalf() *living {
	const lives = isMaintain | isObserver
	if r := g.frame.rule; r == nil {
		return g.acting
	} else if r.flags&lives != 0 {
		return r.asLiving()
	}
	for _, r := range slices.Backward(g.outer) {
		if r.flags&lives != 0 {
			return r.asLiving()
		}
	}
	return g.acting
}

// resetPulses ends the pass of the first n pulses. What callbacks have pulsed
// since stays for the next pass, see pulsed.
func (g *Graph) resetPulses(n int) {
	if t := g.tracing; t != nil {
		t.resets = true
		defer func() { t.resets = false }()
	}
	for _, p := range g.pulsing[:n] {
		if p != nil {
			p.reset(g)
		}
	}
	rest := copy(g.pulsing, g.pulsing[n:])
	g.pulsing = clearTail(g.pulsing, rest)
	g.renewed = clearTail(g.renewed, 0)
}

// abort undoes the transaction after a panic, or after a Goexit if p is nil. It
// returns the error of a rule; other panics it passes on, unless contained.
func (g *Graph) abort(p any, contain bool) (err error) {
	if !contain {
		defer g.out.drain(nil) // Update comes to it only if it returns
	}
	unlocked := false
	defer func() {
		if !unlocked { // a function given to OnUndo, or a manager, has called Goexit
			defer g.mu.Unlock()
			g.rollback()
			g.end()
			g.exitManagers(errGoexit)
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
			cause = errGoexit
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
	failed := func(err error) error {
		if b.rule == "" {
			return err
		}
		return &RuleError{Rule: b.rule, Because: b.because, Err: err, culprit: b.culprit}
	}
	switch p := p.(type) {
	case failure:
		return failed(p.err)
	case *ConflictError:
		return failed(p)
	case *CircularityError:
		return failed(p)
	case error:
		_, bug := p.(runtime.Error)
		_, misuse := p.(*UsageError)
		if b.rule != "" && !bug && !misuse {
			return failed(p)
		}
	}
	return nil
}

// culprit returns the innermost running rule that can be stopped. A Computed that
// runs by itself runs for those who listen to it: then it is one of them.
func (g *Graph) culprit() *living {
	if l := g.behalf(); l != nil {
		return l
	}
	if running := g.running(); len(running) > 0 {
		return listening(running[0])
	}
	return nil
}

// listening returns a rule with a life that, perhaps by way of computed cells,
// listens to r. They may be in a circle, if that is what failed.
func listening(r *rule) *living {
	seen := map[*rule]bool{}
	for todo := []*rule{r}; len(todo) > 0; todo = todo[1:] {
		for l := todo[0].subs; l != nil; l = l.nextSub {
			if l.rule.flags&(isMaintain|isObserver) != 0 {
				return l.rule.asLiving()
			}
			if !seen[l.rule] {
				seen[l.rule] = true
				todo = append(todo, l.rule)
			}
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
	g.idleFrame(0)
}

// forgetRuns forgets what is only needed to undo a rule alone.
func (g *Graph) forgetRuns() {
	g.ran = clearTail(g.ran, 0)
	g.retries, g.retried, g.followers = nil, nil, nil
	g.retryAt = -1
}

// end cleans up after a commit or a rollback and hands over what leaves the
// graph. It returns the panic of a function given to OnUndo.
func (g *Graph) end() (undoFailed *PanicError) {
	g.idleFrame(0)
	if n := len(g.log); n > 0 {
		g.forgetLog(n)
	}
	if len(g.ending) > 0 {
		for _, e := range g.ending {
			e.end()
		}
		g.ending = clearTail(g.ending, 0)
	}
	if len(g.stopped)+len(g.halted) > 0 {
		g.endStopped()
	}
	for len(g.idle) > 0 {
		top := len(g.idle) - 1
		n := g.idle[top]
		g.idle[top] = nil
		g.idle = g.idle[:top]
		n.flags &^= isIdle
		switch {
		case n.flags&isSensor != 0:
			g.sensing = append(g.sensing, n.asSensor())
		case n.subs != nil:
		case n.flags&isListened != 0:
			n.asCustom().idle()
		default:
			r := n.asRule()
			r.flags &^= isActive
			r.mark, r.level = 0, 0
			g.dropSources(r)
			if r.flags&isKeeper != 0 {
				r.self.(keeper).free(g)
			}
		}
	}
	if g.highest >= g.tooHigh {
		g.lowerLevels()
	}
	if len(g.sensing) > 0 {
		g.settleSensors()
	}
	if len(g.telling) > 0 {
		for _, tell := range g.telling {
			tell()
		}
		g.telling = clearTail(g.telling, 0)
	}
	if g.clock != nil {
		g.clock.end()
	}
	if len(g.leaving) > 0 {
		g.deliver()
	}
	undoFailed, g.undoFailed = g.undoFailed, nil
	return undoFailed
}

// endStopped lets go of what was stopped.
func (g *Graph) endStopped() {
	for _, l := range g.stopped {
		if l.flags&isStopped != 0 { // else the stop was undone
			g.dropSources(&l.rule)
		}
	}
	g.stopped = clearTail(g.stopped, 0)
	for _, s := range g.halted {
		s.end(g)
	}
	g.halted = clearTail(g.halted, 0)
}

// forgetLog empties the undo log.
func (g *Graph) forgetLog(n int) {
	if n > 4 || cap(g.log) > keepCap {
		g.log = clearTail(g.log, 0)
	} else { // cheaper than a call to clear
		for i := range g.log {
			g.log[i].what = nil
		}
		g.log = g.log[:0]
	}
	if len(g.boxes) > 0 {
		g.boxes = clearTail(g.boxes, 0)
	}
	if len(g.sources) > 0 {
		g.sources = clearTail(g.sources, 0)
	}
}

// ender is told when a transaction that touched it has ended.
type ender interface{ end() }

// keepCap bounds what a slice used by every transaction keeps after a large one.
const keepCap = 1 << 14

// double returns s with room for twice as much. append is more sparing with large
// slices, and so copies what a large transaction leaves behind five times over.
//
//go:noinline
func double[E any](s []E) []E { return slices.Grow(s, max(len(s), 8)) }

// clearTail truncates s to n, lets go of what the rest points to, and of the
// array if it has become much too large.
func clearTail[E any](s []E, n int) []E {
	if n == 0 && cap(s) > keepCap && len(s) < cap(s)/8 {
		return nil
	}
	clear(s[n:])
	return s[:n]
}
