package fswtest

import (
	"fmt"
	"strconv"
	"strings"
)

// The api commands about channels.

func (s *Server) hangupAll(cause string) {
	for _, c := range append([]*channel(nil), s.order...) {
		c.hangup(cause)
	}
}

func apiHupall(x *apiCall) (string, bool) {
	cause, rest, _ := strings.Cut(x.args, " ")
	if cause == "" {
		cause = "MANAGER_REQUEST"
	}
	name, value, _ := strings.Cut(rest, " ")
	s := x.s
	s.enter()
	defer s.leave()
	if name != "" && value != "" {
		for _, c := range append([]*channel(nil), s.order...) {
			if c.variable(name) == value {
				c.hangup(cause)
			}
		}
		return fmt.Sprintf("+OK hangup all channels matching [%s]=[%s] with cause: %s\n", name, value, cause), true
	}
	s.hangupAll(cause)
	return fmt.Sprintf("+OK hangup all channels with cause %s\n", cause), true
}

const noChannel = "-ERR No such channel!\n"

// onChannel wraps a command whose first word is a uuid. f holds the switch.
func onChannel(words int, usage string, f func(s *Server, c *channel, args []string, rest string) string) apiFunc {
	return func(x *apiCall) (string, bool) {
		w := strings.Fields(x.args)
		if len(w) < words {
			return "-USAGE: " + usage + "\n", true
		}
		_, rest, _ := strings.Cut(x.args, " ")
		x.s.enter()
		defer x.s.leave()
		c := x.s.find(w[0])
		if c == nil {
			return noChannel, true
		}
		return f(x.s, c, w[1:], strings.TrimSpace(rest)), true
	}
}

func apiExists(x *apiCall) (string, bool) {
	x.s.enter()
	defer x.s.leave()
	return strconv.FormatBool(x.s.find(x.args) != nil), true
}

func apiDump(x *apiCall) (string, bool) {
	uuid, form, _ := strings.Cut(x.args, " ")
	if uuid == "" {
		return "-USAGE: <uuid> [format]\n", true
	}
	s := x.s
	s.enter()
	defer s.leave()
	c := s.find(uuid)
	if c == nil {
		return noChannel, true
	}
	e := s.begin("CHANNEL_DATA", "", source{})
	c.addHeaders(e, true)
	f := formatPlain
	switch strings.ToLower(form) {
	case "json":
		f = formatJSON
	case "xml":
		f = formatXML
	}
	return string(e.encode(f)), true
}

func apiGetvar(_ *Server, c *channel, args []string, _ string) string {
	if v, ok := c.vars.get(args[0]); ok {
		return v
	}
	return "_undef_"
}

func apiSetvar(_ *Server, c *channel, _ []string, rest string) string {
	name, value, _ := strings.Cut(rest, " ")
	c.set(name, cleanup(value, 0))
	return "+OK\n"
}

func apiKill(_ *Server, c *channel, args []string, _ string) string {
	cause := ""
	if len(args) > 0 {
		cause = args[0]
	}
	c.hangup(cause)
	return "+OK\n"
}

func apiAnswer(_ *Server, c *channel, _ []string, _ string) string {
	c.answered()
	return "+OK\n"
}

func apiTransfer(_ *Server, c *channel, args []string, _ string) string {
	which := ""
	if strings.HasPrefix(args[0], "-") {
		which, args = args[0], args[1:]
	}
	if len(args) == 0 {
		return "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n"
	}
	args = append(append([]string(nil), args...), "", "")
	var other *channel
	if c.br != nil {
		other = c.br.other(c)
	}
	switch {
	case which == "-bleg" && other == nil, which == "-both" && other == nil:
		return "-ERR No such channel!\n"
	case which == "-bleg":
		other.transfer(args[0], args[1], args[2])
	case which == "-both":
		other.transferBoth(args[0], args[1], args[2], true)
		c.transferBoth(args[0], args[1], args[2], true)
	default:
		c.transfer(args[0], args[1], args[2])
	}
	return "+OK\n"
}

func apiBroadcast(_ *Server, c *channel, args []string, _ string) string {
	which := "aleg"
	if len(args) > 1 {
		which = args[1]
	}
	app, data := "playback", args[0]
	if a, d, ok := strings.Cut(args[0], "::"); ok {
		app, data = a, d
	}
	if which != "bleg" {
		c.broadcast(app, data)
	}
	if c.br != nil && which != "aleg" {
		c.br.other(c).broadcast(app, data)
	}
	return "+OK Message sent\n"
}

func apiBridge(x *apiCall) (string, bool) {
	w := strings.Fields(x.args)
	if len(w) != 2 {
		return "-USAGE: <uuid> <other_uuid>\n", true
	}
	s := x.s
	s.enter()
	defer s.leave()
	a, b := s.find(w[0]), s.find(w[1])
	if !s.uuidBridge(a, b) {
		return "-ERR Invalid uuid\n", true
	}
	return "+OK " + b.uuid + "\n", true
}

func apiHold(x *apiCall) (string, bool) {
	w := strings.Fields(x.args)
	if len(w) == 0 {
		return "-USAGE: [off|toggle] <uuid> [<display>]\n", true
	}
	verb := ""
	if w[0] == "off" || w[0] == "toggle" {
		verb, w = w[0], w[1:]
	}
	if len(w) == 0 {
		return "-USAGE: [off|toggle] <uuid> [<display>]\n", true
	}
	s := x.s
	s.enter()
	defer s.leave()
	c := s.find(w[0])
	ok := c != nil
	switch {
	case !ok:
	case verb == "off", verb == "toggle" && c.held:
		ok = c.unhold(source{})
	default:
		ok = c.hold(source{})
	}
	if !ok {
		return "-ERR Operation failed\n", true
	}
	return "+OK Success\n", true
}
