package fswtest

import "time"

// vanish leaves the connection to itself: nobody sends, nobody answers, and
// the client does not learn of it.
func (c *conn) vanish() {
	c.vanished.Store(true)
	c.mu.Lock()
	c.notice = ""
	c.mu.Unlock()
	c.quitOnce.Do(func() { close(c.quit) })
	c.nc.SetWriteDeadline(time.Now())
}

// haunt keeps what is left of a vanished connection until the client or the
// server closes it.
func (c *conn) haunt() {
	s := c.s
	s.enter()
	defer s.leave()
	if s.closed {
		c.nc.Close()
		return
	}
	s.ghosts[c.nc] = true
}

// lay ends the haunting.
func (c *conn) lay() {
	s := c.s
	s.enter()
	defer s.leave()
	delete(s.ghosts, c.nc)
	c.nc.Close()
}
