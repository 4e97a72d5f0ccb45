package fsw

import (
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
	if c := sw.conn; c != nil {
		c.close()
	} else {
		sw.closed(ErrClosed)
	}
	sw.scope.Stop()
	return nil
}

// closed ends everything that depended on the server.
func (sw *Switch) closed(reason error) {
	defer sw.endLife(reason) // whatever users' rules do, waiters are told
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		if sw.Closed.Peek(tx.Reader) != nil {
			return nil
		}
		sw.Closed.Set(tx, reason)
		sw.Ready.Set(tx, false)
		sw.LoggedIn.Set(tx, false)
		lost := Reply{Err: reason}
		for _, s := range sw.owed.queue {
			sw.queue(tx, &s.callbackOf, lost)
		}
		sw.owed.drop(tx)
		tx.Untracked(func(tx cell.Tx) {
			for _, job := range sw.BackgroundJobs.All(tx.Reader) {
				sw.queue(tx, &job.callbackOf, lost)
			}
			sw.BackgroundJobs.Clear(tx)
			sw.kids.close(tx, CauseSwitch)
			for ch := range sw.Channels.All(tx.Reader) {
				ch.end(tx, CauseSwitch)
			}
			for _, ch := range sw.expected.All(tx.Reader) {
				ch.end(tx, CauseSwitch)
			}
		})
		return nil
	})
}
