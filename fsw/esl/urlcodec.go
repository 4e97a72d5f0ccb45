package esl

import "strings"

const upperHex = "0123456789ABCDEF"

// unsafeByte marks the bytes that FreeSWITCH encodes: those outside of printable
// ASCII, and the ones it calls URL-unsafe.
var unsafeByte = func() (t [256]bool) {
	for c := range t {
		t[c] = c < ' ' || c > '~'
	}
	for _, c := range []byte("\r\n #%&+:;<=>?@[\\]^`{|}\"") {
		t[c] = true
	}
	return t
}()

// Encode encodes a value the way FreeSWITCH does in plain events
// (switch_url_encode). It has a flaw that is kept here, because a decoder has to
// live with it: a '%' that two upper-case hexadecimal digits follow is taken for
// already encoded and left alone, so that Decode(Encode("%41")) is "A".
func Encode(s string) string {
	for i := range len(s) {
		if unsafeByte[s[i]] {
			return string(appendEncoded(make([]byte, 0, len(s)+len(s)/2+8), s))
		}
	}
	return s
}

// appendEncoded appends Encode(s) to dst.
func appendEncoded(dst []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		switch {
		case !unsafeByte[c]:
			dst = append(dst, c)
		case c == '%' && i+2 < len(s) && isUpperHex(s[i+1]) && isUpperHex(s[i+2]):
			dst = append(dst, c)
		default:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

func isUpperHex(c byte) bool { return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' }

// Decode undoes Encode, once: %XX becomes one byte, whatever the case of the
// digits; a '%' without two digits behind it stays as it is, and '+' is a plus sign.
// The result may not be UTF-8: FreeSWITCH encodes bytes, and some are Latin-1.
// If there is nothing to decode it returns s itself.
func Decode(s string) string {
	v, _ := decode(s)
	return v
}

// decode is Decode, and reports whether it made a new string.
func decode(s string) (string, bool) {
	i := strings.IndexByte(s, '%')
	for ; i >= 0 && i < len(s); i++ {
		if _, ok := unhex(s, i); ok {
			break
		}
	}
	if i < 0 || i >= len(s) {
		return s, false
	}
	var b strings.Builder
	b.Grow(len(s) - 2)
	b.WriteString(s[:i])
	for ; i < len(s); i++ {
		c, ok := unhex(s, i)
		if ok {
			i += 2
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// appendDecoded appends Decode(s) to dst.
func appendDecoded(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		c, ok := unhex(s, i)
		if ok {
			i += 2
		}
		dst, s = append(dst, c), s[i+1:]
	}
}

// unhex returns the byte that s has at i, and true if it is written there as
// %XX.
func unhex(s string, i int) (byte, bool) {
	if s[i] != '%' || i+2 >= len(s) {
		return s[i], false
	}
	hi, lo := hexDigit(s[i+1]), hexDigit(s[i+2])
	if hi > 15 || lo > 15 {
		return s[i], false
	}
	return hi<<4 | lo, true
}

// hexDigit returns the value of a hexadecimal digit, or 0xFF.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xFF
}

// decodesTo reports whether Decode(raw) == s, without making that string.
func decodesTo(raw, s string) bool {
	if len(raw) < len(s) {
		return false // decoding never lengthens
	}
	if strings.IndexByte(raw, '%') < 0 {
		return raw == s
	}
	j := 0
	for i := 0; i < len(raw); i++ {
		c, ok := unhex(raw, i)
		if ok {
			i += 2
		}
		if j >= len(s) || s[j] != c {
			return false
		}
		j++
	}
	return j == len(s)
}
