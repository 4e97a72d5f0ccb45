package fswtest

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// A command is what stands between two empty lines, and its body.
type command struct {
	line    string // the command line
	block   string // everything up to the empty line
	headers []header
	body    string
	at      time.Time // of its arrival
}

// get finds a header by name, in any case.
func (m *command) get(name string) string {
	for _, h := range m.headers {
		if strings.EqualFold(h.name, name) {
			return h.value
		}
	}
	return ""
}

const (
	blockLimit = 10485760 // a longer header block is executed as it is
	bodyLimit  = 16777216
)

// A parser cuts the bytes of a client into commands.
type parser struct {
	buf    []byte
	seen   int      // bytes of buf known to hold no end
	cmd    *command // waits for its body
	need   int      // of so many bytes
	broken bool     // by a Content-Length nobody can mean: close
}

func (p *parser) feed(b []byte) {
	if p.broken {
		return
	}
	p.buf = append(p.buf, b...)
}

// halfway tells that a command has begun and not ended.
func (p *parser) halfway() bool { return len(p.buf) > 0 || p.cmd != nil }

// next returns a complete command, or nil.
func (p *parser) next() *command {
	for !p.broken {
		if p.cmd != nil {
			if len(p.buf) < p.need {
				return nil
			}
			m := p.cmd
			body := p.buf[:p.need]
			if i := bytes.IndexByte(body, 0); i >= 0 {
				body = body[:i]
			}
			m.body = string(body)
			p.consume(p.need)
			p.cmd = nil
			return m
		}
		if p.seen == 0 {
			skip := 0
			for skip < len(p.buf) && (p.buf[skip] == '\n' || p.buf[skip] == '\r') {
				skip++
			}
			p.consume(skip)
		}
		end, length := p.blockEnd()
		if end < 0 {
			return nil
		}
		m := parseBlock(string(p.buf[:end]))
		p.consume(end + length)
		v := m.get("Content-Length")
		n := decimalPrefix(v)
		if n < 0 || n > bodyLimit {
			p.broken = true
			return nil
		}
		if n == 0 {
			return m
		}
		p.cmd, p.need = m, n
	}
	return nil
}

// blockEnd finds two LF with nothing but CR between them.
func (p *parser) blockEnd() (end, length int) {
	for i := p.seen; i < len(p.buf); i++ {
		if p.buf[i] != '\n' {
			continue
		}
		for j := i + 1; j < len(p.buf); j++ {
			if p.buf[j] == '\n' {
				return i, j + 1 - i
			}
			if p.buf[j] != '\r' {
				break
			}
		}
	}
	if len(p.buf) > blockLimit {
		return len(p.buf), 0
	}
	// An end may still begin with the line feed before trailing returns.
	p.seen = len(p.buf)
	for p.seen > 0 && p.buf[p.seen-1] == '\r' {
		p.seen--
	}
	if p.seen > 0 && p.buf[p.seen-1] == '\n' {
		p.seen--
	}
	return -1, 0
}

func (p *parser) consume(n int) {
	p.buf = p.buf[n:]
	p.seen = 0
	if len(p.buf) == 0 {
		p.buf = nil
	}
}

func parseBlock(block string) *command {
	m := &command{block: block}
	// The line ends at the first CR of the whole block, else at the first LF.
	if i := strings.IndexByte(block, '\r'); i >= 0 {
		m.line = block[:i]
	} else {
		m.line, _, _ = strings.Cut(block, "\n")
	}
	_, rest, _ := strings.Cut(block, "\n")
	for rest != "" {
		var l string
		l, rest, _ = strings.Cut(rest, "\n")
		name, value, ok := strings.Cut(strings.TrimRight(l, "\r"), ":")
		value = strings.TrimLeft(value, " ")
		if ok && name != "" && value != "" {
			m.headers = append(m.headers, header{name, value})
		}
	}
	return m
}

// decimalPrefix reads a number as C's atoi does, saturating.
func decimalPrefix(v string) int {
	v = strings.TrimLeft(v, " \t")
	i := 0
	if i < len(v) && (v[i] == '-' || v[i] == '+') {
		i++
	}
	for i < len(v) && v[i] >= '0' && v[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(v[:i])
	if err != nil && i > 1 { // out of range
		if v[0] == '-' {
			return -1
		}
		return bodyLimit + 1
	}
	return n
}
