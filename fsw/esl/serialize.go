package esl

import (
	"strconv"
	"strings"
)

// NewEvent makes an event, for tests and simulations. The pairs are the names and
// the decoded values of its headers; an odd number panics. A value "ARRAY::a|:b" is
// an array. Event-Name comes first, unless name is "CUSTOM" and there is an
// Event-Subclass, which is what FreeSWITCH sends first then. If name is empty there is no
// Event-Name. Names and values are used as they are; a name with a line end in
// it cannot be read back from the plain format.
func NewEvent(name string, nameValuePairs ...string) *Event {
	if len(nameValuePairs)%2 != 0 {
		panic("esl: NewEvent: odd number of names and values")
	}
	headers := make([]Header, 0, len(nameValuePairs)/2+1)
	for i := 0; i < len(nameValuePairs); i += 2 {
		h := Header{nameValuePairs[i], nameValuePairs[i+1]}
		headers = append(headers, h)
		if name == "CUSTOM" && equalFold(h.Name, keySubclass.name) {
			last := len(headers) - 1
			copy(headers[1:], headers[:last])
			headers[0] = h
		}
	}
	if name != "" {
		at := 0
		if len(headers) > 0 && name == "CUSTOM" && equalFold(headers[0].Name, keySubclass.name) {
			at = 1
		}
		headers = append(headers, Header{})
		copy(headers[at+1:], headers[at:])
		headers[at] = Header{keyEventName.name, name}
	}
	return build(headers, "")
}

// build makes an event whose text is what it is given.
func build(headers []Header, body string) *Event {
	var b strings.Builder
	index := make([]entry, 0, len(headers))
	for _, h := range headers {
		index = append(index, entry{
			name:    uint32(b.Len()),
			nameLen: uint32(len(h.Name)),
			value:   uint32(len(h.Value)),
			hash:    hashName(h.Name),
		})
		b.WriteString(h.Name)
		b.WriteString(h.Value)
	}
	return newEvent(formatNative, b.String(), body, index, findNamed(index), 0)
}

// With returns a copy of the event with headers appended to it, given as names and
// decoded values.
func (e *Event) With(nameValuePairs ...string) *Event {
	if len(nameValuePairs)%2 != 0 {
		panic("esl: Event.With: odd number of names and values")
	}
	headers := e.headers()
	for i := 0; i < len(nameValuePairs); i += 2 {
		headers = append(headers, Header{nameValuePairs[i], nameValuePairs[i+1]})
	}
	c := build(headers, "")
	if e.HasBody() {
		return c.WithBody(e.body)
	}
	return c
}

// WithBody returns a copy of the event with another body, and with a
// Content-Length at the end of its headers that says how long that is. An empty
// body means none.
func (e *Event) WithBody(body string) *Event {
	headers := e.headers()
	if body != "" {
		headers = append(headers, Header{"Content-Length", strconv.Itoa(len(body))})
	}
	return build(headers, body)
}

// headers returns all headers except a Content-Length at the end that says how
// long the body is.
func (e *Event) headers() []Header {
	n := len(e.index)
	if e.endsWithLength() {
		n--
	}
	headers := make([]Header, 0, n+2)
	for i := range n {
		headers = append(headers, Header{e.NameAt(i), e.valueAt(i)})
	}
	return headers
}

// endsWithLength reports whether the last header is the Content-Length of the
// body, which a serializer adds and which is part of an event that was read.
func (e *Event) endsWithLength() bool {
	n := len(e.index)
	return n > 0 && e.body != "" && equalFold(e.rawName(n-1), "content-length") &&
		e.ValueIs(n-1, strconv.Itoa(len(e.body)))
}

// AppendPlain appends the event to dst in the plain format, as FreeSWITCH would
// send it in the body of a text/event-plain message: values encoded (see
// [Encode]), names not; empty values as "_undef_"; if there is a body, its Content-Length, and
// the body behind the empty line.
func (e *Event) AppendPlain(dst []byte) []byte {
	for i := range e.index {
		dst = e.appendPlainHeader(dst, i)
	}
	if e.body != "" && !e.endsWithLength() {
		dst = append(dst, "Content-Length: "...)
		dst = strconv.AppendInt(dst, int64(len(e.body)), 10)
		dst = append(dst, '\n')
	}
	dst = append(dst, '\n')
	return append(dst, e.body...)
}

func (e *Event) appendPlainHeader(dst []byte, i int) []byte {
	dst = append(dst, e.NameAt(i)...)
	dst = append(dst, ": "...)
	if v := e.valueAt(i); v != "" {
		dst = appendEncoded(dst, v)
	} else {
		dst = append(dst, undef...)
	}
	return append(dst, '\n')
}

// AppendJSON appends the event to dst in the JSON format, as FreeSWITCH would send
// it: one object on one line without an end of line, strings for all values except
// arrays, repeated headers as repeated keys, the body as "_body". Bytes that are
// not UTF-8 pass through.
func (e *Event) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i := range e.index {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSONString(dst, e.NameAt(i))
		dst = append(dst, ':')
		elements := e.array(i)
		if len(elements) == 1 && e.index[i].flags&jsonArray == 0 {
			dst = appendJSONString(dst, elements[0])
			continue
		}
		dst = append(dst, '[')
		for j, elem := range elements {
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSONString(dst, elem)
		}
		dst = append(dst, ']')
	}
	if e.body != "" {
		if len(e.index) > 0 {
			dst = append(dst, ',')
		}
		if !e.endsWithLength() {
			dst = append(dst, `"Content-Length":"`...)
			dst = strconv.AppendInt(dst, int64(len(e.body)), 10)
			dst = append(dst, `",`...)
		}
		dst = append(dst, `"_body":`...)
		dst = appendJSONString(dst, e.body)
	}
	return append(dst, '}')
}

// MarshalJSON returns what AppendJSON does, with U+FFFD in the place of what is
// not UTF-8, as other programs insist on. Repeated headers are repeated keys.
func (e *Event) MarshalJSON() ([]byte, error) {
	return []byte(strings.ToValidUTF8(string(e.AppendJSON(nil)), "\uFFFD")), nil
}

// PlainMessage returns the text/event-plain message in which a server would send
// the event.
func (e *Event) PlainMessage() Message {
	return NewMessage(EventPlain, string(e.AppendPlain(nil)))
}

// JSONMessage returns the text/event-json message in which a server would send
// the event.
func (e *Event) JSONMessage() Message {
	return NewMessage(EventJSON, string(e.AppendJSON(nil)))
}

// appendJSONString appends s as a JSON string with the escapes that FreeSWITCH's
// own writer uses.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			if c < ' ' {
				dst = append(dst, `\u00`...)
				dst = append(dst, upperHex[c>>4], upperHex[c&15])
			} else {
				dst = append(dst, c)
			}
		}
	}
	return append(dst, '"')
}
