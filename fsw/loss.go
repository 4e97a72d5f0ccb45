package fsw

import (
	"context"
	"log/slog"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// lost says what happens when a connection could not be made, or has ended, and
// another one will be tried. The channels stay: what has become of them is not
// known.
func (sw *Switch) lost(reason error, wait time.Duration) {
	defer sw.endSession(reason) // whatever users' rules do, waiters are told
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		sw.note(tx, slog.LevelWarn, "no connection", slog.Any("error", reason), slog.Bool("lost", sw.LoggedIn.Peek(tx.Reader)),
			slog.Int("attempt", sw.Link.Attempts.Peek(tx.Reader)), slog.Duration("retry_in", wait))
		sw.release(tx, reason)
		sw.Link.RetryAt.Set(tx, time.Now().Add(wait))
		return nil
	})
}

// release ends everything that waits for the server on a connection that is gone.
func (sw *Switch) release(tx cell.Tx, reason error) {
	if sw.LoggedIn.Peek(tx.Reader) {
		count(tx, &sw.Link.Losses, 1)
	}
	sw.conn = nil
	sw.missed(tx)
	sw.Ready.Set(tx, false)
	sw.Link.set(tx, LinkDown, sw.now())
	sw.Link.Lag.Set(tx, Lag{})
	sw.looking.Set(tx, false)
	sw.again.Set(tx, false)
	for _, s := range sw.owed.queue {
		sw.countReply(tx, s, "", reason)
		sw.queue(tx, &s.callbackOf, Reply{Err: reason})
	}
	sw.owed.drop(tx)
	sw.learn(tx, func(_ cell.Tx, sw *Switch) { sw.identified = false })
	sw.learnFact(tx, fact{all: true, do: func(tx cell.Tx, sw *Switch) { sw.cutOff(tx, reason) }})
	sw.asking.Clear(tx)
}

// cutOff says that nothing will be heard any more of what runs in the server.
func (sw *Switch) cutOff(tx cell.Tx, reason error) {
	sw.LoggedIn.Set(tx, false)
	sw.Link.LastError.Set(tx, reason)
	tx.Untracked(func(tx cell.Tx) {
		for _, job := range sw.BackgroundJobs.All(tx.Reader) {
			sw.queue(tx, &job.callbackOf, Reply{Err: reason})
		}
	})
	sw.BackgroundJobs.Clear(tx)
	sw.degrade(tx, DegradedCommands, false)
}

// startSession makes the context that ends with a connection, for those who wait
// for replies.
func (sw *Switch) startSession() {
	sw.session, sw.endSession = context.WithCancelCause(sw.life)
}
