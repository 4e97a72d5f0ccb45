package esl

import (
	"slices"
	"strconv"
	"strings"
)

// What one dial string may hold.
const (
	maxLegs      = 128  // at a time, and one after the other
	maxVariables = 1024 // in one pair of brackets
)

// A Variable is a channel variable and its value.
type Variable struct{ Name, Value string }

// A Leg is one destination of a dial string, with variables for its channel only. It
// does not change; methods return another one. A part that cannot be sent, such as one with
// a line feed, is reported by the command that the leg ends up in.
type Leg struct {
	text string
	vars []Variable
	err  *CommandError
}

// Endpoint returns the leg of any endpoint, written out as the server knows it, such as
// "verto.rtc/1000". It is taken literally: a comma in it divides nothing.
func Endpoint(text string) Leg {
	var a args
	a.dial("endpoint", text)
	if text != "" && strings.IndexByte("[{<^", text[0]) >= 0 {
		a.fail("endpoint", "starts with a bracket or ^", text)
	}
	if !strings.Contains(text, "/") {
		a.fail("endpoint", "has no slash", text)
	}
	return Leg{text: text, err: a.err}
}

// Sofia returns the leg that calls a SIP address, such as "1000@example.com" or
// "sip:1000@10.0.0.1:5070;transport=tcp", from a profile of mod_sofia.
func Sofia(profile, address string) Leg { return endpoint("sofia", profile, address) }

// Gateway returns the leg that calls a number through a gateway of mod_sofia.
func Gateway(gateway, number string) Leg { return endpoint("sofia/gateway", gateway, number) }

// User returns the leg that calls a user of the directory, such as "1000@example.com"
// or, in the default domain, "1000".
func User(user string) Leg { return endpoint("user", user, "") }

// Loopback returns the leg that calls an extension of the server's own dialplan. An
// empty context means "default".
func Loopback(extension, context string) Leg { return endpoint("loopback", extension, context) }

// ErrorLeg returns the leg that fails with a cause, or, for USER_BUSY, sounds busy.
func ErrorLeg(cause HangupCause) Leg { return endpoint("error", string(cause), "") }

// endpoint joins the parts of an endpoint. Only the last one may have slashes.
func endpoint(kind, first, second string) Leg {
	var a args
	name, text := kind+" endpoint", kind+"/"+first
	a.dial(name, first)
	if strings.Contains(first, "/") {
		a.fail(name, "has a slash", first)
	}
	if second != "" {
		a.dial(name, second)
		text += "/" + second
	} else if kind == "sofia" || kind == "sofia/gateway" {
		a.fail(name, "has no destination", "")
	}
	return Leg{text: text, err: a.err}
}

// With returns the leg with another variable for its channel: [name=value].
func (l Leg) With(name, value string) Leg {
	var a args
	a.err = l.err
	a.variable(Variable{name, value}, '[', ']')
	l.err, l.vars = a.err, append(slices.Clip(l.vars), Variable{name, value})
	return l
}

// Variable returns the value that the leg gives to a variable of its channel.
func (l Leg) Variable(name string) (value string, ok bool) { return lastOf(l.vars, name) }

// A DialString says whom to call: legs that are called at the same time, and others
// to try if none of these answers. It does not change; methods return another one.
type DialString struct {
	groups [][]Leg
	vars   []Variable
	raw    string
	err    *CommandError
}

// Dial returns the dial string that calls legs at the same time; the first to
// answer gets the call.
func Dial(legs ...Leg) DialString { return DialString{}.Or(legs...) }

// RawDial returns a dial string written out, as the bridge application takes it, with
// whatever it has in brackets and quotes.
func RawDial(text string) DialString {
	var a args
	a.text("dial string", text)
	return DialString{raw: text, err: a.err}
}

// Or returns the dial string that calls further legs, all at the same time, if none of
// those before has answered. A raw dial string has no other legs.
func (d DialString) Or(legs ...Leg) DialString {
	var a args
	a.err = d.err
	switch {
	case d.raw != "":
		a.fail("dial string", "is raw and takes no further legs", "")
	case len(legs) == 0:
		a.fail("dial string", "has no legs", "")
	case len(legs) > maxLegs || len(d.groups) >= maxLegs:
		a.fail("dial string", "has more than "+strconv.Itoa(maxLegs)+" legs", "")
	}
	for _, l := range legs {
		if l.text == "" {
			a.fail("dial string", "has an empty leg", "")
		}
		a.join(l.err)
		if len(l.vars) > maxVariables {
			a.fail("leg", "has more than "+strconv.Itoa(maxVariables)+" variables", "")
		}
	}
	d.err, d.groups = a.err, append(slices.Clip(d.groups), slices.Clone(legs))
	return d
}

// With returns the dial string with another variable for the channels of all legs:
// {name=value}.
func (d DialString) With(name, value string) DialString {
	var a args
	a.err = d.err
	a.variable(Variable{name, value}, '{', '}')
	if d.raw != "" {
		a.fail("dial string", "is raw and takes no variables", "")
	}
	if len(d.vars) >= maxVariables {
		a.fail("dial string", "has more than "+strconv.Itoa(maxVariables)+" variables", "")
	}
	d.err, d.vars = a.err, append(slices.Clip(d.vars), Variable{name, value})
	return d
}

// Variable returns the value that the dial string gives to a variable of all channels.
func (d DialString) Variable(name string) (value string, ok bool) { return lastOf(d.vars, name) }

// Raw reports whether the dial string was written out with [RawDial].
func (d DialString) Raw() bool { return d.raw != "" }

// MapLegs returns the dial string with every leg replaced by what f makes of it.
func (d DialString) MapLegs(f func(Leg) Leg) DialString {
	groups := d.groups
	d.groups = nil
	for _, legs := range groups {
		mapped := make([]Leg, len(legs))
		for i, l := range legs {
			mapped[i] = f(l)
		}
		d = d.Or(mapped...)
	}
	return d
}

// Encode returns the dial string as the bridge application takes it. The error is a
// [*CommandError].
func (d DialString) Encode() (string, error) {
	if d.err != nil {
		return "", d.err
	}
	if d.raw != "" {
		return d.raw, nil
	}
	if len(d.groups) == 0 {
		return "", &CommandError{Part: PartArgument, Name: "dial string", Reason: "is empty"}
	}
	var b strings.Builder
	writeVariables(&b, d.vars)
	for i, legs := range d.groups {
		if i > 0 {
			b.WriteByte('|')
		}
		var group strings.Builder
		for j, l := range legs {
			if j > 0 {
				group.WriteByte(',')
			}
			writeLeg(&group, l)
		}
		b.WriteString(escape(group.String(), '|'))
	}
	return b.String(), nil
}

// writeVariables writes {a=b,c=d}.
func writeVariables(b *strings.Builder, vars []Variable) {
	for i, v := range vars {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(escape(v.item(), ','))
	}
	if len(vars) > 0 {
		b.WriteByte('}')
	}
}

// writeLeg writes [a=b,c=d]endpoint for the layer that cuts at commas. Before that, the
// server looks for the commas between variables by a rule of its own: one counts unless a
// backslash is right before it or the number of quotes is odd, escaped ones included. So a
// variable that needs any of these gets brackets of its own.
func writeLeg(b *strings.Builder, l Leg) {
	open := false
	for _, v := range l.vars {
		item := escape(escape(v.item(), 0), ',')
		alone := strings.ContainsAny(item, `\'`)
		switch {
		case open && alone:
			b.WriteString("][")
		case open:
			b.WriteByte(',')
		default:
			b.WriteByte('[')
		}
		b.WriteString(item)
		open = !alone
		if alone {
			b.WriteByte(']')
		}
	}
	if open {
		b.WriteByte(']')
	}
	b.WriteString(escape(l.text, ','))
}

// item is the variable as a layer that cuts at '=' takes it.
func (v Variable) item() string { return v.Name + "=" + escapeLast(v.Value, '=') }

func lastOf(vars []Variable, name string) (string, bool) {
	for _, v := range slices.Backward(vars) {
		if equalFold(v.Name, name) {
			return v.Value, true
		}
	}
	return "", false
}
