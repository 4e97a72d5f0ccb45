package esl

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// A Message is one unit of what a server sends: a header block and perhaps a
// body. It is immutable and may be copied and shared between goroutines; all copies
// share one text. The zero Message has no headers and no body.
type Message struct {
	// ContentType is the value of the Content-Type header, without space around
	// it; empty if there was none. Compare it with the constants such as
	// [CommandReply].
	ContentType string

	// Body is what follows the header block, verbatim, as long as Content-Length
	// said. Empty if there was none.
	Body string

	text   string // header block, its empty line, body; as on the wire
	offset int64
}

// NewMessage makes a message out of its parts, as if it had been received. The
// pairs are names and values of headers besides Content-Type and Content-Length; an
// odd number of them panics. Content-Length is added if there is a body, and is the
// first header if the type is that of an event, as FreeSWITCH orders them. A header cannot
// hold a line end, so CR, LF and, in names, colons are replaced by spaces.
func NewMessage(contentType, body string, nameValuePairs ...string) Message {
	if len(nameValuePairs)%2 != 0 {
		panic("esl: NewMessage: odd number of names and values")
	}
	var b strings.Builder
	length := func() {
		if body != "" {
			b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\n")
		}
	}
	contentType = strings.TrimSpace(oneLine.Replace(contentType))
	isEvent := strings.HasPrefix(contentType, "text/event-")
	if isEvent {
		length()
	}
	if contentType != "" {
		b.WriteString("Content-Type: " + contentType + "\n")
	}
	if !isEvent {
		length()
	}
	for i := 0; i < len(nameValuePairs); i += 2 {
		b.WriteString(oneWordLine.Replace(nameValuePairs[i]) + ": " + oneLine.Replace(nameValuePairs[i+1]) + "\n")
	}
	b.WriteString("\n")
	b.WriteString(body)
	text := b.String()
	return Message{ContentType: contentType, Body: text[len(text)-len(body):], text: text}
}

var (
	oneLine     = strings.NewReplacer("\r", " ", "\n", " ")
	oneWordLine = strings.NewReplacer("\r", " ", "\n", " ", ":", " ")
)

// ConnectReply makes the reply to the connect command, for a simulated switch: a
// command/reply whose header block is the event itself, encoded, with further
// headers such as "Socket-Mode" and "Control" at its end.
func ConnectReply(e *Event, nameValuePairs ...string) Message {
	if len(nameValuePairs)%2 != 0 {
		panic("esl: ConnectReply: odd number of names and values")
	}
	var b []byte
	for i := range e.index {
		b = e.appendPlainHeader(b, i)
	}
	b = append(b, "Content-Type: command/reply\nReply-Text: %2BOK%0A\n"...)
	for i := 0; i < len(nameValuePairs); i += 2 {
		b = append(b, nameValuePairs[i]...)
		b = append(b, ": "...)
		b = appendEncoded(b, nameValuePairs[i+1])
		b = append(b, '\n')
	}
	b = append(b, '\n')
	return Message{ContentType: CommandReply, text: string(b)}
}

// head is the header block, with its empty line.
func (m Message) head() string { return m.text[:len(m.text)-len(m.Body)] }

// Get returns the value of a header of the message, not of an event in it. The
// value is verbatim: these are not URL-encoded, except in a reply to connect, for
// which [Message.Event] is the way to read them. Case does not matter in name; of
// several headers of a name the first is returned.
func (m Message) Get(name string) (value string, ok bool) {
	for n, v := range m.All() {
		if equalFold(n, name) {
			return v, true
		}
	}
	return "", false
}

// All iterates over the headers in their order on the wire, repeated ones
// included. Values are verbatim.
func (m Message) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for rest := m.head(); rest != ""; {
			var line string
			line, rest, _ = strings.Cut(rest, "\n")
			name, value, ok := cutHeader(strings.TrimSuffix(line, "\r"))
			if ok && !yield(name, value) {
				return
			}
		}
	}
}

// Headers returns a copy of all headers in their order on the wire.
func (m Message) Headers() []Header {
	var hs []Header
	for n, v := range m.All() {
		hs = append(hs, Header{n, v})
	}
	return hs
}

// cutHeader splits a header line. One space after the colon belongs to the
// syntax, all else to the value.
func cutHeader(line string) (name, value string, ok bool) {
	colon := strings.IndexByte(line, ':')
	if colon <= 0 {
		return "", "", false
	}
	value = line[colon+1:]
	return line[:colon], strings.TrimPrefix(value, " "), true
}

// Offset returns the position in the stream, in bytes, at which the message
// started; 0 for one made by [NewMessage].
func (m Message) Offset() int64 { return m.offset }

// Size returns the number of bytes that the message took on the wire.
func (m Message) Size() int { return len(m.text) }

// Wire returns the message as it was, or would be, on the wire.
func (m Message) Wire() string { return m.text }

// ReplyText returns the Reply-Text header, which is the answer to a command:
// "+OK ...", "-ERR ...", or for getvar a bare value. In a reply to connect it is
// encoded and ends with a line end ("%2BOK%0A"); there, and only there, it is
// decoded and that line end is taken off.
func (m Message) ReplyText() string {
	text, _ := m.Get("Reply-Text")
	if m.isConnectReply() {
		return strings.TrimSuffix(Decode(text), "\n")
	}
	return text
}

// Reply returns what the server answered: the body of an api/response, the
// [Message.ReplyText] of anything else.
func (m Message) Reply() string {
	if m.ContentType == APIResponse {
		return m.Body
	}
	return m.ReplyText()
}

// isConnectReply tells the reply to connect, which is an event in the place of a
// header block, from all other replies, which start with Content-Type.
func (m Message) isConnectReply() bool {
	return m.ContentType == CommandReply && hasPrefixFold(m.text, "Event-Name:")
}

// HasEvent reports whether the message is one that carries an event: one of the
// three event types, or the reply to a connect command.
func (m Message) HasEvent() bool {
	switch m.ContentType {
	case EventPlain, EventJSON, EventXML:
		return true
	}
	return m.isConnectReply()
}

// Event reads the event that the message carries, in the plain or the JSON
// format or in the header block of a reply to connect. The error is an
// [*EventError]: of kind ErrXML for an event in the XML format, which this package
// does not read, and ErrNoEvent for a message that carries none.
func (m Message) Event() (*Event, error) {
	switch m.ContentType {
	case EventPlain:
		return ParsePlain(m.Body)
	case EventJSON:
		return ParseJSON(m.Body)
	case EventXML:
		return nil, &EventError{Kind: ErrXML}
	}
	if m.isConnectReply() {
		return ParsePlain(m.head())
	}
	return nil, &EventError{Kind: ErrNoEvent, Detail: excerpt(m.ContentType)}
}

// String describes the message in one line, without its body.
func (m Message) String() string {
	s := m.ContentType
	if s == "" {
		s = "(no content type)"
	}
	if _, ok := m.Get("Reply-Text"); ok {
		s += " " + excerpt(m.ReplyText())
	}
	if m.Body != "" {
		s += fmt.Sprintf(" (%d bytes)", len(m.Body))
	}
	return s
}
