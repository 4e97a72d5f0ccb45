package fswtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
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
	latest     time.Duration // by which a timer was late
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
	control  control
	sessions int // since startup
	peak     int
}

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
