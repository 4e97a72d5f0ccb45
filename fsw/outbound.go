package fsw

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"sync"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// Outbound takes the calls that FreeSWITCH gives to this program: its dialplan has
// the application socket, which connects to us,
//
//	<action application="socket" data="127.0.0.1:8084 async full"/>
//
// and each connection is a Session, for which Handle is called. Set the fields
// before the first call of a method, and do not change them afterwards. All methods
// may be called from any goroutine. An Outbound must not be copied.
//
// There is no login in this direction: whoever can connect is believed to be
// FreeSWITCH. Listen where only it can.
type Outbound struct {
	// Addr is where ListenAndServe listens; "" means ":8084", FreeSWITCH's default.
	Addr string

	// Handle deals with one session, on a goroutine of its own. When it returns, the
	// session is ended: if the call is still up, it goes on with the next action of
	// its dialplan. To hang up, say so. An error that is not ctx's own is logged. If
	// Handle panics or calls runtime.Goexit, its session ends, and that is a Fault.
	//
	// ctx ends with the call or its connection; its cause is a *HangupError, or why
	// there is no connection any more. What comes at the very end, such as the record
	// of the channel, is for rules, which outlive Handle: see Switch.Scope.
	Handle func(ctx context.Context, s *Session) error

	// Options are for all sessions. Graph puts them on one graph, so that there can be
	// rules across them; nil gives each its own. Watch names events besides those of
	// the model; they, too, come only about the session's channel. Timeout bounds the
	// time from the connection until the session is Ready, silence included. User,
	// Password, NoChannels, Backoff, Silence and DialContext mean nothing here.
	Options Options

	// Linger is for how long FreeSWITCH keeps the connection after the hang-up, so that
	// there is a CHANNEL_HANGUP_COMPLETE with its variables, and time for last commands.
	// It is asked for in whole seconds, rounded up, of sessions that are Async and
	// Full: of others it cannot be, or is of no use. 0 means 10 seconds, less than 0 no
	// lingering. When Handle has returned and the channel has ended, nothing waits.
	Linger time.Duration

	// MaxSessions is how many sessions there may be at a time; 0 means 10,000. Calls
	// beyond are given back: they go on in their dialplan. If there are as many of
	// these that have not gone yet, connections are closed at once.
	MaxSessions int

	once   sync.Once
	base   context.Context // ends with Close
	endAll context.CancelCauseFunc

	mu        sync.Mutex
	closing   bool
	listeners map[net.Listener]bool
	idle      chan struct{} // made by Shutdown, closed when nothing runs any more
	counts    OutboundCounts
	giving    int // back, now
}

// OutboundCounts says what has become of connections.
type OutboundCounts struct {
	Sessions  int // that there are now, including those that are not Ready yet
	Served    int // connections whose session became Ready, so that Handle was called
	Failed    int // those that ended, or timed out, before that
	GivenBack int // calls that were given back, for there were too many or Shutdown had begun
	Refused   int // connections that were closed at once
}

// ErrOutboundClosed is what Serve and ListenAndServe return after Shutdown or Close.
var ErrOutboundClosed = errors.New("fsw: outbound was closed")

const (
	defaultOutboundAddr = ":8084"
	defaultLinger       = 10 * time.Second
	defaultMaxSessions  = 10_000
)

// ListenAndServe listens on addr and calls handle for each call that FreeSWITCH gives
// to us. See Outbound, which has more to set, and can be shut down.
func ListenAndServe(addr string, handle func(ctx context.Context, s *Session) error) error {
	return (&Outbound{Addr: addr, Handle: handle}).ListenAndServe()
}

// Serve is ListenAndServe on a listener that is there already. It closes l.
func Serve(l net.Listener, handle func(ctx context.Context, s *Session) error) error {
	return (&Outbound{Handle: handle}).Serve(l)
}

// prepare fills in what was left out.
func (o *Outbound) prepare() {
	o.once.Do(func() {
		o.base, o.endAll = context.WithCancelCause(context.Background())
		o.listeners = map[net.Listener]bool{}
		o.Options = o.Options.withDefaults()
		o.Options.Silence = -1 // of one call there may be nothing to say for hours
		if o.Linger == 0 {
			o.Linger = defaultLinger
		}
		if o.MaxSessions == 0 {
			o.MaxSessions = defaultMaxSessions
		}
	})
}

// lingerSeconds is what to ask for to linger so long; 0 for nothing.
func lingerSeconds(d time.Duration) int {
	if d <= 0 {
		return 0
	}
	return int(min((d-1)/time.Second+1, math.MaxInt32))
}

// Counts returns what has become of connections so far.
func (o *Outbound) Counts() OutboundCounts {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.counts
}

// Shutdown ends the listening, lets the sessions come to their ends, and returns nil
// when there are none any more, or ctx's cause if that ends before: they go on
// then, and Close ends them.
func (o *Outbound) Shutdown(ctx context.Context) error {
	cell.MustNotBlock("Shutdown")
	idle := o.stop()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close ends the listening and the connections of all sessions, whose calls go on in
// their dialplans. It does not wait: Shutdown does.
func (o *Outbound) Close() error {
	o.stop()
	o.endAll(ErrOutboundClosed)
	return nil
}

// stop ends the listening. The channel it returns is closed when there is nothing left.
func (o *Outbound) stop() <-chan struct{} {
	o.prepare()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closing = true
	for l := range o.listeners {
		_ = l.Close()
	}
	if o.idle == nil {
		o.idle = make(chan struct{})
		o.checkIdle()
	}
	return o.idle
}

func (o *Outbound) checkIdle() {
	if o.counts.Sessions+o.giving == 0 && len(o.listeners) == 0 && o.idle != nil {
		select {
		case <-o.idle:
		default:
			close(o.idle)
		}
	}
}

// goodbye is how long a connection that is given back may take.
const goodbye = 5 * time.Second

// giveBack lets a call go on in its dialplan. A connection that was closed without a
// word would leave the call of an async socket parked for ever: it is let go by one
// that has said connect.
func giveBack(nc net.Conn) {
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(goodbye))
	// What FreeSWITCH sends has to be read, or closing would throw away what it has not read.
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = io.WriteString(nc, "connect\n\nexit\n\n")
	}()
	_, _ = io.Copy(io.Discard, io.LimitReader(nc, maxGivenBack))
	_ = nc.Close()
	<-sent
}

// maxGivenBack bounds what is read from a connection that is given back: more than
// any answer to connect.
const maxGivenBack = 2 << 20
