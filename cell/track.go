package cell

// Tracking finds the inputs of a rule while it runs. As long as the rule reads
// what it read last time, in that order, a read is a comparison with the cursor
// (inlined in each Get). Only when a run leaves that order does it stamp what it
// has read, so that it is not linked twice. A walk through computed cells meanwhile,
// see refresh and feeds, takes their stamps away: then they may be, which does no
// harm.

// again says that the function with the handle r has read n before: right before,
// or at any time since it left the order of its last run. So it is linked.
func (f *frame) again(r Reader, n *node) bool {
	return f.running == r.run &&
		(f.last != nil && f.last.subject == n || f.state&stamping != 0 && n.stamp == f.serial)
}

// read is the slow half of every Get.
func (n *node) read(r Reader) *Graph {
	g := r.enter()
	f := &g.frame
	if f.again(r, n) {
		return g
	}
	if n.graph.Load() != g {
		g.adopt(n)
	}
	f.state |= hasRead
	if f.state&tracking != 0 {
		g.track(n)
	}
	return g
}

// peek is the slow half of every Peek.
func (n *node) peek(r Reader) {
	g := r.enter()
	g.adopt(n)
	g.frame.state |= hasRead
}

// track records that the running rule has read n.
func (g *Graph) track(n *node) {
	f := &g.frame
	if l := f.cursor; l != nil && l.subject == n {
		f.last, f.cursor = l, l.nextDep
		if f.state&stamping != 0 {
			n.stamp = f.serial
		}
		return
	}
	r := f.tracker()
	if f.state&stamping == 0 {
		f.state |= stamping
		for l := r.deps; l != f.cursor; l = l.nextDep {
			l.subject.stamp = f.serial
		}
	}
	if n.stamp == f.serial {
		return // before the run left the order of the last one
	}
	n.stamp = f.serial
	g.saveSources(r)
	l := g.newLink(n, r)
	if f.last == nil {
		r.deps = l
	} else {
		f.last.nextDep = l
	}
	l.nextDep = f.cursor
	f.last = l
}

// endTracking drops the sources that this run, with the handle h, has not read.
func (g *Graph) endTracking(r *rule, h Reader) {
	h.enter()
	f := &g.frame
	r.flags &^= isFresh
	l := f.cursor
	if l == nil {
		return // read to the end, or stopped meanwhile
	}
	g.saveSources(r)
	if f.last == nil {
		r.deps = nil
	} else {
		f.last.nextDep = nil
	}
	f.cursor = nil
	for l != nil {
		next := l.nextDep
		g.dropLink(l)
		l = next
	}
}

// saveSources logs, once per run, what r had read before.
func (g *Graph) saveSources(r *rule) {
	if f := &g.frame; f.state&snapped == 0 {
		f.state |= snapped
		if r.flags&isFresh == 0 { // else it did not exist before this transaction
			g.logSources(r)
		}
	}
}

func (g *Graph) logSources(r *rule) {
	at := len(g.sources)
	for l := r.deps; l != nil; l = l.nextDep {
		if len(g.sources) == cap(g.sources) {
			g.sources = double(g.sources)
		}
		g.sources = append(g.sources, l.subject)
	}
	g.logUndo((*logged)(r), undoSources, uint64(at))
}

// undoSources links r again to what it had read before.
func (r *rule) undoSources(g *Graph, at int) {
	g.dropSources(r)
	var last *link
	for _, n := range g.sources[at:] {
		l := g.newLink(n, r)
		if last == nil {
			r.deps = l
		} else {
			last.nextDep = l
		}
		last = l
	}
	g.sources = clearTail(g.sources, at)
	g.relinked = append(g.relinked, r)
	if r.flags&isCompute != 0 {
		r.flags &^= isConstant
		if r.deps == nil {
			r.flags &^= isActive | isDirty | isLate // what it had read has scheduled it
			r.mark = 0
		}
	}
}

// dropSources takes all links of r away.
func (g *Graph) dropSources(r *rule) {
	for l := r.deps; l != nil; {
		next := l.nextDep
		g.dropLink(l)
		l = next
	}
	r.deps = nil
}
