package esl

import (
	"strconv"
	"strings"
)

// A ReplyError is a reply in which the server says that it did not do what it was
// asked: a text that starts with "-ERR" or "-USAGE".
type ReplyError struct {
	Text    string // the reply, without white space at its end
	Command string // what was refused, in a few words: "uuid_kill 1234"; "" if whoever made the error cannot know
}

// maxReplyInError bounds what of a reply is put into an error text.
const maxReplyInError = 200

// Error returns what was refused, and the reply, cut short if it is long.
func (e *ReplyError) Error() string {
	text := "freeswitch: "
	if e.Command != "" {
		text += e.Command + ": "
	}
	if len(e.Text) > maxReplyInError {
		return text + e.Text[:maxReplyInError] + "... (" + strconv.Itoa(len(e.Text)) + " bytes)"
	}
	return text + e.Text
}

// Reason returns the reply without the "-ERR" or "-USAGE:" at its start.
func (e *ReplyError) Reason() string {
	for _, prefix := range []string{"-ERR", "-USAGE"} {
		if rest, ok := strings.CutPrefix(e.Text, prefix); ok {
			return strings.TrimSpace(strings.TrimPrefix(rest, ":"))
		}
	}
	return e.Text
}

// noOutput is what "api" says in the place of an empty output.
const noOutput = "-ERR no reply"

// CheckReply returns a [*ReplyError] if text, the Reply-Text of a command or the
// output of an API command, starts with "-ERR" or "-USAGE", and nil otherwise. There is no
// convention for success: an answer may be "+OK", "+OK ..." or bare data. "-ERR no reply" is none
// of these errors: it stands for the output of an API command that has ended well and said
// nothing, of which a job's is empty. CheckReply does not suit getvar, whose reply is the value of the variable and could be any text.
func CheckReply(text string) error {
	if strings.TrimSuffix(text, "\n") == noOutput {
		return nil
	}
	if strings.HasPrefix(text, "-ERR") || strings.HasPrefix(text, "-USAGE") {
		return &ReplyError{Text: strings.TrimRight(text, " \t\r\n")}
	}
	return nil
}
