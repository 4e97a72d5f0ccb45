package fsw

import (
	"context"
	"net"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// Backoff says how long Connect waits before it tries again: twice as long after
// every failure, of which a random part of up to a half is taken away, so that many
// clients do not come back at the same moment.
type Backoff struct {
	// First is the longest wait after the first failure; 0 means 250 milliseconds.
	First time.Duration
	// Max is the longest one after many; 0 means 30 seconds. The waits begin with
	// First again after a connection that was live for as long as this.
	Max time.Duration
	// Refused is the wait after a failure that will not heal by itself, such as a
	// wrong password, see Permanent; 0 means 2 minutes.
	Refused time.Duration
}

func (b Backoff) withDefaults() Backoff {
	set := func(d *time.Duration, otherwise time.Duration) {
		if *d == 0 {
			*d = otherwise
		}
	}
	set(&b.First, 250*time.Millisecond)
	set(&b.Max, 30*time.Second)
	set(&b.Refused, 2*time.Minute)
	return b
}

// Connect returns a Switch that is kept connected until Close, or until ctx ends,
// which closes it as well: Closed then is a *ConnectionError that wraps ctx's cause.
//
// It returns at once, while the first connection is being made: a program can
// start before its server does. Switch.Link tells how far it is and what went
// wrong, as cells; wait for the first synchronisation with
//
//	err = sw.Wait(ctx, sw.Ready.Get)
//
// The error is that of options that can never work, such as a password with a line
// feed in it: a *ConnectionError that wraps it.
//
// When the connection is lost, whoever waits for a reply, an API command or a job
// gets the *ConnectionError that Link.LastError shows; Wait goes on, since what it
// waits for may still come. The channels stay as they were, and Ready is false,
// until a new connection is logged in, has its subscription and has been compared
// with the server: then channels that have ended close with CauseLost, those that
// began appear, and those that stayed are the same *Channel as before, brought up
// to date. If the server was restarted meanwhile (CoreUUID), all of them close with
// CauseRestart, also if an id comes back. While there is no login, sending fails
// with a *ConnectionError that wraps ErrDown.
//
// Background jobs end with their connection, too. A job goes on in the server, and
// tells every connection when it ends; but one that ends during the gap tells nobody,
// so that a caller might wait for ever. A BACKGROUND_JOB that comes later is in
// Events, like those of others.
func Connect(ctx context.Context, addr string, o Options) (*Switch, error) {
	o, err := o.prepared(addr)
	if err != nil {
		return nil, err
	}
	sw := connected(ctx, addr, o)
	sw.keeper.persistent = true
	go sw.keeper.keep()
	return sw, nil
}

// Dial connects to the event socket of a FreeSWITCH, logs in, subscribes, takes a
// snapshot of the channels and returns a Switch that is Ready. It blocks until
// then, or until ctx ends. The error is a *ConnectionError, which wraps what the
// network says, ErrRejected, ErrAuthentication, ErrNotFreeSWITCH, or the cause of
// ctx.
//
// If the connection is lost later, the switch is closed: Closed tells why, and
// whoever waits for something gets that error. There is no reconnecting, which is
// what Connect is for.
func Dial(ctx context.Context, addr string, o Options) (*Switch, error) {
	cell.MustNotBlock("Dial")
	o, err := o.prepared(addr)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	sw := connected(context.Background(), addr, o)
	go sw.keeper.keep()
	err = sw.Wait(ctx, func(r cell.Reader) bool { return sw.Ready.Get(r) })
	if err == nil {
		return sw, nil
	}
	sw.keeper.leave(&ConnectionError{Addr: addr, Doing: sw.doing(), Err: err})
	<-sw.keeper.done
	sw.scope.Stop()
	return nil, context.Cause(sw.life)
}

// prepared returns the options with their defaults, or why they can never work.
func (o Options) prepared(addr string) (Options, error) {
	var err error
	if o.DialContext == nil { // else an address may be anything
		_, _, err = net.SplitHostPort(addr)
	}
	o = o.withDefaults()
	if err == nil {
		err = o.check()
	}
	if err != nil {
		return o, &ConnectionError{Addr: addr, Doing: "preparing", Err: err}
	}
	return o, nil
}

// connected returns a switch with a keeper that has not begun yet.
func connected(ctx context.Context, addr string, o Options) *Switch {
	var sw *Switch
	if o.Graph == nil {
		o.Graph = cell.NewGraph(cell.WithErrorHandler(func(err error) { sw.failedAlone(err) }))
	}
	if o.Logger != discard {
		o.Logger = o.Logger.With("addr", addr)
	}
	sw = newSwitch(o.Graph, modeConnected, o)
	sw.keeper = newKeeper(ctx, sw, addr)
	return sw
}
