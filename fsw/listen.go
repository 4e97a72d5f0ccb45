package fsw

import (
	"fmt"
	"net"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// ListenAndServe listens on Addr and serves until Shutdown or Close: it then returns
// ErrOutboundClosed, and before that only if listening fails. Idle connections are found
// by TCP's keep-alive.
func (o *Outbound) ListenAndServe() error {
	addr := o.Addr
	if addr == "" {
		addr = defaultOutboundAddr
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("fsw: outbound: %w", err)
	}
	return o.Serve(l)
}

// How long Serve waits after an error that may pass, such as too many open files: twice as
// long after each.
const (
	firstPause = 5 * time.Millisecond
	lastPause  = time.Second
)

// Serve accepts connections of FreeSWITCH from l, which may be for TLS or anything else, and
// closes it in the end. It returns ErrOutboundClosed after Shutdown or Close, or why l
// fails, or that Options.Format cannot be read. There may be several at a time.
func (o *Outbound) Serve(l net.Listener) error {
	cell.MustNotBlock("Serve")
	o.prepare()
	defer l.Close()
	if o.Handle == nil {
		panic(&cell.UsageError{Problem: "an Outbound has no Handle"})
	}
	if err := o.Options.checkFormat(); err != nil {
		return fmt.Errorf("fsw: outbound: %w", err)
	}
	if !o.listening(l, true) {
		return ErrOutboundClosed
	}
	defer o.listening(l, false)
	for pause := firstPause; ; {
		nc, err := l.Accept()
		switch {
		case err == nil:
			pause = firstPause
			o.accept(nc)
		case o.isClosing():
			return ErrOutboundClosed
		case temporary(err):
			o.Options.Logger.Warn("fsw: outbound: accepting", "error", err, "retry_in", pause)
			if !sleep(o.base, pause) {
				return ErrOutboundClosed
			}
			pause = min(2*pause, lastPause)
		default:
			return fmt.Errorf("fsw: outbound: %w", err)
		}
	}
}

// temporary says whether accepting may work again, as when there are too many open files.
func temporary(err error) bool {
	e, ok := err.(net.Error)
	//lint:ignore SA1019 nothing else tells, and net/http asks it, too
	return ok && e.Temporary()
}

// listening notes that l is served, or no more. It is false if it must not be.
func (o *Outbound) listening(l net.Listener, now bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !now {
		delete(o.listeners, l)
		o.checkIdle()
		return true
	}
	if o.closing {
		return false
	}
	o.listeners[l] = true
	return true
}

func (o *Outbound) isClosing() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closing
}

// accept makes a session of a connection, or gives its call back, or closes it.
func (o *Outbound) accept(nc net.Conn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case !o.closing && o.counts.Sessions < o.MaxSessions:
		o.counts.Sessions++
		go o.serve(nc)
	case o.giving < o.MaxSessions:
		o.giving++
		o.counts.GivenBack++
		go func() {
			defer o.gone(&o.giving)
			giveBack(nc)
		}()
	default:
		o.counts.Refused++
		_ = nc.Close()
	}
}

// gone is the end of what accept began.
func (o *Outbound) gone(of *int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	*of--
	o.checkIdle()
}

// began counts whether a session became Ready.
func (o *Outbound) began(ready bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if ready {
		o.counts.Served++
	} else {
		o.counts.Failed++
	}
}
