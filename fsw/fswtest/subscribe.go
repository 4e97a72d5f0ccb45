package fswtest

import (
	"fmt"
	"strings"
)

// A subscription says which events a connection gets, and in which form.
type subscription struct {
	on         bool // event delivery; set by the first event or nixevent
	format     format
	kinds      [128]bool // by index of eventNames
	subclasses map[string]bool
	filters    []filter

	mine bool   // myevents: only events about one channel
	uuid string // that one; "" for any
}

// matches needs the connection's lock.
func (u *subscription) matches(e *event) bool {
	if !u.on {
		return false
	}
	if !u.kinds[kindAll] {
		if !u.kinds[e.kind] {
			return false
		}
		if e.kind == kindCustom && e.subclass != "" && !u.subclasses[e.subclass] {
			return false
		}
	}
	if u.mine && !u.concerns(e) {
		return false
	}
	return u.passes(e)
}

// subscribe is the command event. The format sticks even when the command
// fails, and is only known as first word.
func (c *conn) subscribe(line string) string {
	words := wordsOf(line)
	denied, found := false, false
	custom := false
	all := c.s.subclassesIf(words)
	c.mu.Lock()
	defer c.mu.Unlock()
	u := &c.sub
	if u.subclasses == nil {
		u.subclasses = map[string]bool{}
	}
	for i, w := range words {
		if i == 0 {
			switch strings.ToLower(w) {
			case "plain":
				u.format = formatPlain
				continue
			case "json":
				u.format = formatJSON
				continue
			case "xml":
				u.format = formatXML
				continue
			}
		}
		if custom {
			if !c.maySee(w, true) {
				denied = true
				break
			}
			u.subclasses[w] = true
			continue
		}
		kind, ok := kindOf(w)
		if !ok {
			continue
		}
		if !c.maySee(eventNames[kind], false) {
			denied = true
			break
		}
		found = true
		u.kinds[kind] = true
		if kind == kindAll {
			for _, name := range all {
				u.subclasses[name] = true
			}
		}
		custom = kind == kindCustom
	}
	switch {
	case denied:
		u.on = u.on || found
		return "-ERR permission denied"
	case !found:
		return "-ERR no keywords supplied"
	}
	u.on = true
	return fmt.Sprintf("+OK event listener enabled %s", u.format)
}

// subclassesIf lists the subclasses the switch knows if ALL is asked for: they
// stay subscribed when nixevent breaks ALL up.
func (s *Server) subclassesIf(words []string) []string {
	for _, w := range words {
		if kind, ok := kindOf(w); ok && kind == kindAll {
			s.enter()
			defer s.leave()
			out := make([]string, 0, len(s.known))
			for name := range s.known {
				out = append(out, name)
			}
			return out
		}
	}
	return nil
}

// knownLimit bounds the subclasses kept: clients can make up any number.
const knownLimit = 10000

// know remembers a CUSTOM subclass.
func (s *Server) know(subclass string) {
	if len(s.known) < knownLimit {
		s.known[subclass] = true
	}
}

// unsubscribe is the command nixevent.
func (c *conn) unsubscribe(line string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := &c.sub
	custom, found := false, false
	for _, w := range wordsOf(line) {
		if custom {
			delete(u.subclasses, w)
			continue
		}
		kind, ok := kindOf(w)
		if !ok {
			continue
		}
		found = true
		switch {
		case kind == kindCustom:
			custom = true
		case kind == kindAll:
			u.kinds = [128]bool{}
		default:
			if u.kinds[kindAll] { // becomes all the others
				for k := range kindAll {
					u.kinds[k] = true
				}
				u.kinds[kindAll] = false
			}
			u.kinds[kind] = false
		}
	}
	if !found {
		return "-ERR no keywords supplied"
	}
	u.on = true
	return "+OK events nixed"
}

// noevents drops types, subclasses and what is queued; format and filters stay.
func (c *conn) noevents() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.sub.on {
		return "-ERR not listening for events"
	}
	c.sub.on = false
	c.sub.kinds = [128]bool{}
	c.sub.subclasses = nil
	c.events.drop()
	c.late = nil
	return "+OK no longer listening for events"
}

// wordsOf are the words behind the command word, empty ones included: two
// spaces make an empty first word.
func wordsOf(line string) []string {
	_, rest, ok := strings.Cut(line, " ")
	if !ok {
		return nil
	}
	return strings.Split(rest, " ")
}

// WaitSubscribed blocks until some connection has subscribed to an event, or
// the server is closed. For CUSTOM it waits for any subclass, for a name with "::"
// or after "CUSTOM " for that one; for ALL, for a
// connection that wants everything. Tests use it to know that their client is
// listening before they make something happen. An unknown name is not waited
// for.
func (s *Server) WaitSubscribed(name string) {
	subclass, custom := strings.CutPrefix(name, "CUSTOM ")
	if custom || strings.Contains(name, "::") {
		name = "CUSTOM"
	} else {
		subclass = ""
	}
	kind, ok := kindOf(name)
	if !ok {
		return
	}
	for {
		s.enter()
		for _, c := range s.conns {
			if c.wants(kind, subclass) {
				s.leave()
				return
			}
		}
		changed := s.subscribed
		s.leave()
		select {
		case <-changed:
		case <-s.quit:
			return
		}
	}
}

// noteSubscribed wakes those who wait for a subscription.
func (s *Server) noteSubscribed() {
	s.enter()
	defer s.leave()
	close(s.subscribed)
	s.subscribed = make(chan struct{})
}
