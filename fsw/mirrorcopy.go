package fsw

import (
	"slices"
	"unsafe"

	"github.com/freeswytch/freeswytch/cell"
)

// become makes the mirror what its source was. What both know stays, and is brought up to
// date; what only the mirror knows has ended while it was not told.
func (m *mirror) become(tx cell.Tx, im *image) {
	sw := m.sw
	m.take(tx, im.status)
	if reason := im.status.closed; reason != nil {
		sw.shut(tx, reason)
		return
	}
	tx.Untracked(func(tx cell.Tx) {
		c := &copying{tx: tx, sw: sw, image: im}
		c.forget()
		c.takeChannels()
		c.takeCalls()
		c.takeConferences()
	})
	sw.CoreUUID.Set(tx, im.coreID)
	sw.UnknownIDs.Set(tx, im.unknown)
	sw.met.Set(tx, im.met)
	sw.callSeq.Set(tx, im.callSeq)
	sw.ends.Set(tx, im.ends)
	sw.gap, sw.identified, sw.recent = im.gap, im.identified, im.recent.clone() // copied anew if this is undone
}

// copying is an image on its way into a mirror.
type copying struct {
	tx    cell.Tx
	sw    *Switch
	image *image

	channels map[uint64]*Channel // those that live
	calls    map[uint64]*Call
	dead     map[uint64]*Channel // those that records of calls speak of
}

// forget ends what the image does not know. How channels belong together is forgotten
// before: else what ends would make calls that the source never had.
func (c *copying) forget() {
	tx, sw, im := c.tx, c.sw, c.image
	live := map[uint64]bool{}
	for _, ch := range im.channels {
		live[ch.met] = true
	}
	sw.byCallUUID.Clear(tx)
	sw.members.Clear(tx)
	c.channels, c.calls, c.dead = map[uint64]*Channel{}, map[uint64]*Call{}, map[uint64]*Channel{}
	for ch := range sw.Channels.All(tx.Reader) {
		ch.ties.Set(tx, nil)
		ch.indexed.Set(tx, false)
		ch.callUUID.Set(tx, "")
	}
	conferences := map[string]string{}
	for _, conf := range im.conferences {
		conferences[conf.name] = conf.uuid
	}
	for _, conf := range sw.Conferences.All(tx.Reader) {
		if uuid, there := conferences[conf.key]; !there || isAnother(uuid, conf.UUID.Peek(tx.Reader)) {
			conf.finish(tx, CauseLost)
		}
	}
	for ch := range sw.Channels.All(tx.Reader) {
		if live[ch.met] {
			c.channels[ch.met] = ch
			sw.byID.Delete(tx, ch.UUID.Peek(tx.Reader)) // it may have another one now
		} else {
			ch.end(tx, CauseLost)
		}
	}
}

func (c *copying) takeChannels() {
	tx, sw, im := c.tx, c.sw, c.image
	for i, from := range im.channels {
		ch := c.channels[from.met]
		if ch == nil {
			if ch, _ = sw.expected.Peek(tx.Reader, from.key); ch != nil {
				sw.expected.Delete(tx, from.key)
			} else {
				ch = newChannel(sw, from.key)
			}
			ch.met = from.met
			c.channels[from.met] = ch
			sw.Channels.Add(tx, ch)
		}
		im.ofChannels.put(tx, unsafe.Pointer(ch), i)
		ch.Variables.Set(tx, from.variables)
		ch.Member.Set(tx, nil)
		h := from.hidden
		ch.listedAt, ch.dumpedAt, ch.listedIn, ch.heardIn, ch.checkedIn, ch.bond, ch.asOf =
			h.listedAt, h.dumpedAt, h.listedIn, h.heardIn, h.checkedIn, h.bond, h.asOf
		sw.byID.Set(tx, ch.UUID.Peek(tx.Reader), ch)
	}
	for _, from := range im.channels {
		var ties []tie
		for _, t := range from.ties {
			ties = append(ties, tie{c.channels[t.to], t.why})
		}
		c.channels[from.met].ties.Set(tx, ties)
	}
	for id, all := range im.byCallUUID {
		sw.byCallUUID.Set(tx, id, c.live(all))
	}
	bridges := map[Bridge]bool{}
	for _, b := range im.bridges {
		bridges[Bridge{c.channels[b[0]], c.channels[b[1]]}] = true
	}
	for b := range sw.Bridges.All(tx.Reader) {
		if !bridges[b] {
			sw.Bridges.Remove(tx, b)
		}
	}
	for _, b := range im.bridges {
		sw.Bridges.Add(tx, Bridge{c.channels[b[0]], c.channels[b[1]]})
	}
}

func (c *copying) live(met []uint64) []*Channel {
	all := make([]*Channel, len(met))
	for i, n := range met {
		all[i] = c.channels[n]
	}
	return all
}

func (c *copying) takeCalls() {
	tx, sw, im := c.tx, c.sw, c.image
	there := map[uint64]bool{}
	for _, call := range im.calls {
		there[call.seq] = true
	}
	for call := range sw.Calls.All(tx.Reader) {
		if there[call.seq] {
			c.calls[call.seq] = call
			for _, rec := range call.ended.Peek(tx.Reader).last {
				c.dead[rec.Channel.met] = rec.Channel
			}
		} else {
			call.end(tx, CauseMerged) // its legs live: one whose legs have ended has ended with them
		}
	}
	for _, from := range im.calls {
		call := c.calls[from.seq]
		if call == nil {
			call = &Call{Handler: Handler{sw: sw, owner: sw, key: from.key, in: calls{sw}}, seq: from.seq}
			c.calls[from.seq] = call
			sw.Calls.Add(tx, call)
		}
		call.Legs.Set(tx, c.live(from.legs))
		call.ended.Set(tx, c.records(call, from.ended))
	}
	for _, from := range im.channels {
		c.channels[from.met].Call.Set(tx, c.calls[from.call])
	}
}

// records makes the records of a call speak of channels of the mirror. Those that it has
// never had are made, for whoever asks which one a record is about.
func (c *copying) records(call *Call, from legRecords) legRecords {
	last := slices.Clone(from.last)
	for i := range last {
		rec := &last[i]
		met := rec.Channel.met
		ch := c.dead[met]
		if ch == nil {
			ch = newChannel(c.sw, rec.Channel.key)
			ch.met = met
			ch.setRecord(c.tx, rec.ChannelRecord)
			ch.Call.Set(c.tx, call)
			c.dead[met] = ch
		}
		rec.Channel = ch
	}
	return legRecords{last, from.more}
}

func (c *copying) takeConferences() {
	tx, sw, im := c.tx, c.sw, c.image
	members := map[string]map[int]bool{}
	for _, m := range im.members {
		if members[m.conference] == nil {
			members[m.conference] = map[int]bool{}
		}
		members[m.conference][m.id] = true
	}
	for i, from := range im.conferences {
		conf, live := sw.Conferences.Peek(tx.Reader, from.name)
		if !live {
			conf = sw.makeConference(tx, from.name)
		}
		for id, m := range conf.Members.All(tx.Reader) {
			if !members[from.name][id] {
				m.end(tx, CauseLost)
			}
		}
		im.ofConf.put(tx, unsafe.Pointer(conf), i)
		conf.heardIn = from.heardIn
		replace(tx, &conf.Recordings, from.recordings)
	}
	for i, from := range im.members {
		conf, _ := sw.Conferences.Peek(tx.Reader, from.conference)
		m, live := conf.Members.Peek(tx.Reader, from.id)
		if !live {
			m = conf.makeMember(tx, from.id)
		}
		im.ofMembers.put(tx, unsafe.Pointer(m), i)
		m.leaving, m.heardIn, m.listedIn = from.leaving, from.heardIn, from.listedIn
		sw.members.Set(tx, m.UUID.Peek(tx.Reader), m)
		if ch := c.channels[from.channel]; ch != nil {
			m.meet(tx, ch)
		}
	}
}
