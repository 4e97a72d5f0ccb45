package fswtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A session is what a connection has that controls a call: an outbound one, or
// an inbound one after "myevents <uuid>". The call is not destroyed before the
// connection has ended. The lock of the connection guards what changes.
type session struct {
	c     *channel
	x     *execution // the socket application; nil if the connection is inbound
	full  bool
	async bool

	connected bool // by the command connect
	parked    bool
	linger    bool
	seconds   int       // to linger; -1 for ever
	down      bool      // the call has hung up,
	mark      uint64    // before so many events had been queued
	told      bool      // and the client has been told that the socket lingers
	until     time.Time // the end of that; zero for none
}

// control makes the connection the holder of a channel. The switch is held.
func (c *conn) control(x *session) {
	c.mu.Lock()
	c.session = x
	c.mu.Unlock()
	x.c.holders = append(x.c.holders, c)
	if x.c.down {
		c.sessionDown()
	}
}

// release lets the channel go when the connection has ended.
func (c *conn) release() {
	x := c.session
	if x == nil {
		return
	}
	s := c.s
	s.enter()
	defer s.leave()
	ch := x.c
	if i := slices.Index(ch.holders, c); i >= 0 {
		ch.holders = slices.Delete(ch.holders, i, i+1)
	}
	if ch.diverted == c {
		ch.diverted = nil
	}
	if x.x != nil {
		ch.socketEnded(x)
	}
	if len(ch.holders) == 0 && ch.number == stateDestroy {
		ch.destroy()
	}
}

// tellHolders tells the connections that control the channel of its hang-up.
func (c *channel) tellHolders() {
	for _, h := range c.holders {
		h.sessionDown()
	}
}

// sessionDown tells the connection that its call has hung up, and notes what
// is queued by then. The switch is held.
func (c *conn) sessionDown() {
	c.mu.Lock()
	if x := c.session; !x.down {
		x.down = true
		x.mark = c.events.taken + uint64(c.events.len())
	}
	c.mu.Unlock()
	c.poke()
}

// hungUp does what the end of the call means once the events before it are
// sent: it ends the connection (false) or, if that lingers, announces it.
func (c *conn) hungUp() bool {
	c.mu.Lock()
	x := c.session
	if x == nil || !x.down || c.events.taken < x.mark {
		c.mu.Unlock()
		return true
	}
	if !x.linger || x.told {
		over := !x.linger || !x.until.IsZero() && !time.Now().Before(x.until)
		c.mu.Unlock()
		return !over
	}
	x.told = true
	x.until = lingerEnd(x.seconds)
	seconds := x.seconds
	c.mu.Unlock()
	return c.reply(fmt.Sprintf("Content-Type: text/disconnect-notice\nControlled-Session-UUID: %s\n"+
		"Content-Disposition: linger\nChannel-Name: %s\nLinger-Time: %d\nContent-Length: 0\n\n", x.c.uuid, x.c.name, seconds))
}

// lingerEnd is when whole seconds since 1970 exceed those of now by more than n.
func lingerEnd(n int) time.Time {
	if n < 0 {
		return time.Time{}
	}
	return time.Unix(time.Now().Unix()+int64(n)+1, 0)
}

// lingers is how long to wait for the end of the lingering, if it has one.
func (c *conn) lingers() (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if x := c.session; x != nil && x.told && !x.until.IsZero() {
		return time.Until(x.until), true
	}
	return 0, false
}

const noSession = "-ERR not controlling a session"

// maxLinger bounds the seconds asked for.
const maxLinger = 1 << 30

// linger is the command of that name.
func (c *conn) linger(line string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	x := c.session
	if x == nil {
		return noSession
	}
	x.linger, x.seconds = true, -1
	reply := "+OK will linger"
	if _, n, ok := strings.Cut(line, " "); ok && decimalPrefix(n) > 0 {
		x.seconds = min(decimalPrefix(n), maxLinger)
		reply += " " + strconv.Itoa(x.seconds) + " seconds"
	}
	if x.told {
		x.until = lingerEnd(x.seconds)
	}
	return reply
}

// nolinger is the command of that name.
func (c *conn) nolinger() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == nil {
		return noSession
	}
	c.session.linger = false
	return "+OK will not linger"
}

// getvar is the command of that name: the value as it is, whatever that does
// to the framing.
func (c *conn) getvar(line string) string {
	_, name, _ := strings.Cut(line, " ")
	c.s.enter()
	defer c.s.leave()
	if v := c.session.c.variable(name); v != "" {
		return v
	}
	return notFound
}

// divert is the command divert_events: what is sent to the session itself
// comes to this connection.
func (c *conn) divert(line string) string {
	if c.session == nil {
		return noSession + "."
	}
	_, value, _ := strings.Cut(line, " ")
	if value == "" {
		return "-ERR missing value."
	}
	c.s.enter()
	defer c.s.leave()
	if strings.EqualFold(value, "on") {
		c.session.c.diverted = c
		return "+OK events diverted"
	}
	if c.session.c.diverted == c {
		c.session.c.diverted = nil
	}
	return "+OK events not diverted"
}

// connect answers with the channel as header block of the reply itself.
func (c *conn) connect() bool {
	x := c.session
	s := c.s
	s.enter()
	e := s.begin("CHANNEL_DATA", "", sourceConnect)
	if x.c.hasProfile {
		addProfile(e, channelNames, &x.c.p, x.c.uuid, x.c.name)
	}
	x.c.addHeaders(e, true)
	mode, control := "static", "single-channel"
	if x.async {
		mode = "async"
	}
	if x.full {
		control = "full"
	}
	e.headers = append(e.headers,
		header{"Content-Type", "command/reply"},
		header{"Reply-Text", "+OK\n"},
		header{"Socket-Mode", mode},
		header{"Control", control})
	first := !x.connected
	x.connected = true
	s.leave()
	if !c.write(e.encode(formatPlain)) {
		return false
	}
	if first && x.async {
		s.enter()
		x.c.socketPark(x)
		s.leave()
	}
	return true
}
