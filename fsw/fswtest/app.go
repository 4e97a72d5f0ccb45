package fswtest

import (
	"strconv"
	"strings"
	"time"
)

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

// expand puts the values of ${variables} in place.
func (c *channel) expand(text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "${")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			b.WriteString("${" + rest)
			return b.String()
		}
		switch name {
		case "uuid":
			b.WriteString(c.uuid)
		case "caller_id_name":
			b.WriteString(c.p.cidName)
		case "caller_id_number":
			b.WriteString(c.p.cidNumber)
		case "destination_number":
			b.WriteString(c.p.destination)
		default:
			b.WriteString(c.variable(name))
		}
		text = after
	}
}

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

func playback(c *channel, x *execution) bool {
	d, found := c.s.opt.Playback(x.Data)
	if !found {
		x.response = "FILE NOT FOUND"
		return false
	}
	path := []header{}
	if scheme, _, ok := strings.Cut(x.Data, "://"); ok {
		if scheme != "silence_stream" {
			path = append(path, header{"Playback-File-Type", scheme})
		}
	}
	path = append(path, header{"Playback-File-Path", x.Data})
	c.event("PLAYBACK_START", path...)
	x.end = func(cut bool) {
		x.response = "FILE PLAYED"
		status := "done"
		if cut {
			status = "break"
			if x.endless {
				x.response = "PLAYBACK ERROR"
			}
		}
		ms := c.s.now.Sub(x.began).Milliseconds()
		c.set("playback_last_offset_pos", strconv.FormatInt(ms*8, 10))
		c.set("playback_seconds", strconv.FormatInt(ms/1000, 10))
		c.set("playback_ms", strconv.FormatInt(ms, 10))
		c.set("playback_samples", strconv.FormatInt(ms*8, 10))
		c.event("PLAYBACK_STOP", append(path, header{"Playback-Status", status})...)
	}
	return c.last(x, d)
}

// defaultPlayback is Options.Playback unless there is another one.
func defaultPlayback(file string) (time.Duration, bool) {
	scheme, rest, ok := strings.Cut(file, "://")
	if !ok {
		return 500 * time.Millisecond, !strings.Contains(file, "nonexistent")
	}
	switch scheme {
	case "silence_stream":
		rest, _, _ = strings.Cut(rest, ",")
		ms, err := strconv.Atoi(rest)
		if err != nil {
			return 500 * time.Millisecond, true
		}
		return time.Duration(ms) * time.Millisecond, true
	case "local_stream":
		return -1, true
	case "tone_stream":
		return toneTime(rest), true
	}
	return 500 * time.Millisecond, true
}

// toneTime adds up the %(on,off,…) of a tone, times its loops.
func toneTime(spec string) time.Duration {
	loops := 1
	spec, params, _ := strings.Cut(spec, ";")
	for p := range strings.SplitSeq(params, ";") {
		if v, ok := strings.CutPrefix(p, "loops="); ok {
			loops, _ = strconv.Atoi(v)
		}
	}
	total := 0
	for i, part := range strings.Split(spec, "%(") {
		if i == 0 {
			continue
		}
		nums := strings.SplitN(strings.TrimRight(part, ")"), ",", 3)
		for j := 0; j < len(nums) && j < 2; j++ {
			n, _ := strconv.Atoi(nums[j])
			total = min(total+max(n, 0), 86400000)
		}
	}
	if loops < 0 {
		return -1
	}
	return time.Duration(total) * time.Millisecond * time.Duration(min(max(loops, 1), 86400))
}
