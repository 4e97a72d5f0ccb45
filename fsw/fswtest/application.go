package fswtest

import (
	"strconv"
	"strings"
	"time"
)

// applications: each starts one and tells whether it goes on running.
var applications map[string]func(c *channel, x *execution) bool

func init() {
	quick := func(f func(c *channel, data string)) func(*channel, *execution) bool {
		return func(c *channel, x *execution) bool {
			f(c, x.Data)
			return false
		}
	}
	endless := func(c *channel, x *execution) bool { return c.last(x, -1) }
	applications = map[string]func(c *channel, x *execution) bool{
		"answer":     quick(func(c *channel, _ string) { c.answered() }),
		"pre_answer": quick(func(c *channel, _ string) { c.early() }),
		"ring_ready": quick(func(c *channel, _ string) { c.progress() }),
		"hangup":     quick(func(c *channel, data string) { c.hangup(data) }),
		"set":        quick(setVariable),
		"export":     quick(setVariable),
		"unset":      quick(func(c *channel, data string) { c.vars.unset(data) }),
		"push": quick(func(c *channel, data string) {
			name, value, _ := strings.Cut(data, ",")
			c.vars.push(name, value)
		}),
		"transfer": quick(func(c *channel, data string) {
			w := strings.Fields(data)
			if len(w) > 0 {
				w = append(w, "", "")
				c.transfer(w[0], w[1], w[2])
			}
		}),
		"log":      quick(logApplication),
		"info":     quick(func(*channel, string) {}),
		"park":     park,
		"echo":     endless,
		"playback": playback,
		"sleep": func(c *channel, x *execution) bool {
			ms, _ := strconv.Atoi(x.Data)
			return c.last(x, time.Duration(max(ms, 0))*time.Millisecond)
		},
		"bridge":     bridgeApplication,
		"conference": conferenceApplication,
		"socket":     socketApplication,
	}
}

func setVariable(c *channel, data string) {
	if name, value, ok := strings.Cut(data, "="); ok && name != "" {
		c.set(name, value)
	}
}

func logApplication(c *channel, data string) {
	level, text, _ := strings.Cut(data, " ")
	n := logLevelOf(level)
	if n < 0 {
		n, text = 7, data
	}
	c.s.log(n, "mod_dptools.c", "log_function", 1865, c.uuid, text)
}

func park(c *channel, x *execution) bool {
	c.event("CHANNEL_PARK")
	x.end = func(bool) {
		c.event("CHANNEL_UNPARK")
		if v := c.variable("current_application_response"); v != "" {
			x.response = v // of what was executed meanwhile
		}
	}
	return c.last(x, -1)
}
