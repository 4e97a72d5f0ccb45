package cell

import (
	"fmt"
	"unsafe"
)

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
	g.logUndo((*logged)(&l.rule), undoBirth, 0)
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
	g.logUndo((*logged)(&l.rule), undoStop, 0)
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
		g.logUndo((*logged)(&l.rule), undoCancel, l.mark)
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
		l.newer, l.next = nil, nil
	case undoStop:
		l.flags &^= isStopped
		l.relist()
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

// enlist puts l, which is new, into its scope's list, newest first.
func (l *living) enlist() {
	l.setOlder(l.scope.rules)
	l.relist()
}

// delist takes l out of its scope's list. It remembers its place, for relist.
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
}

// relist puts l where it was; all that was done since has been undone.
func (l *living) relist() {
	if l.newer != nil {
		l.newer.setOlder(l)
	} else {
		l.scope.rules = l
	}
	if older := l.older(); older != nil {
		older.newer = l
	}
}
