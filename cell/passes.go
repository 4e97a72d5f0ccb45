package cell

import "slices"

// Between the rules of one pass and those of the next: commit callbacks run, then
// pulses and pipes are reset. A transaction in which that goes on for ever fails.

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
	g.idleFrame()
	for _, f := range g.atCommit {
		g.acting = f.by
		f.fn()
	}
	g.acting = nil
	g.atCommit = clearTail(g.atCommit, 0)
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
