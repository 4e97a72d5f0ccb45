package fswtest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// conn is one client. As on the real server one goroutine executes its
// commands and does its writing, so replies come in order, an api command
// holds everything up until it ends, and events go out between commands only.
// A second goroutine does nothing but read, so that the end of a connection is
// noticed at once.
type conn struct {
	s     *Server
	nc    net.Conn
	mode  AcceptMode
	link  link
	alive <-chan struct{} // of the process it is a connection of

	quit     chan struct{} // closed when the connection has to end
	quitOnce sync.Once
	wake     chan struct{} // something may be there to send
	jobs     sync.WaitGroup
	halfway  atomic.Bool // a command has arrived in part: no events meanwhile
	vanished atomic.Bool // see Vanish

	// Only of the goroutine that executes.
	authed bool
	mute   bool // the reply to the first command of an outbound connection is lost
	user   *User
	late   *event    // sent after those that follow it; see Reorder
	behind int       // so many of them still
	lateAt time.Time // at the latest

	mu       sync.Mutex
	input    []*command // read, not yet executed
	eof      bool       // nothing will follow them
	room     chan struct{}
	session  *session // the call it controls, if any
	notice   string   // what to say before closing; "" for nothing
	sub      subscription
	events   queue[*event]
	logs     queue[logLine]
	logLevel int // -1 when off
	twice    int // events to be sent twice
	swap     int // the next event is sent after so many others
}

func newConn(s *Server, nc net.Conn, mode AcceptMode, x *session) *conn {
	c := &conn{
		s: s, nc: nc, mode: mode, alive: s.alive,
		quit:     make(chan struct{}),
		wake:     make(chan struct{}, 1),
		room:     make(chan struct{}, 1),
		notice:   disconnectText,
		logLevel: -1,
	}
	c.events.limit, c.logs.limit = s.opt.QueueLimit, s.opt.QueueLimit
	if x != nil {
		c.authed, c.mute = true, true
		c.control(x)
	}
	c.link = link{nc: nc, quit: c.quit, changed: make(chan struct{}), shape: s.opt.Link}
	if s.opt.Segment {
		c.link.cuts = rand.New(rand.NewPCG(s.rng.Uint64(), 1))
	}
	return c
}

const disconnectText = "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"

// closeGrace is how long a client that does not read can hold up its own end.
const closeGrace = 250 * time.Millisecond

func (c *conn) run() {
	defer c.s.wg.Done()
	defer c.s.forget(c)
	defer func() {
		if c.vanished.Load() {
			c.haunt()
		} else {
			c.nc.Close()
		}
		c.release()
	}()
	c.s.wg.Add(1)
	go c.readAll()

	switch c.mode {
	case AcceptHang:
		<-c.quit
		return
	case AcceptRude:
		c.message("text/rude-rejection", "", "Access Denied, go away.\n")
	default:
		if !c.authed { // else it waits for the first command
			c.link.lag(time.Now())
			c.reply("Content-Type: auth/request\n\n")
		}
		c.work()
	}
	// Out of the list first: what is fired from here on, the events of own
	// jobs included, is not for this connection any more.
	c.s.forget(c)
	c.jobs.Wait()
	c.mu.Lock()
	notice := c.notice
	c.mu.Unlock()
	if notice != "" {
		c.link.heal() // the end comes through
		c.nc.SetWriteDeadline(time.Now().Add(closeGrace))
		c.farewell(notice)
	}
}

// work executes commands and sends events until the connection ends.
func (c *conn) work() {
	var timeout <-chan time.Time
	if d := c.s.opt.LoginTimeout; d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		timeout = t.C
	}
	for {
		select {
		case <-c.quit:
			return
		default:
		}
		cmd, eof := c.nextCommand()
		if cmd != nil {
			timeout = nil // any command at all stops the clock
			c.link.lag(cmd.at)
			if !c.execute(cmd) {
				return
			}
			c.mute = false
			continue
		}
		if eof {
			return
		}
		if !c.flush() || !c.write(nil) {
			return
		}
		if !c.doze(timeout) {
			return
		}
	}
}

// doze waits until there may be something to do.
func (c *conn) doze(timeout <-chan time.Time) bool {
	var late <-chan time.Time
	if c.late != nil {
		t := time.NewTimer(time.Until(c.lateAt))
		defer t.Stop()
		late = t.C
	}
	if d, ok := c.lingers(); ok && c.late == nil {
		t := time.NewTimer(d)
		defer t.Stop()
		late = t.C
	}
	select {
	case <-c.quit:
		return false
	case <-timeout:
		return false
	case <-late:
	case <-c.wake:
	}
	return true
}

func (c *conn) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// ending tells that the connection has no future.
func (c *conn) ending() bool {
	select {
	case <-c.quit:
		return true
	default:
		return false
	}
}

// end closes the connection after a notice.
func (c *conn) end(notice string) {
	c.mu.Lock()
	c.notice = notice
	c.mu.Unlock()
	c.quitOnce.Do(func() { close(c.quit) })
	c.nc.SetWriteDeadline(time.Now().Add(closeGrace))
	c.nc.SetReadDeadline(time.Now()) // wakes the reader
}

// cut closes the connection without a word.
func (c *conn) cut() {
	c.mu.Lock()
	c.notice = ""
	c.mu.Unlock()
	c.quitOnce.Do(func() { close(c.quit) })
	c.nc.Close()
}

// reply sends a header block.
func (c *conn) reply(text string) bool { return c.write([]byte(text)) }

// message sends a header block and, as a write of its own, its body.
func (c *conn) message(contentType, more, body string) bool {
	h := fmt.Sprintf("Content-Type: %s\nContent-Length: %d\n%s\n", contentType, len(body), more)
	return c.write([]byte(h)) && (body == "" || c.write([]byte(body)))
}

// farewell sends the last message.
func (c *conn) farewell(text string) {
	if x := c.session; x != nil {
		c.reply(fmt.Sprintf("Content-Type: text/disconnect-notice\nControlled-Session-UUID: %s\n"+
			"Content-Disposition: disconnect\nContent-Length: %d\n\n", x.c.uuid, len(text)))
		c.reply(text)
		return
	}
	c.message("text/disconnect-notice", "", text)
}

// oneLine keeps a reply's framing whatever a client put into its command.
func oneLine(v string) string {
	if i := strings.IndexAny(v, "\r\n"); i >= 0 {
		return v[:i]
	}
	return v
}
