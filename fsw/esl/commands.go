package esl

import (
	"slices"
	"strconv"
	"strings"
)

// maxJobID is the longest Job-UUID that is safe. The server builds its reply to
// bgapi in 512 bytes and puts the id there twice; with a longer one the end of the reply
// is lost, and it runs into the next message.
const maxJobID = 235

// args checks the arguments of one command. It keeps the first error.
type args struct{ err *CommandError }

func (a *args) fail(name, reason, text string) {
	if a.err == nil {
		a.err = &CommandError{Part: PartArgument, Name: name, Reason: reason}
		if text != "" {
			a.err.Text = excerpt(text)
		}
	}
}

// secret checks text that must not be shown.
func (a *args) secret(name, s string) {
	if s == "" {
		a.fail(name, "is empty", "")
	} else if reason := badByte(s); reason != "" {
		a.fail(name, reason, "")
	}
}

// text checks the rest of a line.
func (a *args) text(name, s string) {
	if s == "" {
		a.fail(name, "is empty", "")
	} else if reason := badByte(s); reason != "" {
		a.fail(name, reason, s)
	} else if s[0] == ' ' || s[0] == '\t' {
		a.fail(name, "starts with white space", s)
	}
}

// word checks one word of a line.
func (a *args) word(name, s string) {
	a.text(name, s)
	if strings.ContainsAny(s, " \t") {
		a.fail(name, "contains white space", s)
	}
}

// command returns the command, or the error in place of it: with a bad argument
// the line is never built into anything that could be sent.
func (a *args) command(line string, headers ...Header) Command {
	if a.err != nil {
		return Command{err: a.err}
	}
	return Command{Line: line, Headers: headers}
}

// Auth returns the command that logs in with a password.
func Auth(password string) Command {
	var a args
	a.secret("password", password)
	return a.command("auth " + password)
}

// UserAuth returns the command that logs in as a user of the directory, given as
// user@domain, with that user's esl-password.
func UserAuth(user, password string) Command {
	var a args
	a.word("user", user)
	a.secret("password", password)
	switch name, domain, ok := strings.Cut(user, "@"); {
	case !ok || name == "" || domain == "":
		a.fail("user", "is not of the form user@domain", user)
	case strings.Contains(user, ":"):
		// The server would take what follows for the password.
		a.fail("user", "contains a colon", "")
	}
	return a.command("userauth " + user + ":" + password)
}

// API returns the command that runs an API command and waits for it, such as
// "show channels as json". While it runs the server does nothing else for this
// connection; see [BgAPI].
func API(cmdline string) Command {
	var a args
	a.text("API command", cmdline)
	return a.command("api " + cmdline)
}

// BgAPI returns the command that runs an API command in the background. Its output
// comes in a BACKGROUND_JOB event with this Job-UUID. If jobUUID is empty the
// server makes one up, and tells it in the reply; choosing it here rules out that
// the event is seen before the id is known. It has at most 235 bytes.
func BgAPI(cmdline, jobUUID string) Command {
	var a args
	a.text("API command", cmdline)
	if jobUUID == "" {
		return a.command("bgapi " + cmdline)
	}
	a.word("Job-UUID", jobUUID)
	if len(jobUUID) > maxJobID {
		a.fail("Job-UUID", "has more than "+strconv.Itoa(maxJobID)+" bytes", jobUUID)
	}
	return a.command("bgapi "+cmdline, Header{"Job-UUID", jobUUID})
}

// A Format is the way in which a server writes events.
type Format string

// The formats of events. This package reads the plain and the JSON format.
const (
	FormatPlain Format = "plain"
	FormatJSON  Format = "json"
	FormatXML   Format = "xml"
)

// Events returns the command that subscribes to events, in addition to those
// subscribed to before: all of the given names, and events named CUSTOM of the given
// subclasses. An empty format leaves the connection's format as it is.
//
// The words are put in a fixed order, without repeats: BACKGROUND_JOB, the other names
// sorted, then CUSTOM and the subclasses sorted, since a server takes all words after
// CUSTOM for subclasses. A name ALL stands alone, for it includes everything. Names are
// written in upper case; case matters in subclasses.
func Events(format Format, names, subclasses []string) Command {
	var a args
	line := "event"
	switch format {
	case "":
	case FormatPlain, FormatJSON, FormatXML:
		line += " " + string(format)
	default:
		a.fail("event format", "is not plain, json or xml", string(format))
	}
	return a.command(line + a.eventWords(names, subclasses))
}

// NixEvents returns the command that ends subscriptions to events. After ALL a
// server then loses the subclasses of CUSTOM that it had not heard of yet.
func NixEvents(names, subclasses []string) Command {
	var a args
	return a.command("nixevent" + a.eventWords(names, subclasses))
}

// NoEvents returns the command that ends all subscriptions and drops all events
// that the server has not sent yet.
func NoEvents() Command { return Command{Line: "noevents"} }

// eventWords returns the names in their order on the wire, each with a space
// before it.
func (a *args) eventWords(names, subclasses []string) string {
	const all, custom, job = "ALL", "CUSTOM", "BACKGROUND_JOB"
	var first, rest, last []string
	for _, name := range names {
		a.word("event name", name)
		switch name := strings.ToUpper(name); name {
		case all:
			first = append(first, all)
		case job:
			rest = append(rest, " "+job) // a space sorts first
		case custom:
			last = append(last, custom)
		default:
			rest = append(rest, name)
		}
	}
	for _, s := range subclasses {
		a.word("event subclass", s)
	}
	if len(names)+len(subclasses) == 0 {
		a.fail("event names", "are missing", "")
	}
	if len(first) > 0 {
		return " " + all
	}
	sorted := func(words []string) []string { return slices.Compact(slices.Sorted(slices.Values(words))) }
	words := sorted(rest)
	if len(last)+len(subclasses) > 0 {
		words = append(append(words, custom), sorted(subclasses)...)
	}
	if len(words) == 0 {
		return ""
	}
	return " " + strings.TrimPrefix(strings.Join(words, " "), " ")
}

// Filter returns the command that adds a filter: with any filter, only events
// pass that match one of them. A value /.../ is a regular expression on the header's
// value, any other must be equal to it but for case. The server eats all of '+', '-' and space
// at the start of a value and takes a '-' for a negation, so that a number such
// as +15551234 can be matched by a regular expression only.
func Filter(header, value string) Command {
	var a args
	a.word("filter header", header)
	a.text("filter value", value)
	// "filter add" spells it out, so that a header may have any name.
	if equalFold(header, "add") || equalFold(header, "delete") {
		return a.command("filter add " + header + " " + value)
	}
	return a.command("filter " + header + " " + value)
}

// FilterDelete returns the command that deletes the filters of a header with
// exactly this value, or all filters of the header if value is empty.
func FilterDelete(header, value string) Command {
	var a args
	a.word("filter header", header)
	if value == "" {
		if equalFold(header, "all") {
			a.fail("filter header", "is all, which would delete every filter", "")
		}
		return a.command("filter delete " + header)
	}
	a.text("filter value", value)
	return a.command("filter delete " + header + " " + value)
}

// FilterDeleteAll returns the command that deletes all filters.
func FilterDeleteAll() Command { return Command{Line: "filter delete all"} }

// Log returns the command that asks for log lines of this level (0 console, 1
// alert, 2 crit, 3 err, 4 warning, 5 notice, 6 info, 7 debug) and of all more severe ones.
// A server takes numbers above 64 for 63, and refuses 64.
func Log(level int) Command {
	var a args
	if level < 0 {
		a.fail("log level", "is negative", strconv.Itoa(level))
	}
	return a.command("log " + strconv.Itoa(level))
}

// NoLog returns the command that ends log lines, those not sent yet included.
func NoLog() Command { return Command{Line: "nolog"} }

// Exit returns the command that ends the session.
func Exit() Command { return Command{Line: "exit"} }

// Connect returns the command with which a client that a server has connected to
// asks for the call's data. It must be the first one there.
func Connect() Command { return Command{Line: "connect"} }

// MyEvents returns the command that subscribes to the events of one channel and
// ties the connection to it. With an empty uuid it is for a connection that a server has made,
// and format, if not empty, is the format of its events; a server ignores the format with a uuid, so
// it is not sent then.
func MyEvents(uuid string, format Format) Command {
	var a args
	line := "myevents"
	switch {
	case uuid != "":
		a.word("channel uuid", uuid)
		line += " " + uuid
	case format != "":
		a.word("event format", string(format))
		line += " " + string(format)
	}
	return a.command(line)
}

// Linger returns the command that keeps the connection of a call open after the
// call's end, for this many seconds, or without end if there are none.
func Linger(seconds int) Command {
	var a args
	if seconds < 0 {
		a.fail("linger time", "is negative", strconv.Itoa(seconds))
	}
	if seconds == 0 {
		return a.command("linger")
	}
	return a.command("linger " + strconv.Itoa(seconds))
}

// NoLinger returns the command that undoes [Linger].
func NoLinger() Command { return Command{Line: "nolinger"} }

// DivertEvents returns the command that moves the events which are queued to the
// controlled session itself to this connection, or leaves them there again.
func DivertEvents(on bool) Command {
	if on {
		return Command{Line: "divert_events on"}
	}
	return Command{Line: "divert_events off"}
}

// Resume returns the command that lets the dialplan go on when the connection of
// a call ends.
func Resume() Command { return Command{Line: "resume"} }

// SendEvent returns the command that fires an event of this name. Set the Body of
// the result for an event with a body.
func SendEvent(name string, headers ...Header) Command {
	var a args
	a.word("event name", name)
	return a.command("sendevent "+name, headers...)
}

// SendMsg returns the command that sends a message to a channel. An empty uuid
// means the channel that the connection controls. The server's "+OK" only says
// that the message is queued.
func SendMsg(uuid string, headers ...Header) Command {
	var a args
	if uuid == "" {
		return a.command("SendMsg", headers...)
	}
	a.word("channel uuid", uuid)
	return a.command("SendMsg "+uuid, headers...)
}

// Execute returns the message that runs a dialplan application on a channel, with
// data if it is not empty. More than one loop repeats it, a negative number without
// end. Further headers follow, such as "event-lock: true", without which a second
// application interrupts the first, or "Event-UUID", which becomes the
// Application-UUID of the events about it.
//
// Data that has line ends does not fit into a header: send it as the Body of an Execute
// without data and with the header "content-type: text/plain".
func Execute(uuid, app, data string, loops int, headers ...Header) Command {
	var a args
	a.word("application", app)
	if a.err != nil {
		return a.command("")
	}
	hs := []Header{{"call-command", "execute"}, {"execute-app-name", app}}
	if data != "" {
		hs = append(hs, Header{"execute-app-arg", data})
	}
	if loops > 1 || loops < 0 {
		hs = append(hs, Header{"loops", strconv.Itoa(loops)})
	}
	return SendMsg(uuid, append(hs, headers...)...)
}

// Hangup returns the message that hangs up a channel. An empty cause leaves it to
// the server, which takes NORMAL_CLEARING.
func Hangup(uuid, cause string) Command {
	hs := []Header{{"call-command", "hangup"}}
	if cause != "" {
		var a args
		a.word("hangup cause", cause)
		if a.err != nil {
			return a.command("")
		}
		hs = append(hs, Header{"hangup-cause", cause})
	}
	return SendMsg(uuid, hs...)
}
