package cell

import (
	"context"
	"sync"
)

// Graph is a world of cells and rules that change together. All of it is guarded
// by one lock: any number of goroutines may call Update, View and Read, one at a
// time is inside. Cells attach to the graph that first touches them.
type Graph struct {
	mu   sync.Mutex
	line line // for mu

	// The innermost running function. Copied and restored around every run.
	frame frame

	serial       uint64 // the counter behind all serial numbers
	txnStart     uint64 // saved >= txnStart: saved in this transaction
	passStart    uint64 // saved >= passStart: written in this pass
	sweepStart   uint64 // mark >= sweepStart: run since the pass began to run rules
	lastChange   uint64 // serial of the last change of anything
	tracing      *tracing
	transactions uint64
	pass         int
	outer        []*rule // the running rules, without the innermost

	queue     queue
	observers turns
	ran       []ranRule
	past      []ranRule         // runs of this transaction that can no more be undone alone
	retryAt   int               // index in ran to rewind to, or -1
	retries   []retryEdge       // in this pass
	retried   map[*rule]int     // how often; nil if there were none
	followers map[*rule][]*rule // by whom they were retried, see raiseAbove
	highest   int32             // no rule is on a higher level
	tooHigh   int32             // when highest gets here, levels are counted anew
	raising   []heapEntry       // memory for raiseListeners
	raised    []heapEntry
	relinked  []*rule // see raiseRelinked

	log        []undoEntry
	boxes      []any   // values saved where a cell has no slot for them
	sources    []*node // sources of rules whose links changed
	callbacks  []queued[func(Tx)]
	atCommit   []queued[func()]
	acting     *living // who has queued the callback that is running
	pulsing    []resetter
	renewed    []*node // those of it that callbacks have reset early, see pulsed
	ending     []ender
	stopped    []*living // whose links go when the transaction has ended
	halted     []*Scope  // whose rules do
	idle       []*node
	sensing    []*sensor        // what this transaction may have to tell the outside
	full       *filled          // the sinks that this transaction has filled
	telling    []func()         // to be run at the end of the commit; they neither block nor fail
	leaving    []queued[func()] // to be queued at commit
	managers   []queued[Manager]
	undoFailed *PanicError // the first panic of what must not fail, see noteFailure

	anything  anything // read by what polls, see poll
	freeLinks *link
	births    uint64
	root      Scope
	atlas     *atlas // nil until a name is looked for

	out        outbox // for what leaves
	connecting outbox // for what is to be done to sensors

	clock  *clock      // nil until it is asked for the time
	failed func(error) // see WithErrorHandler
}

// queued is a function that runs later, and the rule that wanted it, if one did.
type queued[F any] struct {
	fn F
	by *living
}

// frame is the state of one running function.
type frame struct {
	running uint64 // the number in the only valid handle; 0 if there is none
	rule    *rule  // the innermost running rule; nil in code outside rules
	cursor  *link  // the source the tracker read next, last time
	last    *link  // the source it has just read
	serial  uint64 // names the writer: of the run, or of the code outside rules
	level   int32  // of the running rule, -1 outside rules
	state   frameState
	waiter  *rule // if flat: who tracks
	own     *rule // if following: the rule whose write this run of a Computed follows
}

// frameState is a set of facts about a running function. They are one word,
// because a rule that starts to run has to set them all.
type frameState uint32

const (
	tracking  frameState = 1 << iota // rule records what is read
	flat                             // not rule but waiter does, see runFlat
	stamping                         // this run has left the order of the last one
	snapped                          // the old sources are in the log
	hasRead                          // it has read something that can change
	volatile                         // it has read what is no cell: its value is not kept
	looking                          // it was given a Reader: it must not write
	late                             // it has made out of date what it may have read, see late.go
	following                        // it follows the write of a rule that reads it, see late.go
)

// tracker returns the rule that records what is read, or nil.
func (f *frame) tracker() *rule {
	switch f.state & (tracking | flat) {
	case tracking:
		return f.rule
	case tracking | flat:
		return f.waiter
	default:
		return nil
	}
}

// NewGraph returns an empty graph. Without options its clock is the machine's.
func NewGraph(opts ...Option) *Graph {
	g := &Graph{retryAt: -1, tooHigh: minTooHigh}
	g.frame.level = -1
	g.root.graph = g
	g.out.graph, g.out.shared = g, true
	g.connecting = outbox{graph: g, shared: true, detached: []*detachment{{}}}
	for _, o := range opts {
		o(g)
	}
	return g
}

// Update runs fn as one transaction: fn writes, rules settle, observers see the
// result once, and then all of it is committed. If fn returns an error, or
// anything below it fails, panics or calls runtime.Goexit, everything is undone
// first: values, collections, links, schedule.
//
// The error is fn's own, or that of a rule inside a *RuleError, or a
// *ConflictError or *CircularityError. A rule fails by Reader.Fail or by a panic
// with an error; any other panic is passed on after the undo.
//
// Update waits for the graph's lock. Calling it from inside a transaction of the
// same goroutine is a programming error and panics. It is safe from any
// goroutine. Effects that are due are run before it returns, unless another
// goroutine is already running them or is meant to, see Lane and Detach.
func (g *Graph) Update(fn func(Tx) error) error {
	need(fn != nil, "Update wants a function, not nil")
	if !g.mu.TryLock() { // lock, inlined
		g.lockInTurn()
	}
	return g.update(context.Background(), fn)
}

// UpdateContext is Update, but it waits for its turn no longer than ctx. The
// error is then ctx's cause, and fn has not run. A transaction that has begun is
// not interrupted.
func (g *Graph) UpdateContext(ctx context.Context, fn func(Tx) error) error {
	need(fn != nil, "UpdateContext wants a function, not nil")
	if err := g.lockContext(ctx); err != nil {
		return err
	}
	return g.update(ctx, fn)
}

// update is Update once the graph is locked.
func (g *Graph) update(ctx context.Context, fn func(Tx) error) error {
	full, err := g.transact(fn, false)
	g.out.drain(nil)
	if full != nil {
		full.wait(ctx)
	}
	return err
}

// View runs fn with a handle that reads one consistent, committed state. It
// waits for the lock as Update does.
func (g *Graph) View(fn func(Reader)) {
	need(fn != nil, "View wants a function, not nil")
	g.lock()
	g.look(fn)
}

// Read returns the committed value of one cell, from outside the graph. It waits
// for the lock as Update does.
func Read[T any](g *Graph, c Readable[T]) T {
	need(c != nil, "Read wants a cell, not nil")
	g.lock()
	return lookAt(g, c)
}
