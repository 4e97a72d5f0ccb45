package fswtest

// Rename gives the channel another id, as the switch does with a channel that has
// one already when origination_uuid asks for another (CHANNEL_UUID). The channel
// lives on: its call, its conference and what it executes stay as they are. It is
// false if the channel has hung up, or the id is "" or in use.
//
// As on a real server, what was noted elsewhere under the old id is not touched:
// the variables of a leg it is bridged to, or of the other end of a loopback.
func (h *Channel) Rename(uuid string) (renamed bool) {
	h.do(func(c *channel) {
		if renamed = uuid != "" && !c.s.taken(uuid); renamed {
			c.rename(uuid)
		}
	})
	return renamed
}

func (c *channel) rename(uuid string) {
	s, old := c.s, c.uuid
	delete(s.channels, old)
	c.uuid, c.callUUID = uuid, uuid
	s.channels[uuid] = c
	c.set("uuid", uuid)
	c.set("call_uuid", uuid)
	c.fire("CHANNEL_UUID", source{}, []header{{"Old-Unique-ID", old}})
	s.table.change(s, func(t *showTable) { t.rename(old, uuid) })
}

// rename changes the id of a row, and of the call where it is that of a call.
func (t *showTable) rename(old, uuid string) {
	if r := t.byID[old]; r != nil {
		delete(t.byID, old)
		t.byID[uuid] = r
		r[0] = uuid
	}
	for _, r := range t.rows {
		if r[colCallUUID] == old {
			r[colCallUUID] = uuid
		}
	}
}
