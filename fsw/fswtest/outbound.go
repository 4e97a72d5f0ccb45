package fswtest

import (
	"context"
	"net"
	"strings"
	"time"
)

const (
	defaultSocketPort = "8084"
	socketDialTimeout = 10 * time.Second
)

// socket is the application of that name: socket <host>[:<port>][/<path>][|…]
// [async] [full]. The hosts are tried in turn; if none answers the dialplan
// goes on.
func socketApplication(c *channel, x *execution) bool {
	w := strings.Fields(x.Data)
	if len(w) == 0 {
		return false
	}
	v := &session{c: c, x: x}
	for _, word := range w[1:] {
		v.async = v.async || strings.EqualFold(word, "async")
		v.full = v.full || strings.EqualFold(word, "full")
	}
	x.session = v
	x.end = func(cut bool) { c.socketCut(v, cut) }
	s := c.s
	if s.closed {
		return false
	}
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		for host := range strings.SplitSeq(w[0], "|") {
			if done := s.socketTo(host, v); done {
				return
			}
		}
		s.enter()
		defer s.leave()
		if c.stackHas(x) {
			c.completeWhenOver(x)
		}
	}()
	return c.last(x, -1)
}

// socketTo connects to one host; false means that the next may be tried.
func (s *Server) socketTo(host string, v *session) bool {
	host, path, _ := strings.Cut(host, "/")
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	if port == "" {
		port = defaultSocketPort
	}
	s.enter()
	if !v.c.stackHas(v.x) {
		s.leave()
		return true
	}
	v.c.set("socket_host", name)
	if path != "" {
		v.c.set("socket_path", path)
	}
	s.leave()
	ctx, cancel := context.WithTimeout(s.ctx, socketDialTimeout)
	defer cancel()
	nc, err := s.opt.Dial(ctx, "tcp", net.JoinHostPort(name, port))
	if err != nil {
		return false
	}
	s.enter()
	defer s.leave()
	if s.closed || v.c.down || !v.c.stackHas(v.x) { // hung up meanwhile
		nc.Close()
		return true
	}
	s.attach(nc, AcceptNormal, v)
	return true
}

// socketPark is what the thread of the call does while an async socket has it.
func (c *channel) socketPark(v *session) {
	if c.down || v.parked || !c.stackHas(v.x) {
		return
	}
	v.parked = true
	c.event("CHANNEL_PARK")
}

// socketCut ends the application because the call hangs up, goes elsewhere, or
// the socket has ended.
func (c *channel) socketCut(v *session, cut bool) {
	if v.parked {
		v.parked = false
		c.event("CHANNEL_UNPARK")
	}
	if cut && !c.down && !v.async { // nobody is left to serve it
		for _, h := range c.holders {
			if h.session == v {
				h.quitOnce.Do(func() { close(h.quit) })
			}
		}
	}
}

// socketEnded lets the call go on in its dialplan after the socket. An async
// one that never said connect leaves the call parked without end.
func (c *channel) socketEnded(v *session) {
	if c.down || !c.stackHas(v.x) {
		return
	}
	if v.async && !v.connected {
		c.socketPark(v)
		return
	}
	c.completeWhenOver(v.x)
}

// completeWhenOver ends an execution when what interrupts it has ended.
func (c *channel) completeWhenOver(x *execution) {
	if c.top() == x {
		c.complete(x, false)
		return
	}
	x.over = true
}

// static is the static socket that serves the call now, if one does: its
// messages wait for nobody.
func (c *channel) static() bool {
	x := c.top()
	return x != nil && x.session != nil && !x.session.async
}

// sendmsgStatic executes a message at once, and comes back when it is done.
func (c *conn) sendmsgStatic(m *message) {
	s := c.s
	done := make(chan struct{})
	m.done = func() { close(done) }
	s.enter()
	ch := c.session.c
	if ch.down {
		s.leave()
		return
	}
	ch.handle(m)
	s.leave()
	select {
	case <-done:
	case <-c.quit:
	}
}
