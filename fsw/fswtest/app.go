package fswtest

import "time"

// An execution is one application at work. A sendmsg without event-lock
// interrupts what runs and is executed inside it, so executions stack: only
// the innermost's time goes on.
type execution struct {
	Action
	id, idName string // Application-UUID and its name
	msg        *message
	end        func(cut bool) // what the application does when it ends or is cut short
	response   string
	began      time.Time
	left       time.Duration // of the run, while interrupted
	endless    bool
	timer      *timer
	loops      int
	session    *session // of the application socket
	over       bool     // ends as soon as what interrupts it has ended
}

// next executes the next action of the script.
func (c *channel) next() {
	if c.down || c.gone || len(c.stack) > 0 {
		return
	}
	if len(c.script) == 0 {
		if !c.manual {
			c.hangup("NORMAL_CLEARING")
		}
		return
	}
	a := c.script[0]
	c.script = c.script[1:]
	c.exec(&execution{Action: a, id: c.s.uuid()})
}

// nextSoon goes on with the script, if nothing replaces it meanwhile.
func (c *channel) nextSoon() {
	epoch := c.epoch
	c.s.soon(func() {
		if c.epoch == epoch {
			c.next()
		}
	})
}

// exec starts an application inside what runs now.
func (c *channel) exec(x *execution) {
	app := applications[x.App]
	if app == nil {
		c.hangup("DESTINATION_OUT_OF_ORDER")
		if x.msg != nil {
			c.private(x.msg)
		}
		return
	}
	if top := c.top(); top != nil {
		c.pause(top)
	}
	x.Data = c.expand(x.Data)
	c.vars.unset("current_application_response")
	c.vars.unset("current_application_data")
	c.set("current_application_data", x.Data)
	c.set("current_application", x.App)
	c.event("CHANNEL_EXECUTE", x.headers(false)...)
	c.stack = append(c.stack, x)
	x.began = c.s.now
	x.response = "_none_"
	if !app(c, x) {
		c.complete(x, false)
	}
}

func (x *execution) headers(complete bool) []header {
	h := make([]header, 0, 5)
	h = append(h, header{"Application", x.App})
	if x.Data != "" {
		h = append(h, header{"Application-Data", x.Data})
	}
	if complete {
		h = append(h, header{"Application-Response", x.response})
	}
	if x.id != "" {
		h = append(h, header{"Application-UUID", x.id})
	}
	if x.idName != "" {
		h = append(h, header{"Application-UUID-Name", x.idName})
	}
	return h
}

func (c *channel) top() *execution {
	if len(c.stack) == 0 {
		return nil
	}
	return c.stack[len(c.stack)-1]
}

// last runs the execution for d; negative: until it is cut short.
func (c *channel) last(x *execution, d time.Duration) bool {
	if d < 0 {
		x.endless = true
		return true
	}
	x.left = d
	c.resume(x)
	return true
}

func (c *channel) pause(x *execution) {
	if x.timer != nil && x.timer.index >= 0 {
		x.left = x.timer.at.Sub(c.s.now)
		c.s.stop(x.timer)
		x.timer = nil
	}
}

func (c *channel) resume(x *execution) {
	if x.endless || x.timer != nil || c.down {
		return
	}
	x.timer = c.later(x.left, func() { c.complete(x, false) })
}

// complete ends the innermost execution and goes on with what it interrupted.
func (c *channel) complete(x *execution, cut bool) {
	if c.top() != x {
		return
	}
	c.s.stop(x.timer)
	x.timer = nil
	if x.end != nil {
		x.end(cut)
	}
	c.stack = c.stack[:len(c.stack)-1]
	if x.response != "_none_" {
		c.set("current_application_response", x.response)
	}
	c.event("CHANNEL_EXECUTE_COMPLETE", x.headers(true)...)
	again := x.msg != nil && !cut && !c.down && x.loops != 0 && c.s.now.Sub(x.began) >= 500*time.Millisecond
	if again {
		y := &execution{Action: x.Action, id: x.id, idName: x.idName, msg: x.msg, loops: x.loops}
		if y.loops > 0 {
			y.loops--
		}
		if y.loops != 0 {
			c.exec(y)
			return
		}
	}
	if x.msg != nil {
		c.private(x.msg)
	}
	if cut || c.down {
		return
	}
	c.pump()
	if c.down {
		return
	}
	if top := c.top(); top != nil && top.over {
		c.complete(top, false)
	} else if top != nil {
		c.resume(top)
	} else if x.msg == nil {
		c.nextSoon()
	}
}

// unwind cuts short everything that runs, the innermost first.
func (c *channel) unwind() {
	for len(c.stack) > 0 {
		c.complete(c.top(), true)
	}
}
