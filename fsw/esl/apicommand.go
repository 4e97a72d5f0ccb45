package esl

import (
	"strconv"
	"strings"
	"time"
)

// An APICommand is a command line for [API] or [BgAPI], made by one of the functions
// named after FreeSWITCH's commands, or by [RawAPI]. What was wrong with their arguments is
// reported by Encode, and by all that sends it.
type APICommand struct {
	line string
	err  *CommandError
}

// RawAPI returns an API command written out, such as "show channels as json".
func RawAPI(cmdline string) APICommand {
	var a args
	a.text("API command", cmdline)
	return a.api(cmdline)
}

// Encode returns the command line. The error is a [*CommandError].
func (c APICommand) Encode() (cmdline string, err error) {
	if c.err != nil {
		return "", c.err
	}
	if c.line == "" {
		return "", &CommandError{Part: PartArgument, Name: "API command", Reason: "is empty"}
	}
	return c.line, nil
}

// API returns the command that runs it while the connection waits, see [API].
func (c APICommand) API() Command {
	if c.err != nil {
		return Command{err: c.err}
	}
	return API(c.line)
}

// BgAPI returns the command that runs it in the background, see [BgAPI].
func (c APICommand) BgAPI(jobUUID string) Command {
	if c.err != nil {
		return Command{err: c.err}
	}
	return BgAPI(c.line, jobUUID)
}

// String returns the command line, or the error in its place.
func (c APICommand) String() string {
	if c.err != nil {
		return "(" + c.err.Error() + ")"
	}
	return c.line
}

func (a *args) api(line string) APICommand {
	if a.err != nil {
		return APICommand{err: a.err}
	}
	return APICommand{line: line}
}

// words returns the API command of these words, each one argument to the server whatever it
// holds. Empty ones at the end are left out.
func (a *args) words(words ...string) APICommand {
	for len(words) > 0 && words[len(words)-1] == "" {
		words = words[:len(words)-1]
	}
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(quoteWord(w))
	}
	return a.api(b.String())
}

// channel checks the id of a channel. Names of commands' options would be taken for such.
func (a *args) channel(uuid string) {
	a.word("channel uuid", uuid)
	if strings.ContainsAny(uuid, `'\^`) || equalFold(uuid, "off") || equalFold(uuid, "toggle") {
		a.fail("channel uuid", "is none", uuid)
	}
}

// optional checks an argument that may be empty.
func (a *args) optional(name, s string) {
	if s != "" {
		a.text(name, s)
	}
}

// wholeSeconds turns a time into the seconds that the server takes, rounded up.
func (a *args) wholeSeconds(name string, d time.Duration) string {
	if d < 0 {
		a.fail(name, "is negative", d.String())
	}
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
