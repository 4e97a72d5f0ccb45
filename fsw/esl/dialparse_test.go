package esl

import "strings"

// How FreeSWITCH reads what is built here, rule by rule, so that tests can ask what
// arrives: switch_separate_string, switch_find_end_paren, switch_event_create_brackets,
// switch_ivr_originate and switch_channel_expand_variables of 1.11.

// separate is switch_separate_string.
func separate(s string, delim byte, limit int) []string {
	if strings.HasPrefix(s, "^^") && len(s) > 3 {
		delim, s = s[2], s[3:]
	}
	var out []string
	start, quoted, i := 0, false, 0
	began := false
	for i < len(s) {
		if !began {
			if len(out) == limit-1 {
				break
			}
			began, start = true, i
			if delim == ' ' {
				for i < len(s) && s[i] == ' ' {
					i++
				}
				continue
			}
		}
		if i >= len(s) {
			break
		}
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '\'' && (delim == ' ' || quoted || strings.IndexByte(s[i+1:], '\'') >= 0):
			quoted = !quoted
		case c == delim && !quoted:
			out = append(out, s[start:i])
			began = false
			if delim == ' ' {
				for i+1 < len(s) && s[i+1] == ' ' {
					i++
				}
			}
		}
		i++
	}
	switch {
	case began:
		out = append(out, s[start:])
	case i < len(s) && len(out) == limit-1:
		out = append(out, s[i:])
	}
	clean := delim
	if delim == ' ' {
		clean = 0
	}
	for i := range out {
		out[i] = cleanup(out[i], clean)
	}
	return out
}

// cleanup is cleanup_separated_string.
func cleanup(s string, delim byte) string {
	s = strings.TrimLeft(s, " ")
	var dest []byte
	end, quoted := -1, false
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			next := byte(0)
			if i+1 < len(s) {
				next = s[i+1]
			}
			e, isEscape := next, next == '\'' || next == '"' || delim != 0 && next == delim || next == '\\'
			switch next {
			case 'n':
				e, isEscape = '\n', true
			case 'r':
				e, isEscape = '\r', true
			case 't':
				e, isEscape = '\t', true
			case 's':
				e, isEscape = ' ', true
			}
			if isEscape {
				i++
				dest = append(dest, e)
				end = len(dest)
				continue
			}
		}
		if s[i] == '\'' && (quoted || strings.IndexByte(s[i+1:], '\'') >= 0) {
			quoted = !quoted
			if quoted {
				end = len(dest)
			}
			continue
		}
		dest = append(dest, s[i])
		if s[i] != ' ' || quoted {
			end = len(dest)
		}
	}
	if end >= 0 {
		dest = dest[:end]
	}
	return string(dest)
}

// endParen is switch_find_end_paren.
func endParen(s string, open, end byte) int {
	if s == "" || s[0] != open {
		return -1
	}
	depth := 0
	for i := range len(s) {
		switch s[i] {
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

// brackets is switch_event_create_brackets for one pair.
func brackets(s string, open, end, delim byte) (vars []Variable, rest string, ok bool) {
	i := endParen(s, open, end)
	if i < 0 {
		return nil, s, false
	}
	inner := s[1:i]
	if len(inner) > 2 && strings.HasPrefix(inner, "^^") {
		delim, inner = inner[2], inner[3:]
	}
	for _, item := range separate(inner, delim, 1024) {
		if nv := separate(item, '=', 2); len(nv) == 2 {
			vars = append(vars, Variable{nv[0], nv[1]})
		}
	}
	return vars, s[i+1:], true
}

// dialled is one leg as a server understands it.
type dialled struct {
	Endpoint string
	Vars     []Variable
}

// readDial is the beginning of switch_ivr_originate.
func readDial(text string) (groups [][]dialled, vars []Variable, ok bool) {
	if strings.Contains(text, ":_:") {
		return nil, nil, false
	}
	text = strings.TrimLeft(text, " ")
	for strings.HasPrefix(text, "{") {
		var more []Variable
		if more, text, ok = brackets(text, '{', '}', ','); !ok {
			return nil, nil, false
		}
		vars = append(vars, more...)
	}
	for _, group := range separate(strings.TrimLeft(text, " "), '|', 128) {
		var legs []dialled
		for _, leg := range separate(markCommas(group), ',', 128) {
			d := dialled{}
			leg = strings.TrimLeft(leg, " ")
			for strings.HasPrefix(leg, "[") {
				i := endParen(leg, '[', ']')
				if i < 0 {
					return nil, nil, false
				}
				leg = strings.ReplaceAll(leg[:i], "\x01", ",") + leg[i:]
				var more []Variable
				if more, leg, ok = brackets(leg, '[', ']', 2); !ok {
					return nil, nil, false
				}
				d.Vars = append(d.Vars, more...)
			}
			d.Endpoint = strings.TrimLeft(leg, " ")
			legs = append(legs, d)
		}
		groups = append(groups, legs)
	}
	return groups, vars, true
}

// markCommas tells the commas between the variables of a leg from those between legs.
func markCommas(s string) string {
	b := []byte(s)
	end, quoted, alt := -1, false, false
	for i, c := range b {
		if end < 0 && c == '[' {
			if n := endParen(s[i:], '[', ']'); n >= 0 {
				end = i + n
			}
			alt, quoted = strings.HasPrefix(s[i+1:], "^^"), false
		}
		if c == '\'' {
			quoted = !quoted
		}
		if end >= 0 && i < end && c == ',' && b[i-1] != '\\' {
			b[i] = 2
			if quoted || alt {
				b[i] = 1
			}
		}
		if i == end {
			end = -1
		}
	}
	return string(b)
}

// expand is switch_channel_expand_variables of a channel without variables.
func expand(s string) string {
	triggered := false
	for i := range len(s) - 1 {
		if s[i] == '\\' && strings.IndexByte(`\nst'`, s[i+1]) >= 0 {
			triggered = true
		}
	}
	dollar := false
	for i := range len(s) {
		switch {
		case s[i] == '$':
			dollar = true
		case dollar && s[i] == '{':
			triggered = true
		case s[i] != '\\':
			dollar = false
		}
	}
	if !triggered {
		return s
	}
	at := func(i int) byte {
		if i < len(s) {
			return s[i]
		}
		return 0
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		literal := false
		if s[i] == '\\' {
			switch at(i + 1) {
			case '$':
				literal = true
				if i++; at(i+1) == '$' {
					i++
				}
			case '\'':
				i++
				continue
			case '\\':
				b.WriteByte('\\')
				i++
				continue
			}
		}
		if s[i] == '$' && !literal {
			if at(i+1) == '$' {
				i++
			}
			if at(i+1) == '{' {
				end := strings.IndexByte(s[i:], '}')
				if end < 0 {
					return b.String()
				}
				i += end // replaced by nothing
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
