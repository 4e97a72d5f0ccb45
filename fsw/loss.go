package fsw

import (
	"context"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// lost says what happens when a connection could not be made, or has ended, and
// another one will be tried. The channels stay: what has become of them is not
// known.
func (sw *Switch) lost(reason error, retry time.Time) {
	defer sw.endSession(reason) // whatever users' rules do, waiters are told
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		sw.release(tx, reason)
		sw.Link.RetryAt.Set(tx, retry)
		return nil
	})
}

// release ends everything that waits for the server on a connection that is gone.
func (sw *Switch) release(tx cell.Tx, reason error) {
	if sw.LoggedIn.Peek(tx.Reader) {
		count(tx, &sw.Link.Losses, 1)
	}
	sw.conn = nil
	sw.identified = false
	sw.gap++
	sw.Ready.Set(tx, false)
	sw.LoggedIn.Set(tx, false)
	sw.Link.set(tx, LinkDown, sw.now())
	sw.Link.LastError.Set(tx, reason)
	sw.Link.Lag.Set(tx, Lag{})
	sw.looking.Set(tx, false)
	sw.again.Set(tx, false)
	lost := Reply{Err: reason}
	for _, s := range sw.owed.queue {
		sw.countReply(tx, s, "", reason)
		sw.queue(tx, &s.callbackOf, lost)
	}
	sw.owed.drop(tx)
	tx.Untracked(func(tx cell.Tx) {
		for _, job := range sw.BackgroundJobs.All(tx.Reader) {
			sw.queue(tx, &job.callbackOf, lost)
		}
	})
	sw.BackgroundJobs.Clear(tx)
	sw.asking.Clear(tx)
}

// startSession makes the context that ends with a connection, for those who wait
// for replies.
func (sw *Switch) startSession() {
	sw.session, sw.endSession = context.WithCancelCause(sw.life)
}
