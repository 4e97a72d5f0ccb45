package fswtest

import (
	"fmt"
	"net"
	"time"
)

// A Fault is something bad that happens to a connection or to the server:
//
//	conn.Inflict(fswtest.Fault{Kind: fswtest.Cut, After: 1000})
//
// Only the fields that the kind uses count.
type Fault struct {
	Kind FaultKind // what happens

	// After is the number of bytes that still go to the client before it
	// happens: in the middle of a message, as likely as not. With 0 it happens
	// at once. Faults of the server as a whole happen at once always.
	After int

	For   time.Duration // how long Stall, Deaf, Refuse, Silent and the outage of Restart last
	Bytes []byte        // what Garbage sends
	Count int           // of events, for Duplicate and Reorder; at least 1
	Link  Link          // what Slow makes of the link
}

// FaultKind is what happens.
type FaultKind int

// Kinds of faults of a connection. After Cut, Reset, Kill and Vanish it is at
// its end.
const (
	Cut       FaultKind = iota // closed without a word (FIN), as a killed server does
	Reset                      // reset (RST); on a Pipe the same as Cut
	Kill                       // ended as a listener that lost events: a notice spliced into a half-sent message (7.3)
	Vanish                     // the server is gone without a trace: the connection stays open, and nothing ever comes or is answered
	Stall                      // nothing is sent For a while; 0: until Heal. Events queue up meanwhile, and get lost in the end.
	Deaf                       // nothing is read For a while; 0: until Heal
	Garbage                    // Bytes that belong to no message are sent
	Duplicate                  // the next Count events are sent twice
	Reorder                    // the next event comes after the Count events that follow it, at most 100 ms late
	Slow                       // the link becomes Link
)

// Kinds of faults of the whole server.
const (
	Restart  FaultKind = iota + 100 // killed and started again: Server.Restart(For)
	Shutdown                        // Server.Shutdown
	Reload                          // Server.ReloadEventSocket
	Refuse                          // connections are refused For a while; 0: until SetAccept or Heal
	Silent                          // new connections get no word For a while; 0: until SetAccept or Heal
)

var faultNames = map[FaultKind]string{Cut: "cut", Reset: "reset", Kill: "kill", Vanish: "vanish", Stall: "stall",
	Deaf: "deaf", Garbage: "garbage", Duplicate: "duplicate", Reorder: "reorder", Slow: "slow", Restart: "restart",
	Shutdown: "shutdown", Reload: "reload", Refuse: "refuse", Silent: "silent"}

// String is the kind in small letters: "stall".
func (k FaultKind) String() string {
	if name := faultNames[k]; name != "" {
		return name
	}
	return fmt.Sprintf("FaultKind(%d)", int(k))
}

// ofServer tells which kinds happen to the server as a whole.
func (k FaultKind) ofServer() bool { return k >= Restart }

// String tells the fault for a log: "stall after 120 bytes for 2s".
func (f Fault) String() string {
	text := f.Kind.String()
	if f.After > 0 && !f.Kind.ofServer() {
		text += fmt.Sprintf(" after %d bytes", f.After)
	}
	switch f.Kind {
	case Stall, Deaf, Restart, Refuse, Silent:
		if f.For > 0 {
			text += fmt.Sprintf(" for %v", f.For)
		}
	case Garbage:
		text += fmt.Sprintf(" %q", f.Bytes)
	case Duplicate, Reorder:
		text += fmt.Sprintf(" %d", max(f.Count, 1))
	case Slow:
		text += fmt.Sprintf(" to %+v", f.Link)
	}
	return text
}

// A Conn is the handle of a test on one client's connection. Its methods do
// nothing once the connection has ended.
type Conn struct{ c *conn }

// Conns are the open connections, the oldest first.
func (s *Server) Conns() []*Conn {
	s.enter()
	defer s.leave()
	var out []*Conn
	for _, c := range s.conns {
		if !c.ending() {
			out = append(out, &Conn{c})
		}
	}
	return out
}

// Sent is the number of bytes of messages sent to the client so far, with
// those being written.
func (c *Conn) Sent() int64 {
	c.c.link.mu.Lock()
	defer c.c.link.mu.Unlock()
	return c.c.link.sent
}

// Inflict lets a fault happen to this connection; one of the whole server
// happens to its server.
func (c *Conn) Inflict(f Fault) {
	s := c.c.s
	s.enter()
	defer s.leave()
	if f.Kind.ofServer() {
		s.inflict(f)
		return
	}
	c.c.inflict(f)
}

// Heal takes the faults of the connection back: what was planned does not
// happen, a stall ends, the link is fast.
func (c *Conn) Heal() { c.c.heal() }

// Inflict lets a fault happen to the server, or to each of its connections.
func (s *Server) Inflict(f Fault) {
	s.enter()
	defer s.leave()
	s.inflict(f)
}

// Heal takes the faults of all connections back, and takes new ones as a
// server does that is well. It does not start a server that is down.
func (s *Server) Heal() {
	s.enter()
	defer s.leave()
	for _, c := range s.conns {
		c.heal()
	}
	s.usual = AcceptNormal
	s.setAccept(AcceptNormal)
}

func (s *Server) inflict(f Fault) {
	switch f.Kind {
	case Restart:
		s.restart(f.For)
	case Shutdown:
		s.shutdown(nil)
	case Reload:
		s.reloadEventSocket(true)
	case Refuse:
		s.acceptFor(AcceptRefuse, f.For)
	case Silent:
		s.acceptFor(AcceptHang, f.For)
	default:
		for _, c := range append([]*conn(nil), s.conns...) {
			c.inflict(f)
		}
	}
}

func (c *conn) inflict(f Fault) {
	switch f.Kind {
	case Garbage: // is sent by the goroutine that sends
	default:
		if f.After <= 0 {
			c.suffer(f)
			return
		}
	}
	c.link.plan(f)
	c.poke()
}

func (c *conn) heal() {
	c.link.heal()
	c.mu.Lock()
	c.twice, c.swap = 0, 0
	c.mu.Unlock()
	c.poke()
}

// suffer lets a fault happen now; false means that the connection is lost.
func (c *conn) suffer(f Fault) bool {
	switch f.Kind {
	case Cut:
		c.cut()
		return false
	case Reset:
		if tcp, ok := c.nc.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		c.cut()
		return false
	case Kill:
		c.end(lostEvents)
		return false
	case Vanish:
		c.vanish()
		return false
	case Stall:
		c.link.set(func(l *link) { l.mute = until(f.For) })
	case Deaf:
		c.link.set(func(l *link) { l.deaf = until(f.For) })
	case Slow:
		c.link.set(func(l *link) { l.shape = f.Link })
	case Garbage:
		if !c.link.flows() {
			return false
		}
		_, err := c.nc.Write(f.Bytes)
		return err == nil
	case Duplicate, Reorder:
		c.mu.Lock()
		if f.Kind == Duplicate {
			c.twice = max(f.Count, 1)
		} else {
			c.swap = max(f.Count, 1)
		}
		c.mu.Unlock()
	}
	return true
}
