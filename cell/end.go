package cell

import "slices"

// end cleans up after a commit or a rollback and hands over what leaves the
// graph. It returns the panic of what must not fail, see noteFailure.
func (g *Graph) end() (undoFailed *PanicError) {
	g.idleFrame()
	if n := len(g.log); n > 0 {
		g.forgetLog(n)
	}
	if len(g.past)|len(g.ending)|len(g.stopped)|len(g.halted)|len(g.idle)|len(g.sensing)|len(g.telling)|len(g.leaving) != 0 ||
		g.clock != nil || g.undoFailed != nil {
		undoFailed = g.endRest()
	}
	if g.highest >= g.tooHigh {
		g.lowerLevels()
	}
	return undoFailed
}

// endRest is end for what few transactions leave behind.
func (g *Graph) endRest() (undoFailed *PanicError) {
	g.past = clearTail(g.past, 0)
	for _, e := range g.ending {
		e.end()
	}
	g.ending = clearTail(g.ending, 0)
	g.endStopped()
	g.endIdle()
	g.settleSensors()
	for i, tell := range g.telling {
		if tell != nil {
			g.telling[i] = nil // if it calls Goexit, the others are left, see goOn
			tell()
		}
	}
	g.telling = clearTail(g.telling, 0)
	if g.clock != nil {
		g.clock.end()
	}
	if len(g.leaving) > 0 {
		g.deliver()
	}
	undoFailed = g.undoFailed
	g.undoFailed = nil
	return undoFailed
}

// goOn ends a transaction that is over, with err, committed or undone, although a
// function has called Goexit where it must not fail: what that has kept from being
// done is done while the goroutine ends.
func (g *Graph) goOn(err error, contain bool) {
	if !contain {
		defer g.out.drain(nil) // Update comes to it only if it returns
	}
	defer g.mu.Unlock()
	g.finish(err)
}

func (g *Graph) finish(err error) {
	finished := false
	defer func() {
		if !finished {
			g.finish(err) // one more has called it
		}
	}()
	g.end()
	g.full = nil
	g.exitManagers(err)
	finished = true
}

// endIdle lets cells go that have lost their last listener.
func (g *Graph) endIdle() {
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
			n.asCustom().idle(g)
		default:
			r := n.asRule()
			r.flags &^= isActive
			r.mark, r.level = 0, 0
			g.dropSources(r)
			if r.flags&isKeeper != 0 {
				r.self.(keeper).free(g)
				g.lastChange = g.nextSerial() // computed anew, its items may be in another order
			}
		}
	}
}

// endStopped lets go of what was stopped.
func (g *Graph) endStopped() {
	for _, s := range g.halted { // first: a rule may be in both, after a Try
		s.end(g)
	}
	g.halted = clearTail(g.halted, 0)
	for _, l := range g.stopped {
		if l.flags&isStopped != 0 { // else the stop was undone
			g.dropSources(&l.rule)
			l.newer, l.next = nil, nil
		}
	}
	g.stopped = clearTail(g.stopped, 0)
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
