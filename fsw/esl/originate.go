package esl

import (
	"strings"
	"time"
)

// An Originate is a call that the server is to make: whom to dial, and what the leg
// that answers does then, which is either the Extension it is transferred to or the App it
// runs. Everything else may be left out.
type Originate struct {
	Dial DialString

	Extension string // in the dialplan
	App       App

	Dialplan string // "XML" if empty; "inline" makes Extension a list of applications
	Context  string // "default" if empty

	CallerIDName, CallerIDNumber string

	// Timeout is how long to ring, in whole seconds; 0 leaves the server's 60.
	Timeout time.Duration
}

// Command returns the API command. It is best run in the background: it takes as long
// as it rings. Its output is "+OK" and the id of the channel that has answered, or "-ERR" and a
// [HangupCause]. Not everything can be said: neither ')' in the data of an application, nor
// "undef" as any argument.
func (o Originate) Command() APICommand {
	var a args
	dial, err := o.Dial.Encode()
	if err != nil {
		a.err = err.(*CommandError)
	}
	then := o.Extension
	app, data, err := o.App.Encode()
	switch {
	case o.App == (App{}):
		a.text("extension", then)
		if strings.HasPrefix(then, "&") {
			a.fail("extension", "starts with &", then)
		}
	case err != nil:
		a.join(err.(*CommandError))
	case then != "":
		a.fail("extension", "is given, and an application, too", then)
	default:
		if strings.ContainsAny(app, "()") || strings.Contains(data, ")") {
			a.fail("application", "contains a parenthesis, where originate would cut it", "")
		}
		then = "&" + app
		if data != "" {
			then += "(" + data + ")"
		}
	}
	timeout := ""
	if o.Timeout != 0 {
		timeout = a.wholeSeconds("timeout", o.Timeout)
	}
	words := []string{"originate", dial, then}
	given := 0
	for i, w := range []struct{ name, text string }{{"dialplan", o.Dialplan}, {"context", o.Context},
		{"caller id name", o.CallerIDName}, {"caller id number", o.CallerIDNumber}, {"timeout", timeout}} {
		a.optional(w.name, w.text)
		if w.text != "" {
			given = i + 1
		} else {
			w.text = unset
		}
		words = append(words, w.text)
	}
	for _, w := range words[1:3] {
		if equalFold(w, unset) {
			a.fail("argument", "is "+unset, "")
		}
	}
	for _, w := range []string{o.Dialplan, o.Context, o.CallerIDName, o.CallerIDNumber} {
		if equalFold(w, unset) {
			a.fail("argument", "is "+unset, "")
		}
	}
	return a.words(words[:3+given]...)
}

// unset is the word for an argument of originate that is left out.
const unset = "undef"
