package fsw

import (
	"context"
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
	// cell.WithErrorHandler) stops who has failed and reports it by Switch.Faults. Until the
	// switch is closed it is detached, see cell.Graph.Detach: effects are run by a
	// goroutine of their own. One that blocks holds up other effects, but not the
	// model; one that panics is stopped, and reported by Switch.Faults.
	Graph *cell.Graph

	// User, such as "1000@default", logs in as a user of the directory; empty
	// logs in with the password of the event socket.
	User     string
	Password string

	// Watch names events to subscribe to from the start, see Switch.WatchEvents.
	Watch []string
	// Filters are there from the start, see Switch.Filters.
	Filters []Filter
	// NoChannels leaves out the events that the model of the channels needs, and
	// the snapshot: Channels then stays empty, and so does Conferences.
	NoChannels bool
	// NoConferences leaves out those of the conferences alone.
	NoConferences bool
	// Variables names the variables of channels to keep, without "variable_"; nil keeps
	// all. With all of them a channel holds on to its last event that had them, some
	// 3 kB; with a list it holds these alone. Without session_id a channel that is
	// renamed while nobody watches is not known again.
	Variables []string
	// Format is the format of events, esl.FormatPlain by default, or esl.FormatJSON; both tell
	// the same. XML is refused with a *esl.EventError of kind esl.ErrXML.
	Format esl.Format

	// Timeout bounds Dial: connecting, logging in and the first snapshot; of a
	// switch made by Connect, connecting and logging in, each time. 0 means 10
	// seconds.
	Timeout time.Duration
	// Backoff says how long Connect waits before it tries again.
	Backoff Backoff
	// Silence is how long the server may say nothing before the connection counts
	// as half open and ends with ErrSilent; 0 means 60 seconds, less than 0 that it
	// may for ever. HEARTBEAT is subscribed to for this, and after half the time a
	// question is asked. While an API command runs, during which a server says
	// nothing else, ten times as long is tolerated.
	Silence time.Duration
	// DialContext makes the connection, for tunnels and TLS; nil means TCP.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
	// Logger is told what becomes of the connection and of the model; nil discards. At debug
	// each attempt to connect; at info logins, with what the user may do, "live", with what
	// comparing with the server has found, and Close or the end of Connect's context; at
	// warn attempts that failed, losses,
	// with the time of the next attempt, restarts of the server, dropped and unreadable
	// events, a missing snapshot, events that do not come (Unheard), a model that is
	// degraded, and what the server refused; at error faults, with the stack if there was a
	// panic, and a switch that was closed
	// by anything else. Records bear the addr of the server, those of a Session its
	// channel. Passwords are in none. The Logger is called by a goroutine of its own, after
	// the commit and in order. If it is slow, records are dropped at some point, and their
	// number is told; if it panics, that is a Fault, and it is not called again.
	Logger *slog.Logger

	// Metrics counts what the switch does; nil counts nothing and costs nothing.
	Metrics *Metrics

	// ReceiveBuffer bounds, in bytes, the messages that wait for the model; 0
	// means 64 MiB. If the model lags by more, events and log lines are dropped,
	// counted in DroppedEvents, and a new snapshot is taken: until then Ready is
	// false and Link.State is LinkSynchronising.
	ReceiveBuffer int
	// Together lets up to so many events and log lines share a transaction while
	// the model lags (see Link.Lag). It catches up faster, and observers see fewer
	// states: a channel that begins and ends in one such transaction is never seen.
	// 0 and 1 mean that each has its own. Replies always do.
	Together int
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
	if o.Silence == 0 {
		o.Silence = time.Minute
	}
	o.Backoff = o.Backoff.withDefaults()
	if o.Logger == nil {
		o.Logger = discard
	}
	if o.ReceiveBuffer == 0 {
		o.ReceiveBuffer = 64 << 20
	}
	if o.SendBuffer == 0 {
		o.SendBuffer = 16 << 20
	}
	return o
}

// check finds what can never work.
func (o Options) check() error {
	login := esl.Auth(o.Password)
	if o.User != "" {
		login = esl.UserAuth(o.User, o.Password)
	}
	if _, err := login.Encode(); err != nil {
		return err
	}
	return o.checkFormat()
}

func (o Options) checkFormat() error {
	switch o.Format {
	case esl.FormatPlain, esl.FormatJSON:
		return nil
	case esl.FormatXML:
		return &esl.EventError{Kind: esl.ErrXML}
	}
	_, err := esl.Events(o.Format, []string{esl.EventAll}, nil).Encode()
	return err
}
