package fswtest

import "strings"

// A leg is one destination of a dial string.
type leg struct {
	Destination
	text string // as given, without variables
	vars variables
}

// parseDial reads {variables}[variables]endpoint/…, where "," dials at the same
// time and "|" one after the other. The cause is why a leg cannot be dialled.
func parseDial(text string) (groups [][]leg, vars variables, cause string) {
	vars, text = leadingVars(text, '{', '}')
	for _, group := range splitOutside(text, '|') {
		var legs []leg
		for _, part := range splitOutside(group, ',') {
			l := leg{}
			l.vars, part = leadingVars(strings.TrimSpace(part), '[', ']')
			l.text = part
			if part == "" {
				continue
			}
			if c := l.parse(part); c != "" {
				cause = c
				continue
			}
			legs = append(legs, l)
		}
		if len(legs) > 0 {
			groups = append(groups, legs)
		}
	}
	if len(groups) == 0 && cause == "" {
		cause = "DESTINATION_OUT_OF_ORDER"
	}
	return groups, vars, cause
}

func (l *leg) parse(text string) (cause string) {
	endpoint, rest, _ := strings.Cut(text, "/")
	l.Endpoint = endpoint
	l.Context = "default"
	switch endpoint {
	case "loopback":
		w := strings.Split(rest, "/")
		l.Number = w[0]
		if len(w) > 1 && w[1] != "" {
			l.Context = w[1]
		}
	case "user":
		l.Profile = "internal"
		l.Number, l.Domain, _ = strings.Cut(rest, "@")
	case "sofia":
		profile, address, ok := strings.Cut(rest, "/")
		if !ok {
			return "INVALID_PROFILE"
		}
		if profile == "gateway" {
			l.Profile, address, _ = strings.Cut(address, "/")
		} else {
			l.Profile = profile
		}
		l.Number, l.Domain, _ = strings.Cut(strings.TrimPrefix(address, "sip:"), "@")
	case "error":
		if causeKnown(strings.ToUpper(rest)) {
			return strings.ToUpper(rest)
		}
		return "NORMAL_CLEARING"
	default:
		return "CHAN_NOT_IMPLEMENTED"
	}
	return ""
}

// channelName is the name of the channel that dials the leg.
func (l *leg) channelName() string {
	domain := l.Domain
	if domain == "" {
		domain = "127.0.0.1"
	}
	return "sofia/" + l.Profile + "/" + l.Number + "@" + domain
}

// leadingVars takes one or more {a=b,c='d e'} off the front.
func leadingVars(text string, open, end byte) (vars variables, rest string) {
	for len(text) > 0 && text[0] == open {
		i := closing(text, end)
		if i < 0 {
			return vars, text
		}
		list := text[1:i]
		text = text[i+1:]
		sep := byte(',')
		if s, ok := strings.CutPrefix(list, "^^"); ok && s != "" {
			sep, list = s[0], s[1:]
		}
		for _, item := range splitOutside(list, sep) {
			name, value, ok := strings.Cut(item, "=")
			if name = strings.TrimSpace(name); ok && name != "" {
				vars.set(name, unquote(value))
			}
		}
	}
	return vars, text
}

// closing finds the end of a bracket that opens at 0, outside of quotes.
func closing(text string, end byte) int {
	quoted := false
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '\'':
			quoted = !quoted
		case text[i] == end && !quoted:
			return i
		}
	}
	return -1
}

// splitOutside splits at sep outside of quotes and brackets.
func splitOutside(text string, sep byte) []string {
	var out []string
	quoted, depth, start := false, 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[' || c == '(':
			depth++
		case c == '}' || c == ']' || c == ')':
			depth--
		case c == sep && depth <= 0:
			out = append(out, text[start:i])
			start = i + 1
		}
	}
	return append(out, text[start:])
}

func unquote(v string) string {
	v = strings.TrimSpace(v)
	if len(v) >= 2 && v[0] == '\'' && v[len(v)-1] == '\'' {
		v = v[1 : len(v)-1]
	}
	if !strings.Contains(v, `\`) {
		return v
	}
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] == '\\' && i+1 < len(v) && (v[i+1] == '\'' || v[i+1] == ',' || v[i+1] == '\\') {
			i++
		}
		b.WriteByte(v[i])
	}
	return b.String()
}

// splitArgs splits an api argument at spaces outside of quotes and brackets.
func splitArgs(text string) []string {
	var out []string
	for _, w := range splitOutside(text, ' ') {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}
