package fswtest

import (
	"slices"
	"strings"
)

// myEvents is the command myevents on an outbound connection.
func (c *conn) myEvents(line string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sub.mine {
		return "-ERR aready enabled."
	}
	_, word, _ := strings.Cut(line, " ")
	switch {
	case strings.EqualFold(word, "json"):
		c.sub.format = formatJSON
	case strings.EqualFold(word, "xml"):
		c.sub.format = formatXML
	}
	c.sub.mineOnly(c.session.c.uuid)
	return "+OK Events Enabled"
}

// myEventsOf is the command myevents <uuid> on an inbound connection. A format
// behind the uuid has no effect but on what happens when there is no such call.
func (c *conn) myEventsOf(line string) string {
	uuid, word, _ := strings.Cut(line[len("myevents "):], " ")
	s := c.s
	s.enter()
	defer s.leave()
	c.mu.Lock()
	mine := c.sub.mine
	c.mu.Unlock()
	if mine {
		return "-ERR aready enabled."
	}
	ch := s.find(uuid)
	if ch == nil {
		if word != "" {
			return "-ERR invalid uuid"
		}
		uuid = "" // of every channel
	} else {
		c.control(&session{c: ch, full: true})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sub.mineOnly(uuid)
	return "+OK Events Enabled"
}

// mineOnly subscribes to the events of one channel, or of any for "".
func (u *subscription) mineOnly(uuid string) {
	u.on, u.mine, u.uuid = true, true, uuid
	for _, kind := range myEventKinds {
		u.kinds[kind] = true
	}
}

// myEventKinds are those that myevents subscribes to.
var myEventKinds = func() (kinds []int) {
	for _, name := range strings.Fields(`CHANNEL_ANSWER CHANNEL_APPLICATION CHANNEL_BRIDGE CHANNEL_CREATE CHANNEL_DATA
		CHANNEL_DESTROY CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE
		CHANNEL_ORIGINATE CHANNEL_UUID CHANNEL_OUTGOING CHANNEL_PARK CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA
		CHANNEL_STATE CHANNEL_UNBRIDGE CHANNEL_UNPARK DETECTED_SPEECH DTMF NOTALK TALK`) {
		kinds = append(kinds, slices.Index(eventNames, name))
	}
	return kinds
}()

// concerns tells whether myevents lets an event pass: those of the call, and
// the ends of the connection's own jobs.
func (u *subscription) concerns(e *event) bool {
	id, owner := "", ""
	for _, h := range e.headers {
		switch {
		case id == "" && strings.EqualFold(h.name, "Unique-ID"):
			id = h.value
		case h.name == "Job-Owner-UUID":
			owner = h.value
		}
	}
	return id != "" && (u.uuid == "" || id == u.uuid) || owner != "" && owner == u.uuid
}
