package cell

import "errors"

// transact runs one transaction under the lock, which it releases. It is never
// inlined, so that refuseNested finds its frame.
//
//go:noinline
func (g *Graph) transact(fn func(Tx) error, contain bool) (full *filled, err error) {
	finished, over := false, false
	defer func() {
		if !finished {
			if over {
				g.goOn(err, contain)
			} else {
				err = g.abort(recover(), contain)
			}
		}
	}()
	h := g.begin()
	if g.tracing != nil {
		g.traceBegin()
	}
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
	over = true
	undoFailed := g.end()
	if full = g.full; full != nil {
		g.full = nil
	}
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

// ofUndo joins the panic of what must not fail to the error of the transaction. If
// that has none, it has been committed.
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

func (g *Graph) nextSerial() uint64 {
	g.serial++
	return g.serial
}

func (g *Graph) begin() Reader {
	g.transactions++
	g.pass = 1
	serial := g.serial + 1
	g.serial, g.txnStart = serial, serial
	g.prelude(serial) // the frame is idle: end has seen to that
	g.frame.running = serial
	return Reader{g, serial}
}

// prelude begins the part of a pass in which code outside rules writes.
func (g *Graph) prelude(serial uint64) {
	g.passStart, g.sweepStart = serial, ^uint64(0)
	g.frame.serial = serial
}

// idleFrame is the frame when nothing is running.
func (g *Graph) idleFrame() {
	f := &g.frame
	f.running, f.rule, f.cursor, f.last = 0, nil, nil, nil
	f.serial, f.level, f.state = 0, -1, 0
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
			g.run(r, r.flags&^isQueued)
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
		if len(g.observers.rules) > 0 {
			g.observe()
		}
		if g.clock != nil {
			g.clock.next.endPass()
		}
		if len(g.callbacks) == 0 && len(g.pulsing) == 0 {
			return // rules only schedule within their pass: nothing else is left
		}
		g.pass++
		g.idleFrame()
		g.prelude(g.nextSerial())
		pulsed := len(g.pulsing)
		g.runCallbacks()
		g.resetPulses(pulsed)
	}
}
