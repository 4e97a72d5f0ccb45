package cell

// Maintained is a cell kept up to date by a rule that, unlike a Computed, runs
// even if nobody looks, may write other cells, and can be set by hand (Trellis:
// maintain). Setting it by hand wins over its rule for the rest of that pass, so
// two of them can be kept consistent in a circle, and setting either moves the
// other. A Maintained is not copied after Init.
type Maintained[T comparable] struct {
	maintainRule
	three[T]
	fn func(tx Tx, previous T) T
}

type maintainRule struct {
	living
	hand uint64 // serial of the last writer by hand
	born uint64 // serial of the first run
}

// asMaintain returns the maintainRule that r is the first field of.
func (r *rule) asMaintain() *maintainRule { return (*maintainRule)(r.pointer()) }

// Maintain returns a cell with an initial value that is kept by rule: it is run
// now (inside a Tx: when the code that created it has ended, or when it is first
// read) and whenever something that it read has changed. It gets the previous
// value and returns the new one. It may write other cells, create rules and
// queue callbacks; it is undone and run again if it turns out to have read what
// another rule was about to write, so it must leave the outside world alone.
func Maintain[T comparable](o Owner, initial T, rule func(tx Tx, previous T) T) *Maintained[T] {
	m := &Maintained[T]{}
	m.Init(o, initial, rule)
	return m
}

// Rule is a Maintained without a value: a rule that writes other cells.
func Rule(o Owner, rule func(Tx)) *Maintained[struct{}] {
	need(rule != nil, "Rule wants a function, not nil")
	return maintainFor(o, rule, struct{}{}, func(tx Tx, _ struct{}) struct{} { rule(tx); return struct{}{} })
}

// maintainedFor is kept by a rule of ours that calls the user's function, and is
// named after that.
type maintainedFor[T comparable] struct {
	Maintained[T]
	user any
}

func maintainFor[T comparable](o Owner, user any, initial T, rule func(tx Tx, previous T) T) *Maintained[T] {
	m := &maintainedFor[T]{user: user}
	m.init(o, m, initial, rule)
	return &m.Maintained
}

func (m *maintainedFor[T]) function() any { return m.user }

// stopper returns what the user has.
func (m *maintainedFor[T]) stopper() Stopper { return &m.Maintained }

func (m *maintainedFor[T]) inspect(limit int) inspection {
	if _, rule := any(m.val).(struct{}); rule {
		return inspection{kind: "Rule", value: hasNoValue{}}
	}
	return m.Maintained.inspect(limit)
}

// Init makes m, a field of a struct, what Maintain returns.
func (m *Maintained[T]) Init(o Owner, initial T, rule func(tx Tx, previous T) T) {
	m.init(o, m, initial, rule)
}

func (m *Maintained[T]) init(o Owner, self runner, initial T, rule func(tx Tx, previous T) T) {
	need(rule != nil, "a Maintained wants a rule, not nil")
	if m.self != nil && m.flags&isUnborn == 0 {
		panic(&UsageError{Problem: "Init of a Maintained that has a rule already"})
	}
	create(o, func(tx Tx, s *Scope) {
		m.val, m.fn, m.self = initial, rule, self
		m.flags = m.flags&isQueued | isMaintain | isNew
		m.birth(s.graph, s)
	})
}

// Named gives the cell a name, for errors, traces and snapshots, and returns it.
func (m *Maintained[T]) Named(name string) *Maintained[T] { setName(&m.node, name); return m }

// Get returns the value. Until the rules of a pass have run it is still the old
// one; in its own rule it is the previous one and no input. Reading a Maintained
// whose rule has never run runs it first.
func (m *Maintained[T]) Get(r Reader) T {
	if r.g != nil {
		f := &r.g.frame
		if l := f.cursor; l != nil && l.subject == &m.node && f.running == r.run {
			f.last, f.cursor = l, l.nextDep
			return m.val
		}
	}
	g := r.enter()
	t := g.frame.tracker()
	if t == &m.rule {
		return m.val
	}
	m.first(g)
	m.node.read(r)
	if t != nil && t.flags&isObserver == 0 && m.hand < g.passStart {
		g.raise(t, m.level+1, nil)
		g.frame.level = max(g.frame.level, t.level)
	}
	return m.val
}

// Peek returns the value without making it an input of the running rule.
func (m *Maintained[T]) Peek(r Reader) T {
	g := r.enter()
	m.first(g)
	g.frame.state |= hasRead
	return m.val
}

// adopted panics if m has no rule, or is of another graph.
func (m *maintainRule) adopted(g *Graph, done string) {
	if m.graph.Load() == nil {
		panic(&UsageError{Problem: "a Maintained was " + done + " before Init"})
	}
	g.adopt(&m.node)
}

// first runs the rule if it has never run.
func (m *Maintained[T]) first(g *Graph) {
	m.adopted(g, "read")
	if m.flags&(isNew|isRunning|isDirty) == isNew|isDirty && m.hand < g.passStart {
		g.runInside(&m.rule)
	}
}

// Set sets the value by hand. The rule, if it was going to run in this pass, does
// not; it is live again afterwards. A rule that has never run still runs once, to
// find its inputs, with x as the previous value; its result does not count.
func (m *Maintained[T]) Set(tx Tx, x T) {
	g := tx.enter()
	m.adopted(g, "set")
	if m.saved < g.passStart {
		m.save(g)
	} else if m.saved != g.frame.serial && x != m.val {
		if m.saved != m.born {
			g.conflict(&m.node, m.val, x)
		}
		m.save(g)
	}
	if m.hand != g.frame.serial {
		g.logUndo(m, undoHand, m.hand)
		m.hand = g.frame.serial
	}
	if m.flags&isNew == 0 {
		m.cancel(g)
	}
	if x == m.val {
		return
	}
	m.val = x
	g.changed(&m.node)
}

// Touch tells the listeners that the value was changed in place, see Value.Touch:
// in its own rule, or by others, which does not count as setting it by hand.
func (m *Maintained[T]) Touch(tx Tx) {
	g := tx.enter()
	m.adopted(g, "touched")
	g.changed(&m.node)
}

// WasSet says whether the value was set by hand in this pass, rather than by the
// rule. It makes the cell an input like Get, but turning false when
// the pass is over runs nobody. It is for a rule or observer that passes on what
// users have set, and not what it has received itself; outside one it panics with
// a *UsageError.
func (m *Maintained[T]) WasSet(r Reader) bool {
	m.Get(r)
	g := r.inconstant()
	g.rule("WasSet")
	return m.hand >= max(g.passStart, g.txnStart)
}

// Stop ends the rule in a transaction of its own: the value stays as it is, and
// can still be set by hand. Stopping twice does nothing.
func (m *Maintained[T]) Stop() {
	if m.scope == nil {
		panic(&UsageError{Problem: "a Maintained was stopped before Init"})
	}
	create(m.scope.graph, func(tx Tx, _ *Scope) { m.StopIn(tx) })
}

// StopIn is Stop as a part of tx.
func (m *Maintained[T]) StopIn(tx Tx) {
	g := tx.enter()
	m.adopted(g, "stopped")
	m.stop(g)
}

func (m *Maintained[T]) run(g *Graph) {
	r := g.handle()
	v := m.fn(Tx{r}, m.val)
	g.endTracking(&m.rule, r)
	if m.flags&isNew != 0 {
		m.flags &^= isNew
		m.born = g.frame.serial
		g.logUndo(m, undoFirst, 0)
	}
	if v == m.val || m.hand >= g.passStart {
		return
	}
	if m.saved != g.frame.serial {
		if m.saved >= g.passStart {
			g.conflict(&m.node, m.val, v)
		}
		m.save(g)
	}
	m.val = v
	g.changed(&m.node)
}

func (m *Maintained[T]) save(g *Graph) {
	g.logUndo(m, m.three.save(g, &m.node), 0)
}

func (m *Maintained[T]) function() any { return m.fn }

func (m *Maintained[T]) inspect(int) inspection { return inspectionOf("Maintained", m.val) }

func (m *Maintained[T]) undo(g *Graph, op undoOp, n uint64) {
	switch op {
	case undoOld, undoMid, undoBoxed:
		m.restore(g, &m.node, op)
	case undoHand:
		m.hand = n
	case undoFirst:
		m.flags |= isNew
		m.born = 0
	case undoBirth:
		m.undoLife(g, op, n)
		m.flags |= isUnborn
	default:
		m.undoLife(g, op, n)
	}
}
