package fsw

import (
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A snapshot tells which channels were live before the subscription, or what
// happened while events were dropped. It comes from `show channels as json`, a
// table that the server fills from its own events, in batches, some 200 ms late:
// channels that are dead are still in it, new ones are not in it yet. So:
//
//   - The subscription comes first. About an id that had events since, events are
//     right.
//   - A row of an unknown channel is checked: uuid_dump asks the channel itself,
//     and has what rows have not.
//   - A second look, a second later, finds what was not in the table yet. A live
//     channel that is missing in it, too, ends when uuid_exists denies it.
//
// A server without that table answers -ERR: the switch then knows only the
// channels that began after it connected, and Snapshot says so.

// SnapshotState tells how the channels that were live before the connection came
// to be known.
type SnapshotState string

// The states of a snapshot.
const (
	SnapshotNone        SnapshotState = ""            // not asked for
	SnapshotPending     SnapshotState = "pending"     // being taken; the channels may be incomplete
	SnapshotDone        SnapshotState = "done"        // taken; what began in the second before it may be missing
	SnapshotChecked     SnapshotState = "checked"     // a second look has found what was missing
	SnapshotUnavailable SnapshotState = "unavailable" // the server has none: only channels that began since are known
)

const (
	maxSnapshot  = 256 << 20 // bytes
	secondLookIn = time.Second
)

// look tells the first look at the table from the second.
type look int

const (
	firstLook look = iota + 1
	secondLook
)

// takeSnapshot asks for the table, or, if that is being done, asks again later.
func (sw *Switch) takeSnapshot(tx cell.Tx, l look) {
	if sw.looking.Peek(tx.Reader) {
		sw.again.Set(tx, true)
		return
	}
	if l == firstLook {
		sw.Snapshot.Set(tx, SnapshotPending)
	}
	sent := sw.tell(tx, esl.API("show channels as json"), func(tx cell.Tx, r Reply) {
		if r.Err == nil {
			sw.snapshotTaken(tx, r, l)
		}
	})
	sw.looking.Set(tx, sent)
}

// snapshotTaken compares the table with the model.
func (sw *Switch) snapshotTaken(tx cell.Tx, r Reply, l look) {
	rows, err := parseRows(r.Text)
	if err != nil {
		sw.log.Warn("fsw: no snapshot of the channels", "error", err)
		sw.looking.Set(tx, false)
		sw.Snapshot.Set(tx, SnapshotUnavailable)
		sw.Ready.Set(tx, true)
		return
	}
	listed := make(map[string]bool, len(rows))
	c := &check{sw: sw, look: l}
	unknown := 0
	for _, row := range rows {
		listed[row.UUID] = true
		ch, live := sw.byID.Peek(tx.Reader, row.UUID)
		switch {
		case !row.usable() || sw.recent.has(row.UUID, sw.now()):
		case !live:
			unknown++
			c.rows = append(c.rows, row)
		case !ch.heard && l == firstLook: // what happened to it was dropped
			c.rows = append(c.rows, row)
		}
	}
	if l == secondLook {
		tx.Untracked(func(tx cell.Tx) {
			for ch := range sw.Channels.All(tx.Reader) {
				if !listed[ch.UUID.Get(tx.Reader)] {
					c.missing = append(c.missing, ch)
				}
			}
		})
	}
	for _, row := range c.rows {
		sw.asking.Set(tx, row.UUID, row)
	}
	if unknown > checkFirst {
		for _, row := range c.rows {
			if _, live := sw.byID.Peek(tx.Reader, row.UUID); !live {
				sw.enterRow(tx, row)
			}
		}
		sw.synchronised(tx, l)
		c.look = 0 // what follows holds nothing up
	}
	c.next(tx)
}

// synchronised is the end of a look.
func (sw *Switch) synchronised(tx cell.Tx, l look) {
	if l == 0 {
		return
	}
	sw.looking.Set(tx, false)
	sw.Ready.Set(tx, true)
	if sw.again.Peek(tx.Reader) {
		sw.again.Set(tx, false)
		sw.takeSnapshot(tx, firstLook)
		return
	}
	if l == secondLook {
		sw.Snapshot.Set(tx, SnapshotChecked)
		return
	}
	sw.Snapshot.Set(tx, SnapshotDone)
	tx.AtCommit(func() { sw.conn.timers.after(secondLookIn, sw.lookAgain) })
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
// finds out what it missed: also about the channels that it knows.
func (sw *Switch) lagged(lost int) {
	sw.log.Warn("fsw: the model lags, events were dropped", "count", lost)
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		count(tx, &sw.DroppedEvents, uint64(lost))
		tx.Untracked(func(tx cell.Tx) {
			for ch := range sw.Channels.All(tx.Reader) {
				ch.heard = false
			}
		})
		if sw.Snapshot.Peek(tx.Reader) != SnapshotNone {
			sw.takeSnapshot(tx, firstLook)
		}
		return nil
	})
}
