package fswtest

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"
)

// AcceptMode is what a Server does with a new connection.
type AcceptMode int

const (
	AcceptNormal AcceptMode = iota // asks for a login
	AcceptRude                     // refuses it as an ACL does: text/rude-rejection, notice, close
	AcceptHang                     // takes it and never says a word
	AcceptClose                    // closes it at once
	AcceptRefuse                   // does not listen: connections are refused
)

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
