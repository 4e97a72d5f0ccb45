package esl

import (
	"math"
	"strings"
	"unicode/utf8"
)

// ParseJSON reads an event in the JSON format: the body of a text/event-json
// message. The event shares text. It is read leniently where FreeSWITCH is sloppy:
// keys may repeat and are kept in order, and strings may hold any bytes, for
// FreeSWITCH passes what is not UTF-8 on as it is. Values that are no strings, which
// it does not send, are kept as the text they are. The key "_body" is the body and
// no header. The error is an [*EventError].
func ParseJSON(text string) (*Event, error) {
	if uint64(len(text)) > math.MaxUint32 {
		return nil, &EventError{Kind: ErrEventTooLarge}
	}
	var scratch [162]entry
	p := jsonParser{text: text}
	index, ok := p.object(scratch[:0])
	if len(index) > maxEventHeaders {
		return nil, &EventError{Kind: ErrEventTooLarge}
	}
	if !ok {
		return nil, &EventError{Kind: ErrJSON, Offset: p.at, Detail: excerpt(text[p.at:])}
	}
	body := ""
	for i := len(index) - 1; i >= 0; i-- {
		// The last one, as for Content-Length: a header of that name could have
		// been given by whoever made the event.
		h := index[i]
		if text[h.name:h.name+h.nameLen] == "_body" {
			at := h.name + h.nameLen + uint32(h.gap)
			body = text[at : at+h.value]
			if h.flags&escapedValue != 0 {
				body = unescape(body)
			}
			index = append(index[:i], index[i+1:]...)
			break
		}
	}
	if len(index) == 0 {
		return nil, &EventError{Kind: ErrNoHeader, Detail: excerpt(text)}
	}
	return newEvent(formatJSON, text, body, index, findNamed(index), 0), nil
}

// jsonParser scans JSON text. Where a method returns false, at is the place of
// the trouble.
type jsonParser struct {
	text string
	at   int
}

// maxJSONDepth bounds nested values, which no event has.
const maxJSONDepth = 64

// object appends the members of the one object that the text is.
func (p *jsonParser) object(index []entry) ([]entry, bool) {
	if !p.token('{') {
		return nil, false
	}
	if !p.token('}') {
		for {
			h, ok := p.member()
			if !ok {
				return nil, false
			}
			if index = append(index, h); len(index) > maxEventHeaders {
				return index, false
			}
			if p.token(',') {
				continue
			}
			if p.token('}') {
				break
			}
			return nil, false
		}
	}
	p.space()
	return index, p.at == len(p.text)
}

// member scans one name and its value.
func (p *jsonParser) member() (h entry, ok bool) {
	p.space()
	start := p.at
	escaped, ok := p.str()
	if !ok {
		return h, false
	}
	h.name, h.nameLen = uint32(start+1), uint32(p.at-start-2)
	name := p.text[h.name : h.name+h.nameLen]
	if escaped {
		h.flags |= escapedName
		name = unescape(name)
	}
	h.hash = hashName(name)
	if !p.token(':') {
		return h, false
	}
	p.space()
	from := p.at
	var to int
	switch p.peek() {
	case '"':
		if escaped, ok = p.str(); escaped {
			h.flags |= escapedValue
		}
		from, to = from+1, p.at-1
	case '[':
		ok = p.value(0)
		h.flags |= jsonArray
		to = p.at
	default:
		ok = p.value(0)
		to = p.at
	}
	if !ok {
		return h, false
	}
	gap := from - int(h.name+h.nameLen)
	if gap > math.MaxUint8 {
		p.at = int(h.name + h.nameLen) // white space without end
		return h, false
	}
	h.gap, h.value = uint8(gap), uint32(to-from)
	return h, true
}

// value skips a value of any kind.
func (p *jsonParser) value(depth int) bool {
	if depth > maxJSONDepth {
		return false
	}
	p.space()
	switch c := p.peek(); c {
	case '"':
		_, ok := p.str()
		return ok
	case '[', '{':
		p.at++
		last := c + 2 // ']' and '}' are two behind their partners
		if p.token(last) {
			return true
		}
		for {
			if c == '{' {
				p.space()
				if _, ok := p.str(); !ok || !p.token(':') {
					return false
				}
			}
			if !p.value(depth + 1) {
				return false
			}
			if p.token(',') {
				continue
			}
			return p.token(last)
		}
	}
	start := p.at
	for p.at < len(p.text) && isScalarByte(p.text[p.at]) {
		p.at++
	}
	return p.at > start
}

// isScalarByte reports whether c can be part of a number, true, false or null.
func isScalarByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}

// str skips a string with its quotes and reports whether it has escapes.
func (p *jsonParser) str() (escaped, ok bool) {
	if p.peek() != '"' {
		return false, false
	}
	at := p.at + 1
	for {
		n := strings.IndexByte(p.text[at:], '"')
		if n < 0 {
			return false, false
		}
		if !escaped && strings.IndexByte(p.text[at:at+n], '\\') < 0 {
			p.at = at + n + 1
			return false, true
		}
		// There are escapes, one of which may be of this quote.
		escaped = true
		for end := at + n; at < end; at++ {
			if p.text[at] == '\\' {
				at++
			}
		}
		if at >= len(p.text) {
			return false, false
		}
		if p.text[at] == '"' {
			// Reached as a byte of its own, so it ends the string. When it was
			// escaped, the loop above has stepped over it.
			p.at = at + 1
			return true, true
		}
	}
}

func (p *jsonParser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end.
func (p *jsonParser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// token skips white space and then c, if that is what follows.
func (p *jsonParser) token(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// jsonElements returns the elements of an array, given with its brackets and
// known to be well formed.
func jsonElements(raw string) []string {
	var elements []string
	eachElement(raw, func(elem string, escaped bool) bool {
		if escaped {
			elem = unescape(elem)
		}
		elements = append(elements, elem)
		return true
	})
	return elements
}

// eachElement calls f for the elements of an array until it returns false.
func eachElement(raw string, f func(elem string, escaped bool) bool) {
	p := jsonParser{text: raw, at: 1}
	if p.token(']') {
		return
	}
	for {
		p.space()
		from := p.at
		if p.peek() == '"' {
			escaped, ok := p.str()
			if !ok || !f(raw[from+1:p.at-1], escaped) {
				return
			}
		} else if !p.value(0) || !f(raw[from:p.at], false) {
			return
		}
		if !p.token(',') {
			return
		}
	}
}

// arrayIs reports whether the array raw, joined by [joinArray], is s.
func arrayIs(raw, s string) bool {
	n := 0
	eachElement(raw, func(string, bool) bool { n++; return true })
	rest, ok := s, true
	if n > 1 {
		rest, ok = strings.CutPrefix(rest, arrayPrefix)
	}
	i := 0
	eachElement(raw, func(elem string, escaped bool) bool {
		if i++; ok && i > 1 {
			rest, ok = strings.CutPrefix(rest, arrayDelim)
		}
		if ok && escaped {
			rest, ok = cutUnescaped(rest, elem)
		} else if ok {
			rest, ok = strings.CutPrefix(rest, elem)
		}
		return ok
	})
	return ok && rest == ""
}

// unescape resolves the escapes of a JSON string. What is no escape of JSON stays
// as it is, half a surrogate pair becomes U+FFFD.
func unescape(raw string) string {
	var b strings.Builder
	b.Grow(len(raw))
	var tmp [utf8.UTFMax]byte
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			n := strings.IndexByte(raw[i:], '\\')
			if n < 0 {
				n = len(raw) - i
			}
			b.WriteString(raw[i : i+n])
			i += n
			continue
		}
		n, size := unescapeAt(raw, i, &tmp)
		b.Write(tmp[:n])
		i += size
	}
	return b.String()
}

// cutUnescaped removes the unescaped raw from the front of s.
func cutUnescaped(s, raw string) (rest string, ok bool) {
	var tmp [utf8.UTFMax]byte
	for i := 0; i < len(raw); {
		n, size := 1, 1
		if tmp[0] = raw[i]; raw[i] == '\\' {
			n, size = unescapeAt(raw, i, &tmp)
		}
		if len(s) < n || s[:n] != string(tmp[:n]) {
			return s, false
		}
		s, i = s[n:], i+size
	}
	return s, true
}

// unescapeAt puts what the backslash at i stands for into tmp and returns how many
// bytes that is, and how many of raw it took.
func unescapeAt(raw string, i int, tmp *[utf8.UTFMax]byte) (n, size int) {
	if i+1 < len(raw) {
		switch c := raw[i+1]; c {
		case '"', '\\', '/':
			tmp[0] = c
			return 1, 2
		case 'b':
			tmp[0] = '\b'
			return 1, 2
		case 'f':
			tmp[0] = '\f'
			return 1, 2
		case 'n':
			tmp[0] = '\n'
			return 1, 2
		case 'r':
			tmp[0] = '\r'
			return 1, 2
		case 't':
			tmp[0] = '\t'
			return 1, 2
		case 'u':
			if r, ok := hex4(raw, i+2); ok {
				size = 6
				if 0xD800 <= r && r < 0xDC00 && strings.HasPrefix(raw[i+6:], `\u`) {
					if low, ok := hex4(raw, i+8); ok && 0xDC00 <= low && low < 0xE000 {
						r, size = (r-0xD800)<<10|(low-0xDC00)+0x10000, 12
					}
				}
				// EncodeRune writes U+FFFD for what is left of a pair.
				return utf8.EncodeRune(tmp[:], r), size
			}
		}
	}
	tmp[0] = '\\'
	return 1, 1
}

// hex4 reads four hexadecimal digits.
func hex4(s string, i int) (r rune, ok bool) {
	if i+4 > len(s) {
		return 0, false
	}
	for _, c := range []byte(s[i : i+4]) {
		d := hexDigit(c)
		if d > 15 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}
