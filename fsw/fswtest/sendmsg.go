package fswtest

import (
	"slices"
	"strconv"
	"strings"
)

// A message is what a sendmsg puts into the queue of a channel.
type message struct {
	command string   // the Command header; "" for the switch's own messages
	own     []header // standard headers a message of the switch itself was made with
	headers []header
	body    string
	done    func() // called when it has been processed
}

func (m *message) get(name string) string {
	for _, h := range m.headers {
		if strings.EqualFold(h.name, name) {
			return h.value
		}
	}
	return ""
}

func (m *message) locks() bool {
	return m.get("event-lock") == "true" || m.get("event-lock-pri") == "true"
}

// messageLimit is the size of a channel's queue.
const messageLimit = 256

// sendmsg is the command of that name. +OK only says that the message is in
// the channel's queue, unless a static socket sends it to its own call.
func (c *conn) sendmsg(cmd *command) string {
	s := c.s
	_, uuid, _ := strings.Cut(cmd.line, " ")
	m := &message{command: cmd.line, headers: cmd.headers, body: cmd.body}
	if uuid == "" {
		m.command = cmd.block
		uuid = cmd.get("session-id")
	}
	x := c.session
	own := x != nil && (uuid == "" || uuid == x.c.uuid)
	if own && x.x != nil && !x.async && m.get("async") != "true" {
		c.sendmsgStatic(m)
		return "+OK"
	}
	s.enter()
	defer s.leave()
	var ch *channel
	if ch = s.find(uuid); own {
		ch = x.c
	}
	if ch == nil {
		return "-ERR invalid session id [" + oneLine(uuid) + "]"
	}
	if len(ch.waiting) >= messageLimit {
		return "-ERR memory error"
	}
	ch.deliver(m)
	return "+OK"
}

func (c *channel) deliver(m *message) {
	if len(c.waiting) >= messageLimit {
		return
	}
	c.waiting = append(c.waiting, m)
	c.s.soon(c.pump)
}

// pump executes the messages that wait, up to one behind an event-lock.
func (c *channel) pump() {
	for len(c.waiting) > 0 && !c.down && !c.static() {
		for _, x := range c.stack {
			if x.msg != nil && x.msg.locks() {
				return
			}
		}
		m := c.waiting[0]
		c.waiting = c.waiting[1:]
		c.handle(m)
	}
	if c.down {
		c.waiting = nil
	}
}

func (c *channel) handle(m *message) {
	switch m.get("call-command") {
	case "execute":
		app := m.get("execute-app-name")
		if app == "" {
			break
		}
		data := m.get("execute-app-arg")
		if data == "" && m.get("content-type") == "text/plain" {
			data = m.body
		}
		loops, _ := strconv.Atoi(m.get("loops"))
		id := m.get("Event-UUID")
		if id == "" {
			id = c.s.uuid()
		}
		c.exec(&execution{Action: Action{app, data}, id: id, idName: m.get("event-uuid-name"), msg: m, loops: loops})
		return // exec reports it
	case "hangup":
		c.hangup(m.get("hangup-cause"))
	case "xferext":
		var script []Action
		for _, h := range m.headers {
			if strings.EqualFold(h.name, "application") {
				app, data, _ := strings.Cut(h.value, " ")
				script = append(script, Action{app, data})
			}
		}
		if len(script) > 0 {
			c.epoch++
			c.manual = false
			epoch := c.epoch
			c.s.soon(func() {
				if c.epoch != epoch || c.down {
					return
				}
				c.epoch++
				if c.br != nil {
					c.br.part(c, false)
				}
				c.unwind()
				c.setState(stateReset)
				c.executing(script)
			})
		}
	}
	c.private(m)
}

// private fires the PRIVATE_COMMAND event that tells that a message has been
// processed. The headers of the message come first, even before Event-Name.
func (c *channel) private(m *message) {
	s := c.s
	if m.done != nil {
		m.done()
		m.done = nil
	}
	if !s.wanted("PRIVATE_COMMAND") {
		s.seq.take()
		return
	}
	e := &event{kind: eventKinds["PRIVATE_COMMAND"]}
	e.headers = append(e.headers, m.own...)
	e.addIf("Command", m.command)
	e.headers = append(e.headers, m.headers...)
	s.addStandard(e, "PRIVATE_COMMAND", source{})
	c.addHeaders(e, false)
	e.body = m.body
	s.fire(e)
}

// ownMessage is one that the switch itself makes. It begins as an event named
// COMMAND, and so all its standard headers come twice in the end.
func (s *Server) ownMessage(app, data string, more ...header) *message {
	m := &message{own: s.begin("COMMAND", "", sourceBroadcast).headers}
	m.headers = append([]header{{"call-command", "execute"}, {"execute-app-name", app}}, more...)
	if data != "" {
		m.headers = slices.Insert(m.headers, 2, header{"execute-app-arg", data})
	}
	return m
}

// broadcast is uuid_broadcast for one leg.
func (c *channel) broadcast(app, data string) {
	c.deliver(c.s.ownMessage(app, data, header{"event-lock", "true"}, header{"lead-frames", "5"}))
}
