package fsw

import (
	"log/slog"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// Link is the connection of a Switch as cells, for rules and for whoever watches.
// Of a switch without a connection (New, NewListener) it stays the zero Link.
type Link struct {
	// State is where the connection is on its way, or that there is none.
	State cell.Value[LinkState]
	// Since is when State became what it is.
	Since cell.Value[time.Time]
	// Attempts counts the attempts to connect since the link was live last, the
	// one being made included; 0 while it is live.
	Attempts cell.Value[int]
	// RetryAt is when the next attempt is due, while State is LinkDown; else zero.
	RetryAt cell.Value[time.Time]
	// LastError is why the last attempt failed or the last connection ended, nil if
	// neither has happened: a *ConnectionError. It stays when the link is live
	// again.
	LastError cell.ValueFunc[error]
	// Losses counts the connections that were lost after a login.
	Losses cell.Value[uint64]
	// Lag is how far the model is behind what was received. It is refreshed a few
	// times a second while there is some, and zero while that is less than a tenth
	// of a second.
	Lag cell.Value[Lag]
}

// LinkState is a state of the connection.
type LinkState string

// The states of a link, in the order in which a connection goes through them.
const (
	LinkDown           LinkState = "down"           // there is no connection, and none is being made
	LinkConnecting     LinkState = "connecting"     // the network is being asked for one
	LinkAuthenticating LinkState = "authenticating" // there is one; the server has not let us in yet
	LinkSynchronising  LinkState = "synchronising"  // logged in; the model is being compared with the server
	LinkLive           LinkState = "live"           // the model follows the server
)

// Lag is how far the model is behind.
type Lag struct {
	Messages int           // that were received and wait to be applied
	Bytes    int           // of these
	Behind   time.Duration // how long the oldest of them has been waiting
}

// set changes the state.
func (l *Link) set(tx cell.Tx, s LinkState, now time.Time) {
	if l.State.Peek(tx.Reader) != s {
		l.State.Set(tx, s)
		l.Since.Set(tx, now)
	}
}

// attempting notes that a connection is being made.
func (sw *Switch) attempting(tx cell.Tx) {
	l := &sw.Link
	l.set(tx, LinkConnecting, sw.now())
	l.Attempts.Set(tx, l.Attempts.Peek(tx.Reader)+1)
	l.RetryAt.Set(tx, time.Time{})
	sw.countOne(tx, connectionAttempts)
	sw.note(tx, slog.LevelDebug, "connecting", slog.Int("attempt", l.Attempts.Peek(tx.Reader)))
}

// synchronising marks the model as stale until it has been compared with the
// server.
func (sw *Switch) synchronising(tx cell.Tx) {
	sw.Ready.Set(tx, false)
	sw.Link.set(tx, LinkSynchronising, sw.now())
}

// live ends that.
func (sw *Switch) live(tx cell.Tx) {
	if sw.Link.State.Peek(tx.Reader) != LinkLive {
		sw.noteLive(tx)
	}
	sw.Ready.Set(tx, true)
	sw.Link.set(tx, LinkLive, sw.now())
	sw.Link.Attempts.Set(tx, 0)
	if c := sw.conn; c != nil {
		tx.AtCommit(c.isLive)
	}
}
