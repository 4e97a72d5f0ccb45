package cell

// schedule makes r run in this pass, after the running rule. If r has already
// run in this pass, it read something that was about to change: a Computed just
// runs again, a Maintained is undone first, see retry.go.
func (g *Graph) schedule(r *rule) {
	f := &g.frame
	if r.flags&isStopped != 0 {
		return
	}
	if r.flags&isObserver != 0 {
		g.scheduleObserver(r, f.level+1)
		return
	}
	if f.state&following != 0 && r == f.own {
		return
	}
	if r.flags&isDirty != 0 {
		if r.flags&isLate == 0 || !g.beLate(r) {
			r.flags &^= isLate
			g.raise(r, f.level+1, nil)
		}
		return
	}
	if r.flags&isMaintain != 0 {
		if r.asMaintain().hand >= g.passStart {
			return // set by hand in this pass: that counts, not the rule
		}
		if r.flags&isRunning != 0 && g.madeBy(r) || r.mark >= g.sweepStart && g.retry(r) {
			return
		}
	}
	r.flags |= isDirty
	r.mark = f.serial
	if r.level <= f.level && (r.flags&isCompute == 0 || !g.beLate(r)) {
		g.raise(r, f.level+1, nil)
	}
	g.queue.push(r)
}

// scheduleObserver makes an observer run after the rules of this pass. Its place
// is given by the depth of the first change that reaches it: 0 if written from
// outside, else the level of the rule that wrote, plus one.
func (g *Graph) scheduleObserver(r *rule, depth int32) {
	switch has := r.flags&isQueued != 0; {
	case r.flags&isDirty == 0:
		r.mark, r.level = g.frame.serial, depth
		r.flags |= isDirty | isQueued
		g.observers.add(r, has)
	case depth < r.level:
		r.level = depth
		g.observers.add(r, has)
	}
}
