package fsw

import (
	"log/slog"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A snapshot tells what the events did not: what was there before the subscription,
// what happened while there was no connection, or while events were dropped. It is
// made of tables of the server (see channeltable.go), which lag behind its events:
// what is dead is still in them, what is new not yet. So:
//
//   - The subscription comes first. About an id that had events since, events are
//     right.
//   - What is in doubt is asked about, one by one: see check.go.
//   - A second look, a second later, finds what was not in the tables yet, and asks
//     about what is still missing in them.

// SnapshotState tells how the channels that were live before the connection came
// to be known.
type SnapshotState string

// The states of a snapshot.
const (
	SnapshotNone        SnapshotState = ""            // not asked for
	SnapshotPending     SnapshotState = "pending"     // being taken; the channels may be incomplete
	SnapshotDone        SnapshotState = "done"        // taken; what began or ended in the second before it may be missing, or be there still
	SnapshotChecked     SnapshotState = "checked"     // a second look has found what was missing
	SnapshotUnavailable SnapshotState = "unavailable" // the server has none: only channels that began since are known
)

const (
	maxSnapshot  = 256 << 20 // bytes
	secondLookIn = time.Second
)

// look tells the first look at the tables from the second.
type look int

const (
	firstLook look = iota + 1
	secondLook
)

func (l look) String() string {
	if l == firstLook {
		return "first"
	}
	return "second"
}

// table is one of the server's tables, as the part of the model that is compared
// with it sees it.
type table interface {
	// command is the API command that shows the table.
	command() string
	// asked says that a first look has begun.
	asked(tx cell.Tx)
	// compare compares the model with the table, and asks what is in doubt by way
	// of c. It is false if the server has no such table, and the model is not whole
	// without it.
	compare(tx cell.Tx, c *check, output string) bool
	// restarted ends what belonged to a server that has been restarted.
	restarted(tx cell.Tx)
}

// beginToSynchronise is the rule that begins with each login. It is younger than
// that of the subscription: events first, then the snapshot, or something falls in
// between.
func (sw *Switch) beginToSynchronise(tx cell.Tx) {
	if sw.LoggedIn.Get(tx.Reader) && (!sw.opts.NoChannels || len(sw.kids.all) > 0) {
		sw.askIdentity(tx)
		sw.takeSnapshot(tx, firstLook)
	}
}

// tablesNow are the tables that the model is compared with: the switch's own, and
// those of users' Handlers.
func (sw *Switch) tablesNow() (tables []table) {
	if !sw.opts.NoChannels {
		tables = append(tables, sw.tables...)
	}
	for _, h := range sw.kids.all {
		if h.command() != "" {
			tables = append(tables, h)
		}
	}
	return tables
}

// takeSnapshot asks for the tables, or, if that is being done, asks again later.
func (sw *Switch) takeSnapshot(tx cell.Tx, l look) {
	if sw.looking.Peek(tx.Reader) {
		sw.again.Set(tx, true)
		return
	}
	tables := sw.tablesNow()
	if len(tables) == 0 {
		return
	}
	sw.looking.Set(tx, true)
	if l == firstLook {
		sw.Differences.Set(tx, Differences{})
	}
	c := &check{sw: sw, look: l, began: sw.now(), tables: len(tables), complete: true}
	for _, t := range tables {
		if l == firstLook {
			t.asked(tx)
		}
		sw.tell(tx, esl.API(t.command()), func(tx cell.Tx, r Reply) {
			if r.Err != nil {
				return
			}
			c.save(tx)
			c.tables--
			if !t.compare(tx, c, r.Text) {
				c.complete = false
			}
			c.next(tx)
		})
	}
}

// synchronised is the end of a look: what had to be asked before the model is the
// server's has been answered.
func (sw *Switch) synchronised(tx cell.Tx, c *check) {
	sw.countLook(tx, c)
	sw.looking.Set(tx, false)
	if sw.again.Peek(tx.Reader) {
		sw.again.Set(tx, false)
		sw.takeSnapshot(tx, firstLook)
		return
	}
	sw.live(tx)
	state := SnapshotDone
	switch {
	case sw.opts.NoChannels:
		state = SnapshotNone
	case !c.complete:
		state = SnapshotUnavailable
	case c.look == secondLook:
		state = SnapshotChecked
	}
	sw.Snapshot.Set(tx, state)
	if c.look == firstLook && (c.complete || len(sw.tablesNow()) > len(sw.tables)) {
		conn := sw.conn
		tx.AtCommit(func() { conn.timers.after(secondLookIn, sw.lookAgain) })
	}
}

// lookAgain takes the second look, unless a first one has begun meanwhile, which
// will have its own.
func (sw *Switch) lookAgain() {
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		if sw.LoggedIn.Peek(tx.Reader) && !sw.looking.Peek(tx.Reader) {
			sw.takeSnapshot(tx, secondLook)
		}
		return nil
	})
}

// lagged takes note that the model lagged so much that messages were dropped, and
// finds out what it missed, also about the channels that it knows. lag is what is left.
func (sw *Switch) lagged(lost int, lag Lag) {
	sw.noteOutside(slog.LevelWarn, "the model lags, events were dropped", slog.Int("count", lost))
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		count(tx, &sw.DroppedEvents, uint64(lost))
		sw.Link.Lag.Set(tx, lag)
		sw.missed(tx)
		sw.learn(tx, forgetHandlers)
		switch {
		case sw.Snapshot.Peek(tx.Reader) != SnapshotNone, sw.opts.NoChannels && len(sw.tablesNow()) > 0 && sw.LoggedIn.Peek(tx.Reader):
			sw.synchronising(tx)
			sw.takeSnapshot(tx, firstLook)
		case sw.given != nil && sw.LoggedIn.Peek(tx.Reader):
			sw.synchronising(tx)
			sw.given.look(tx)
		}
		return nil
	})
}
