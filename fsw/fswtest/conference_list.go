package fswtest

import (
	"fmt"
	"strconv"
	"strings"
)

// confList is conference <name> list.
func confList(conf *conference, w []string) (string, bool) {
	how := append(w[2:len(w):len(w)], "", "")
	switch {
	case strings.EqualFold(how[0], "count"):
		return confCount(conf, w)
	case strings.EqualFold(how[0], "pretty"):
		return conf.listPretty(), true
	}
	return conf.list(delimiter(how)), true
}

// delimiter is what stands behind "delim", without its quotes.
func delimiter(w []string) string {
	d := ";"
	if w[0] = strings.ToLower(w[0]); w[0] == "delim" && w[1] != "" {
		if d = w[1]; d[0] == '"' {
			if d, _, _ = strings.Cut(d[1:], `"`); d == "" {
				d = ";"
			}
		}
	}
	return d
}

// listConferences is conference list.
func (s *Server) listConferences(w []string) string {
	how := append(w[1:len(w):len(w)], "", "")
	d := delimiter(how)
	var b strings.Builder
	for _, conf := range s.confs.rooms {
		plural := "s"
		if conf.count == 1 {
			plural = ""
		}
		locked := ""
		if conf.locked {
			locked = " locked"
		}
		fmt.Fprintf(&b, "+OK Conference %s (%d member%s rate: %d%s flags: %s)\n", conf.name, conf.count, plural, conferenceRate, locked,
			strings.Join(conf.flags(), "|"))
		switch strings.ToLower(how[0]) {
		case "summary":
		case "pretty":
			b.WriteString(conf.listPretty())
		default:
			b.WriteString(conf.list(d))
		}
	}
	if b.Len() == 0 {
		return "+OK No active conferences.\n"
	}
	return b.String()
}

// flags are what the list says of a conference.
func (conf *conference) flags() []string {
	var out []string
	for _, f := range []struct {
		on   bool
		name string
	}{{conf.locked, "locked"}, {conf.waitMod, "wait_mod"}, {true, "running"}, {conf.answered, "answered"},
		{conf.enforceMin, "enforce_min"}, {true, "dynamic"}, {conf.exitOn, "exit_sound"}, {conf.enterOn, "enter_sound"},
		{conf.recording > 0, "recording"}, {true, "json_status"}} {
		if f.on {
			out = append(out, f.name)
		}
	}
	return out
}

func (conf *conference) list(d string) string {
	var b strings.Builder
	for _, m := range conf.callers() {
		var flags []string
		for _, f := range []struct {
			on   bool
			name string
		}{{!m.hold && m.canHear, "hear"}, {!m.hold && m.canSpeak, "speak"}, {!m.hold && m.talking, "talking"}, {m.hold, "hold"},
			{conf.floor == m.id, "floor"}, {m.moderator, "moderator"}, {m.ghost, "ghost"}} {
			if f.on {
				flags = append(flags, f.name)
			}
		}
		n := strconv.Itoa
		b.WriteString(strings.Join([]string{n(m.id), m.c.name, m.c.uuid, m.c.p.cidName, m.c.p.cidNumber, strings.Join(flags, "|"),
			n(m.volumeIn), n(m.volumeOut), n(m.energy)}, d) + "\n")
	}
	return b.String()
}

func (conf *conference) listPretty() string {
	var b strings.Builder
	for _, m := range conf.callers() {
		fmt.Fprintf(&b, "%d) %s (%s)\n", m.id, m.c.p.cidName, m.c.p.cidNumber)
	}
	return b.String()
}

// lastTalking is when the member talked last; false if never.
func (m *member) lastTalking() (seconds int, ever bool) {
	switch {
	case m.lastTalk.IsZero():
		return 0, false
	case m.talking && m.loudness() > m.energy:
		return 0, true // nobody counts frames while nothing changes
	}
	return m.conf.s.elapsed(m.lastTalk), true
}
