package fswtest

import "strings"

// sendevent fires an event with the given headers in front of the standard
// ones. One for an existing channel goes to that channel's own queue, where
// only a connection that diverts its events sees it: without the standard
// headers, and whatever it has subscribed to.
func (s *Server) sendevent(cmd *command) string {
	_, name, _ := strings.Cut(cmd.line, " ")
	kind, ok := kindOf(name)
	if !ok || kind == kindAll {
		kind = kindCustom
	}
	s.enter()
	defer s.leave()
	id := s.uuid()
	reply := "+OK " + id
	if ch := s.find(cmd.get("unique-id")); ch != nil {
		if ch.diverted != nil {
			e := &event{kind: kind, at: s.now, body: cmd.body}
			e.add("Command", cmd.line)
			e.headers = append(e.headers, cmd.headers...)
			e.add("Event-UUID", id)
			ch.diverted.push(e, func(u *subscription) bool { return u.on })
		}
		return reply
	}
	e := &event{kind: kind, body: cmd.body}
	if ok && kind == kindCustom {
		e.subclass = cmd.get("Event-Subclass")
	}
	if e.subclass != "" {
		e.add("Event-Subclass", e.subclass)
		s.know(e.subclass)
	}
	e.add("Command", cmd.line)
	for _, h := range cmd.headers {
		switch {
		case e.subclass != "" && strings.EqualFold(h.name, "Event-Subclass"):
		case h.name == "_body":
			e.body = h.value
		default:
			e.headers = append(e.headers, h)
		}
	}
	e.add("Event-UUID", id)
	s.addStandard(e, eventNames[kind], sourceSendevent)
	s.fire(e)
	return reply
}
