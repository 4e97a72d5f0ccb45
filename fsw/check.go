package fsw

import (
	"slices"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// How many questions are asked at a time: each holds up events for some 50
// microseconds.
const checkWindow = 16

// check is one look at the server's tables. It asks the server about what is in
// doubt, a few questions at a time.
type check struct {
	sw       *Switch
	look     look
	began    time.Time
	tables   int        // that have not been compared yet
	complete bool       // none is missing
	first    []question // without their answers the model is not the server's
	later    []question
	asked    int // questions of first without an answer
	pending  int // questions of both without an answer
	over     bool

	known  map[identity]*Channel // those that were not known to be right when it began
	moved  []move
	absent []absent
	stale  []Moment // when those were made of which the table has rows, but that are not found
}

// question is an API command and what to do with its output.
type question struct {
	command string
	answer  func(tx cell.Tx, output string)
}

// ask adds a question that holds up the end of the look, askLater one that does not.
func (c *check) ask(command string, answer func(cell.Tx, string)) {
	c.first = append(c.first, question{command, answer})
}

func (c *check) askLater(command string, answer func(cell.Tx, string)) {
	c.later = append(c.later, question{command, answer})
}

// save lets the check be as it is now if what follows is undone.
func (c *check) save(tx cell.Tx) {
	before := *c
	before.first, before.later = slices.Clip(c.first), slices.Clip(c.later)
	before.moved, before.absent = slices.Clip(c.moved), slices.Clip(c.absent)
	before.stale = slices.Clip(c.stale)
	tx.OnUndo(func() { *c = before })
}

// next asks as many questions as there is room for.
func (c *check) next(tx cell.Tx) {
	if c.tables > 0 {
		return
	}
	for c.pending < checkWindow {
		switch {
		case len(c.first) > 0:
			q := c.first[0]
			c.first = c.first[1:]
			c.send(tx, q, true)
		case c.settle(tx):
		case c.asked == 0 && !c.over:
			c.over = true
			c.sw.synchronised(tx, c)
		case len(c.later) > 0:
			q := c.later[0]
			c.later = c.later[1:]
			c.send(tx, q, false)
		default:
			return
		}
	}
}

func (c *check) send(tx cell.Tx, q question, first bool) {
	sent := c.sw.tell(tx, esl.API(q.command), func(tx cell.Tx, r Reply) {
		if r.Err != nil {
			return
		}
		c.save(tx)
		c.pending--
		if first {
			c.asked--
		}
		q.answer(tx, r.Text)
		c.next(tx)
	})
	if sent {
		c.pending++
		if first {
			c.asked++
		}
	}
}
