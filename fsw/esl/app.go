package esl

import "strings"

// An App is a dialplan application with its data, made by one of the functions named
// after FreeSWITCH's applications, or by [RawApp]. What was wrong with their arguments is
// reported by Encode, and by all that sends it.
//
// The server expands its data: "${name}" is a variable of the channel, and "${command(args)}"
// the output of an API command. Text from others has to go through [Literal].
type App struct {
	name, data string
	err        *CommandError
}

// RawApp returns an application with its data written out. Data may have line ends.
func RawApp(name, data string) App {
	var a args
	a.word("application", name)
	if strings.IndexByte(data, 0) >= 0 {
		a.fail("application data", "contains a NUL", "")
	}
	return App{name: name, data: data, err: a.err}
}

// Encode returns the name of the application and its data. The error is a
// [*CommandError].
func (p App) Encode() (name, data string, err error) {
	if p.err != nil {
		return "", "", p.err
	}
	if p.name == "" {
		return "", "", &CommandError{Part: PartArgument, Name: "application", Reason: "is empty"}
	}
	return p.name, p.data, nil
}

// Execute returns the message that runs the application on a channel, see [Execute]. Data
// that would not arrive as it is in a header is sent as a body: with line ends, or a space or
// "ARRAY::" at its beginning, or the name of the server's module mod_event_socket.
func (p App) Execute(uuid string, loops int, headers ...Header) Command {
	switch {
	case p.err != nil:
		return Command{err: p.err}
	case strings.ContainsAny(p.data, "\r\n"), strings.HasPrefix(p.data, " "), strings.HasPrefix(p.data, arrayPrefix),
		containsFold(p.data, eventSocket):
		c := Execute(uuid, p.name, "", loops, append([]Header{{"content-type", "text/plain"}}, headers...)...)
		c.Body = p.data
		return c
	}
	return Execute(uuid, p.name, p.data, loops, headers...)
}

// String returns the application as originate takes it, or the error in its place.
func (p App) String() string {
	if p.err != nil {
		return "(" + p.err.Error() + ")"
	}
	if p.data == "" {
		return p.name
	}
	return p.name + "(" + p.data + ")"
}

// app returns the application of these arguments, which were checked, with sep between
// them. Empty ones at the end are left out.
func (a *args) app(name, sep string, data ...string) App {
	for len(data) > 0 && data[len(data)-1] == "" {
		data = data[:len(data)-1]
	}
	return App{name: name, data: strings.Join(data, sep), err: a.err}
}
