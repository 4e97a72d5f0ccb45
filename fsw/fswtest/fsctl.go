package fswtest

import (
	"strconv"
	"strings"
	"time"
)

// control is what fsctl has set. It ends with the process.
type control struct {
	noInbound, noOutbound bool // no new channels
	shutdown              bool // has been asked for, when the calls are over
}

// pause says whether new channels of a direction are taken, "" being both.
func (c *control) pause(direction string, on bool) {
	if direction != "outbound" {
		c.noInbound = on
	}
	if direction != "inbound" {
		c.noOutbound = on
	}
}

const fsctlUsage = "USAGE: fsctl [hupall [cause]|pause [inbound|outbound]|resume [inbound|outbound]|" +
	"shutdown [cancel|elegant|asap|now|restart]|pause_check [inbound|outbound]|ready_check|shutdown_check]\n"

// apiFsctl is fsctl, as far as it is about the life of the process and its calls.
func apiFsctl(x *apiCall) (string, bool) {
	w := strings.Fields(strings.ToLower(x.args))
	if len(w) == 0 {
		return "-" + fsctlUsage, true
	}
	if w[0] == "shutdown" {
		x.shutdown(w[1:])
		return "+OK\n", true
	}
	s := x.s
	s.enter()
	defer s.leave()
	direction := ""
	if len(w) > 1 && (w[1] == "inbound" || w[1] == "outbound") {
		direction = w[1]
	}
	switch w[0] {
	case "hupall":
		cause := "MANAGER_REQUEST"
		if len(w) > 1 {
			cause = w[1]
		}
		s.hangupAll(cause)
	case "pause", "resume":
		s.control.pause(direction, w[0] == "pause")
	case "pause_check":
		in, out := s.control.noInbound, s.control.noOutbound
		return strconv.FormatBool((in || direction == "outbound") && (out || direction == "inbound")), true
	case "ready_check":
		return strconv.FormatBool(!s.control.noInbound && !s.control.noOutbound), true
	case "shutdown_check":
		return strconv.FormatBool(s.control.shutdown), true
	default:
		return "-ERR INVALID COMMAND\n" + fsctlUsage, true
	}
	return "+OK\n", true
}

// shutdown ends the process: at once, or, elegantly, when the calls are over, which the
// command waits for; asap lets no new ones begin meanwhile.
func (x *apiCall) shutdown(words []string) {
	s := x.s
	var then func()
	how := ""
	for _, word := range words {
		switch word {
		case "restart":
			then = func() { s.restart(0) }
		case "cancel", "elegant", "asap", "now":
			how = word
		}
	}
	s.enter()
	over := make(chan struct{})
	switch how {
	case "cancel":
		s.control.shutdown = false
		close(over)
	case "now": // exit(0), without a word
		s.halt()
		close(over)
	case "elegant", "asap":
		s.control.shutdown = true
		info := how
		if how == "asap" {
			info = "ASAP"
			s.control.pause("", true)
		}
		s.fireText("SHUTDOWN_REQUESTED", "", []string{"Event-Info", info})
		s.shutdownWhenIdle(then, over)
	default:
		s.shutdown(then)
		close(over)
	}
	s.leave()
	select {
	case <-over:
	case <-x.quit:
	}
}

// idleCheck is how often it is looked whether the calls are over.
const idleCheck = 500 * time.Millisecond

// shutdownWhenIdle waits until the calls are over, or the shutdown is cancelled.
func (s *Server) shutdownWhenIdle(then func(), over chan<- struct{}) {
	if s.control.shutdown && len(s.channels) > 0 {
		s.after(idleCheck, func() { s.shutdownWhenIdle(then, over) })
		return
	}
	if s.control.shutdown {
		s.control.pause("", true)
		s.shutdown(then)
	}
	close(over)
}
