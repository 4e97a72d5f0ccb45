package fsw

import (
	"slices"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A channel that is renamed while nobody watches is not where it was: its id is gone, or
// another channel has come to it. So none is given up before all rows of unknown channels,
// and all ids of known ones, have been asked about. Who is found under another id then has
// that one, as if CHANNEL_UUID had told.

// identity tells a channel from all others of a server, for its life.
type identity struct {
	created Moment
	session string // variable session_id
}

// identity returns an identity of which nothing is missing, and whether there is one.
func (ch *Channel) identity(r cell.Reader) (identity, bool) {
	session, _ := ch.Variables.Peek(r).Get("session_id")
	i := identity{ch.Times.Peek(r).Created, session}
	return i, i.created != 0 && i.session != ""
}

// move is that a known channel was found under another id, row is that id's.
type move struct {
	ch   *Channel
	from string
	row  row
}

// absent is a known channel that was not found under its id. ev is about who was, if
// anybody was.
type absent struct {
	ch *Channel
	id string
	ev *esl.Event
}

// found says which of the channels that have not been found yet an answer to uuid_dump is
// about, and that it is under this row's id now.
func (c *check) found(tx cell.Tx, row row, ev *esl.Event) bool {
	ch := c.known[identity{createdAt(ev), ev.Value("variable_session_id")}]
	if ch == nil || ch.checkedIn == c.sw.gap || ch.Closed.Peek(tx.Reader) != "" {
		return false
	}
	c.moved = append(c.moved, move{ch, ch.UUID.Peek(tx.Reader), row})
	return true
}

// outdated takes note of a row of which the channel is not there.
func (c *check) outdated(row row) {
	if made := row.created(); !slices.Contains(c.stale, made) {
		c.stale = append(c.stale, made)
	}
}

// mayBeListed says whether a channel that is gone may have been renamed so lately that the
// table has its old id, and the second look will find the new one.
func (c *check) mayBeListed(r cell.Reader, ch *Channel) bool {
	_, known := ch.identity(r)
	return known && c.look == firstLook && slices.ContainsFunc(c.stale, func(made Moment) bool { return !ch.isAnother(r, made) })
}

// settle gives the channels that have moved their new ids, and ends those that have not
// been found anywhere. It is false if there are none of both.
func (c *check) settle(tx cell.Tx) bool {
	sw, moved, gone := c.sw, c.moved, c.absent
	if c.asked > 0 || len(moved)+len(gone) == 0 {
		return false
	}
	c.moved, c.absent = nil, nil
	var from, to []string
	places := map[*Channel]bool{}
	for _, m := range moved {
		m.row.UUID = sw.recent.now(m.row.UUID, sw.gap) // it may have been renamed again
		if places[m.ch] || m.ch.UUID.Peek(tx.Reader) != m.from || m.ch.Closed.Peek(tx.Reader) != "" {
			continue
		}
		places[m.ch] = true
		from, to = append(from, m.from), append(to, m.row.UUID)
		sw.askChannel(c, m.ch, m.row.UUID, m.row) // events may have been about nobody meanwhile
	}
	var others []absent
	for _, a := range gone {
		switch {
		case a.ch.Closed.Peek(tx.Reader) != "":
			continue // events have told
		case !places[a.ch] && a.ev == nil && c.mayBeListed(tx.Reader, a.ch):
			continue
		case !places[a.ch] && a.ch.UUID.Peek(tx.Reader) == a.id:
			sw.learnEnd(tx, a.ch, CauseLost)
			sw.differs(tx, channelEnded)
		}
		if a.ev != nil {
			others = append(others, a)
		}
	}
	if len(from) > 0 {
		sw.learn(tx, func(tx cell.Tx, sw *Switch) { sw.move(tx, from, to) })
	}
	for range from {
		sw.differs(tx, channelChanged)
	}
	for _, a := range others {
		if _, live := sw.byID.Peek(tx.Reader, a.id); !live {
			sw.learnFact(tx, fact{size: a.ev.Size(), do: func(tx cell.Tx, sw *Switch) { sw.enterListed(tx, a.id).dumped(tx, a.ev) }})
			sw.differs(tx, channelAppeared)
		}
	}
	return true
}

// move renames channels, at once: they may have changed places.
func (sw *Switch) move(tx cell.Tx, from, to []string) {
	all := make([]*Channel, len(from))
	for i, id := range from {
		all[i], _ = sw.byID.Peek(tx.Reader, id)
	}
	for i, ch := range all {
		if ch != nil {
			sw.byID.Delete(tx, from[i])
		}
	}
	for i, ch := range all {
		if ch == nil {
			continue
		}
		sw.rename(tx, ch, from[i], to[i])
		if m := ch.Member.Peek(tx.Reader); m != nil {
			m.UUID.Set(tx, to[i])
			m.follow(tx, from[i])
		} else if m, ok := sw.members.Peek(tx.Reader, to[i]); ok {
			m.meet(tx, ch)
		}
	}
	for i, id := range from {
		if _, live := sw.byID.Peek(tx.Reader, id); !live {
			sw.recent.renamed(tx, id, to[i], sw.now(), sw.gap)
		}
	}
}
