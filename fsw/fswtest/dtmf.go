package fswtest

import (
	"fmt"
	"strings"
)

const dtmfDuration = "2000" // samples

const dtmfKeys = "0123456789*#ABCD"

// digit is a key that the channel's far end has pressed.
func (c *channel) digit(key byte, from string) {
	if key >= 'a' && key <= 'd' {
		key -= 'a' - 'A'
	}
	if c.down || strings.IndexByte(dtmfKeys, key) < 0 {
		return
	}
	c.event("DTMF", header{"DTMF-Digit", string(key)}, header{"DTMF-Duration", dtmfDuration}, header{"DTMF-Source", from})
	switch {
	case c.onDigit != nil:
		c.onDigit(key)
	case c.member != nil:
		c.member.digit(key)
	}
}

// sendDigit presses a key on the channel's side. Of a loopback the other half
// hears it; what a SIP party hears is not known here.
func (c *channel) sendDigit(key byte) {
	if c.loop != nil {
		c.loop.digit(key, "UNKNOWN")
	}
}

// apiDTMF makes uuid_recv_dtmf and uuid_send_dtmf, which look alike.
func apiDTMF(verb string, press func(c *channel, key byte)) apiFunc {
	return func(x *apiCall) (string, bool) {
		w := strings.Fields(x.args)
		if len(w) < 2 {
			return "-USAGE: <uuid> <dtmf_data>\n", true
		}
		x.s.enter()
		defer x.s.leave()
		c := x.s.find(w[0])
		if c == nil {
			return "-ERR Cannot locate session!\n", true
		}
		digits, _, _ := strings.Cut(w[1], "@") // their duration stands behind it
		for _, key := range []byte(digits) {
			press(c, key)
		}
		return fmt.Sprintf("+OK %s %s DTMF %s.\n", c.uuid, verb, w[1]), true
	}
}
