package esl

import "strings"

// FreeSWITCH takes texts apart in layers: an API command's arguments at spaces, a dial
// string at '|', then ',', a list of variables at ',' and each at '='. Every layer removes
// one level of quotes and backslashes from its pieces (switch_separate_string), so what
// is put into the innermost must be escaped for each layer, from the inside out.

// escape prepares a piece for a layer that cuts at delim, which is not a space: the
// layer does not cut inside of it, and gives it back as it was.
func escape(s string, delim byte) string { return escapeFor(s, delim, true) }

// escapeLast prepares the last piece of a layer that stops cutting before it.
func escapeLast(s string, delim byte) string { return escapeFor(s, delim, false) }

func escapeFor(s string, delim byte, cuts bool) string {
	edge := func(i int) bool { // spaces at the ends are trimmed
		return strings.Trim(s[:i+1], " ") == "" || strings.Trim(s[i:], " ") == ""
	}
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'', c == delim && cuts, c == '\\' && escapes(s[i+1:], delim):
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == ' ' && edge(i):
			b.WriteString(`\s`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escapes reports whether a backslash before rest would be taken for more than itself.
func escapes(rest string, delim byte) bool {
	return rest == "" || strings.IndexByte(`'"\nrts `, rest[0]) >= 0 || rest[0] == delim
}

// quoteWord prepares one of several words that a layer cuts at spaces. One that has
// spaces, or is empty, is put into quotes, and so is one that would, as the first, tell the
// server to cut elsewhere: "^^:" at colons.
func quoteWord(s string) string {
	quoted := s == "" || strings.Contains(s, " ") || strings.HasPrefix(s, "^^")
	var b strings.Builder
	if quoted {
		b.WriteByte('\'')
	}
	for i := range len(s) {
		if c := s[i]; c == '\'' || c == '\\' && escapes(s[i+1:], 0) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	if quoted {
		b.WriteByte('\'')
	}
	return b.String()
}

// Literal returns text that means s where the server expands variables, as it does in
// the argument of every application: without it, "${x}" in a text is replaced by a
// variable, and "${x(y)}" by the output of an API command. What comes from others, such as
// the name of a caller, must not be put into an argument without it.
func Literal(s string) string {
	if !expands(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c == '$' || c == '\\' && i+1 < len(s) && strings.IndexByte(`\'$`, s[i+1]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// expands reports whether the server looks for anything to expand in s.
func expands(s string) bool {
	for i := range len(s) - 1 {
		if s[i] == '\\' && strings.IndexByte(`\nst'`, s[i+1]) >= 0 {
			return true
		}
	}
	return namesVariable(s)
}

// namesVariable reports whether s has a ${, perhaps with backslashes between.
func namesVariable(s string) bool {
	for i := range len(s) {
		if s[i] == '$' && strings.HasPrefix(strings.TrimLeft(s[i+1:], `\$`), "{") {
			return true
		}
	}
	return false
}
