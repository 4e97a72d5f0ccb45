package cell

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
)

// Sensor is a cell whose value comes from outside: a thermometer, a file, a feed.
// It is connected while somebody listens: from the commit with which it has its
// first listener (a rule, an observer, a Wait, perhaps by way of computed cells) to
// the commit with which the last one has gone. What happens in between within a
// transaction, or is undone with it, does not reach the outside.
//
// A Sensor is not copied after its first use.
type Sensor[T any] struct {
	sensor
	two[T]
	equal     func(a, b T) bool
	connector Connector[T]
	readAt    uint64         // serial of the transaction or View of the last Read
	current   *connection[T] // see adjust
}

// Connector joins a Sensor or Effector to the outside. Its functions get no handle
// and are never called inside a transaction but for Read. Connect, disconnect and
// Write of all sensors of a graph are called in commit order, one at a time, by a
// goroutine that lives only while there is something to do: never by a goroutine
// that commits. In one commit, what is to be disconnected comes first. They may
// block, but then other sensors wait; give those that take long a Lane.
//
// When their turn comes, only the newest state counts: if meanwhile the sensor has
// lost its listeners and got others, its connection is kept. So calls for one sensor
// always alternate: Connect, disconnect, Connect.
type Connector[T any] struct {
	// Connect begins the delivery of values and returns what ends it, which may be
	// nil. If it returns an error the sensor is not connected, Sensor.Err tells why,
	// and the next try is made when it has a first listener again. A nil Connect
	// does nothing.
	//
	// receive may be called by any goroutine, also by Connect itself, but not inside
	// a transaction. It sets the value in a transaction of its own, and returns what
	// Update would; a value equal to the last one changes nothing. From the moment
	// that disconnect is called, or if Connect has failed, it changes nothing and
	// returns ErrDisconnected.
	Connect func(receive func(T) error) (disconnect func(), err error)

	// Read, if not nil, tells the value while the sensor is not connected: it is
	// called for the first look in a transaction or View, under the graph's lock: it
	// must not block. If it is nil the last value is told, at first the initial one.
	Read func() T

	// Write, for an Effector, sends out what was set.
	Write func(T) error

	// Lane calls Connect, disconnect and Write in turn with the effects of a lane.
	Lane *Lane
}

// ErrDisconnected is returned to a source that delivers a value to a sensor which
// it is no longer connected to.
var ErrDisconnected = errors.New("cell: the sensor is disconnected")

// ConnectorError says that a connector could not connect or write.
type ConnectorError struct {
	Cell string // the name of the sensor
	Op   string // "connect" or "write"
	Err  error  // what the function has returned, or a *PanicError
}

func (e *ConnectorError) Error() string {
	return fmt.Sprintf("cell: %s of %s: %v", e.Op, e.Cell, e.Err)
}

// Unwrap returns what the function has returned.
func (e *ConnectorError) Unwrap() error { return e.Err }

// NewSensor returns a sensor that holds initial until something is received.
// Values are compared with ==.
func NewSensor[T comparable](initial T, c Connector[T]) *Sensor[T] {
	return NewSensorFunc(initial, equal, c)
}

// NewSensorFunc returns a sensor of any type. If equal is nil, every value that is
// received is a change.
func NewSensorFunc[T any](initial T, equal func(a, b T) bool, c Connector[T]) *Sensor[T] {
	s := &Sensor[T]{}
	s.Init(initial, equal, c)
	return s
}

func equal[T comparable](a, b T) bool { return a == b }

// Init makes s, a field of a struct that has not been used yet, what NewSensorFunc
// returns.
func (s *Sensor[T]) Init(initial T, equal func(a, b T) bool, c Connector[T]) {
	s.val, s.equal, s.connector, s.self = initial, equal, c, s
	s.flags = isListened | isSensor
}

// Named gives the sensor a name, for errors, traces and snapshots, and returns it.
func (s *Sensor[T]) Named(name string) *Sensor[T] { setName(&s.node, name); return s }

// Get returns the last value that was received, or see Connector.Read.
func (s *Sensor[T]) Get(r Reader) T {
	s.check()
	g := s.read(r)
	s.typed(s.self, 0)
	if !s.wanted && g.frame.tracker() != nil {
		s.settleLater(g)
	}
	s.look(g)
	return s.val
}

// Peek returns the value without making it an input of the running rule: nobody
// listens by that.
func (s *Sensor[T]) Peek(r Reader) T {
	s.check()
	s.peek(r)
	s.look(s.graph.Load())
	return s.val
}

// Err returns why the sensor could not be connected, or why what was set could not
// be written, a *ConnectorError, until it is connected or written. It is an input,
// but does not make the sensor listened to.
func (s *Sensor[T]) Err(r Reader) error {
	s.check()
	return s.failure.Get(r)
}

func (s *sensor) check() {
	if s.self == nil {
		panic(&UsageError{Problem: "a Sensor or Effector was used before Init"})
	}
}

// look calls Read when it is due.
func (s *Sensor[T]) look(g *Graph) {
	if s.wanted || s.connector.Read == nil {
		return
	}
	if s.readAt < g.txnStart {
		s.val = s.connector.Read() // nobody listened until now, so nobody need be told
		s.readAt = g.txnStart
	}
	if g.frame.tracker() == nil {
		g.frame.state |= volatile
	}
}

// put stores what was received.
func (s *Sensor[T]) put(g *Graph, x T) {
	if s.equal != nil && s.equal(x, s.val) {
		return
	}
	if s.saved < g.passStart {
		s.save(g)
	}
	s.val = x
	g.changed(&s.node)
}

func (s *Sensor[T]) save(g *Graph) {
	op := s.two.save(g, &s.node)
	g.logUndo(s, op, 0)
	if op == undoOld {
		g.ending = append(g.ending, s)
	}
}

// end lets go of the replaced value, which may be large.
func (s *Sensor[T]) end() {
	var none T
	s.old = none
}

func (s *Sensor[T]) undo(g *Graph, op undoOp, n uint64) {
	if op == undoHand {
		s.hand = n
		return
	}
	s.restore(g, &s.node, op)
}

func (s *Sensor[T]) inspect(int) inspection { return inspectionOf("Sensor", s.val) }

// sensor is the half of a Sensor without its type.
type sensor struct {
	node
	self    sensing
	wanted  bool          // it had listeners at the last commit
	wish    atomic.Uint64 // how often that has changed
	granted uint64        // the wish that was acted upon, see adjust
	hand    uint64        // serial of the last writer by hand, of an Effector
	told    error         // by the connector, last; only adjust and writing use it
	failure ValueFunc[error]
}

// sensing is the half with it.
type sensing interface {
	outbox(*Graph) *outbox
	// adjust connects or disconnects, outside the graph's lock.
	adjust()
	// writing returns the function that writes the value.
	writing() func()
	// reads says whether values come from elsewhere while it is not connected.
	reads() bool
}

// asSensor returns the sensor that n is the first field of.
func (n *node) asSensor() *sensor { return (*sensor)(n.pointer()) }

// settleLater has settle called when the transaction ends.
func (s *sensor) settleLater(g *Graph) {
	if s.flags&isIdle == 0 {
		s.flags |= isIdle
		g.idle = append(g.idle, &s.node)
	}
}

// settleSensors passes on what a transaction that has ended means to the outside:
// what nobody wants any more comes first.
func (g *Graph) settleSensors() {
	for _, s := range slices.Backward(g.sensing) {
		if s.subs == nil {
			s.settle(g)
		}
	}
	for _, s := range slices.Backward(g.sensing) {
		if s.subs != nil {
			s.settle(g)
		}
	}
	g.sensing = clearTail(g.sensing, 0)
}

func (s *sensor) settle(g *Graph) {
	wanted := s.subs != nil
	var steps []queued[func()]
	if s.hand >= g.txnStart {
		s.hand = 0 // it may be on the list twice
		if write := s.self.writing(); write != nil {
			steps = append(steps, queued[func()]{fn: write})
		}
	}
	if wanted != s.wanted {
		s.wanted = wanted
		s.wish.Add(1)
		adjust := queued[func()]{fn: s.self.adjust}
		if wanted {
			steps = slices.Insert(steps, 0, adjust)
		} else {
			steps = append(steps, adjust)
			if s.self.reads() {
				g.lastChange = g.nextSerial() // nobody will tell of changes any more
			}
		}
	}
	if len(steps) > 0 {
		s.self.outbox(g).add(steps...)
	}
}
