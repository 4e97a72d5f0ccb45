package esl

import (
	"fmt"
	"strconv"
	"strings"
)

// A Header is a name and a value.
type Header struct{ Name, Value string }

// A Command is what a client sends: a line, perhaps headers, perhaps a body. The
// functions of this package that make commands (such as [API] or [Execute]) check their
// arguments, and one that was given a bad argument returns a Command whose Encode reports
// it; so there is one place where errors come up.
type Command struct {
	Line    string   // the command and its arguments, such as "api status"
	Headers []Header // without Content-Length, which Encode adds
	Body    string   // may hold anything except NUL, at which the server would cut it

	err *CommandError
}

// What mod_event_socket accepts in one command.
const (
	maxCommandBlock = 10 << 20 // longer ones are executed before they are complete
	maxCommandBody  = 16 << 20 // longer ones make it close the connection
)

// A CommandPart says which part of a command is meant.
type CommandPart uint8

// The parts of a command.
const (
	PartLine CommandPart = iota + 1
	PartHeaderName
	PartHeaderValue
	PartBody
	PartArgument // an argument of a function that makes a command
)

// String names the part.
func (p CommandPart) String() string {
	switch p {
	case PartLine:
		return "line"
	case PartHeaderName:
		return "header name"
	case PartHeaderValue:
		return "header value"
	case PartBody:
		return "body"
	case PartArgument:
		return "argument"
	}
	return fmt.Sprintf("part %d", uint8(p))
}

// A CommandError reports a command that must not be sent: some part of it would
// end the line it is in, so that the rest would be a command of its own, or the
// server would take it for something else. Nothing was sent.
type CommandError struct {
	Part   CommandPart
	Name   string // which argument, or the name of the header whose value is meant
	Reason string // what is wrong, in a few words
	Text   string // the beginning of the offending text, quoted; empty where it could be a secret
}

// Error describes the error without giving any password away.
func (e *CommandError) Error() string {
	s := "esl: command " + e.Part.String()
	if e.Name != "" {
		s += " " + e.Name
	}
	s += " " + e.Reason
	if e.Text != "" {
		s += ": " + e.Text
	}
	return s
}

// Encode returns the text to transmit. Lines end with LF, as anything else is
// dangerous: a server cuts the command line at the first CR anywhere in the block. The
// error is a [*CommandError]: for CR, LF or NUL in the line or a header; for an empty
// line, one that starts with a space or a tab (the server would not know the
// command) or is longer than the server reads; for a header without a name, with a colon in
// its name, or named Content-Length; for a body with a NUL or of more than 16 MiB; for a
// line and headers that have both "reload" or "unload" and "mod_event_socket" anywhere, unless
// that is the command: whatever else it says, a server would reload its event socket.
//
// A header with an empty value is transmitted, but to the server it is absent. So are
// spaces at the start of a value. A value that starts with "ARRAY::" becomes an array, a name
// that ends with "[n]" its element n, and one named "_body" the body.
func (c Command) Encode() (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(c.size())
	b.WriteString(c.Line)
	b.WriteByte('\n')
	for _, h := range c.Headers {
		b.WriteString(h.Name)
		b.WriteString(": ")
		b.WriteString(h.Value)
		b.WriteByte('\n')
	}
	if c.Body != "" {
		// In one piece with the header: while a server waits for a body it does
		// nothing else for this connection.
		b.WriteString("Content-Length: ")
		b.WriteString(strconv.Itoa(len(c.Body)))
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	b.WriteString(c.Body)
	return b.String(), nil
}

// String returns the line for a log, with its password hidden, and without headers
// and body.
func (c Command) String() string {
	if c.err != nil {
		return "(" + c.err.Error() + ")"
	}
	return Redact(c.Line)
}

// size returns at least the number of bytes of the encoded command.
func (c Command) size() int {
	n := len(c.Line) + 2
	for _, h := range c.Headers {
		n += len(h.Name) + len(h.Value) + 3
	}
	if c.Body != "" {
		n += len(c.Body) + 40
	}
	return n
}

func (c Command) check() error {
	if c.err != nil {
		return c.err
	}
	// Text of a login is never quoted, nor are values of headers, which programs
	// fill with data of their users.
	text := ""
	if !isLogin(c.Line) {
		text = excerpt(c.Line)
	}
	switch {
	case c.Line == "":
		return &CommandError{Part: PartLine, Reason: "is empty"}
	case c.Line[0] == ' ' || c.Line[0] == '\t':
		return &CommandError{Part: PartLine, Reason: "starts with white space", Text: text}
	}
	if reason := badByte(c.Line); reason != "" {
		return &CommandError{Part: PartLine, Reason: reason, Text: text}
	}
	for _, h := range c.Headers {
		if err := checkHeader(h); err != nil {
			return err
		}
	}
	if strings.IndexByte(c.Body, 0) >= 0 {
		return &CommandError{Part: PartBody, Reason: "contains a NUL"}
	}
	if len(c.Body) > maxCommandBody {
		return &CommandError{Part: PartBody, Reason: fmt.Sprintf("has %d bytes, more than %d", len(c.Body), maxCommandBody)}
	}
	if c.reloads() {
		return &CommandError{Part: PartLine, Reason: "and headers have the words by which the server reloads its event socket", Text: text}
	}
	if n := c.size() - len(c.Body); n > maxCommandBlock {
		return &CommandError{Part: PartLine, Reason: fmt.Sprintf("and headers have %d bytes, more than %d", n, maxCommandBlock)}
	}
	return nil
}

func checkHeader(h Header) error {
	reason := badByte(h.Name)
	switch {
	case reason != "":
	case h.Name == "":
		reason = "is empty"
	case strings.Contains(h.Name, ":"):
		reason = "contains a colon"
	case strings.Trim(h.Name, " \t") != h.Name:
		reason = "starts or ends with white space"
	case equalFold(h.Name, "content-length"):
		reason = "is Content-Length, which is made from the body"
	default:
		if reason = badByte(h.Value); reason != "" {
			return &CommandError{Part: PartHeaderValue, Name: "of " + excerpt(h.Name), Reason: reason}
		}
		return nil
	}
	return &CommandError{Part: PartHeaderName, Reason: reason, Text: excerpt(h.Name)}
}

// badByte says which byte in s would end a line, or the text.
func badByte(s string) string {
	i := strings.IndexAny(s, "\r\n\x00")
	if i < 0 {
		return ""
	}
	switch s[i] {
	case '\r':
		return "contains a CR"
	case '\n':
		return "contains an LF"
	}
	return "contains a NUL"
}
