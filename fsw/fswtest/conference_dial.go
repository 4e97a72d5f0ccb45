package fswtest

import (
	"strconv"
	"strings"
	"time"
)

const dialSyntax = "<endpoint_module_name>/<destination> <callerid number> <callerid name>"

const conferenceDialTimeout = 60 * time.Second

// conferenceDial is conference <name> dial|bgdial <dial string> [<number>]
// [<name>]: the party that answers joins the conference, which need not exist
// yet. It is called with the switch and gives it back.
func (s *Server) conferenceDial(x *apiCall, w []string) (string, bool) {
	w = append(w, "", "")
	conf := s.conference(w[0])
	name, background := w[0], strings.EqualFold(w[1], "bgdial")
	d := &dialing{s: s, cidNumber: w[3], cidName: w[4], timeout: conferenceDialTimeout}
	if conf != nil {
		d.cidName, d.cidNumber = orElse(d.cidName, conf.callerName), orElse(d.cidNumber, conf.callerNum)
	} else {
		d.ignoreEarly = true
	}
	job := ""
	if background {
		job = s.uuid()
	}
	result := make(chan string, 1)
	report := func(cause, peer string) {
		if background && conf != nil && !conf.closed {
			conf.fire("bgdial-result", header{"Result", cause}, header{"Job-UUID", job}, header{"Peer-UUID", peer})
		}
		result <- "+OK Call Requested: result: [" + cause + "]\n"
	}
	d.onFail = func(cause string) { report(cause, "") }
	d.onUp = func(c *channel) {
		if conf != nil && conf.ending {
			c.hangup("NO_ROUTE_DESTINATION")
			report("SUCCESS", "")
			return
		}
		data := name
		if flags := c.variable("outcall_flags"); flags != "" && !strings.EqualFold(flags, "none") {
			data += "+flags{" + flags + "}"
		}
		c.flipCallerID()
		report("SUCCESS", c.uuid)
		s.soon(func() {
			if !c.down {
				c.executing([]Action{{"conference", data}})
			}
		})
	}
	d.start(w[2])
	s.leave()
	if background {
		return "+OK Job-UUID: " + job + "\n", true
	}
	select {
	case out := <-result:
		return out, true
	case <-x.quit:
		return "", true
	}
}

func orElse(v, other string) string {
	if v == "" {
		return other
	}
	return v
}

// confTransfer sends members to another conference.
func confTransfer(conf *conference, w []string) (string, bool) {
	if len(w) <= 3 || w[2] == "" {
		return "", false
	}
	name, profile, ok := strings.Cut(w[2], "@")
	if !ok {
		profile = "default"
	}
	out := ""
	for _, id := range w[3:] {
		m := conf.memberNamed(id)
		if m == nil {
			out += "-ERR No Member " + id + " in conference " + conf.name + ".\n"
			continue
		}
		m.c.transfer("conference:"+name+"@"+profile, "inline", "")
		m.c.set("last_transfered_conference", name)
		out += "+OK Member '" + strconv.Itoa(m.id) + "' sent to conference " + w[2] + ".\n"
		m.fire("transfer", []header{{"Old-Conference-Name", conf.name}, {"New-Conference-Name", w[2]}})
	}
	return out, true
}

// inlinePlan reads an inline dialplan: app:data,app:data.
func inlinePlan(text string) []Action {
	delimiter := ","
	if rest, ok := strings.CutPrefix(text, "m:"); ok && len(rest) > 2 && rest[1] == ':' {
		delimiter, text = rest[:1], rest[2:]
	}
	var out []Action
	for part := range strings.SplitSeq(unquote(text), delimiter) {
		if app, data, _ := strings.Cut(strings.TrimSpace(part), ":"); app != "" {
			out = append(out, Action{app, data})
		}
	}
	return out
}
