package fsw

import (
	"context"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Options say how a Switch is connected. The zero value will do but for the
// password.
type Options struct {
	// Graph is the graph the switch lives on; nil makes one, whose error handler (see
	// cell.WithErrorHandler) stops who has failed and reports it by Switch.Faults. As long as the
	// connection lasts it is detached, see cell.Graph.Detach: effects are run by a
	// goroutine of their own. One that blocks holds up other effects, but not the
	// model; one that panics is stopped, and reported by Switch.Faults.
	Graph *cell.Graph

	// User, such as "1000@default", logs in as a user of the directory; empty
	// logs in with the password of the event socket.
	User     string
	Password string

	// Watch names events to subscribe to from the start, see Switch.WatchEvents.
	Watch []string
	// NoChannels leaves out the events that the model of the channels needs, and
	// the snapshot: Channels then stays empty.
	NoChannels bool
	// Format is the format of events, esl.FormatPlain by default.
	Format esl.Format

	// Timeout bounds Dial: connecting, logging in and the first snapshot; 0 means
	// 10 seconds.
	Timeout time.Duration
	// DialContext makes the connection, for tunnels and TLS; nil means TCP.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
	// Logger is told of faults; nil discards.
	Logger *slog.Logger

	// ReceiveBuffer bounds, in bytes, the messages that wait for the model; 0
	// means 64 MiB. If the model lags by more, events and log lines are dropped,
	// counted in DroppedEvents, and a new snapshot is taken.
	ReceiveBuffer int
	// SendBuffer bounds, in bytes, what waits to be sent; 0 means 16 MiB. More
	// ends the connection with ErrOverflow.
	SendBuffer int
}

func (o Options) withDefaults() Options {
	if o.Format == "" {
		o.Format = esl.FormatPlain
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.DialContext == nil {
		o.DialContext = (&net.Dialer{}).DialContext
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.ReceiveBuffer == 0 {
		o.ReceiveBuffer = 64 << 20
	}
	if o.SendBuffer == 0 {
		o.SendBuffer = 16 << 20
	}
	return o
}

// ChannelEvents are the events that the model of the channels lives on.
var ChannelEvents = []string{
	"CALL_UPDATE", "CHANNEL_ANSWER", "CHANNEL_APPLICATION", "CHANNEL_BRIDGE", "CHANNEL_CALLSTATE", "CHANNEL_CREATE",
	"CHANNEL_DATA", "CHANNEL_DESTROY", "CHANNEL_EXECUTE", "CHANNEL_EXECUTE_COMPLETE", "CHANNEL_HANGUP",
	"CHANNEL_HANGUP_COMPLETE", "CHANNEL_HOLD", "CHANNEL_ORIGINATE", "CHANNEL_OUTGOING", "CHANNEL_PARK",
	"CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA", "CHANNEL_STATE", "CHANNEL_UNBRIDGE", "CHANNEL_UNHOLD",
	"CHANNEL_UNPARK", "CHANNEL_UUID", "CODEC",
}

// Dial connects to the event socket of a FreeSWITCH, logs in, subscribes, takes a
// snapshot of the channels and returns a Switch that is Ready. It blocks until
// then, or until ctx ends. The error is a *ConnectionError, which wraps what the
// network says, ErrRejected, ErrAuthentication, ErrNotFreeSWITCH, or the cause of
// ctx.
//
// If the connection is lost later, the switch is closed: Closed tells why, and
// whoever waits for something gets that error. There is no reconnecting: Dial
// again.
func Dial(ctx context.Context, addr string, o Options) (*Switch, error) {
	cell.MustNotBlock("Dial")
	o = o.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	failed := func(doing string, err error) (*Switch, error) {
		return nil, &ConnectionError{Addr: addr, Doing: doing, Err: err}
	}
	nc, err := o.DialContext(ctx, "tcp", addr)
	if err != nil {
		return failed("connecting", err)
	}
	var sw *Switch
	if o.Graph == nil {
		o.Graph = cell.NewGraph(cell.WithErrorHandler(func(err error) { sw.failedAlone(err) }))
	}
	sw = newSwitch(o.Graph, modeConnected)
	sw.log = o.Logger
	if err := sw.connect(nc, addr, o); err != nil {
		_ = nc.Close()
		return failed("preparing", err)
	}
	err = sw.Wait(ctx, func(r cell.Reader) bool { return sw.LoggedIn.Get(r) })
	doing := "logging in"
	if err == nil {
		doing = "taking a snapshot"
		err = sw.Wait(ctx, func(r cell.Reader) bool { return sw.Ready.Get(r) })
	}
	if err == nil {
		return sw, nil
	}
	sw.conn.fail(&ConnectionError{Addr: addr, Doing: doing, Err: err})
	sw.conn.wait()
	sw.scope.Stop()
	return nil, context.Cause(sw.life)
}

// connect puts the switch on a connection and starts to serve it.
func (sw *Switch) connect(nc net.Conn, addr string, o Options) error {
	c := newConn(sw, nc, addr, o)
	sw.conn = c
	err := sw.graph.Update(func(tx cell.Tx) error {
		sw.User.Set(tx, o.User)
		sw.Credential.Set(tx, o.Password)
		sw.WatchEvents.Add(tx, o.Watch...)
		if !o.NoChannels {
			sw.WatchEvents.Add(tx, ChannelEvents...)
		}
		sw.rule(tx, "transmit", func(tx cell.Tx) {
			if commands := sw.Transmit.Get(tx.Reader); len(commands) > 0 {
				tx.AtCommit(func() { c.send(commands) })
			}
		})
		sw.rule(tx, "begin to synchronise", func(tx cell.Tx) {
			if sw.LoggedIn.Get(tx.Reader) && !o.NoChannels {
				// After the rule of the subscription, which is older: events
				// first, then the snapshot, or something falls in between.
				sw.takeSnapshot(tx, firstLook)
			}
		})
		return nil
	})
	if err == nil {
		c.start()
	}
	return err
}

// Wait blocks until cond is true of a committed state, or until ctx ends or the
// switch is closed, and returns nil or that error. See cell.Wait.
func (sw *Switch) Wait(ctx context.Context, cond func(cell.Reader) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(sw.life, func() { cancel(context.Cause(sw.life)) })()
	return cell.Wait(ctx, sw.graph, cond)
}
