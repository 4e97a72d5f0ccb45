package cell

// Effector is a Sensor that can also be set: a knob that is turned from both
// sides. What is set goes out by Connector.Write after the commit; what is received
// does not. It has the methods of a Sensor.
type Effector[T any] struct{ base[T] }

// base is the Sensor in an Effector, which others cannot reach around it.
type base[T any] = Sensor[T]

// NewEffector returns an effector that holds initial until something is received
// or set. Values are compared with ==.
func NewEffector[T comparable](initial T, c Connector[T]) *Effector[T] {
	return NewEffectorFunc(initial, equal, c)
}

// NewEffectorFunc returns an effector of any type. If equal is nil, every value
// that is received or set is a change.
func NewEffectorFunc[T any](initial T, equal func(a, b T) bool, c Connector[T]) *Effector[T] {
	e := &Effector[T]{}
	e.Init(initial, equal, c)
	return e
}

// Init makes e, a field of a struct that has not been used yet, what
// NewEffectorFunc returns.
func (e *Effector[T]) Init(initial T, equal func(a, b T) bool, c Connector[T]) {
	e.base.Init(initial, equal, c)
	e.self = e
}

// Named gives the effector a name, for errors, traces and snapshots, and returns it.
func (e *Effector[T]) Named(name string) *Effector[T] { setName(&e.node, name); return e }

// Set changes the value, for all to see, and has the value that it holds at the
// commit written: once for a transaction, also while nobody listens. If writing
// fails, Err tells, the value stays, and setting an equal one tries again; else
// setting an equal one does nothing. Conflicts are as with Value.Set.
func (e *Effector[T]) Set(tx Tx, x T) {
	e.check()
	g := tx.enter()
	g.adopt(&e.node)
	e.look(g)
	same := e.equal != nil && e.equal(x, e.val)
	if e.saved < g.passStart {
		e.save(g)
	} else if e.saved != g.frame.serial && !same {
		g.conflict(&e.node, e.val, x)
		e.save(g)
	}
	if same && e.failure.val == nil {
		return
	}
	if e.hand != g.frame.serial {
		g.logUndo(&e.base, undoHand, e.hand)
		e.hand = g.frame.serial
	}
	e.settleLater(g)
	e.val = x
	if !same {
		g.changed(&e.node)
	}
}

func (e *Effector[T]) inspect(int) inspection { return inspectionOf("Effector", e.val) }

// writing returns the function that writes what the effector holds now.
func (s *Sensor[T]) writing() func() {
	write, x := s.connector.Write, s.val
	if write == nil {
		return nil
	}
	return func() { s.try("write", func() error { return write(x) }) }
}
