package cell

import (
	"fmt"
	"unsafe"
)

// Owner is where something with a life belongs: rules, observers, effects and
// scopes are created for an owner and end with it. A *Graph and a *Scope are
// used outside transactions: what is created is created in a transaction of its
// own, and if that fails, the creator panics with the error. A Tx, or
// Scope.In(tx), is used inside one: what is created is undone with it.
type Owner interface {
	owns() (g *Graph, s *Scope, tx Tx)
}

func (g *Graph) owns() (*Graph, *Scope, Tx) { return g, &g.root, Tx{} }
func (s *Scope) owns() (*Graph, *Scope, Tx) { return s.graph, s, Tx{} }
func (tx Tx) owns() (*Graph, *Scope, Tx)    { g := tx.enter(); return g, &g.root, tx }

type scopeInTx struct {
	s  *Scope
	tx Tx
}

func (o scopeInTx) owns() (*Graph, *Scope, Tx) { return o.s.graph, o.s, o.tx }

// create runs fn in the owner's transaction.
func create(o Owner, fn func(tx Tx, s *Scope)) {
	g, s, tx := o.owns()
	if tx.g == nil {
		err := g.Update(func(tx Tx) error { fn(tx, s); return nil })
		if err != nil {
			panic(err)
		}
		return
	}
	if tx.enter() != g {
		panic(&UsageError{Problem: "a Scope was used with the Tx of another graph"})
	}
	fn(tx, s)
}

// Scope owns rules, observers, effects and further scopes, and ends them together.
type Scope struct {
	graph      *Graph
	parent     *Scope
	prev, next *Scope // siblings
	children   *Scope
	rules      *living
	lane       *outbox // of the Lane it is in, or nil
	described  []description
	stopped    bool
}

// NewScope returns a scope that ends with its owner, or earlier by Stop.
func NewScope(o Owner) (s *Scope) {
	create(o, func(tx Tx, parent *Scope) {
		s = &Scope{}
		s.birth(parent)
	})
	return s
}

// birth makes s a child of parent.
func (s *Scope) birth(parent *Scope) {
	parent.check()
	s.graph, s.parent, s.lane = parent.graph, parent, parent.lane
	s.enlist()
	s.graph.logUndo(s, undoBirth, 0)
}

func (s *Scope) check() {
	if s.stopped {
		panic(&UsageError{Problem: "something was created in a scope that has been stopped"})
	}
}

// In returns the scope as an owner for use inside tx.
func (s *Scope) In(tx Tx) Owner { return scopeInTx{s, tx} }

// Stop ends everything the scope owns, in a transaction of its own. Stopping
// twice does nothing.
func (s *Scope) Stop() {
	create(s.graph, func(tx Tx, _ *Scope) { s.StopIn(tx) })
}

// StopIn is Stop as a part of tx.
func (s *Scope) StopIn(tx Tx) {
	g := tx.enter()
	if g != s.graph {
		panic(&UsageError{Problem: "a Scope was stopped with the Tx of another graph"})
	}
	if s.stopped {
		return
	}
	for s.children != nil {
		s.children.StopIn(tx)
	}
	for l := s.rules; l != nil; l = l.older() {
		l.halt(g)
	}
	s.stopped = true
	s.delist()
	g.logUndo(s, undoStop, 0)
	g.halted = append(g.halted, s)
}

// end lets go of the rules of a scope that was stopped.
func (s *Scope) end(g *Graph) {
	if !s.stopped {
		return // the stop was undone
	}
	for l := s.rules; l != nil; {
		older := l.older()
		g.dropSources(&l.rule)
		l.newer, l.next = nil, nil
		l = older
	}
	s.rules = nil
}

// Stopped says whether the scope has ended.
func (s *Scope) Stopped(r Reader) bool { r.inconstant(); return s.stopped }

func (s *Scope) enlist() {
	if s.parent == nil {
		return
	}
	s.prev, s.next = nil, s.parent.children
	if s.next != nil {
		s.next.prev = s
	}
	s.parent.children = s
}

func (s *Scope) delist() {
	if s.parent == nil {
		return
	}
	if s.prev != nil {
		s.prev.next = s.next
	} else {
		s.parent.children = s.next
	}
	if s.next != nil {
		s.next.prev = s.prev
	}
	s.prev, s.next = nil, nil
}

func (s *Scope) undo(_ *Graph, op undoOp, _ uint64) {
	switch op {
	case undoBirth:
		s.stopped = true
		s.delist()
	case undoStop:
		s.stopped = false
		s.enlist()
		for l := s.rules; l != nil; l = l.older() {
			l.flags &^= isStopped
		}
	}
}

// Living returns the names of the observers and effects that have not been
// stopped, oldest first in each scope. Tests use it to find leaks.
func (g *Graph) Living(r Reader) []string {
	r.inconstant()
	return g.root.living(nil)
}

func (s *Scope) living(out []string) []string {
	at := len(out)
	for l := s.rules; l != nil; l = l.older() {
		if l.flags&isObserver != 0 {
			out = append(out, nameOf(&l.node))
		}
	}
	for i, j := at, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	for c := s.children; c != nil; c = c.next {
		out = c.living(out)
	}
	return out
}

// living is a rule with a life: it belongs to a scope from birth to stop.
type living struct {
	rule
	seq   uint64 // order of creation
	scope *Scope
	newer *living
}

// asLiving returns the living rule that r is the first field of.
func (r *rule) asLiving() *living { return (*living)(r.pointer()) }

// birth puts a new rule into its scope and schedules its first run.
func (l *living) birth(g *Graph, s *Scope) {
	s.check()
	g.births++
	l.graph.Store(g)
	l.seq, l.scope = g.births, s
	l.enlist()
	g.roomInLog()
	g.logUndo(l.self, undoBirth, 0)
	if l.flags&isObserver != 0 {
		g.scheduleObserver(&l.rule, 0)
		return
	}
	l.flags |= isDirty
	l.mark = g.frame.serial
	g.queue.push(&l.rule)
}

// stop ends the rule within the running transaction: it runs no more. Its links
// go when the transaction has ended, so there is nothing to undo about them.
func (l *living) stop(g *Graph) {
	if l.graph.Load() != g {
		panic(&UsageError{Problem: fmt.Sprintf("rule %v was stopped with the Tx of another graph", l.givenName())})
	}
	if l.flags&isStopped != 0 {
		return
	}
	l.halt(g)
	l.delist()
	g.logUndo(l.self, undoStop, 0)
	g.stopped = append(g.stopped, l)
}

// halt is what stop has in common with the stop of a scope.
func (l *living) halt(g *Graph) {
	l.cancel(g)
	l.flags |= isStopped
	if l.flags&isTold != 0 {
		l.self.(interface{ stopped(*Graph) }).stopped(g)
	}
}

// cancel takes back that the rule is scheduled.
func (l *living) cancel(g *Graph) {
	if l.flags&isDirty != 0 {
		l.flags &^= isDirty
		g.logUndo(l.self, undoCancel, l.mark)
	}
}

// undoLife undoes the entries that all living rules have in common.
func (l *living) undoLife(g *Graph, op undoOp, n uint64) {
	switch op {
	case undoSources:
		l.undoSources(g, int(n))
	case undoBirth:
		g.dropSources(&l.rule)
		l.flags = l.flags&^isDirty | isStopped
		l.delist()
	case undoStop:
		l.flags &^= isStopped
		l.enlist()
	case undoCancel:
		l.flags |= isDirty
		l.mark = n
		if l.flags&isObserver != 0 {
			has := l.flags&isQueued != 0
			l.flags |= isQueued
			g.observers.add(&l.rule, has)
		} else {
			g.queue.push(&l.rule)
		}
	}
}

// older returns the rule that is next in the scope's list. Its link is where a
// Computed, which is in no scope, has its link in the queue.
func (l *living) older() *living { return (*living)(unsafe.Pointer(l.next)) }

func (l *living) setOlder(older *living) {
	l.next = (*rule)(unsafe.Pointer(older))
}

// enlist puts l into its scope's list, newest first.
func (l *living) enlist() {
	newer, older := (*living)(nil), l.scope.rules
	for older != nil && older.seq > l.seq { // only if a stop is undone
		newer, older = older, older.older()
	}
	l.newer = newer
	l.setOlder(older)
	if older != nil {
		older.newer = l
	}
	if newer != nil {
		newer.setOlder(l)
	} else {
		l.scope.rules = l
	}
}

func (l *living) delist() {
	older := l.older()
	if l.newer != nil {
		l.newer.setOlder(older)
	} else {
		l.scope.rules = older
	}
	if older != nil {
		older.newer = l.newer
	}
	l.newer, l.next = nil, nil
}
