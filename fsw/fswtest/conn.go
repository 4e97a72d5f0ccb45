package fswtest

import (
	"fmt"
	"io"
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

// inputLimit bounds the commands that are read ahead.
const inputLimit = 4096

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

// nextCommand takes a command that has been read, or tells that none will come.
func (c *conn) nextCommand() (*command, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.input) == 0 {
		return nil, c.eof
	}
	cmd := c.input[0]
	c.input[0] = nil
	c.input = c.input[1:]
	select {
	case c.room <- struct{}{}:
	default:
	}
	return cmd, false
}

// readAll reads commands until the client or the connection ends.
func (c *conn) readAll() {
	defer c.s.wg.Done()
	var p parser
	buf := make([]byte, 4096)
	defer func() {
		if c.vanished.Load() {
			io.Copy(io.Discard, c.nc)
			c.lay()
		}
	}()
	for {
		n, err := c.nc.Read(buf)
		if !c.link.hears() {
			return
		}
		p.feed(buf[:n])
		for {
			cmd := p.next()
			if cmd == nil {
				break
			}
			if !c.enqueue(cmd) {
				return
			}
		}
		c.halfway.Store(p.halfway())
		if err != nil || p.broken {
			c.mu.Lock()
			c.eof = true
			c.mu.Unlock()
			if err != nil && err != io.EOF { // cut by us, or reset
				c.quitOnce.Do(func() { close(c.quit) })
			}
			if c.mode != AcceptNormal {
				c.quitOnce.Do(func() { close(c.quit) })
			}
			c.poke()
			return
		}
		c.poke()
	}
}

// enqueue waits for room, which is there unless the client sends without end.
func (c *conn) enqueue(cmd *command) bool {
	for {
		c.mu.Lock()
		if len(c.input) < inputLimit {
			cmd.at = time.Now()
			c.input = append(c.input, cmd)
			c.mu.Unlock()
			c.poke()
			return true
		}
		c.mu.Unlock()
		select {
		case <-c.room:
		case <-c.quit:
			return false
		}
	}
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

// flush sends what is queued now: all events, and one log line.
func (c *conn) flush() bool {
	if c.halfway.Load() {
		return c.hungUp()
	}
	line, ok, _ := popFrom(c, &c.logs)
	if ok && !c.message("log/data", line.headers(), line.text) {
		return false
	}
	c.mu.Lock()
	n := c.events.len()
	f := c.sub.format
	more := c.logs.len() > 0
	c.mu.Unlock()
	for ; n > 0; n-- {
		if !c.hungUp() {
			return false
		}
		e, ok, _ := popFrom(c, &c.events)
		if !ok {
			break
		}
		if !c.deliver(e, f) {
			return false
		}
	}
	if !c.hungUp() {
		return false
	}
	if c.late != nil && !time.Now().Before(c.lateAt) {
		c.behind = 1
		if !c.overtaken(f) {
			return false
		}
	}
	if more {
		c.poke()
	}
	return true
}

func popFrom[T any](c *conn, q *queue[T]) (T, bool, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := q.pop()
	return v, ok, q.len()
}

// lateLimit is how long Reorder holds an event back.
const lateLimit = 100 * time.Millisecond

// deliver sends an event, unless faults want it twice or later.
func (c *conn) deliver(e *event, f format) bool {
	c.mu.Lock()
	times := 1
	if c.twice > 0 {
		c.twice--
		times = 2
	}
	if c.swap > 0 && c.late == nil {
		c.late, c.behind, c.lateAt = e, c.swap, time.Now().Add(lateLimit)
		c.swap = 0
		times = 0
	}
	c.mu.Unlock()
	if times == 0 {
		return true
	}
	for range times {
		if !c.sendEvent(e, f) {
			return false
		}
	}
	return c.late == nil || c.overtaken(f)
}

// overtaken counts an event sent before the late one, which may be next.
func (c *conn) overtaken(f format) bool {
	if c.behind--; c.behind > 0 {
		return true
	}
	e := c.late
	c.late = nil
	return c.sendEvent(e, f)
}

func (c *conn) sendEvent(e *event, f format) bool {
	c.link.lag(e.at)
	body := e.encode(f)
	head := fmt.Sprintf("Content-Length: %d\nContent-Type: text/event-%s\n\n", len(body), f)
	return c.write([]byte(head)) && c.write(body)
}

// wants tells whether an event of this kind may be for this connection.
func (c *conn) wants(kind int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.ending() && c.sub.on && (c.sub.kinds[kindAll] || c.sub.kinds[kind])
}

// lostEvents is the notice of a listener that did not keep up.
const lostEvents = "killed listener because of lost events\n"

// offer queues an event if it is subscribed. The switch is held.
func (c *conn) offer(e *event) {
	c.push(e, func(u *subscription) bool { return u.matches(e) })
}

// push queues an event if the subscription lets it.
func (c *conn) push(e *event, lets func(*subscription) bool) {
	c.mu.Lock()
	if !lets(&c.sub) {
		c.mu.Unlock()
		return
	}
	dead := !c.events.push(e)
	c.mu.Unlock()
	if dead {
		c.end(lostEvents)
		return
	}
	c.poke()
}

func (c *conn) wantsLog(level int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return level <= c.logLevel
}

// offerLog queues a log line of at least the asked importance.
func (c *conn) offerLog(l logLine) {
	c.mu.Lock()
	if c.logLevel < 0 || l.level > c.logLevel {
		c.mu.Unlock()
		return
	}
	dead := !c.logs.push(l)
	c.mu.Unlock()
	if dead {
		c.end("killed listener because of lost log lines\n")
		return
	}
	c.poke()
}

// A queue is a bounded FIFO.
type queue[T any] struct {
	items []T
	head  int
	limit int
	lost  int // in a row
	taken uint64
}

func (q *queue[T]) len() int { return len(q.items) - q.head }

// push adds an item or loses it; false when too many were lost.
func (q *queue[T]) push(v T) bool {
	if q.len() >= q.limit {
		q.lost++
		return q.lost <= lostLimit
	}
	q.lost = 0
	if q.head > 64 && q.head > len(q.items)/2 {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	q.items = append(q.items, v)
	return true
}

func (q *queue[T]) pop() (v T, ok bool) {
	if q.len() == 0 {
		return v, false
	}
	var zero T
	v = q.items[q.head]
	q.items[q.head] = zero
	q.head++
	q.taken++
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	return v, true
}

func (q *queue[T]) drop() {
	q.taken += uint64(q.len())
	q.items, q.head, q.lost = nil, 0, 0
}

// oneLine keeps a reply's framing whatever a client put into its command.
func oneLine(v string) string {
	if i := strings.IndexAny(v, "\r\n"); i >= 0 {
		return v[:i]
	}
	return v
}
