package fsw

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// farewell is how long Close waits for the server's goodbye. A server with a
// background job of ours running says it only when that has ended.
const farewell = time.Second

// Close says goodbye to the server, ends the connection and the rules of the
// switch, and waits until no goroutine of it is left. Closed becomes ErrClosed,
// whoever waits for something gets that error. Closing twice does nothing. It does
// not wait for effects, see cell.Graph.Flush, and panics if called by one, other
// than in a cell.Lane, or inside a transaction.
func (sw *Switch) Close() error {
	cell.MustNotBlock("Close")
	switch {
	case sw.keeper != nil:
		sw.keeper.close()
	case sw.mirror != nil:
		sw.mirror.close()
	default:
		sw.closed(ErrClosed)
	}
	sw.scope.Stop()
	return nil
}

// closed ends everything that belongs to the switch.
func (sw *Switch) closed(reason error) {
	defer sw.endLife(reason) // whatever users' rules do, waiters are told
	sw.contain(esl.Message{}, func(tx cell.Tx) error { sw.shut(tx, reason); return nil })
}

func (sw *Switch) shut(tx cell.Tx, reason error) {
	if sw.Closed.Peek(tx.Reader) != nil {
		return
	}
	level := slog.LevelError
	switch {
	case errors.Is(reason, ErrClosed), errors.Is(reason, context.Canceled): // as was wished
		level = slog.LevelInfo
	case sw.given != nil && !sw.LoggedIn.Peek(tx.Reader): // who has connected to us may be anybody
		level = slog.LevelInfo
	}
	sw.note(tx, level, "closed", slog.Any("error", reason))
	sw.Closed.Set(tx, reason)
	tx.AtCommit(func() { sw.neighbours.remove(sw) })
	sw.release(tx, reason)
	tx.Untracked(func(tx cell.Tx) {
		sw.kids.close(tx, CauseSwitch)
		for _, c := range sw.Conferences.All(tx.Reader) {
			c.finish(tx, CauseSwitch)
		}
		for ch := range sw.Channels.All(tx.Reader) {
			sw.learnEnd(tx, ch, sw.parting(tx, ch))
		}
		for _, ch := range sw.expected.All(tx.Reader) {
			ch.end(tx, CauseSwitch)
		}
	})
}
