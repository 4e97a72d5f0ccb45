package fswtest

import (
	"fmt"
	"strconv"
	"strings"
)

// hasWord matches a command word: in any case, and by prefix.
func hasWord(line, word string) bool {
	return len(line) >= len(word) && strings.EqualFold(line[:len(word)], word)
}

// execute runs one command and answers it; false ends the connection.
func (c *conn) execute(m *command) bool {
	line := m.line
	if hasWord(line, "exit") || hasWord(line, "...") {
		c.answer("+OK bye")
		return false
	}
	if !c.authed {
		return c.login(line)
	}
	if strings.Contains(m.block, "mod_event_socket") &&
		(strings.Contains(m.block, "reload") || strings.Contains(m.block, "unload")) {
		verb := "reload"
		if !strings.Contains(m.block, verb) {
			verb = "unload"
		}
		return c.api("bgapi " + verb + " mod_event_socket")
	}
	x := c.session
	outbound := x != nil && x.x != nil
	switch {
	case hasWord(line, "filter "):
		return c.answer(c.filter(line[len("filter "):]))
	case x != nil && hasWord(line, "resume"):
		return c.answer("+OK") // the call goes on after the socket in any case: 9.6
	case x != nil && hasWord(line, "connect"):
		return c.connect()
	case x != nil && hasWord(line, "getvar"):
		return c.answer(c.getvar(line))
	case outbound && hasWord(line, "myevents"):
		reply := c.myEvents(line)
		c.s.noteSubscribed()
		return c.answer(reply)
	case !outbound && hasWord(line, "myevents "):
		reply := c.myEventsOf(line)
		c.s.noteSubscribed()
		return c.answer(reply)
	case hasWord(line, "divert_events"):
		return c.answer(c.divert(line))
	case hasWord(line, "sendmsg"):
		return c.answer(c.sendmsg(m))
	case outbound && !x.full:
		return c.answer(notFound)
	case hasWord(line, "sendevent"):
		return c.answer(c.s.sendevent(m))
	case hasWord(line, "api "):
		return c.api(line[len("api "):])
	case hasWord(line, "bgapi "):
		return c.bgapi(line[len("bgapi "):], m)
	case hasWord(line, "log"):
		return c.answer(c.log(line))
	case hasWord(line, "nolog"):
		return c.answer(c.nolog())
	case hasWord(line, "event"):
		reply := c.subscribe(line)
		c.s.noteSubscribed()
		return c.answer(reply)
	case hasWord(line, "nixevent"):
		return c.answer(c.unsubscribe(line))
	case hasWord(line, "noevents"):
		return c.answer(c.noevents())
	case hasWord(line, "linger"):
		return c.answer(c.linger(line))
	case hasWord(line, "nolinger"):
		return c.answer(c.nolinger())
	}
	return c.answer(notFound)
}

// notFound is the answer to what is no command, or gives none.
const notFound = "-ERR command not found"

// replyLimit is the size of the real server's reply buffer.
const replyLimit = 511

// answer sends a command/reply.
func (c *conn) answer(text string) bool {
	if c.mute {
		return true
	}
	if len(text) > replyLimit {
		text = text[:replyLimit]
	}
	return c.reply("Content-Type: command/reply\nReply-Text: " + text + "\n\n")
}

// answerWith sends a command/reply with further header lines. These replies
// are cut with their empty line in the real server, one byte earlier since they
// are marked by one, and so they are here.
func (c *conn) answerWith(text, more string) bool {
	if c.mute {
		return true
	}
	out := text + "\n" + more + "\n"
	if most := replyLimit - len("~Reply-Text: "); len(out) > most {
		out = out[:most]
	}
	return c.reply("Content-Type: command/reply\nReply-Text: " + out)
}

func (c *conn) log(line string) string {
	if c.user != nil && c.user.NoLog {
		return "-ERR permission denied"
	}
	level, word := 7, ""
	if w := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' }); len(w) > 1 {
		word = w[1]
		level = logLevelOf(word)
	}
	if level < 0 {
		return "-ERR invalid log level"
	}
	c.mu.Lock()
	c.logLevel = level
	c.mu.Unlock()
	return fmt.Sprintf("+OK log level %s [%d]", oneLine(word), level)
}

func (c *conn) nolog() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.logLevel < 0 {
		return "-ERR not loging"
	}
	c.logLevel = -1
	c.logs.drop()
	return "+OK no longer logging"
}

var logNames = []string{"CONSOLE", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"}

// logLevelOf reads a level by number or name; -1 if it is none. Numbers above
// 64 count as 63, but 64 itself is refused.
func logLevelOf(word string) int {
	if n, err := strconv.Atoi(word); err == nil {
		switch {
		case n > 64:
			return 63
		case n == 64 || n < 0:
			return -1
		}
		return n
	}
	for i, name := range logNames {
		if strings.EqualFold(word, name) {
			return i
		}
	}
	return -1
}
