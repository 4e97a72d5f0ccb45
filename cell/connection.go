package cell

import (
	"context"
	"runtime/debug"
	"sync/atomic"
)

// connection is what a source delivers to. When it has ended it holds on to
// nothing, however long the source keeps it.
type connection[T any] struct {
	sensor     atomic.Pointer[Sensor[T]] // nil when it has ended
	disconnect func()
	value      T // what apply is to store; guarded by the graph's lock
	apply      func(Tx) error
}

func (c *connection[T]) receive(x T) error {
	s := c.sensor.Load()
	if s == nil {
		return ErrDisconnected
	}
	g := s.graph.Load()
	g.lock()
	c.value = x
	return g.update(context.Background(), c.apply)
}

func (c *connection[T]) store(tx Tx) error {
	x := c.value
	var none T
	c.value = none
	s := c.sensor.Load()
	if s == nil {
		return ErrDisconnected
	}
	s.put(tx.enter(), x)
	return nil
}

func (s *Sensor[T]) outbox(g *Graph) *outbox {
	if l := s.connector.Lane; l != nil {
		return &l.out
	}
	return &g.connecting
}

func (s *Sensor[T]) reads() bool { return s.connector.Read != nil }

// adjust connects or disconnects, if that is still to be done: a wish that has been
// replaced by now is left out. Only the outbox calls it, one at a time.
func (s *Sensor[T]) adjust() {
	wish := s.wish.Load()
	if wish == s.granted {
		return
	}
	s.granted = wish
	wanted := wish%2 == 1
	if c := s.current; c != nil && !wanted {
		s.current = nil
		c.sensor.Store(nil)
		if c.disconnect != nil {
			c.disconnect()
		}
	} else if c == nil && wanted {
		s.connect()
	} else if c == nil {
		s.tell("connect", nil) // nobody is waiting for it any more
	}
}

func (s *Sensor[T]) connect() {
	c := &connection[T]{}
	c.sensor.Store(s)
	c.apply = c.store
	if s.connector.Connect == nil {
		s.current = c
		return
	}
	connected := false
	defer func() {
		if !connected {
			c.sensor.Store(nil)
		}
	}()
	s.try("connect", func() (err error) {
		c.disconnect, err = s.connector.Connect(c.receive)
		connected = err == nil
		return err
	})
	if connected {
		s.current = c
	}
}

// try calls a function of the connector and tells Err how it went.
func (s *Sensor[T]) try(op string, call func() error) {
	defer func() {
		if p := recover(); p != nil {
			s.tell(op, &PanicError{Rule: s.name(), Value: p, Stack: debug.Stack()})
			panic(p)
		}
	}()
	s.tell(op, call())
}

// tell sets what Err returns. The success of one operation does not hide that
// another has failed.
func (s *Sensor[T]) tell(op string, err error) {
	g := s.graph.Load()
	var failed error
	if err != nil {
		failed = &ConnectorError{Cell: s.name(), Op: op, Err: err}
	} else if last, ok := s.told.(*ConnectorError); !ok || last.Op != op {
		return
	}
	s.told = failed
	err = g.Update(func(tx Tx) error {
		s.failure.Set(tx, failed)
		return nil
	})
	if err != nil {
		panic(err) // somebody who has looked at it
	}
}

func (s *Sensor[T]) name() (name string) {
	g := s.graph.Load()
	g.mu.Lock() // names are guarded by it
	defer g.mu.Unlock()
	return nameOf(&s.node)
}
