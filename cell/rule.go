package cell

import "slices"

// rule is what Computed, Maintained and Observer have in common: a function with
// inputs. A rule is in one of these states:
//
//	clean    not dirty; its value is right. An inactive Computed has no links
//	         and is right while mark > graph.lastChange.
//	dirty    scheduled; an input has changed. Queued as well, always.
//	running  its function is on the stack.
//	stopped  has no links and is never scheduled again.
type rule struct {
	node
	mark uint64 // while dirty, the serial of the run that scheduled it; else of its last run
	next *rule  // in a bucket of the queue, or in its scope: the next older one
	deps *link  // sources in the order of reading
	self runner
}

// runner is the typed half of a rule.
type runner interface {
	// run calls the function, ends the tracking and stores what it returned.
	run(*Graph)
	undoer
}

// logged is a rule in the undo log. The conversion from a runner to an undoer
// would be a search at run time.
type logged rule

func (r *logged) undo(g *Graph, op undoOp, n uint64) { r.self.undo(g, op, n) }

// ranRule records one run, so that it can be undone alone.
type ranRule struct {
	rule   *rule
	by     uint64 // serial of the run that had scheduled it, notScheduled if none
	serial uint64
	height int  // of the undo log before the run
	nested bool // it ran inside the nearest record before it that is not nested
	late   bool // the rule was late, see late.go
	tries  bool // no run, but a Try of the rule, nil in code outside rules, see savepoint
}

const notScheduled = ^uint64(0)

// run runs r, whose flags are given without those that are to be reset by the way.
// What was running before, if anything was, is not restored.
func (g *Graph) run(r *rule, flags uint32) {
	serial := g.nextSerial()
	by := r.mark
	// Only what runs after a Maintained, or inside one, may have to be undone.
	if flags&isMaintain != 0 || len(g.ran) > 0 || len(g.queue.maintain.entries) > 0 {
		g.record(r, serial)
	}
	r.mark = serial
	r.flags = flags&^(isDirty|isLate) | isRunning
	f := &g.frame // field by field is twice as fast as all at once
	f.rule, f.cursor, f.last = r, r.deps, nil
	f.running, f.serial, f.level = serial, serial, r.level
	if flags&isMaintain != 0 {
		f.state = tracking
	} else {
		f.state = tracking | looking
		if flags&isLate != 0 {
			g.followOwn(by)
		}
	}
	if g.tracing == nil {
		r.self.run(g)
	} else {
		g.traceRun(r)
	}
	r.flags &^= isRunning
}

// record notes the run of r that is about to begin.
func (g *Graph) record(r *rule, serial uint64) {
	by := uint64(notScheduled)
	if r.flags&isDirty != 0 {
		by = r.mark
	}
	g.ran = append(g.ran, ranRule{r, by, serial, len(g.log), len(g.outer) > 0, r.flags&isLate != 0, false})
}

// runInside runs r inside what is running.
func (g *Graph) runInside(r *rule) {
	outer := g.leave()
	g.run(r, r.flags)
	g.comeBack(outer)
}

// runUntracked runs an inactive Computed for somebody who is not tracked: it
// gets no links, its value is a cache.
func (g *Graph) runUntracked(r *rule) {
	outer := g.leave()
	serial := g.nextSerial()
	r.flags |= isRunning
	g.frame = frame{running: serial, rule: r, serial: serial, level: outer.level, state: looking}
	g.traceRun(r)
	r.mark = serial
	if g.frame.state&volatile != 0 {
		r.mark = 0
	}
	r.flags &^= isRunning
	outer.state |= g.frame.state & (hasRead | volatile)
	g.comeBack(outer)
}

// leave returns the frame of what is running now, for comeBack.
func (g *Graph) leave() (outer frame) {
	if g.frame.rule != nil {
		g.outer = append(g.outer, g.frame.rule)
	}
	return g.frame
}

func (g *Graph) comeBack(outer frame) {
	outer.state |= g.frame.state & late
	g.frame = outer
	if outer.rule != nil {
		top := len(g.outer) - 1
		g.outer[top] = nil
		g.outer = g.outer[:top]
		if outer.rule.flags&isObserver == 0 {
			g.frame.level = max(outer.level, outer.rule.level) // it may have been raised
		}
	}
}

// forget ends the tracking for a while.
func (f *frame) forget() {
	f.state &^= tracking
	f.cursor, f.last = nil, nil
}

// running returns the rules on the stack, outermost first.
func (g *Graph) running() []*rule {
	if g.frame.rule == nil {
		return nil
	}
	return append(slices.Clip(g.outer), g.frame.rule)
}

// changed tells the listeners of n that it has changed. A rule is not told of
// its own writes.
func (g *Graph) changed(n *node) {
	g.lastChange = g.serial
	if g.tracing != nil {
		g.traceChange(n)
	}
	f := &g.frame
	for l := n.subs; l != nil; l = l.nextSub {
		r := l.rule
		if flags := r.flags; flags&isCompute != 0 && r.level > f.level { // the usual case of schedule
			if flags&isDirty != 0 {
				r.flags = flags &^ isLate // not by that rule alone
				continue
			}
			r.flags = flags | isDirty | isQueued
			r.mark = f.serial
			if flags&isQueued == 0 {
				g.queue.pushComputed(r)
			}
		} else if flags&(isObserver|isDirty|isStopped) == isObserver {
			r.flags = flags | isDirty | isQueued
			r.mark, r.level = f.serial, f.level+1
			g.observers.add(r, flags&isQueued != 0)
		} else if r != f.rule {
			g.schedule(r)
		}
	}
}
