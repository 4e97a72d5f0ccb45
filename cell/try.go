package cell

import "slices"

// Try runs fn as a part of the transaction that can fail alone (Trellis: a
// savepoint). If fn returns an error, or what it does fails, everything since the
// call is undone: values, collections, what was created and stopped, what was
// scheduled and queued. Functions given to OnUndo run. The transaction then goes
// on with what there was before, and Try returns the error, which is one that
// Update would return: fn's own or that of Fail, the *RuleError of a rule that fn
// ran by reading it, or a *ConflictError. A *CircularityError, other panics and
// Goexit are not caught; they undo all of the transaction.
//
// In a rule, what fn has read stays an input also if it fails: the rule runs
// again when the next try may end otherwise. Only what fn does itself can fail
// here; rules that its writes schedule run later. Handles of the caller must not
// be used inside fn, and that of fn not after it.
func (tx Tx) Try(fn func(Tx) error) (err error) {
	need(fn != nil, "Try wants a function, not nil")
	g := tx.enter()
	s := g.newSavepoint()
	h := g.handle()
	finished := false
	defer func() {
		if finished {
			return
		}
		p := recover()
		if p == nil {
			return // Goexit: the transaction is about to be undone
		}
		if err = g.tryError(p, s); err == nil {
			panic(p)
		}
		g.undoTry(s)
	}()
	err = fn(Tx{h})
	h.enter()
	finished = true
	if err == nil {
		g.keepTry(s)
	} else {
		g.undoTry(s)
	}
	return err
}

// savepoint is the state of a transaction before a Try.
//
// While it lasts the writer has another serial number: so what it has written
// before is saved once more when it writes it again. A record of a run tells
// which rule the number belongs to.
type savepoint struct {
	frame            frame // of the function that tries
	serial           uint64
	height, ran      int
	outer, renewed   int
	retryAt, retries int
	late             []*rule
}

func (g *Graph) newSavepoint() *savepoint {
	f := &g.frame
	if t := f.tracker(); t != nil {
		g.saveSources(t) // now, so that undoing leaves what has been read meanwhile
	}
	s := &savepoint{
		frame: *f, serial: g.nextSerial(),
		height: len(g.log), ran: len(g.ran),
		outer: len(g.outer), renewed: len(g.renewed),
		retryAt: g.retryAt, retries: len(g.retries),
	}
	if f.state&late != 0 {
		g.queue.each(func(r *rule) {
			if r.flags&(isDirty|isLate) == isDirty|isLate {
				s.late = append(s.late, r)
			}
		})
	}
	g.ran = append(g.ran, ranRule{rule: f.rule, by: f.serial, serial: s.serial, height: s.height, nested: true, tries: true})
	f.running, f.serial = s.serial, s.serial
	f.state &^= stamping
	return s
}

// keepTry ends a Try that has succeeded.
func (g *Graph) keepTry(s *savepoint) {
	f := &g.frame
	f.running, f.serial = s.frame.running, s.frame.serial
	f.state &^= stamping
}

// tryError returns the error that Try returns for a panic, nil if it passes on.
func (g *Graph) tryError(p any, s *savepoint) error {
	if _, loop := p.(*CircularityError); loop {
		return nil
	}
	if f := &g.frame; f.rule == s.frame.rule { // fn itself has failed: there is nobody to look for
		return meant(p, f.rule != nil || g.acting != nil)
	}
	return asError(p, g.failing())
}

// undoTry ends a Try that has failed.
func (g *Graph) undoTry(s *savepoint) {
	t := s.frame.tracker()
	known := len(g.outer) == s.outer && g.frame.tracker() == t // what t has read
	for _, r := range g.running() {
		if r != s.frame.rule && !slices.Contains(g.outer[:s.outer], r) {
			r.flags &^= isRunning
		}
	}
	g.outer = clearTail(g.outer, s.outer)
	last, cursor := g.frame.last, g.frame.cursor
	g.frame = s.frame
	f := &g.frame
	f.state = f.state&^stamping | hasRead
	if f.rule != nil {
		f.state |= late
		f.level = max(f.level, f.rule.level) // what it has read meanwhile may have raised it
	}
	if t != nil {
		f.last, f.cursor = last, cursor
		if !known {
			f.last, f.cursor = t.lastSource(), nil
		}
		g.readThrough(s.ran)
	}
	if g.tracing != nil {
		g.traceTry(s)
	}
	g.backTo(s.ran, s.height, s.serial)
	if t != nil {
		if t.deps != nil && !known {
			f.last, f.cursor = t.lastSource(), nil // it may have been stopped, and linked again
		}
		g.dropInactive()
	}
	f.running = s.frame.running
	g.retryAt = s.retryAt
	g.uncountRetries(s.retries)
	for _, r := range s.late {
		if r.flags&isDirty != 0 {
			r.flags |= isLate
		}
	}
	for _, n := range g.renewed[s.renewed:] {
		g.changed(n)
	}
}

func (r *rule) lastSource() (last *link) {
	for l := r.deps; l != nil; l = l.nextDep {
		last = l
	}
	return last
}

// readThrough makes an input of the tracker, which has tried and failed, what the
// computed cells that it has read have read, and rules that ran for the first
// time: in the state that was tried. All that is about to be undone.
func (g *Graph) readThrough(from int) {
	f := &g.frame
	if f.last == nil {
		return
	}
	seen := map[*rule]bool{}
	var through func(n *node)
	through = func(n *node) {
		if n.flags&(isCompute|isMaintain) == 0 {
			return
		}
		r := n.asRule()
		if seen[r] || r.flags&isCompute == 0 && !slices.ContainsFunc(g.ran[from:], func(run ranRule) bool { return run.rule == r }) {
			return
		}
		seen[r] = true
		for l := r.deps; l != nil; l = l.nextDep {
			if l.subject.flags&isCompute == 0 {
				g.track(l.subject)
			}
			through(l.subject)
		}
		if r.flags&hasItems != 0 {
			r.self.(itemKeeper).each(func(it *rule) { through(&it.node) })
		}
	}
	var read []*node
	for l := f.tracker().deps; l != f.last.nextDep; l = l.nextDep {
		read = append(read, l.subject)
	}
	for _, n := range read {
		through(n)
	}
}

// dropInactive takes away links to computed cells that are inactive again.
func (g *Graph) dropInactive() {
	f := &g.frame
	if f.last == nil {
		return
	}
	t, end := f.tracker(), f.last.nextDep
	var kept *link
	for l := t.deps; l != end; {
		next := l.nextDep
		if l.subject.flags&(isCompute|isActive|isConstant) == isCompute {
			if kept == nil {
				t.deps = next
			} else {
				kept.nextDep = next
			}
			l.subject.stamp = 0 // else it would pass for linked
			g.dropLink(l)
		} else {
			kept = l
		}
		l = next
	}
	f.last = kept
}
