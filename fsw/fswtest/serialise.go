package fswtest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

type format int

const (
	formatPlain format = iota
	formatJSON
	formatXML
)

func (f format) String() string { return [...]string{"plain", "json", "xml"}[f] }

// encode gives the body of a text/event-* message.
func (e *event) encode(f format) []byte {
	e.once[f].Do(func() {
		switch f {
		case formatJSON:
			e.encoded[f] = e.json()
		case formatXML:
			e.encoded[f] = e.xml()
		default:
			e.encoded[f] = e.plain()
		}
	})
	return e.encoded[f]
}

// plain: names as they are, values encoded, an empty line, the body.
func (e *event) plain() []byte {
	n := 64 + len(e.body)
	for i := range e.headers {
		n += len(e.headers[i].name) + len(e.headers[i].value) + 8
	}
	b := make([]byte, 0, n)
	for _, h := range e.headers {
		b = append(b, h.name...)
		b = append(b, ": "...)
		b = appendURLEncoded(b, orUndef(h.value))
		b = append(b, '\n')
	}
	if e.body != "" {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, int64(len(e.body)), 10)
		b = append(b, '\n')
	}
	b = append(b, '\n')
	return append(b, e.body...)
}

// orUndef is what the plain form makes of an empty value.
func orUndef(v string) string {
	if v == "" {
		return "_undef_"
	}
	return v
}

const unsafeURL = "\r\n \"#%&+:;<=>?@[\\]^`{|}"

var mustEncode = func() (t [256]bool) {
	for i := range t {
		t[i] = i < 0x20 || i > 0x7e || strings.IndexByte(unsafeURL, byte(i)) >= 0
	}
	return t
}()

// appendURLEncoded encodes like FreeSWITCH: a % that is already followed by two
// upper-case hexadecimal digits stays, so the way back is not always the same.
func appendURLEncoded(b []byte, v string) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case !mustEncode[c], c == '%' && i+2 < len(v) && isUpperHex(v[i+1]) && isUpperHex(v[i+2]):
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}

func isUpperHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' }

// json: one object on one line, all values strings, doubled names doubled, and
// bytes that are no UTF-8 as they are.
func (e *event) json() []byte {
	b := make([]byte, 0, 4096)
	b = append(b, '{')
	for i, h := range e.headers {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, h.name)
		b = append(b, ':')
		if list, ok := strings.CutPrefix(h.value, "ARRAY::"); ok {
			b = append(b, '[')
			for j, v := range strings.Split(list, "|:") {
				if j > 0 {
					b = append(b, ',')
				}
				b = appendJSONString(b, v)
			}
			b = append(b, ']')
		} else {
			b = appendJSONString(b, h.value)
		}
	}
	if e.body != "" {
		b = append(b, `,"Content-Length":"`...)
		b = strconv.AppendInt(b, int64(len(e.body)), 10)
		b = append(b, `","_body":`...)
		b = appendJSONString(b, e.body)
	}
	return append(b, '}')
}

func appendJSONString(b []byte, v string) []byte {
	b = append(b, '"')
	for i := 0; i < len(v); i++ {
		switch c := v[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			if c < 0x20 {
				b = fmt.Appendf(b, `\u%04x`, c)
			} else {
				b = append(b, c)
			}
		}
	}
	return append(b, '"')
}

// xml: an element per header, values URL-encoded, names as they are (so not
// always well formed), arrays as repeated elements.
func (e *event) xml() []byte {
	var b bytes.Buffer
	b.WriteString("<event>\n  <headers>\n")
	line := func(name, value string) {
		fmt.Fprintf(&b, "    <%s>%s</%s>\n", name, xmlText(string(appendURLEncoded(nil, value))), name)
	}
	for _, h := range e.headers {
		if list, ok := strings.CutPrefix(h.value, "ARRAY::"); ok {
			for v := range strings.SplitSeq(list, "|:") {
				line(h.name, v)
			}
			continue
		}
		line(h.name, h.value)
	}
	b.WriteString("  </headers>\n")
	if e.body != "" {
		indent := ""
		if strings.HasSuffix(e.body, "\n") {
			indent = "  "
		}
		fmt.Fprintf(&b, "  <Content-Length>%d</Content-Length>\n  <body>%s%s</body>\n", len(e.body), xmlText(e.body), indent)
	}
	b.WriteString("</event>\n")
	return b.Bytes()
}

// xmlText escapes up to the first "<!", from where the real one gives up.
func xmlText(v string) string {
	rest := ""
	if i := strings.Index(v, "<!"); i >= 0 {
		v, rest = v[:i], v[i:]
	}
	var b strings.Builder
	for i, r := range v {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '\r':
			b.WriteString("&#xD;")
		case r == '\uFFFD' && v[i] != 0xEF: // not UTF-8
		case r > 0x7f:
			fmt.Fprintf(&b, "&#x%X;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + rest
}
