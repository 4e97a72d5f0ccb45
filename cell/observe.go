package cell

// Observer is a rule that looks and acts, made by Observe or Effect. It runs when
// it is created and then at most once per pass in which something it read has
// changed, after all rules, so it sees a consistent state. Observers run by the
// depth of the change that reached them, what was written from outside first,
// then in the order of their creation.
type Observer struct {
	living
	fn func(Reader)
}

// effectObserver is the observer of an Effect.
type effectObserver struct {
	Observer
	effect func(Reader) func()
}

// Observe returns an observer that runs fn inside the transaction. It is for
// tests, assertions and sinks in memory: if fn fails the transaction is undone,
// and what it did to the outside world before is not. For the outside world use
// Effect.
func Observe(o Owner, fn func(Reader)) *Observer {
	need(fn != nil, "Observe wants a function, not nil")
	obs := &Observer{fn: fn}
	return newObserver(o, obs, obs)
}

// Effect returns an observer in two halves. fn runs inside the transaction and
// returns what is to be done, or nil; that is run after the commit, outside the
// lock, in commit order, one at a time, by the goroutine whose transaction found
// nobody doing it. It may call Update. If it blocks, that goroutine and later
// effects wait; if it panics, that goroutine panics when the effects after it have
// run. See Lane for effects that may block, and Detach for goroutines that must not
// be held up.
func Effect(o Owner, fn func(Reader) func()) *Observer {
	need(fn != nil, "Effect wants a function, not nil")
	obs := &effectObserver{effect: fn}
	return newObserver(o, &obs.Observer, obs)
}

func newObserver(owner Owner, o *Observer, self runner) *Observer {
	o.self, o.flags = self, o.flags|isObserver|isFresh
	create(owner, func(tx Tx, s *Scope) { o.birth(s.graph, s) })
	return o
}

// Named gives the observer a name, for errors, traces and snapshots, and returns it.
func (o *Observer) Named(name string) *Observer { setName(&o.node, name); return o }

// Stop ends the observer, in a transaction of its own. Stopping twice does nothing.
// What a transaction that stops it changes may still run a Computed that only it has
// listened to.
func (o *Observer) Stop() {
	o.check()
	create(o.scope.graph, func(tx Tx, _ *Scope) { o.StopIn(tx) })
}

// StopIn is Stop as a part of tx.
func (o *Observer) StopIn(tx Tx) {
	o.check()
	o.stop(tx.enter())
}

func (o *Observer) check() {
	need(o.scope != nil, "the zero Observer was stopped; it is made by Observe and the like")
}

func (o *Observer) run(g *Graph) {
	r := g.handle()
	o.fn(r)
	if f := &g.frame; f.cursor != nil || f.running != r.run || o.flags&isFresh != 0 {
		g.endTracking(&o.rule, r)
	}
}

func (o *effectObserver) run(g *Graph) {
	r := g.handle()
	if do := o.effect(r); do != nil {
		g.leaving = append(g.leaving, queued[func()]{do, &o.living})
	}
	g.endTracking(&o.rule, r)
}

func (o *Observer) function() any { return o.fn }

func (o *effectObserver) function() any { return o.effect }

// observer returns what the user knows of it.
func (o *Observer) observer() *Observer { return o }

func (o *Observer) undo(g *Graph, op undoOp, n uint64) { o.undoLife(g, op, n) }

func (o *Observer) inspect(int) inspection {
	return inspection{kind: "Observer", value: hasNoValue{}}
}

func (o *effectObserver) inspect(int) inspection {
	return inspection{kind: "Effect", value: hasNoValue{}}
}
