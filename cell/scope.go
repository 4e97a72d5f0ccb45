package cell

import (
	"slices"
	"weak"
)

// Owner is where something with a life belongs: rules, observers, effects and
// scopes are created for an owner and end with it. A *Graph and a *Scope are
// used outside transactions: what is created is created in a transaction of its
// own, and if that fails, the creator panics with the error. A Tx, or
// Scope.In(tx), is used inside one: what is created is undone with it.
type Owner interface {
	owns() (g *Graph, s *Scope, tx Tx)
}

func (g *Graph) owns() (*Graph, *Scope, Tx) { g.root.made(); return g, &g.root, Tx{} }
func (s *Scope) owns() (*Graph, *Scope, Tx) { s.made(); return s.graph, s, Tx{} }
func (tx Tx) owns() (*Graph, *Scope, Tx)    { g := tx.enter(); return g, &g.root, tx }

type scopeInTx struct {
	s  *Scope
	tx Tx
}

func (o scopeInTx) owns() (*Graph, *Scope, Tx) { return o.s.graph, o.s, o.tx }

// create runs fn in the owner's transaction.
func create(o Owner, fn func(tx Tx, s *Scope)) {
	need(o != nil, "something was created without an Owner")
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
	described  []*description
	one        [1]*description // room for the usual number of them
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

// Named gives the scope a name, for its rules that have none, and for snapshots, and
// returns it.
func (s *Scope) Named(name string) *Scope { setName(s, name); return s }

// name returns the given name, or that of the struct that was described first, or "".
func (s *Scope) name() string {
	switch name, named := names.Load(weak.Make(s)); {
	case named:
		return name.(string)
	case s != nil && len(s.described) > 0:
		return s.described[0].name()
	default:
		return ""
	}
}

// birth makes s a child of parent.
func (s *Scope) birth(parent *Scope) {
	parent.check()
	s.graph, s.parent, s.lane = parent.graph, parent, parent.lane
	s.enlist()
	s.graph.logUndo(s, undoBirth, 0)
}

// made panics if s is not what NewScope, NewLane or NewGraph has made.
func (s *Scope) made() {
	need(s.graph != nil, "a zero Graph, Scope or Lane was used; they are made by NewGraph, NewScope and NewLane")
}

func (s *Scope) check() {
	if s.stopped {
		panic(&UsageError{Problem: "something was created in a scope that has been stopped"})
	}
}

// In returns the scope as an owner for use inside tx.
func (s *Scope) In(tx Tx) Owner { s.made(); return scopeInTx{s, tx} }

// Stop ends everything the scope owns, in a transaction of its own. Stopping
// twice does nothing.
func (s *Scope) Stop() {
	s.made()
	create(s.graph, func(tx Tx, _ *Scope) { s.StopIn(tx) })
}

// StopIn is Stop as a part of tx.
func (s *Scope) StopIn(tx Tx) {
	s.made()
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
	s.prev, s.next = nil, nil
	for _, d := range s.described {
		g.atlas.remove(d)
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
func (s *Scope) Stopped(r Reader) bool {
	s.made()
	if r.inconstant() != s.graph {
		panic(&UsageError{Problem: "a Scope was asked with the Reader of another graph"})
	}
	return s.stopped
}

// enlist puts s, which is new, into its parent's list, newest first.
func (s *Scope) enlist() {
	s.next = s.parent.children
	s.relist()
}

// delist takes s out of its parent's list. It remembers its place, for relist.
func (s *Scope) delist() {
	if s.prev != nil {
		s.prev.next = s.next
	} else {
		s.parent.children = s.next
	}
	if s.next != nil {
		s.next.prev = s.prev
	}
}

// relist puts s where it was; all that was done since has been undone.
func (s *Scope) relist() {
	if s.prev != nil {
		s.prev.next = s
	} else {
		s.parent.children = s
	}
	if s.next != nil {
		s.next.prev = s
	}
}

func (s *Scope) undo(g *Graph, op undoOp, _ uint64) {
	switch op {
	case undoBirth:
		s.stopped = true
		s.delist()
		s.prev, s.next = nil, nil
	case undoDescribed:
		last := len(s.described) - 1
		g.atlas.remove(s.described[last])
		s.described = clearTail(s.described, last)
	case undoStop:
		s.stopped = false
		s.relist()
		for l := s.rules; l != nil; l = l.older() {
			l.flags &^= isStopped
		}
		for _, d := range s.described {
			if g.atlas != nil && d.own == nil { // it was made meanwhile
				g.atlas.add(d)
			}
		}
	}
}

// Living returns the names of the observers and effects that have not been
// stopped, oldest first in each scope. Tests use it to find leaks.
func (g *Graph) Living(r Reader) []string {
	if r.inconstant() != g {
		panic(&UsageError{Problem: "a graph was asked with the Reader of another graph"})
	}
	return g.root.living(nil)
}

func (s *Scope) living(out []string) []string {
	at := len(out)
	for l := s.rules; l != nil; l = l.older() {
		if l.flags&isObserver != 0 {
			out = append(out, nameOf(&l.node))
		}
	}
	slices.Reverse(out[at:])
	for c := s.children; c != nil; c = c.next {
		out = c.living(out)
	}
	return out
}
