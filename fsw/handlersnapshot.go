package fsw

import (
	"log/slog"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Handlers whose kind has a Snapshot are a table, as the channels are. Events win
// attribute by attribute: an event tells little of what a row does, and both orders
// happen, since some tables lag behind the events, and some answers overtake them.

// command is "" if there is no connection of which snapshots are taken.
func (hs *Handlers[H]) command() string {
	if !hs.owner.Switch().snapshots() {
		return ""
	}
	return hs.kind.command
}

func (hs *Handlers[H]) asked(tx cell.Tx) { hs.Snapshot.Set(tx, SnapshotPending) }

func (hs *Handlers[H]) compare(tx cell.Tx, c *check, output string) bool {
	sw := hs.owner.Switch()
	if hs.over(tx.Reader) {
		return true
	}
	done := false
	defer func() {
		if !done {
			sw.blame(hs)
		}
	}()
	if made := hs.compareWith(tx, c.look, output); made > 0 && c.look == secondLook {
		// Events about them may have come before them, when nobody was there to take
		// them, and the table may lag.
		sw.lookLater(tx, hs)
	}
	done = true
	return true
}

func (hs *Handlers[H]) over(r cell.Reader) bool { return hs.failed.Load() || hs.closed.Peek(r) }

// compareWith compares them with the table, and returns how many it has made.
func (hs *Handlers[H]) compareWith(tx cell.Tx, l look, output string) (made int) {
	var rows []*esl.Event
	err := esl.CheckReply(output)
	if err == nil {
		rows, err = hs.kind.rows(output)
	}
	if err != nil {
		hs.owner.Switch().note(tx, slog.LevelWarn, "no snapshot", slog.String("kind", hs.kind.name), slog.Any("error", err))
		hs.Snapshot.Set(tx, SnapshotUnavailable)
		hs.forget(tx)
		return 0
	}
	listed := make(map[*Handler]bool, len(rows))
	for _, row := range rows {
		if key := hs.kind.key(row); key != "" && hs.row(tx, l, row, key, listed) {
			made++
		}
	}
	hs.endUnheard(tx, listed)
	if l == firstLook {
		hs.Snapshot.Set(tx, SnapshotDone)
	} else {
		hs.Snapshot.Set(tx, SnapshotChecked)
	}
	return made
}

// row feeds the handler that a row is about, and notes that it is listed. It is true if
// it has made it.
func (hs *Handlers[H]) row(tx cell.Tx, l look, row *esl.Event, key string, listed map[*Handler]bool) (made bool) {
	sw := hs.owner.Switch()
	h, live := hs.byKey.Peek(tx.Reader, key)
	if !live {
		if hs.hasEnded(key, l) {
			return false
		}
		h = hs.make(tx, key)
	}
	of := h.handler()
	listed[of] = true
	u := update{sw: sw, tx: tx, of: pointerTo(of), ev: row, row: true}
	heard := of.heardIn == sw.gaps()
	if heard {
		u.seen = of.heard
	}
	hs.set(u)
	if !heard && hs.kind.listed != nil {
		hs.kind.listed(h, tx, row)
	}
	return !live
}

// endUnheard ends those that nothing tells of since the last gap.
func (hs *Handlers[H]) endUnheard(tx cell.Tx, listed map[*Handler]bool) {
	gap := hs.owner.Switch().gaps()
	tx.Untracked(func(tx cell.Tx) {
		for _, h := range hs.byKey.All(tx.Reader) {
			if of := h.handler(); !listed[of] && of.heardIn != gap && of.madeIn != gap {
				of.end(tx, CauseLost)
			}
		}
	})
}

// forget is called after a gap if no table tells what was missed.
func (hs *Handlers[H]) forget(tx cell.Tx) {
	if !hs.kind.stays {
		hs.endUnheard(tx, nil)
	}
}

// restarted is called when the server has been restarted.
func (hs *Handlers[H]) restarted(tx cell.Tx) {
	tx.Untracked(func(tx cell.Tx) {
		for _, h := range hs.byKey.All(tx.Reader) {
			h.handler().end(tx, CauseRestart)
		}
	})
	hs.ended.forget(tx)
}

// remember notes that one has ended which a row may still be about.
func (hs *Handlers[H]) remember(tx cell.Tx, key string) {
	sw := hs.owner.Switch()
	key = strings.Clone(key) // not a piece of the event
	hs.ended.ended(tx, key, sw.now(), sw.gaps())
}

// hasEnded says whether a row is about one that has ended. If that was before the gap
// it may have come back in it: the second look knows.
func (hs *Handlers[H]) hasEnded(key string, l look) bool {
	sw := hs.owner.Switch()
	if l == firstLook {
		return hs.ended.has(key, sw.now())
	}
	return hs.ended.isOver(key, sw.now(), sw.gaps())
}

// hear notes that an event was about it since a gap, and which of its attributes it has set.
func (h *Handler) hear(tx cell.Tx, gap uint32, attributes uint64) {
	in, before := h.heardIn, h.heard
	if in != gap {
		h.heardIn, h.heard = gap, 0
	}
	h.heard |= attributes
	if in != h.heardIn || before != h.heard {
		tx.OnUndo(func() { h.heardIn, h.heard = in, before })
	}
}

// forgetHandlers ends those that no table tells of after a gap.
func forgetHandlers(tx cell.Tx, sw *Switch) {
	for _, h := range sw.kids.all {
		if h.command() == "" {
			h.forget(tx)
		}
	}
}

// lookAtNew compares Handlers that are new on a connection with their table. The rules
// of this pass come first, and among them that of the subscription.
func (sw *Switch) lookAtNew(tx cell.Tx, h handling) {
	if h.command() != "" && sw.LoggedIn.Peek(tx.Reader) {
		h.asked(tx)
		tx.OnCommit(func(tx cell.Tx) { sw.lookAt(tx, h, firstLook) })
	}
}

func (sw *Switch) lookAt(tx cell.Tx, h handling, l look) {
	if sw.conn == nil && sw.mirror == nil || !sw.LoggedIn.Peek(tx.Reader) || h.over(tx.Reader) {
		return
	}
	sw.tell(tx, esl.API(h.command()), func(tx cell.Tx, r Reply) {
		if r.Err != nil {
			return
		}
		h.compare(tx, &check{look: l}, r.Text)
		if l == firstLook {
			sw.lookLater(tx, h)
		}
	})
}

// lookLater takes another look, if there is still the same connection.
func (sw *Switch) lookLater(tx cell.Tx, h handling) {
	later := &sw.timers // of a mirror
	if sw.conn != nil {
		later = &sw.conn.timers
	}
	tx.AtCommit(func() {
		later.after(secondLookIn, func() {
			sw.contain(esl.Message{}, func(tx cell.Tx) error { sw.lookAt(tx, h, secondLook); return nil })
		})
	})
}
