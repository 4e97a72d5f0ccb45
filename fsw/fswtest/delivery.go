package fswtest

import (
	"fmt"
	"time"
)

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
func (c *conn) wants(kind int, subclass string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.ending() && c.sub.on &&
		(c.sub.kinds[kindAll] || c.sub.kinds[kind] && (subclass == "" || c.sub.subclasses[subclass]))
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
