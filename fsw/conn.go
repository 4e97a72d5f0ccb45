package fsw

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// conn is the shell around a Switch that does the I/O, in three goroutines: the
// reader empties the socket and frames messages, whatever users' code does; the
// follower applies them to the model; the writer sends what the model transmits.
type conn struct {
	sw   *Switch
	net  net.Conn
	addr string
	opts *Options

	in      inbox
	out     outbox
	silence silence

	once     sync.Once
	failed   chan struct{} // closed by fail
	reason   error         // why it failed, set before failed is closed
	loggedIn atomic.Bool
	liveFrom atomic.Int64 // when it became live, in nanoseconds since 1970; 0 if it never did

	running sync.WaitGroup
	ended   chan struct{} // closed when the follower has ended
	timers  timers
}

func newConn(sw *Switch, nc net.Conn, addr string, o *Options) *conn {
	c := &conn{sw: sw, net: nc, addr: addr, opts: o, failed: make(chan struct{}), ended: make(chan struct{})}
	c.in.init(o.ReceiveBuffer, sw.awaited)
	c.out.init(o.SendBuffer)
	return c
}

// start serves the connection.
func (c *conn) start() {
	c.silence.received(time.Now())
	c.listenForSilence()
	c.running.Add(3)
	go c.read()
	go c.follow()
	go c.write()
}

// fail ends the connection at once. The first reason counts.
func (c *conn) fail(err error) {
	c.once.Do(func() {
		c.reason = err
		close(c.failed)
		_ = c.net.Close()
	})
}

// wait returns when no goroutine of the connection is left.
func (c *conn) wait() {
	c.running.Wait()
	c.timers.stop()
}

// isLive notes when the model has begun to follow the server.
func (c *conn) isLive() { c.liveFrom.CompareAndSwap(0, time.Now().UnixNano()) }

// read is the goroutine that empties the socket.
func (c *conn) read() {
	defer c.running.Done()
	limits := esl.Limits{Reply: maxSnapshot}
	if c.sw.given != nil {
		limits = esl.Limits{} // who has connected to us has not proved anything, and takes no snapshots
	}
	framer := esl.NewFramer(limits)
	var tail tail
	var last esl.Message
	for {
		p, err := framer.FeedFrom(c.net)
		if len(p) > 0 {
			now := time.Now()
			c.opts.Metrics.add(bytesReceived, "", int64(len(p)))
			c.silence.received(now)
			tail.add(p)
			for {
				m, ok, bad := framer.Next()
				if bad != nil {
					if framer.Offset() == 0 {
						bad = fmt.Errorf("%w: %w", ErrNotFreeSWITCH, bad)
					}
					c.in.end(c.endOfStream(bad, string(tail.b)))
					_ = c.net.Close()
					return
				}
				if !ok {
					break
				}
				last = m
				if isReply(m) {
					c.silence.replied()
				}
				if err := c.in.add(m, now); err != nil {
					c.fail(&ConnectionError{Addr: c.addr, Doing: "receiving", Err: err})
					return
				}
			}
		}
		if err != nil {
			notice := ""
			switch {
			case framer.Buffered() > 0:
				notice = string(tail.b)
				if errors.Is(err, io.EOF) {
					err = fmt.Errorf("%w: %w", ErrTorn, err)
				}
			case last.ContentType == esl.DisconnectNotice: // others may quote one
				notice = last.Body
			}
			c.in.end(c.endOfStream(err, notice))
			return
		}
	}
}

// endOfStream names the reason why nothing more can be read. A server that gives up on us
// writes its notice into whatever it was just sending: notice is then all that came last.
func (c *conn) endOfStream(err error, notice string) error {
	switch {
	case strings.Contains(notice, "killed listener because of lost"):
		err = fmt.Errorf("%w (%w)", ErrKilled, err)
	case strings.Contains(notice, "The system is being shut down."):
		err = fmt.Errorf("%w (%w)", ErrShutdown, err)
	case errors.Is(err, io.EOF) && !errors.Is(err, ErrTorn):
		err = fmt.Errorf("%w (%w)", ErrHungUp, err)
	}
	return &ConnectionError{Addr: c.addr, Doing: "receiving", Err: err}
}

// tail is the end of what was received.
type tail struct{ b []byte }

const tailSize = 512

func (t *tail) add(p []byte) {
	t.b = append(t.b, p[max(0, len(p)-tailSize):]...)
	t.b = t.b[max(0, len(t.b)-tailSize):]
}

// follow is the goroutine that applies messages to the model.
func (c *conn) follow() {
	finished := false
	defer func() {
		if !finished {
			// A rule has called runtime.Goexit, as t.Fatal does: nothing can keep
			// this goroutine.
			c.fail(&ConnectionError{Addr: c.addr, Doing: "applying a message", Err: cell.ErrGoexit})
		}
		close(c.ended)
		c.running.Done()
	}()
	first := true
	for {
		ms, lag, lost, err := c.in.take(c.failed, c.opts.Together)
		if lost > 0 {
			c.sw.lagged(lost, lag)
		}
		if err != nil {
			c.fail(err)
			break
		}
		if len(ms) == 0 {
			continue
		}
		if first {
			if err := c.sw.firstMessage(ms[0]); err != nil {
				c.fail(&ConnectionError{Addr: c.addr, Doing: c.sw.keeper.beginning(), Err: err})
				break
			}
			first = false
		}
		c.sw.received(ms, lag)
	}
	finished = true
}

// firstMessage says whether what a server says first is what FreeSWITCH would.
func (sw *Switch) firstMessage(m esl.Message) error {
	switch m.ContentType {
	case esl.AuthRequest:
		if sw.given == nil {
			return nil
		}
	case esl.CommandReply: // to connect
		if sw.given != nil {
			return nil
		}
	case esl.DisconnectNotice: // the call was over before; or the server is going down
		return nil
	case esl.RudeRejection:
		return ErrRejected
	}
	return fmt.Errorf("%w: its first message is %q", ErrNotFreeSWITCH, m.ContentType)
}

// send queues commands for the writer.
func (c *conn) send(commands []string) {
	for _, command := range commands {
		c.silence.sent(command)
	}
	if err := c.out.add(commands); err != nil {
		c.fail(&ConnectionError{Addr: c.addr, Doing: "sending", Err: err})
	}
}

// write is the goroutine that sends.
func (c *conn) write() {
	defer c.running.Done()
	for {
		p := c.out.take(c.failed)
		if p == nil {
			return
		}
		n, err := c.net.Write(p)
		c.opts.Metrics.add(bytesSent, "", int64(n))
		if err != nil {
			// The reader may have the better reason, and messages: give it a moment.
			c.out.end()
			failure := &ConnectionError{Addr: c.addr, Doing: "sending", Err: err}
			c.timers.after(farewell, func() { c.fail(failure) })
			return
		}
	}
}
