package fsw

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// keeper makes the connections of a Switch, one after the other, and takes care of
// what is between them. Its goroutine is the only one that makes or ends one, or
// changes Link in between.
type keeper struct {
	sw         *Switch
	addr       string
	persistent bool // connects again

	ctx   context.Context // ends when the switch is to be closed; its cause is why
	leave context.CancelCauseFunc

	closing atomic.Bool // Close was called
	close1  sync.Once
	done    chan struct{} // closed when nothing is left
}

func newKeeper(ctx context.Context, sw *Switch, addr string) *keeper {
	k := &keeper{sw: sw, addr: addr, done: make(chan struct{})}
	k.ctx, k.leave = context.WithCancelCause(ctx)
	return k
}

// keep is the goroutine. As long as it lasts no goroutine of the switch runs users'
// effects, which may block: the graph has one for them.
func (k *keeper) keep() {
	sw := k.sw
	attach := sw.graph.Detach(sw.effectFailed)
	reason := error(&ConnectionError{Addr: k.addr, Doing: "ending", Err: cell.ErrGoexit})
	defer func() {
		defer close(k.done)
		defer attach()
		defer k.leave(reason)
		defer sw.endLife(reason) // if a rule has called runtime.Goexit below, nobody else says so
		sw.timers.stop()
		sw.closed(reason)
		if k.persistent {
			sw.scope.Stop()
		}
	}()
	backoff := sw.opts.Backoff
	for next := backoff.First; ; {
		liveFor, failure := k.connection()
		if k.closing.Load() {
			<-k.ctx.Done()
		}
		if k.ctx.Err() != nil {
			failure = k.cause()
		}
		if k.ctx.Err() != nil || !k.persistent {
			reason = failure
			return
		}
		if liveFor >= backoff.Max {
			next = backoff.First
		}
		wait := backoff.Refused
		if !Permanent(failure) {
			wait = next - rand.N(next/2+1)
			next = min(2*next, max(backoff.Max, backoff.First))
		}
		sw.lost(failure, wait)
		if !sleep(k.ctx, wait) {
			reason = k.cause()
			return
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// cause is why the switch is to be closed.
func (k *keeper) cause() error {
	err := context.Cause(k.ctx)
	if errors.Is(err, ErrClosed) || errors.As(err, new(*ConnectionError)) {
		return err
	}
	return &ConnectionError{Addr: k.addr, Doing: "staying connected", Err: err}
}

// connection makes a connection and serves it to its end. It tells why it ended and
// for how long it was live.
func (k *keeper) connection() (liveFor time.Duration, reason error) {
	sw, o := k.sw, &k.sw.opts
	sw.contain(esl.Message{}, func(tx cell.Tx) error { sw.attempting(tx); return nil })
	ctx, cancel := context.WithTimeout(k.ctx, o.Timeout)
	defer cancel()
	nc, err := o.DialContext(ctx, "tcp", k.addr)
	if err != nil {
		return 0, &ConnectionError{Addr: k.addr, Doing: "connecting", Err: err}
	}
	c := newConn(sw, nc, k.addr, o)
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		sw.conn = c
		sw.startSession()
		sw.Link.set(tx, LinkAuthenticating, sw.now())
		return nil
	})
	c.start()
	defer context.AfterFunc(k.ctx, func() { c.fail(k.cause()) })()
	defer context.AfterFunc(ctx, func() {
		if !c.loggedIn.Load() {
			c.fail(&ConnectionError{Addr: k.addr, Doing: k.beginning(), Err: context.Cause(ctx)})
		}
	})()
	c.wait()
	c.out.end()
	if from := c.liveFrom.Load(); from != 0 {
		liveFor = time.Since(time.Unix(0, from))
	}
	return liveFor, c.reason
}

// beginning is what a connection begins with.
func (k *keeper) beginning() string {
	if k.sw.given != nil {
		return "beginning a session"
	}
	return "logging in"
}

// close says goodbye, ends everything and waits for the end.
func (k *keeper) close() {
	k.close1.Do(func() {
		k.closing.Store(true)
		k.farewell()
		k.leave(ErrClosed)
	})
	<-k.done
}

// farewell says exit and waits a moment for the answer.
func (k *keeper) farewell() {
	bye := make(chan struct{})
	var c *conn
	err := k.sw.graph.Attempt(func(tx cell.Tx) error {
		c = k.sw.conn
		return k.sw.send(tx, esl.Exit(), func(tx cell.Tx, _ Reply) { tx.AtCommit(func() { close(bye) }) })
	})
	if err != nil || c == nil {
		return
	}
	patience := time.NewTimer(farewell)
	defer patience.Stop()
	select {
	case <-bye:
	case <-c.ended:
	case <-patience.C:
	}
}

// doing tells how far a connection has come, for an error.
func (sw *Switch) doing() string {
	switch cell.Read(sw.graph, &sw.Link.State) {
	case LinkSynchronising:
		return "taking a snapshot"
	case LinkAuthenticating:
		return "logging in"
	}
	return "connecting"
}

// Permanent says whether the cause of a *ConnectionError will not heal by itself:
// the login is refused or cannot be sent, the server's access list does not let us
// in, it does not speak the protocol, or refuses the subscription. Connect tries
// again all the same, for somebody may mend it, but less often.
func Permanent(err error) bool {
	return errors.Is(err, ErrAuthentication) || errors.Is(err, ErrRejected) || errors.Is(err, ErrNotFreeSWITCH) ||
		errors.As(err, new(*esl.CommandError)) || errors.As(err, new(*esl.ReplyError))
}
