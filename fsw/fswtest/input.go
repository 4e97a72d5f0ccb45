package fswtest

import (
	"io"
	"time"
)

// inputLimit bounds the commands that are read ahead.
const inputLimit = 4096

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
