package cell

import (
	"fmt"
	"sync/atomic"
	"unsafe"
	"weak"
)

// node is what every cell and rule has in common: its graph, who listens to it,
// and the serial numbers that tell what happened to it in this transaction.
// Fields are ordered by use: a read touches the first cache line only.
//
// Serial numbers come from one counter of the graph, which moves at every run of
// a rule and at every change. So "in this transaction", "in this pass" and "by
// this run" are comparisons with numbers the graph remembers, and nothing has to
// be cleared when a transaction ends.
type node struct {
	graph atomic.Pointer[Graph]
	subs  *link  // links to the rules that have read it
	saved uint64 // serial of the writer whose first write saved the old value
	stamp uint64 // serial of the last run or walk that came by, see track and refresh
	level int32  // of a rule: it runs after everything on a lower level
	flags uint32
}

const (
	isCompute  uint32 = 1 << iota
	isMaintain        // a Maintained
	isObserver        // an Observer, level holds the depth of the change that reached it
	isActive          // a Computed that somebody listens to, so it holds links
	isConstant        // a Computed that read nothing: it can never change
	isDirty           // scheduled
	isQueued          // physically in a queue; a queued rule that is not dirty is skipped
	isRunning
	isNew      // a Maintained that has never run
	isIdle     // on the list of cells that lost their last listener
	isStopped  // ended by Stop or by its scope
	isRaised   // its listeners are going to be raised
	isUnborn   // a Maintained whose birth was undone: Init may be called again
	isLate     // a dirty Computed that feeds the rule that made it so, see late.go
	isFresh    // an observer that has never run
	isWaiter   // an observer of Wait
	isPulsing  // a Pulse or Custom that will be reset after this pass
	isListened // a Custom or Sensor that wants to be told when its last listener has left
	isSensor   // a Sensor or Effector
	isTold     // an observer that is told when it is stopped: of Wait, Changes or Feed
	isKeeper   // a Computed whose self is a keeper
	hasItems   // a keeper that has rules of its own
	isStored   // an item of an image whose source has stored it again
	isBranch   // a Computed that is a branch, which has a link of its own

	isRule = isCompute | isMaintain | isObserver
)

// link says that rule has read subject. It is a member of two lists: the
// subject's listeners and, in the order of reading, the rule's sources.
type link struct {
	subject          *node
	rule             *rule
	nextDep          *link
	nextSub, prevSub *link
}

const linkChunk = 102 // 4080 bytes

func (g *Graph) newLink(n *node, r *rule) *link {
	l := g.freeLinks
	if r.flags&isBranch != 0 && r.asBranch().own.rule == nil {
		l = &r.asBranch().own
	} else if l == nil {
		chunk := make([]link, linkChunk)
		for i := range chunk[1:] {
			chunk[i+1].nextDep = l
			l = &chunk[i+1]
		}
		g.freeLinks = l
		l = &chunk[0]
	} else {
		g.freeLinks = l.nextDep
	}
	l.subject, l.rule, l.nextDep = n, r, nil
	if next := n.subs; next != nil { // the rest is nil, as dropLink has left it
		l.nextSub, next.prevSub = next, l
	}
	n.subs = l
	return l
}

// dropLink takes l off its subject's list and frees it. The caller has taken it
// off its rule's list.
func (g *Graph) dropLink(l *link) {
	n := l.subject
	if l.prevSub != nil {
		l.prevSub.nextSub = l.nextSub
	} else {
		n.subs = l.nextSub
	}
	if l.nextSub != nil {
		l.nextSub.prevSub = l.prevSub
	}
	if r := l.rule; r.flags&isBranch != 0 && l == &r.asBranch().own {
		*l = link{}
	} else {
		*l = link{nextDep: g.freeLinks}
		g.freeLinks = l
	}
	if n.subs == nil && n.flags&(isActive|isListened) != 0 && n.flags&isIdle == 0 {
		n.flags |= isIdle
		g.idle = append(g.idle, n)
	}
}

// asRule returns the rule that n is the first field of.
func (n *node) asRule() *rule { return (*rule)(n.pointer()) }

func (n *node) pointer() unsafe.Pointer { return unsafe.Pointer(n) }

// adopt attaches a cell to the graph that first touches it.
func (g *Graph) adopt(n *node) {
	if owner := n.graph.Load(); owner != g && (owner != nil || !n.graph.CompareAndSwap(nil, g)) {
		foreign(n)
	}
}

func foreign(n *node) {
	panic(&UsageError{Problem: fmt.Sprintf("cell %v belongs to another graph", n.givenName())})
}

// givenName is the name of a cell of another graph, which guards all else.
func (n *node) givenName() any {
	if name, named := names.Load(weak.Make(n)); named {
		return name
	}
	return "without a given name"
}
