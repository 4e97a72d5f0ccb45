package fsw

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/pipe"
)

// What is logged is put into a pipe where it happens, so that it is undone with its
// transaction, and written after the commit, in order, by a goroutine of its own: a Logger
// that blocks holds up nothing, and one that panics is not asked again.

// logging is the way to the Logger of a switch.
type logging struct {
	to     *slog.Logger
	on     bool
	notes  pipe.Pipe[note]
	broken atomic.Bool
	lost   atomic.Int64
}

// note is a record to be.
type note struct {
	level slog.Level
	text  string
	attrs []slog.Attr
}

// maxUnlogged bounds what waits for a Logger that is slow, in transactions.
const maxUnlogged = 1000

var discard = slog.New(slog.DiscardHandler)

func (l *logging) init(to *slog.Logger) { l.to, l.on = to, to != discard }

// note logs something when the transaction has committed.
func (sw *Switch) note(tx cell.Tx, level slog.Level, text string, attrs ...slog.Attr) {
	if sw.log.on {
		sw.log.notes.Append(tx, note{level, text, attrs})
	}
}

// noteOutside is note for what does not happen in a transaction.
func (sw *Switch) noteOutside(level slog.Level, text string, attrs ...slog.Attr) {
	if sw.log.on {
		sw.contain(esl.Message{}, func(tx cell.Tx) error { sw.note(tx, level, text, attrs...); return nil })
	}
}

// keepLog adds the effect that logs.
func (sw *Switch) keepLog(tx cell.Tx) {
	l := &sw.log
	if !l.on {
		return
	}
	lane := cell.NewLane(sw.scope.In(tx), func(err *cell.EffectError) {
		l.broken.Store(true)
		sw.failedAlone(err)
	})
	write := cell.Effect(lane.In(tx), func(r cell.Reader) func() {
		notes := l.notes.Get(r)
		for err := range sw.Errors.All(r) {
			notes = append(notes, note{slog.LevelWarn, "refused", []slog.Attr{slog.Any("error", err)}})
		}
		for f := range sw.Faults.All(r) {
			notes = append(notes, note{slog.LevelError, "fault", f.attrs()})
		}
		switch {
		case len(notes) == 0 || l.broken.Load():
			return nil
		case lane.Backlog() >= maxUnlogged:
			l.lost.Add(int64(len(notes)))
			return nil
		}
		return func() { l.write(notes) }
	})
	sw.rules[write.Named("fsw: log")] = true
}

// attrs are what is logged of a fault: without the stack nobody finds the line that has
// panicked.
func (f *Fault) attrs() []slog.Attr {
	var attrs []slog.Attr
	if f.Of != "" {
		attrs = append(attrs, slog.String("of", f.Of))
	}
	if at := f.at(); at != "" {
		attrs = append(attrs, slog.String("at", at))
	}
	attrs = append(attrs, slog.Any("error", f.Err), slog.Bool("stopped", f.Stopped))
	if p := (*cell.PanicError)(nil); errors.As(f.Err, &p) && len(p.Stack) > 0 {
		attrs = append(attrs, slog.String("stack", string(p.Stack)))
	}
	return attrs
}

func (l *logging) write(notes []note) {
	if l.broken.Load() {
		return
	}
	if n := l.lost.Swap(0); n > 0 {
		l.to.Warn("fsw: log records were dropped", "count", n)
	}
	for _, n := range notes {
		l.to.LogAttrs(context.Background(), n.level, "fsw: "+n.text, n.attrs...)
	}
}

// noteLive tells that the model is the server's.
func (sw *Switch) noteLive(tx cell.Tx) {
	if !sw.log.on {
		return
	}
	d := sw.Differences.Peek(tx.Reader)
	attrs := []slog.Attr{slog.Int("channels", sw.Channels.Len(tx.Reader)), slog.Int("conferences", sw.Conferences.Len(tx.Reader)),
		slog.Int("appeared", d.Appeared), slog.Int("changed", d.Changed), slog.Int("ended", d.Ended)}
	if s := sw.given; s != nil && s.Channel != nil {
		attrs = []slog.Attr{slog.String("channel", s.Channel.Key())}
	}
	sw.note(tx, slog.LevelInfo, "live", attrs...)
}

// noteLogin tells who we are to the server.
func (sw *Switch) noteLogin(tx cell.Tx) {
	a := sw.Allowed.Peek(tx.Reader)
	sw.note(tx, slog.LevelInfo, "logged in", slog.String("user", sw.User.Peek(tx.Reader)), slog.String("allowed_events", a.Events),
		slog.String("allowed_api", a.API), slog.Bool("allowed_log", a.Log))
}
