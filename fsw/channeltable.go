package fsw

import (
	"log/slog"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// channelTable is `show channels`, which the server fills from its own events, in
// batches, some 200 ms late. What is in doubt is asked of the channels themselves:
// uuid_dump tells what rows do not hold, and is newer than all events before it.
//
// A server without that table answers -ERR: the switch then knows, besides what it
// knew, only the channels that began after it connected, and Snapshot says so.
type channelTable struct{ sw *Switch }

// Up to this many rows of unknown channels are checked before the switch is ready.
// Of more, the rows are believed at first, and checked afterwards.
const checkFirst = 500

func (channelTable) command() string    { return "show channels as json" }
func (t channelTable) asked(tx cell.Tx) { t.sw.Snapshot.Set(tx, SnapshotPending) }

func (t channelTable) compare(tx cell.Tx, c *check, output string) bool {
	sw := t.sw
	rows, err := rowsOf[row]("channels", output)
	if err != nil {
		sw.note(tx, slog.LevelWarn, "no snapshot of the channels", slog.Any("error", err))
	}
	listed := make(map[string]row, len(rows))
	var unknown []row
	for _, row := range rows {
		if _, live := sw.byID.Peek(tx.Reader, row.UUID); !live {
			row.UUID = sw.recent.now(row.UUID, 0)
		}
		_, twice := listed[row.UUID]
		listed[row.UUID] = row
		if _, live := sw.byID.Peek(tx.Reader, row.UUID); !live && !twice && isID(row.UUID) && !sw.recent.isOver(row.UUID, sw.now(), sw.gap) {
			unknown = append(unknown, row)
		}
	}
	c.known = map[identity]*Channel{}
	tx.Untracked(func(tx cell.Tx) {
		for ch := range sw.Channels.All(tx.Reader) {
			if i, ok := ch.identity(tx.Reader); ok && ch.checkedIn != sw.gap {
				c.known[i] = ch
			}
			id := ch.UUID.Get(tx.Reader)
			row, inTable := listed[id]
			switch {
			case ch.checkedIn != sw.gap:
				sw.askChannel(c, ch, id, row)
			case c.look == secondLook && !inTable && err == nil:
				sw.askWhetherItExists(c, ch, id)
			}
		}
	})
	believe := len(unknown) > checkFirst
	for _, row := range unknown {
		if believe && !sw.recent.has(row.UUID, sw.now()) {
			sw.learn(tx, func(tx cell.Tx, sw *Switch) { sw.enterRow(tx, row).checkedIn = 0 })
			sw.differs(tx, channelAppeared)
			ch, _ := sw.byID.Peek(tx.Reader, row.UUID)
			c.askLater(dump(row.UUID), func(tx cell.Tx, out string) { sw.channelDumped(tx, c, ch, row.UUID, row, out) })
		} else {
			sw.askRow(tx, asked{row, c})
		}
	}
	return err == nil
}

func (t channelTable) restarted(tx cell.Tx) {
	tx.Untracked(func(tx cell.Tx) {
		for ch := range t.sw.Channels.All(tx.Reader) {
			ch.end(tx, CauseRestart)
			t.sw.differs(tx, channelEnded)
		}
	})
}

func dump(id string) string { return "uuid_dump " + id }

// asked is a row of an unknown channel that is being checked.
type asked struct {
	row
	by *check
}

// askRow asks about a row.
func (sw *Switch) askRow(tx cell.Tx, a asked) {
	sw.asking.Set(tx, a.UUID, a)
	a.by.ask(dump(a.UUID), func(tx cell.Tx, out string) { sw.rowDumped(tx, a, out) })
}

// askAgain asks about a row whose channel has been renamed before the answer came.
func (sw *Switch) askAgain(tx cell.Tx, a asked, id string) {
	a.by.save(tx)
	a.UUID = strings.Clone(id)
	sw.askRow(tx, a)
}

// rowDumped takes the answer about a row of an unknown channel.
func (sw *Switch) rowDumped(tx cell.Tx, a asked, out string) {
	row := a.row
	sw.asking.Delete(tx, row.UUID)
	if sw.recent.isOver(row.UUID, sw.now(), sw.gap) {
		return // it ended while we asked
	}
	_, live := sw.byID.Peek(tx.Reader, row.UUID)
	switch err := esl.CheckReply(out); {
	case live: // it began while we asked, and its events tell all
	case err == nil:
		if ev := sw.parseDump(tx, out); ev != nil && !a.by.found(tx, row, ev) {
			sw.learnFact(tx, fact{size: ev.Size(), do: func(tx cell.Tx, sw *Switch) { sw.enterRow(tx, row).dumped(tx, ev) }})
			sw.differs(tx, channelAppeared)
		}
	case forbidden(err) && a.by.look == firstLook && sw.recent.has(row.UUID, sw.now()):
		// It may be the row of the one that has ended: the second look tells.
	case forbidden(err):
		sw.learn(tx, func(tx cell.Tx, sw *Switch) { sw.enterRow(tx, row) })
		sw.differs(tx, channelAppeared)
	default:
		a.by.outdated(row)
	}
}

// askChannel asks about a channel that was live before a gap.
func (sw *Switch) askChannel(c *check, ch *Channel, id string, row row) {
	c.ask(dump(id), func(tx cell.Tx, out string) { sw.channelDumped(tx, c, ch, id, row, out) })
}

// channelDumped takes the answer about a live channel. row is empty if it is not in
// the table.
func (sw *Switch) channelDumped(tx cell.Tx, c *check, ch *Channel, id string, row row, out string) {
	if ch.Closed.Peek(tx.Reader) != "" {
		return
	}
	if now := ch.UUID.Peek(tx.Reader); now != id { // it was renamed while we asked
		sw.askChannel(c, ch, now, row)
		return
	}
	switch err := esl.CheckReply(out); {
	case err == nil:
		if ev := sw.parseDump(tx, out); ev != nil && ch.isAnother(tx.Reader, createdAt(ev)) {
			row.UUID = id
			if c.found(tx, row, ev) {
				ev = nil
			}
			c.absent = append(c.absent, absent{ch, id, ev})
		} else if ev != nil {
			before := ch.facts(tx.Reader)
			sw.learnFact(tx, fact{size: ev.Size(), do: ofChannel(tx, ch, func(tx cell.Tx, ch *Channel) { ch.dumped(tx, ev) })})
			if ch.facts(tx.Reader) != before {
				sw.differs(tx, channelChanged)
			}
		}
	case forbidden(err) && row.UUID != "" && ch.isAnother(tx.Reader, row.created()):
		sw.learnOf(tx, ch, func(tx cell.Tx, ch *Channel) {
			ch.sw.replaced(tx, ch)
			ch.sw.enterRow(tx, row)
		})
	case forbidden(err) && row.UUID != "":
		sw.learnOf(tx, ch, func(tx cell.Tx, ch *Channel) {
			ch.setChecked(tx)
			if ch.heardIn != ch.sw.gap {
				ch.setRow(tx, row)
			}
		})
	default:
		// It is gone, or hanging up, and will then end with an event.
		if row.UUID != "" {
			c.outdated(row)
		}
		sw.askWhetherItExists(c, ch, id)
	}
}

// replaced ends a channel whose id another one has come to.
func (sw *Switch) replaced(tx cell.Tx, ch *Channel) {
	sw.differs(tx, channelEnded)
	ch.end(tx, CauseLost)
	sw.differs(tx, channelAppeared)
}

// askWhetherItExists asks about a channel that may be gone. If it has got another id
// since, the answer says nothing.
func (sw *Switch) askWhetherItExists(c *check, ch *Channel, id string) {
	c.ask("uuid_exists "+id, func(tx cell.Tx, out string) {
		if ch.Closed.Peek(tx.Reader) != "" || ch.UUID.Peek(tx.Reader) != id {
			return
		}
		switch strings.TrimSpace(out) {
		case "true":
			sw.learnOf(tx, ch, func(tx cell.Tx, ch *Channel) { ch.setChecked(tx) })
		case "false":
			c.absent = append(c.absent, absent{ch: ch, id: id})
		default: // nobody tells: what nothing was heard of is not kept for ever
			if ch.heardIn != sw.gap {
				c.absent = append(c.absent, absent{ch: ch, id: id})
			}
		}
	})
}

func forbidden(err error) bool { return strings.Contains(err.Error(), "permission denied") }

func (sw *Switch) parseDump(tx cell.Tx, out string) *esl.Event {
	ev, err := esl.ParsePlain(out)
	if err != nil {
		sw.note(tx, slog.LevelWarn, "uuid_dump", slog.Any("error", err))
		return nil
	}
	return ev
}
