package fsw

import (
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

const (
	// Up to this many rows of unknown channels are checked before the switch is
	// ready. Of more, the rows are believed at first, and checked afterwards.
	checkFirst = 500
	// How many questions are asked at a time: each holds up events for some 50
	// microseconds.
	checkWindow = 16
)

// check asks the server about rows of the table and about channels that are
// missing in it, a few at a time.
type check struct {
	sw      *Switch
	look    look
	rows    []row
	missing []*Channel
	asked   int // questions without an answer
}

func (c *check) next(tx cell.Tx) {
	for c.asked < checkWindow {
		switch {
		case len(c.rows) > 0:
			row := c.rows[0]
			c.rows = c.rows[1:]
			c.ask(tx, "uuid_dump "+row.UUID, func(tx cell.Tx, r Reply) { c.sw.dumped(tx, row, r) })
		case len(c.missing) > 0:
			ch := c.missing[0]
			c.missing = c.missing[1:]
			id := ch.UUID.Peek(tx.Reader)
			c.ask(tx, "uuid_exists "+id, func(tx cell.Tx, r Reply) { c.sw.denied(tx, ch, id, r) })
		default:
			if c.asked == 0 {
				c.sw.synchronised(tx, c.look)
			}
			return
		}
	}
}

// ask sends one question. What a callback changes in the check is undone with it.
func (c *check) ask(tx cell.Tx, cmdline string, answer Callback) {
	sent := c.sw.tell(tx, esl.API(cmdline), func(tx cell.Tx, r Reply) {
		if r.Err != nil {
			return
		}
		before := *c
		tx.OnUndo(func() { *c = before })
		c.asked--
		answer(tx, r)
		c.next(tx)
	})
	if sent {
		c.asked++
	}
}

// dumped takes the answer to uuid_dump about a row.
func (sw *Switch) dumped(tx cell.Tx, row row, r Reply) {
	sw.asking.Delete(tx, row.UUID)
	ch, live := sw.byID.Peek(tx.Reader, row.UUID)
	if esl.CheckReply(r.Text) != nil {
		switch {
		case strings.Contains(r.Text, "permission denied"):
			if !live && !sw.recent.has(row.UUID, sw.now()) {
				sw.enterRow(tx, row)
			}
		case live && !ch.heard:
			ch.end(tx, CauseLost) // dead already when the row was read
		}
		return
	}
	if sw.recent.has(row.UUID, sw.now()) {
		return // it ended while we asked
	}
	ev, err := esl.ParsePlain(r.Text)
	if err != nil {
		sw.log.Warn("fsw: uuid_dump", "error", err)
		return
	}
	if !live {
		ch = sw.enterRow(tx, row)
	}
	if !ch.heard {
		ch.update(tx, ev)
		sw.group(tx, ch)
		sw.related(tx, ch, ev)
	}
}

// askAgain asks about a row whose channel has been renamed while it was checked.
func (sw *Switch) askAgain(tx cell.Tx, row row) {
	sw.asking.Set(tx, row.UUID, row)
	sw.tell(tx, esl.API("uuid_dump "+row.UUID), func(tx cell.Tx, r Reply) {
		if r.Err == nil {
			sw.dumped(tx, row, r)
		}
	})
}

// denied takes the answer to uuid_exists about a channel that is missing in the
// table. If it has got another id since, the answer says nothing.
func (sw *Switch) denied(tx cell.Tx, ch *Channel, id string, r Reply) {
	gone := strings.TrimSpace(r.Text) == "false"
	if gone && ch.Closed.Peek(tx.Reader) == "" && ch.UUID.Peek(tx.Reader) == id {
		ch.end(tx, CauseLost)
	}
}
