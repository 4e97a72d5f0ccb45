package traffic

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// appendField appends what a field of a layout stands for, URL-encoded as the server
// does it.
func (t *Traffic) appendField(p []byte, field string, c *call) []byte {
	switch field {
	case "":
		return p
	case "local":
		return append(p, t.local...)
	case "gmt":
		return append(p, t.gmt...)
	case "timestamp":
		return appendInt(p, t.now.UnixMicro())
	case "sequence":
		return appendInt(p, int64(t.sequence))
	case "sessions":
		return appendInt(p, int64(2*len(t.calls)))
	case "serial":
		return appendInt(p, int64(c.serial))
	case "number":
		return c.appendNumber(p)
	case "destination":
		return c.appendDestination(p)
	}
	return c.appendField(p, field, c.now.leg)
}

// appendField is for the fields that depend on the leg.
func (c *call) appendField(p []byte, field string, leg int) []byte {
	l, other := &c.legs[leg], &c.legs[1-leg]
	switch field {
	case "uuid":
		return append(p, l.uuid[:]...)
	case "other":
		return append(p, other.uuid[:]...)
	case "a":
		return append(p, c.legs[caller].uuid[:]...)
	case "b":
		return append(p, c.legs[callee].uuid[:]...)
	case "state":
		return append(p, l.state...)
	case "stateNumber":
		return appendInt(p, int64(l.stateNumber))
	case "callState":
		return append(p, l.callState...)
	case "answer":
		return append(p, l.answer...)
	case "hangupCause":
		if l.hungUp != 0 {
			p = append(p, hangupHeaders...)
		}
		return p
	case "direction":
		return append(p, [...]string{"inbound", "outbound"}[leg]...)
	case "otherDirection":
		return append(p, [...]string{"outbound", "inbound"}[leg]...)
	case "otherType":
		return append(p, [...]string{"originatee", "originator"}[leg]...)
	case "isCaller":
		return strconv.AppendBool(p, leg == caller)
	case "channel":
		return c.appendChannel(p, leg)
	case "otherChannel":
		return c.appendChannel(p, 1-leg)
	case "user":
		if leg == caller {
			return c.appendNumber(p)
		}
		return c.appendDestination(p)
	case "created":
		return appendInt(p, l.created)
	case "otherCreated":
		return appendInt(p, other.created)
	case "answered":
		return appendInt(p, c.answered)
	case "bridged":
		return appendInt(p, c.bridged)
	case "held":
		return appendInt(p, c.held)
	case "hungUp":
		return appendInt(p, l.hungUp)
	case "app":
		return append(p, c.now.app...)
	case "data":
		before, after, cut := strings.Cut(c.now.data, "{destination}")
		p = append(p, before...)
		if cut {
			p = append(c.appendDestination(p), after...)
		}
		return p
	}
	panic("traffic: no field " + field)
}

func (c *call) appendNumber(p []byte) []byte { return appendInt(p, 1000+int64(c.serial%50000)) }

func (c *call) appendDestination(p []byte) []byte {
	return appendInt(p, 60000+int64(c.serial*7%39000))
}

func (c *call) appendChannel(p []byte, leg int) []byte {
	p = append(p, "sofia/internal/"...)
	if leg == caller {
		p = c.appendNumber(p)
	} else {
		p = c.appendDestination(p)
	}
	return append(p, "%40pbx.example.com"...)
}

func appendInt(p []byte, n int64) []byte { return strconv.AppendInt(p, n, 10) }

// writeUUID writes 128 bits as a UUID.
func writeUUID(to *[36]byte, a, b uint64) {
	var bits [16]byte
	for i := range 8 {
		bits[i], bits[8+i] = byte(a>>(8*i)), byte(b>>(8*i))
	}
	bits[6], bits[8] = bits[6]&0x0f|0x40, bits[8]&0x3f|0x80
	for i, part := range [...][2]int{{0, 4}, {4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		at := 2*part[0] + i
		hex.Encode(to[at:], bits[part[0]:part[1]])
		if i > 0 {
			to[at-1] = '-'
		}
	}
}
