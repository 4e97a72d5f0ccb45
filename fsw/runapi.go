package fsw

import (
	"context"
	"fmt"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Run runs an API command in the background of the server and waits until it has
// ended. What it says with -ERR or -USAGE is a *esl.ReplyError; all other errors are as
// with API. Run panics where API does.
func (sw *Switch) Run(ctx context.Context, c esl.APICommand) (string, error) {
	cmdline, err := c.Encode()
	if err != nil {
		return "", err
	}
	out, err := sw.BgAPI(ctx, cmdline)
	if err == nil {
		err = refusal(cmdline, out)
	}
	return out, err
}

// refusal is esl.CheckReply for the answer to a command.
func refusal(command, text string) error {
	err := esl.CheckReply(text)
	if refused, ok := err.(*esl.ReplyError); ok {
		refused.Command = about(command)
	}
	return err
}

// about is what errors say of a command: two words of it, after api or bgapi. A third may be a
// secret, as one that begins with the variables of a call may.
func about(command string) string {
	word, rest, _ := strings.Cut(esl.Redact(command), " ")
	if word == "api" || word == "bgapi" {
		return word + " " + about(rest)
	}
	if next, _, _ := strings.Cut(rest, " "); next != "" && !strings.ContainsAny(next, "{[<") {
		word += " " + next
	}
	return fmt.Sprintf("%.100s", word)
}

// SendRun transmits an API command that the server runs in the background, with a
// Job-UUID of our own. callback is called with its output when it has ended; if that is
// -ERR or -USAGE, Err is a *esl.ReplyError, and a *PermissionError if the user may not run
// it. The error is as with SendCommand.
func (sw *Switch) SendRun(tx cell.Tx, c esl.APICommand, callback Callback) error {
	cmdline, err := c.Encode()
	if err != nil {
		return err
	}
	_, err = sw.sendJob(tx, cmdline, checked(cmdline, callback))
	return err
}

// checked makes an error of a text that says so.
func checked(cmdline string, callback Callback) Callback {
	return amended(callback, func(r Reply) error { return apiRefusal("bgapi", cmdline, r) })
}

// apiRefusal is why an API command was not run by api or bgapi, or what it refuses itself.
func apiRefusal(how, cmdline string, r Reply) error {
	if err := denied(how+" "+firstWord(cmdline), r); err != nil {
		return err
	}
	return refusal(cmdline, r.Text)
}

// amended looks into a reply for an error before it is handed on.
func amended(callback Callback, look func(Reply) error) Callback {
	if callback == nil {
		return nil
	}
	return func(tx cell.Tx, r Reply) {
		if r.Err == nil {
			r.Err = look(r)
		}
		callback(tx, r)
	}
}
