package cell

import "runtime/debug"

// Reader is the handle of code that may look: the functions of Compute and
// Observe, and of View. Whatever is read through a rule's Reader becomes an
// input of that rule.
//
// A handle is good only while the function it was given to is the innermost one
// running, and only on that goroutine. Using another one, of an outer function
// or of one that has returned, panics with a *UsageError.
type Reader struct {
	g   *Graph
	run uint64 // a serial number that no other function has
}

// Tx is the handle of code that may write: the functions of Update and
// Maintain, and commit callbacks. It contains a Reader, to be handed to what
// only reads: a.Get(tx.Reader).
type Tx struct{ Reader }

// Readable is any cell that has a value of type T.
type Readable[T any] interface{ Get(Reader) T }

// enter checks the handle and returns its graph.
func (r Reader) enter() *Graph {
	if r.g == nil || r.g.frame.running != r.run {
		r.bad()
	}
	return r.g
}

// handle returns the handle of the function that is running.
func (g *Graph) handle() Reader { return Reader{g, g.frame.running} }

// enter checks that the handle is good, and that of a function that may write:
// a Tx can be made of any Reader.
func (tx Tx) enter() *Graph {
	if tx.g == nil || tx.g.frame.running != tx.run || tx.g.frame.state&looking != 0 {
		tx.badTx()
	}
	return tx.g
}

func (tx Tx) badTx() { tx.Reader.enter().badWriter() }

func (g *Graph) badWriter() {
	name := "the function of a View"
	if r := g.frame.rule; r != nil {
		name = nameOf(&r.node)
	}
	panic(&UsageError{Problem: name + " was given a Reader and must not write: a Tx was made of it"})
}

func (r Reader) bad() {
	g := r.g
	if g == nil {
		panic(&UsageError{Problem: "the zero Reader or Tx was used; a handle is given to the functions of Update, View and rules"})
	}
	if g.frame.running == 0 {
		panic(&UsageError{Problem: "a Reader or Tx was used after the function it was given to had returned"})
	}
	running, whose := outsideRules, "a function that has returned or that called this one"
	if rule := g.frame.rule; rule != nil {
		running = nameOf(&rule.node)
	}
	for _, outer := range g.outer {
		if outer.mark == r.run {
			whose = nameOf(&outer.node)
		}
	}
	panic(&UsageError{Problem: "the wrong Reader or Tx was used: running is " + running +
		", but the handle is that of " + whose + "; pass the innermost one on"})
}

// outsideRules is the name of what is not a rule.
const outsideRules = "code outside rules"

// Graph returns the graph the handle belongs to.
func (r Reader) Graph() *Graph { return r.enter() }

// Transaction returns the number of the transaction, counted from 1 in the order
// in which they began.
func (r Reader) Transaction() uint64 { return r.inconstant().transactions }

// Pass returns the number of the pass within the transaction, counted from 1:
// pulses and pipes carry their items for one pass.
func (r Reader) Pass() int { return r.inconstant().pass }

// inconstant is enter for what can change but is no cell: a Computed that asks is
// not constant, but it is not told of changes either.
func (r Reader) inconstant() *Graph {
	g := r.enter()
	g.frame.state |= hasRead | volatile
	return g
}

// Fail ends the running function and with it the transaction: everything is
// undone, and the error comes back from Update, inside a *RuleError if a rule
// failed. It does not return.
func (r Reader) Fail(err error) {
	r.enter()
	if err == nil {
		panic(&UsageError{Problem: "Fail was called without an error"})
	}
	panic(failure{err})
}

// failure carries an error out of a running function.
type failure struct{ err error }

// Untracked runs fn so that what it reads does not become an input of the
// running rule (Trellis: a modifier called from a rule). What it writes is
// written by the rule.
func (tx Tx) Untracked(fn func(Tx)) {
	need(fn != nil, "Untracked wants a function, not nil")
	tx.enter()
	tx.untracked(func(r Reader) { fn(Tx{r}) })
}

func (r Reader) untracked(fn func(Reader)) {
	g := r.enter()
	outer := g.leave()
	g.frame.running = g.nextSerial()
	g.frame.forget()
	fn(g.handle())
	outer.state |= g.frame.state & hasRead
	g.comeBack(outer)
}

// OnCommit queues fn to run when all rules and observers of this pass have run.
// It still belongs to the transaction: it may read and write, what it touches is
// seen in a further pass, and if it fails everything is undone. A rule that is
// undone takes its callbacks with it.
func (tx Tx) OnCommit(fn func(Tx)) {
	need(fn != nil, "OnCommit wants a function, not nil")
	g := tx.enter()
	g.callbacks = append(g.callbacks, queued[func(Tx)]{fn, g.behalf()})
	g.logUndo(g, undoCallback, 0)
}

// AtCommit queues fn to run at the commit itself: under the graph's lock, in
// order, before anything that leaves by AfterCommit or an Effect; never if what
// happens now is undone. It is for handing something to a queue in the order of
// the commits. It must not block, nor panic (that undoes the transaction, but not
// what other such functions have handed over), and has no handle: it must not use
// the graph.
func (tx Tx) AtCommit(fn func()) {
	need(fn != nil, "AtCommit wants a function, not nil")
	g := tx.enter()
	g.atCommit = append(g.atCommit, queued[func()]{fn, g.behalf()})
	g.logUndo(g, undoAtCommit, 0)
}

// AfterCommit queues fn to run outside the graph once the transaction has
// committed, in commit order. It never runs if the transaction is undone.
// See Effect for who runs it.
func (tx Tx) AfterCommit(fn func()) {
	need(fn != nil, "AfterCommit wants a function, not nil")
	g := tx.enter()
	g.leaving = append(g.leaving, queued[func()]{fn, g.behalf()})
	g.logUndo(g, undoLeaving, 0)
}

// OnUndo queues fn to run if what happens now is undone, by a failing
// transaction or by the retry of a rule. Undo functions run in reverse order,
// must not fail and have no handle: they restore state outside the graph. If one
// panics the rest is undone, then the panic is joined, as a *PanicError, to the
// error of the transaction; if that has none, it is passed on.
func (tx Tx) OnUndo(fn func()) {
	need(fn != nil, "OnUndo wants a function, not nil")
	g := tx.enter()
	g.logUndo(undoFunc(fn), undoOld, 0)
}

type undoFunc func()

func (f undoFunc) undo(g *Graph, _ undoOp, _ uint64) {
	defer g.noteFailure()
	f()
}

// noteFailure is deferred around what must not fail: a panic is kept for the end
// of the transaction.
func (g *Graph) noteFailure() {
	if p := recover(); p != nil && g.undoFailed == nil {
		g.undoFailed = &PanicError{Value: p, Stack: debug.Stack()}
	}
}
