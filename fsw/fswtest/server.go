package fswtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"time"
)

// A Server is one simulated FreeSWITCH. Make it with New, Listen or NewServer
// and Close it in the end.
type Server struct {
	opt  Options
	addr string        // where it listens; "" for nowhere
	quit chan struct{} // closed by Close
	ctx  context.Context
	done context.CancelFunc // of ctx; called by Close
	wg   sync.WaitGroup

	mu         sync.Mutex // the switch; see clock.go
	closed     bool
	down       bool          // the process is not running
	unloaded   bool          // mod_event_socket is not
	alive      chan struct{} // closed when this run of the process ends
	now        time.Time
	timers     timerHeap
	timerOrder uint64
	ready      []func()
	alarm      *time.Timer
	armed      bool
	armedFor   time.Time

	rng       *rand.Rand
	started   time.Time
	seq       sequence
	stamp     stampCache
	accept    AcceptMode
	usual     AcceptMode   // as set by SetAccept
	acceptEnd *timer       // of the mode, when it has one
	listener  net.Listener // nil while connections are refused
	conns     []*conn
	ghosts    map[net.Conn]bool // connections that vanished
	handlers  map[string]func(string) string
	known     map[string]bool // CUSTOM subclasses seen
	runs      int             // of the process so far
	comeback  *timer          // after an outage

	subscribed chan struct{} // closed and replaced after every command event

	channels map[string]*channel
	order    []*channel // by creation
	table    showTable
	confs    conferences
	sessions int // since startup
	peak     int
}

// AcceptMode is what a Server does with a new connection.
type AcceptMode int

const (
	AcceptNormal AcceptMode = iota // asks for a login
	AcceptRude                     // refuses it as an ACL does: text/rude-rejection, notice, close
	AcceptHang                     // takes it and never says a word
	AcceptClose                    // closes it at once
	AcceptRefuse                   // does not listen: connections are refused
)

// NewServer makes a server without a network: connections come from Pipe. It
// belongs to the testing/synctest bubble it is made in, if any.
func NewServer(o Options) *Server {
	o.setDefaults()
	seed := o.Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	s := &Server{
		opt:      o,
		quit:     make(chan struct{}),
		rng:      rand.New(rand.NewPCG(seed, 0x665377)),
		handlers: map[string]func(string) string{},
		ghosts:   map[net.Conn]bool{},

		subscribed: make(chan struct{}),
	}
	s.ctx, s.done = context.WithCancel(context.Background())
	s.enter()
	defer s.leave()
	s.boot()
	return s
}

// Listen makes a server that listens on a TCP address such as "127.0.0.1:0".
func Listen(addr string, o Options) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("fswtest: %w", err)
	}
	s := NewServer(o)
	s.addr, s.listener = l.Addr().String(), l
	s.wg.Add(1)
	go s.acceptAll(l)
	return s, nil
}

// TB is the part of testing.TB that New uses.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// New makes a server on a free loopback port for a test, and closes it when
// the test ends.
func New(t TB, o Options) *Server {
	t.Helper()
	s, err := Listen("127.0.0.1:0", o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Addr is where the server listens, as host:port; "" for a server without a
// network.
func (s *Server) Addr() string { return s.addr }

// DialContext connects a client, over the network or as Pipe does, and fails
// with ECONNREFUSED while the server refuses connections. It has the form of
// net.Dialer's method, but goes to this server whatever the address.
func (s *Server) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	if s.addr != "" {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", s.addr)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.enter()
	refused := !s.listens()
	s.leave()
	if refused {
		return nil, &net.OpError{Op: "dial", Net: "pipe", Err: syscall.ECONNREFUSED}
	}
	return s.Pipe(), nil
}

// listens tells whether connections are taken.
func (s *Server) listens() bool {
	return !s.closed && !s.down && !s.unloaded && s.accept != AcceptRefuse
}

// relisten opens or closes the port.
func (s *Server) relisten() {
	if s.addr == "" {
		return
	}
	switch want := s.listens(); {
	case !want && s.listener != nil:
		s.listener.Close()
		s.listener = nil
	case want && s.listener == nil:
		l, err := net.Listen("tcp", s.addr)
		if err != nil { // somebody else has the port for a moment
			s.outside(10*time.Millisecond, s.relisten)
			return
		}
		s.listener = l
		s.wg.Add(1)
		go s.acceptAll(l)
	}
}

func (s *Server) acceptAll(l net.Listener) {
	defer s.wg.Done()
	for {
		nc, err := l.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			select {
			case <-s.quit:
				return
			case <-time.After(10 * time.Millisecond): // out of descriptors, say
				continue
			}
		}
		if tcp, ok := nc.(*net.TCPConn); ok {
			tcp.SetKeepAlive(false)
		}
		s.serve(nc, l)
	}
}

// Pipe gives the client's end of a new connection in memory. It has no
// buffer: the server does not get on while nobody reads.
func (s *Server) Pipe() net.Conn {
	client, server := net.Pipe()
	s.serve(server, nil)
	return client
}

// serve takes a connection that came in at a listener, or through Pipe.
func (s *Server) serve(nc net.Conn, l net.Listener) {
	s.enter()
	defer s.leave()
	refused := !s.listens() || l != nil && l != s.listener // it was closed meanwhile
	if refused || s.accept == AcceptClose {
		if tcp, ok := nc.(*net.TCPConn); ok && refused {
			tcp.SetLinger(0) // as near to a refusal as is left
		}
		nc.Close()
		return
	}
	s.attach(nc, s.accept, nil)
}

// attach makes a connection of it, which controls a call or not.
func (s *Server) attach(nc net.Conn, mode AcceptMode, x *session) {
	c := newConn(s, nc, mode, x)
	s.conns = append(s.conns, c)
	s.wg.Add(1)
	go c.run()
}

// SetAccept changes what happens to connections made from now on.
func (s *Server) SetAccept(m AcceptMode) {
	s.enter()
	defer s.leave()
	s.usual = m
	s.setAccept(m)
}

func (s *Server) setAccept(m AcceptMode) {
	s.stop(s.acceptEnd)
	s.acceptEnd = nil
	s.accept = m
	s.relisten()
}

// acceptFor changes it for a while; 0 for good.
func (s *Server) acceptFor(m AcceptMode, d time.Duration) {
	s.setAccept(m)
	if d > 0 {
		s.acceptEnd = s.outside(d, func() { s.setAccept(s.usual) })
	}
}

// Connections is the number of open connections.
func (s *Server) Connections() int {
	s.enter()
	defer s.leave()
	n := 0
	for _, c := range s.conns {
		if !c.ending() {
			n++
		}
	}
	return n
}

// DropConnections ends every connection. A reason is sent as the body of a
// disconnect notice, with a line feed added; "" cuts the connections without a
// word, as a killed server does.
func (s *Server) DropConnections(reason string) {
	s.enter()
	defer s.leave()
	s.dropAll(reason)
}

func (s *Server) dropAll(reason string) {
	for _, c := range s.conns {
		if reason == "" {
			c.cut()
		} else {
			c.end(reason + "\n")
		}
	}
}

// shutdownReason is the notice of a FreeSWITCH that goes down.
const shutdownReason = "The system is being shut down."

// Close shuts the server down as FreeSWITCH does, with a notice to every
// connection, and waits until all its goroutines have ended. Channels end
// without further events. It may be called again.
func (s *Server) Close() error {
	s.enter()
	if !s.closed {
		s.closed = true
		s.timers = nil
		close(s.quit)
		s.done()
		if !s.down {
			close(s.alive)
		}
		s.dropAll(shutdownReason)
		for nc := range s.ghosts {
			nc.Close()
		}
	}
	var err error
	if s.listener != nil {
		if err = s.listener.Close(); errors.Is(err, net.ErrClosed) {
			err = nil
		}
	}
	s.leave()
	s.wg.Wait()
	return err
}

func (s *Server) forget(c *conn) {
	s.enter()
	defer s.leave()
	for i, x := range s.conns {
		if x == c {
			s.conns = append(s.conns[:i:i], s.conns[i+1:]...)
			break
		}
	}
}

// uuid makes a random identifier.
func (s *Server) uuid() string {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], s.rng.Uint64())
	binary.LittleEndian.PutUint64(b[8:], s.rng.Uint64())
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
