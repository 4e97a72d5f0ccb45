package fswtest

import "strings"

// expand puts the values of ${variables} in place.
func (c *channel) expand(text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "${")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			b.WriteString("${" + rest)
			return b.String()
		}
		switch name {
		case "uuid":
			b.WriteString(c.uuid)
		case "caller_id_name":
			b.WriteString(c.p.cidName)
		case "caller_id_number":
			b.WriteString(c.p.cidNumber)
		case "destination_number":
			b.WriteString(c.p.destination)
		default:
			b.WriteString(c.variable(name))
		}
		text = after
	}
}
