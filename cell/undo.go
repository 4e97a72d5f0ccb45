package cell

// The undo log is a stack of what was done to the graph in this transaction. A
// failing transaction is undone to the bottom; a rule that has to run again is
// undone, with all that ran since, to the height before its run. Nothing typed
// is in the log: a value saves its old self in a slot of its own, which holds
// the value before the transaction (undoOld) or, for the results of rules,
// before this pass (undoMid). Only what fits neither is boxed.
type undoEntry struct {
	what undoer
	code uint64 // the op in the lowest byte, its number above
}

// logUndo logs that what has to undo op with the number n.
func (g *Graph) logUndo(what undoer, op undoOp, n uint64) {
	g.log = append(g.log, undoEntry{what, n<<8 | uint64(op)})
}

// roomInLog is called before entries that come in great numbers, see double.
func (g *Graph) roomInLog() {
	if len(g.log) == cap(g.log) {
		g.log = double(g.log)
	}
}

// undoer undoes one entry. It must not fail: whatever code of the user's it runs
// has its panics noted, see noteFailure.
type undoer interface {
	undo(g *Graph, op undoOp, n uint64)
}

type undoOp uint8

const (
	undoOld       undoOp = iota // restore the value before the transaction
	undoMid                     // restore the value before this pass
	undoBoxed                   // restore the value on top of the boxes
	undoSources                 // restore links, from sources[n:]
	undoHand                    // a Maintained was not set by hand since n
	undoCancel                  // a Maintained was scheduled, by n
	undoFirst                   // a Maintained had never run
	undoBirth                   // a rule or scope did not exist
	undoStop                    // a rule or scope had not been stopped
	undoDescribed               // of a scope: a struct had not been described
	undoCallback                // of the graph: a callback was queued
	undoAtCommit                // of the graph: a function for the commit was queued
	undoLeaving                 // of the graph: an after-commit function was queued
	undoTelling                 // of the graph: somebody was to be told of the commit
	undoPulse                   // of a Pulse or Custom: it was not going to be reset
	undoCustom                  // of a Custom: the owner's own entry
)

// undoTo undoes everything above height, newest first.
func (g *Graph) undoTo(height int) {
	g.frame.running = 0 // functions given to OnUndo have no handle
	finished := false
	defer func() {
		if !finished {
			g.undoTo(height) // one has called Goexit: the rest, while the goroutine ends
		}
	}()
	for i := len(g.log) - 1; i >= height; i-- {
		e := g.log[i]
		g.log[i] = undoEntry{}
		g.log = g.log[:i]
		e.what.undo(g, undoOp(e.code), uint64(int64(e.code)>>8))
	}
	g.raiseRelinked()
	g.lastChange = g.nextSerial()
	finished = true
}

// tellAtEnd has tell run when the transaction has been committed, under the lock:
// it must neither block nor fail.
func (g *Graph) tellAtEnd(tell func()) {
	g.telling = append(g.telling, tell)
	g.logUndo(g, undoTelling, 0)
}

// undo of the graph's own queues.
func (g *Graph) undo(_ *Graph, op undoOp, _ uint64) {
	switch op {
	case undoCallback:
		g.callbacks = clearTail(g.callbacks, max(0, len(g.callbacks)-1))
	case undoAtCommit:
		g.atCommit = clearTail(g.atCommit, max(0, len(g.atCommit)-1))
	case undoTelling:
		g.telling = clearTail(g.telling, max(0, len(g.telling)-1))
	case undoLeaving:
		g.leaving = clearTail(g.leaving, max(0, len(g.leaving)-1))
	}
}
