package fsw

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Session is a call that FreeSWITCH has given to this program, see Outbound. It is a
// Switch that knows one channel: the same rules work on it, and the events that it
// receives are about this channel only, and the ends of its background jobs.
//
// Its channel is live from the reply to connect, and ends with CHANNEL_HANGUP_COMPLETE,
// since the CHANNEL_DESTROY of a channel comes only after its session; or with the
// connection, if that is first: with its hang-up cause if it was hung up, else with
// CauseSwitch, for it goes on without us.
type Session struct {
	*Switch

	// Channel is the channel of the call. Messages to it bear no id, so that they
	// are executed even when the session is not Async.
	Channel *Channel

	// Async says that the dialplan has said async. In a session that is not, FreeSWITCH
	// says nothing while an application runs: its reply comes when it has ended, and so
	// do its events.
	Async bool

	// Full says that the dialplan has said full. A session that is not can only do what
	// concerns its channel: API commands, background jobs, log lines and further events
	// are refused with a *ControlError.
	Full bool

	o        *Outbound
	lingers  cell.Value[bool] // FreeSWITCH has said so: the call is hung up
	callOver context.CancelCauseFunc
}

// newSession makes the session of a connection that has been accepted. Its keeper has
// not begun yet.
func newSession(o *Outbound, nc net.Conn, callOver context.CancelCauseFunc) *Session {
	opts := o.Options
	opts.DialContext = func(context.Context, string, string) (net.Conn, error) { return nc, nil }
	addr := "outbound"
	if remote := nc.RemoteAddr(); remote != nil {
		addr = remote.String()
	}
	if opts.Logger != discard {
		opts.Logger = opts.Logger.With("addr", addr)
	}
	s := &Session{o: o, callOver: callOver}
	g := opts.Graph
	if g == nil {
		g = cell.NewGraph(cell.WithErrorHandler(func(err error) { s.failedAlone(err) }))
	}
	s.Switch = newSwitch(g, modeSession, opts)
	s.keeper = newKeeper(o.base, s.Switch, addr)
	s.given = s
	s.contain(esl.Message{}, func(tx cell.Tx) error {
		s.WatchEvents.Add(tx, opts.Watch...)
		s.Filters.Add(tx, opts.Filters...)
		s.rule(tx, "connect", s.introduce)
		return nil
	})
	return s
}

// serve is the goroutine of a session, from its connection to its end.
func (o *Outbound) serve(nc net.Conn) {
	ctx, cancel := context.WithCancelCause(o.base)
	defer o.gone(&o.counts.Sessions)
	defer cancel(context.Canceled)
	s := newSession(o, nc, cancel)
	defer s.Close()
	go s.keeper.keep()
	defer context.AfterFunc(s.life, func() { cancel(context.Cause(s.life)) })()
	if err := s.Wait(context.Background(), s.Ready.Get); err != nil {
		o.began(false)
		o.Options.Logger.Info("fsw: no session", "error", err) // callers may be quick to leave
		return
	}
	o.began(true)
	defer s.awaitEnd()
	s.call(ctx)
}

// call calls the user's function.
func (s *Session) call(ctx context.Context) {
	returned := false
	defer func() {
		if v := recover(); v != nil {
			s.handleFailed(v)
		} else if !returned {
			s.handleFailed(cell.ErrGoexit)
		}
	}()
	err := s.o.Handle(ctx, s)
	returned = true
	if err != nil && !errors.Is(err, context.Cause(ctx)) {
		s.noteOutside(slog.LevelWarn, "session", slog.String("channel", s.Channel.Key()), slog.Any("error", err))
	}
}

// handleFailed reports a panic of the user's function.
func (s *Session) handleFailed(v any) {
	err, ok := v.(error)
	if !ok || !errors.Is(err, cell.ErrGoexit) {
		err = &cell.PanicError{Value: v, Stack: debug.Stack()}
	}
	s.report(&Fault{Of: "Handle", Err: err, Stopped: true})
}

// Resume makes the call go on in its dialplan when the session ends, as FreeSWITCH's
// command resume and variable socket_resume do. The error is a *esl.ReplyError if
// FreeSWITCH refuses, or as with API.
func (s *Session) Resume(ctx context.Context) error { return s.say(ctx, esl.Resume()) }

// DivertEvents lets events that are sent to the call itself, such as recognised speech,
// come to the session instead, or ends that. The error is as with Resume.
func (s *Session) DivertEvents(ctx context.Context, on bool) error {
	return s.say(ctx, esl.DivertEvents(on))
}

// SetLinger changes for how long the connection stays after the hang-up, see
// Outbound.Linger, in seconds, rounded up; 0 and less mean not at all. The error is as
// with Resume, or a *ControlError unless the session is Full.
func (s *Session) SetLinger(ctx context.Context, d time.Duration) error {
	if n := lingerSeconds(d); n > 0 {
		return s.say(ctx, esl.Linger(n))
	}
	return s.say(ctx, esl.NoLinger())
}

// say sends a command and checks its reply.
func (s *Session) say(ctx context.Context, c esl.Command) error {
	reply, err := s.ask(ctx, func(tx cell.Tx, callback Callback) error { return s.send(tx, c, callback) })
	if err == nil {
		err = refusal(c.Line, reply)
	}
	return err
}
