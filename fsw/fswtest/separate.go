package fswtest

import "strings"

// separate is how the switch takes texts apart (switch_separate_string): at a
// delimiter, but for where it is in quotes or behind a backslash, and then with one
// level of these removed. A text that begins with ^^ names another delimiter.
func separate(text string, delim byte) []string {
	if strings.HasPrefix(text, "^^") && len(text) > 3 {
		delim, text = text[2], text[3:]
	}
	var out []string
	quoted, start := false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '\'' && (quoted || delim == ' ' || strings.IndexByte(text[i+1:], '\'') >= 0):
			quoted = !quoted
		case c == delim && !quoted:
			out = append(out, text[start:i])
			for delim == ' ' && i+1 < len(text) && text[i+1] == ' ' {
				i++
			}
			start = i + 1
		}
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	if delim == ' ' {
		delim = 0 // a backslash before a space is just that
	}
	for i := range out {
		out[i] = cleanup(out[i], delim)
	}
	return out
}

// cleanup removes one level of quotes and backslashes, and spaces at the ends
// (cleanup_separated_string).
func cleanup(text string, delim byte) string {
	text = strings.TrimLeft(text, " ")
	var out []byte
	end, quoted := 0, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' && i+1 < len(text) {
			if to, ok := unescape(text[i+1], delim); ok {
				i++
				out = append(out, to)
				end = len(out)
				continue
			}
		}
		if c == '\'' && (quoted || strings.IndexByte(text[i+1:], '\'') >= 0) {
			quoted = !quoted
			end = len(out)
			continue
		}
		out = append(out, c)
		if c != ' ' || quoted {
			end = len(out)
		}
	}
	return string(out[:end])
}

func unescape(c, delim byte) (to byte, ok bool) {
	switch c {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 's':
		return ' ', true
	case '\'', '"', '\\':
		return c, true
	}
	return c, delim != 0 && c == delim
}
