package fswtest

import (
	"context"
	"net"
	"sync"
	"syscall"
)

// A PipeListener is a net.Listener without a network, for programs that
// FreeSWITCH connects to: give its DialContext to Options.Dial. Like the pipes
// themselves it works in the testing/synctest bubble it is made in.
type PipeListener struct {
	addr  pipeAddr
	conns chan net.Conn
	over  chan struct{}
	once  sync.Once
}

type pipeAddr string

func (pipeAddr) Network() string  { return "pipe" }
func (a pipeAddr) String() string { return string(a) }

// NewPipeListener makes a listener; addr is what its Addr says.
func NewPipeListener(addr string) *PipeListener {
	return &PipeListener{addr: pipeAddr(addr), conns: make(chan net.Conn), over: make(chan struct{})}
}

// Accept waits for a connection. After Close it fails with net.ErrClosed.
func (l *PipeListener) Accept() (net.Conn, error) {
	select {
	case <-l.over:
	default:
		select {
		case nc := <-l.conns:
			return nc, nil
		case <-l.over:
		}
	}
	return nil, &net.OpError{Op: "accept", Net: "pipe", Addr: l.addr, Err: net.ErrClosed}
}

// Close refuses connections from now on.
func (l *PipeListener) Close() error {
	l.once.Do(func() { close(l.over) })
	return nil
}

// Addr is the address the listener was made with.
func (l *PipeListener) Addr() net.Addr { return l.addr }

// DialContext connects to the listener, whatever the address. It waits until
// Accept takes the connection, ctx ends, or the listener is closed.
func (l *PipeListener) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	err := error(syscall.ECONNREFUSED)
	select {
	case <-l.over:
	default:
		select {
		case l.conns <- server:
			return client, nil
		case <-l.over:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	return nil, &net.OpError{Op: "dial", Net: "pipe", Addr: l.addr, Err: err}
}
