package fswtest

import "time"

// pinEntry is a caller at the door of a conference with a pin.
type pinEntry struct {
	pin, modPin string
	typed       string
	tries       int
	timer       *timer
	flags       memberFlags
	words       []string
	secure      bool
}

const (
	pinTries = 3
	pinWait  = 10 * time.Second // for the digits of one try
)

// askPin waits for the digits of a pin. Three wrong ones, and the dialplan
// goes on.
func (conf *conference) askPin(c *channel, x *execution, p *pinEntry) {
	stop := func() {
		conf.s.stop(p.timer)
		c.onDigit = nil
	}
	x.end = func(bool) {
		stop()
		conf.forsaken()
	}
	var try func(bool)
	try = func(full bool) {
		conf.s.stop(p.timer)
		typed := p.typed
		p.typed = ""
		switch {
		case conf.closed || conf.ending:
			c.complete(x, false)
		case full && (typed == p.pin && p.pin != "" || typed == p.modPin && p.modPin != ""):
			p.flags.moderator = p.flags.moderator || typed == p.modPin
			stop()
			x.end = nil
			if !conf.join(c, x, p.flags, p.words, p.secure) {
				c.complete(x, false)
			}
		case p.tries <= 1:
			c.complete(x, false)
		default:
			p.tries--
			p.timer = c.later(pinWait, func() { try(false) })
		}
	}
	p.timer = c.later(pinWait, func() { try(false) })
	c.onDigit = func(digit byte) {
		if digit != '#' {
			p.typed += string(digit)
		}
		if digit == '#' || len(p.typed) >= max(len(p.pin), len(p.modPin)) {
			try(true)
		}
	}
}
