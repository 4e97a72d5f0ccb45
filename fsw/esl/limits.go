package esl

import "math"

// Limits bounds what a [Framer] accepts, so that a broken or hostile peer costs a
// bounded amount of memory. A field that is zero or negative means its default.
type Limits struct {
	// Body is the largest body of one message in bytes; 16 MiB by default, the
	// limit that FreeSWITCH and its own client library use.
	Body int64

	// Reply is the largest body of an api/response message in bytes; Body by
	// default. The answer to "show channels as json" on a busy switch is far
	// larger than any event, so a connected switch raises this one alone.
	Reply int64

	// HeaderBlock is the largest header block in bytes, line ends and the empty
	// line at its end included; 1 MiB by default. The largest block a server
	// sends on purpose is its reply to connect, with some 100 headers and all
	// channel variables.
	HeaderBlock int

	// Headers is the largest number of lines in a header block; 8192 by default.
	Headers int
}

// The defaults of [Limits].
const (
	DefaultBodyLimit        = 16 << 20
	DefaultHeaderBlockLimit = 1 << 20
	DefaultHeaderLimit      = 8192
)

// withDefaults fills the fields that were left out.
func (l Limits) withDefaults() Limits {
	if l.Body <= 0 {
		l.Body = DefaultBodyLimit
	}
	if l.Reply <= 0 {
		l.Reply = l.Body
	}
	if l.HeaderBlock <= 0 {
		l.HeaderBlock = DefaultHeaderBlockLimit
	}
	if l.Headers <= 0 {
		l.Headers = DefaultHeaderLimit
	}
	// A message has to fit into one string of this platform.
	room := int64(math.MaxInt - l.HeaderBlock)
	l.Body = min(l.Body, room)
	l.Reply = min(l.Reply, room)
	return l
}
