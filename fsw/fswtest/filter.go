package fswtest

import (
	"fmt"
	"regexp"
	"strings"
)

// A filter lets events pass by the value of a header.
type filter struct {
	header, text string // as given
	value        string // without the sign
	negative     bool
	re           *regexp.Regexp
}

const filterLimit = 1000

// filter is the command of that name; args is what follows it.
func (c *conn) filter(args string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	verb, rest, _ := strings.Cut(args, " ")
	switch strings.ToLower(verb) {
	case "delete":
		name, value, _ := strings.Cut(rest, " ")
		if name == "" {
			return "-ERR invalid syntax"
		}
		kept := c.sub.filters[:0:0]
		for _, f := range c.sub.filters {
			if name != "all" && !(strings.EqualFold(f.header, name) && (value == "" || f.text == value)) {
				kept = append(kept, f)
			}
		}
		c.sub.filters = kept
		return fmt.Sprintf("+OK filter deleted. [%s][%s]", oneLine(name), oneLine(value))
	case "add":
		verb, rest, _ = strings.Cut(rest, " ")
		if verb == "" {
			return "-ERR invalid syntax"
		}
		if rest == "" {
			return fmt.Sprintf("+OK filter added. [%s]=[(null)]", oneLine(verb))
		}
	}
	if verb == "" || rest == "" {
		return "-ERR invalid syntax"
	}
	f := filter{header: verb, text: rest}
	f.value = strings.TrimLeft(rest, "+- ")
	f.negative = strings.HasPrefix(rest, "-")
	if strings.HasPrefix(rest, "/") {
		if i := strings.LastIndexByte(rest, '/'); i > 0 {
			f.re, _ = regexp.Compile(rest[1:i])
		}
	}
	if len(c.sub.filters) < filterLimit {
		c.sub.filters = append(c.sub.filters, f)
	}
	return fmt.Sprintf("+OK filter added. [%s]=[%s]", oneLine(verb), oneLine(rest))
}

// passes: with any filter an event needs a positive match and no negative one.
func (u *subscription) passes(e *event) bool {
	if len(u.filters) == 0 {
		return true
	}
	good := false
	for i := range u.filters {
		f := &u.filters[i]
		for _, h := range e.headers {
			if !strings.EqualFold(h.name, f.header) {
				continue
			}
			hit := strings.EqualFold(h.value, f.value)
			if f.re != nil {
				hit = f.re.MatchString(h.value)
			}
			if hit && f.negative {
				return false
			}
			good = good || hit
			break
		}
	}
	return good
}
