package cell

import "context"

// Sink is the far end of an observer made by Feed: something outside the graph,
// such as a queue, that takes what is committed, in the order of the commits.
// Look, Commit, Undo and End are called under the graph's lock: they must not
// block, and Commit, Undo and End must not use the graph. If one of those three
// panics, or calls Goexit, that is passed on when all else is done, as for
// Tx.OnUndo.
type Sink interface {
	// Look is the function of the observer: it reads, keeps what is to leave
	// the graph, and says whether there is anything.
	Look(Reader) bool
	// Commit lets go of what Look has kept in this transaction. It says whether
	// the sink is now full.
	Commit() (full bool)
	// Undo forgets what Look has kept in this transaction.
	Undo()
	// End is called when nothing more will follow, because the observer was
	// stopped, by whomever, or its creation was undone.
	End()
	// Wait blocks until the sink has room again or has ended, or until ctx ends.
	// It is called, outside the lock, by the goroutine whose transaction has
	// filled the sink: see Feed.
	Wait(ctx context.Context)
}

// Feed returns an observer that feeds s. When a transaction has filled a sink,
// its Update, UpdateContext or Attempt waits for room: after the commit, and
// after the effects that were due, but before it returns. Nobody else waits. Nor
// do transactions made by an effect, or by a consumer inside Consume: what they
// would wait for may have to wait for them. Nor does the clock.
func Feed(o Owner, s Sink) *Observer {
	need(s != nil, "Feed wants a Sink, not nil")
	f := &feeder{sink: s}
	f.commit = f.tell
	f.flags = isTold
	return newObserver(o, &f.Observer, f)
}

// feeder is the observer of a Sink.
type feeder struct {
	Observer
	sink    Sink
	pending bool   // commit is queued
	commit  func() // tell, made once
}

func (f *feeder) run(g *Graph) {
	r := g.handle()
	if f.sink.Look(r) && !f.pending {
		f.pending = true
		g.logUndo(f, undoCustom, 0)
		g.tellAtEnd(f.commit)
	}
	g.endTracking(&f.rule, r)
}

func (f *feeder) tell() {
	f.pending = false
	g := f.scope.graph
	defer g.noteFailure()
	if f.sink.Commit() {
		g.full = &filled{f.sink, g.full}
	}
}

func (f *feeder) stopped(g *Graph) {
	g.tellAtEnd(func() {
		defer g.noteFailure()
		f.sink.End()
	})
}

func (f *feeder) function() any { return f.sink }

func (f *feeder) undo(g *Graph, op undoOp, n uint64) {
	defer g.noteFailure()
	switch op {
	case undoCustom:
		f.pending = false
		f.sink.Undo()
	case undoBirth:
		f.undoLife(g, op, n)
		f.sink.End()
	default:
		f.undoLife(g, op, n)
	}
}

// filled is a list of sinks that wait for their consumers.
type filled struct {
	sink Sink
	next *filled
}

func (f *filled) wait(ctx context.Context) {
	if onStack(sharedName, laneName, consumeName) {
		return
	}
	for ; f != nil; f = f.next {
		f.sink.Wait(ctx)
	}
}

// Consume calls loop, which takes what a Sink has let go of, and gives the
// transactions made in it leave not to wait for room. It is never inlined, so
// that wait finds its frame.
//
//go:noinline
func Consume(loop func()) {
	loop()
}

func (f *feeder) inspect(int) inspection { return inspection{kind: "Feed", value: hasNoValue{}} }
