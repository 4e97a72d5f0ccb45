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
	vars, text = leadingVars(strings.TrimLeft(text, " "), '{', '}', ',')
	for _, group := range separate(text, '|') {
		var legs []leg
		for _, part := range separate(markCommas(group), ',') {
			l := leg{}
			l.vars, part = leadingVars(part, '[', ']', betweenVars)
			part = strings.TrimLeft(part, " ")
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
		return causeOf(rest)
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

// leadingVars takes one or more {a=b,c=d} off the front. The end is where the
// brackets that open have closed, whatever quotes there are.
func leadingVars(text string, open, end, sep byte) (vars variables, rest string) {
	for len(text) > 0 && text[0] == open {
		i := closing(text, open, end)
		if i < 0 {
			return vars, text
		}
		list := strings.ReplaceAll(text[1:i], string(rune(quotedComma)), ",")
		text = text[i+1:]
		for _, item := range separate(list, sep) {
			if name, value, ok := strings.Cut(item, "="); ok && name != "" && value != "" {
				vars.set(name, cleanup(value, '='))
			}
		}
	}
	return vars, text
}

// closing finds the bracket that closes the one at 0.
func closing(text string, open, end byte) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case open:
			depth++
		case end:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// What the switch puts in the place of the commas in [a=b,c='d,e'], to tell them from
// those between legs.
const (
	quotedComma = 1
	betweenVars = 2
)

func markCommas(text string) string {
	b := []byte(text)
	end, quoted, otherSeparator := -1, false, false
	for i, c := range b {
		if end < 0 && c == '[' {
			if n := closing(text[i:], '[', ']'); n >= 0 {
				end = i + n
			}
			otherSeparator, quoted = strings.HasPrefix(text[i+1:], "^^"), false
		}
		if c == '\'' {
			quoted = !quoted
		}
		if i < end && c == ',' && b[i-1] != '\\' {
			b[i] = betweenVars
			if quoted || otherSeparator {
				b[i] = quotedComma
			}
		}
		if i == end {
			end = -1
		}
	}
	return string(b)
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

// splitArgs splits an api argument into words.
func splitArgs(text string) []string { return separate(strings.TrimSpace(text), ' ') }
