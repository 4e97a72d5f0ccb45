package cell

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Level returns the level of a rule.
func Level(r interface{ ruleNode() *rule }) int { return int(r.ruleNode().level) }

func (s *LiveSet[T]) theNode() *node { return s.src.node() }

func (r *rule) ruleNode() *rule { return r }

// Sources returns how many links the rule has to what it reads.
func Sources(r interface{ ruleNode() *rule }) (n int) {
	for l := r.ruleNode().deps; l != nil; l = l.nextDep {
		n++
	}
	return n
}

// NameOf returns the name that an error would use.
func NameOf(c interface{ theNode() *node }) string { return nameOf(c.theNode()) }

func (n *node) theNode() *node { return n }

// InLine returns how many wait for the lock with a context.
func InLine(g *Graph) int {
	g.line.mu.Lock()
	defer g.line.mu.Unlock()
	return g.line.places.Len()
}

// Check checks everything that must hold of a graph between transactions.
func Check(g *Graph) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.check()
}

func (g *Graph) check() error {
	switch {
	case g.frame.running != 0 || g.frame.rule != nil || g.frame.tracker() != nil:
		return fmt.Errorf("something is still running")
	case g.queue.held != nil || g.queue.count != 0 || len(g.queue.maintain.entries) != 0 || len(g.observers.rules) != 0:
		return fmt.Errorf("something is still scheduled")
	case len(g.log)+len(g.boxes)+len(g.sources)+len(g.callbacks)+len(g.atCommit)+len(g.pulsing)+len(g.renewed)+len(g.ran)+len(g.managers)+len(g.ending)+len(g.leaving)+len(g.telling)+len(g.sensing)+len(g.idle)+len(g.retries) != 0:
		return fmt.Errorf("something is left of a transaction")
	}
	for word, bits := range g.queue.occupied {
		if bits != 0 {
			return fmt.Errorf("word %d of the queue is occupied", word)
		}
	}
	seen := map[*rule]bool{}
	var checkRule func(r *rule) error
	checkRule = func(r *rule) error {
		if seen[r] {
			return nil
		}
		seen[r] = true
		if bad := r.flags & (isDirty | isQueued | isRunning | isIdle | isStopped | isPulsing | isRaised); bad != 0 {
			return fmt.Errorf("%s has flags %b left", nameOf(&r.node), bad)
		}
		if r.flags&isCompute != 0 && r.deps != nil && (r.flags&isActive == 0 || r.subs == nil && r.flags&isConstant == 0) {
			return fmt.Errorf("%s is linked, but not active and listened to", nameOf(&r.node))
		}
		var bad error
		if r.flags&hasItems != 0 {
			r.self.(itemKeeper).each(func(it *rule) {
				switch {
				case bad != nil:
				case r.flags&hasItems == 0 || r.flags&isActive == 0 || it.flags&(isActive|isCompute) != isActive|isCompute:
					bad = fmt.Errorf("an item of %s is not active", nameOf(&r.node))
				case it.subs == nil || it.subs.nextSub != nil || it.subs.rule != r || it.level >= r.level:
					bad = fmt.Errorf("an item of %s is not linked, or on its level", nameOf(&r.node))
				default:
					bad = checkRule(it)
				}
			})
		}
		if bad != nil {
			return bad
		}
		for l := r.deps; l != nil; l = l.nextDep {
			n := l.subject
			if l.rule != r {
				return fmt.Errorf("%s has a link of another rule", nameOf(&r.node))
			}
			if n.graph.Load() != g {
				return fmt.Errorf("%s reads a cell that is not of its graph", nameOf(&r.node))
			}
			found := false
			var prev *link
			for s := n.subs; s != nil; s = s.nextSub {
				if s.prevSub != prev || s.subject != n {
					return fmt.Errorf("the listeners of %s are not in order", nameOf(n))
				}
				prev = s
				found = found || s == l
			}
			if !found {
				return fmt.Errorf("%s reads %s, which does not know", nameOf(&r.node), nameOf(n))
			}
			if n.flags&isCompute != 0 {
				if r.flags&isObserver == 0 && r.level <= n.level && n.flags&isConstant == 0 {
					return fmt.Errorf("%s on level %d reads %s on level %d", nameOf(&r.node), r.level, nameOf(n), n.level)
				}
				if err := checkRule(n.asRule()); err != nil {
					return err
				}
			}
			// Whoever listens reads it, too.
			for s := n.subs; s != nil; s = s.nextSub {
				reads := false
				if s.rule.flags&isStopped != 0 {
					return fmt.Errorf("%s, which has been stopped, listens to %s", nameOf(&s.rule.node), nameOf(n))
				}
				if s.rule.flags&isCompute != 0 && s.rule.subs == nil {
					return fmt.Errorf("%s, which nobody listens to, listens to %s", nameOf(&s.rule.node), nameOf(n))
				}
				for d := s.rule.deps; d != nil; d = d.nextDep {
					reads = reads || d == s
				}
				if !reads {
					return fmt.Errorf("%s is listened to by %s, which does not read it", nameOf(n), nameOf(&s.rule.node))
				}
			}
		}
		return nil
	}
	var scope func(s *Scope) error
	scope = func(s *Scope) error {
		if s.stopped {
			return fmt.Errorf("a stopped scope is still in its parent")
		}
		var newer *living
		for l := s.rules; l != nil; l = l.older() {
			if l.newer != newer || l.scope != s || newer != nil && l.seq > newer.seq {
				return fmt.Errorf("the rules of a scope are not in order")
			}
			newer = l
			if err := checkRule(&l.rule); err != nil {
				return err
			}
		}
		var prev *Scope
		for c := s.children; c != nil; c = c.next {
			if c.prev != prev || c.parent != s || c.graph != g {
				return fmt.Errorf("the children of a scope are not in order")
			}
			prev = c
			if err := scope(c); err != nil {
				return err
			}
		}
		return nil
	}
	if err := scope(&g.root); err != nil {
		return err
	}
	return g.checkClock()
}

func (g *Graph) checkClock() error {
	c := g.clock
	if c == nil {
		return nil
	}
	w := &c.waiting
	switch {
	case c.asked || c.firing != nil:
		return fmt.Errorf("the clock is in a transaction")
	case len(w.at) != len(w.heap):
		return fmt.Errorf("%d deadlines by moment, %d in the heap", len(w.at), len(w.heap))
	case len(w.heap) > 0 && w.heap[0].subs == nil:
		return fmt.Errorf("nobody listens to the earliest deadline")
	case len(w.heap) > 0 && len(w.heap) >= max(w.look, minLook):
		return fmt.Errorf("deadlines are not pruned")
	case c.real != nil && c.real.armed != w.due():
		return fmt.Errorf("the timer is set for %v, not for %v", c.real.armed, w.due())
	}
	for i, d := range w.heap {
		switch up := w.heap[(max(i, 1)-1)/2]; {
		case w.at[d.at] != d:
			return fmt.Errorf("deadline %v is not the one found", d.at)
		case d.due.Before(up.due):
			return fmt.Errorf("deadlines are not in order")
		case !c.now.Before(d.at) && c.real == nil:
			return fmt.Errorf("deadline %v has come and nobody was told", d.at)
		}
	}
	for _, d := range w.free {
		if d.subs != nil || w.at[d.at] == d {
			return fmt.Errorf("deadline %v is in use and free", d.at)
		}
	}
	return nil
}

// Deadlines returns for how many moments the graph has a deadline.
func Deadlines(g *Graph) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.clock == nil {
		return 0
	}
	return len(g.clock.waiting.heap)
}

// Armed says whether the graph's timer is running.
func Armed(g *Graph) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.clock != nil && g.clock.real != nil && g.clock.real.armed != NotYet
}

// Dump describes all links of the graph, in order, so that two dumps can be
// compared.
func Dump(g *Graph) (out []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	seen := map[*rule]bool{}
	rules := g.root.rulesBelow(nil)
	for i := 0; i < len(rules); i++ {
		r := rules[i]
		if seen[r] {
			continue
		}
		seen[r] = true
		line := fmt.Sprintf("%p flags %b:", r, r.flags)
		for l := r.deps; l != nil; l = l.nextDep {
			line += fmt.Sprintf(" %p", l.subject)
			if l.subject.flags&isCompute != 0 {
				rules = append(rules, l.subject.asRule())
			}
		}
		if r.flags&hasItems != 0 {
			var items []*rule
			r.self.(itemKeeper).each(func(it *rule) { items = append(items, it) })
			slices.SortFunc(items, func(a, b *rule) int {
				return cmp.Compare(uintptr(a.pointer()), uintptr(b.pointer()))
			})
			rules = append(rules, items...)
			for _, it := range items {
				line += fmt.Sprintf(" item %p", it)
			}
		}
		out = append(out, line)
	}
	return out
}

// NameOfSet and NameOfMap are NameOf for collections.
func NameOfSet[T comparable](s *Set[T]) string { return nameOf(&s.c.subject) }

func NameOfMap[K comparable, V any](m *Map[K, V]) string { return nameOf(&m.c.subject) }

// Listeners returns how many rules listen to the cell.
func Listeners(c interface{ theNode() *node }) (n int) {
	for l := c.theNode().subs; l != nil; l = l.nextSub {
		n++
	}
	return n
}

// LogCap returns for how many entries the undo log has memory.
func LogCap(g *Graph) int { return cap(g.log) }

// StopAll stops all rules of the graph itself.
func StopAll(tx Tx) {
	g := tx.enter()
	for g.root.rules != nil {
		g.root.rules.stop(g)
	}
}

// ListCap returns for how many items, removed items and operations the list has
// memory.
func ListCap[T any](l *List[T]) int { return max(cap(l.items), cap(l.gone), cap(l.ops), cap(l.script)) }

// NameOfSource returns the name that an error would use for what r reads.
func NameOfSource(r interface{ ruleNode() *rule }, i int) string {
	l := r.ruleNode().deps
	for range i {
		l = l.nextDep
	}
	return nameOf(l.subject)
}

// Profiled returns how many rules the profile knows.
func Profiled(p *Profile) int { return len(p.rules) }

// ProfiledCells returns how many written cells the profile knows.
func ProfiledCells(p *Profile) (n int) {
	for _, of := range p.rules {
		n += max(len(of.written), len(of.times))
	}
	return n
}

// Causes returns for how many rules the tracing of g knows causes.
func Causes(g *Graph) int { return len(g.tracing.causes) }

// LeapAhead makes the time of a real clock later, and leaves its timer alone.
func LeapAhead(g *Graph, d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clock.real.start = g.clock.real.start.Add(-d)
}

// Wake does what the timer does.
func Wake(g *Graph) { g.clock.real.wake() }

// ItemsOf returns the items of s, without making it an input of the running rule.
func ItemsOf[T comparable](s *Set[T]) (items []T) {
	for _, e := range s.c.tab.entries {
		if e.live {
			items = append(items, e.key)
		}
	}
	return items
}

// DictOf returns the entries of m, without making it an input.
func DictOf[K comparable, V any](m *Map[K, V]) map[K]V {
	entries := map[K]V{}
	for _, e := range m.c.tab.entries {
		if e.live {
			entries[e.key] = e.val
		}
	}
	return entries
}

// GroupOf returns the group of key of what GroupBy has returned.
func GroupOf[T, K comparable](m *LiveMap[K, *LiveSet[T]], key K) *LiveSet[T] {
	return &LiveSet[T]{&groupSource[T, K]{m.src.(*groups[T, K]), key}}
}

// Keyed returns how many nodes of keys the set has.
func Keyed[T comparable](s ReadableSet[T]) int { return len(s.of().table().keyed) }

// SortedNodes returns for how many nodes the result of Sorted has memory.
func SortedNodes[T comparable, K any](l *LiveList[T]) int {
	if rank := l.seq.(*sorted[T, K]).state.rank; rank != nil {
		return cap(rank.nodes)
	}
	return 0
}

// Index is the index of a table, by hashes that a test chooses.
type Index struct {
	index
	n int
}

func (x *Index) Add(hash uint32, entry int) {
	x.n++
	x.index = x.room(x.n)
	x.add(slot{hash, uint32(entry + 1)})
}

func (x *Index) Remove(hash uint32, entry int) {
	if x.index != nil && x.at(slot{hash, uint32(entry + 1)}) >= 0 {
		x.n--
		x.remove(slot{hash, uint32(entry + 1)})
	}
}

func (x *Index) Has(hash uint32, entry int) bool {
	return x.index != nil && x.at(slot{hash, uint32(entry + 1)}) >= 0
}

// Places returns how many entries, and holes, the set has, and checks that it finds
// each where it is.
func Places[T comparable](s ReadableSet[T]) (n int, err error) {
	t := s.of().table()
	gone := 0
	for i := range t.entries {
		switch e := &t.entries[i]; {
		case e.hole:
			gone++
		case e.key == e.key && t.find(e.key) != i:
			return 0, fmt.Errorf("%v, at %d, is found at %d", e.key, i, t.find(e.key))
		}
	}
	used := 0
	for _, s := range t.index {
		if s.entry != 0 {
			used++
		}
	}
	switch {
	case gone != t.gone:
		return 0, fmt.Errorf("%d holes, not %d", gone, t.gone)
	case t.index != nil && used != len(t.entries)-gone:
		return 0, fmt.Errorf("%d are in the index, not %d", used, len(t.entries)-gone)
	}
	return len(t.entries), nil
}

// TurnOf gives the observer a turn at the depth, as a change does.
func TurnOf(tx Tx, o *Observer, depth int) { tx.enter().scheduleObserver(&o.rule, int32(depth)) }

// NoTurnOf takes it back, as undoing that change does.
func NoTurnOf(o *Observer) { o.flags &^= isDirty }
