package fsw

import (
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// ControlError means that a session was asked for something that FreeSWITCH refuses it:
// its dialplan has called the application socket without full. Nothing was sent.
type ControlError struct {
	Command string // its first word, such as "api"
}

func (e *ControlError) Error() string {
	return "fsw: " + e.Command + ": the session controls one channel only, for its dialplan has not said full"
}

// withoutFull are the beginnings of the commands that are allowed without full control.
var withoutFull = []string{"connect", "divert_events", "exit", "...", "filter", "getvar", "myevents", "resume", "sendmsg"}

// permits says whether a command may be sent.
func (sw *Switch) permits(line string) error {
	if !sw.limited() {
		return nil
	}
	word, _, _ := strings.Cut(line, " ")
	word = strings.ToLower(word)
	for _, w := range withoutFull {
		if strings.HasPrefix(word, w) {
			return nil
		}
	}
	return &ControlError{Command: word}
}

// myEvents are the events that the command myevents subscribes to.
var myEvents = []string{
	"CHANNEL_ANSWER", "CHANNEL_APPLICATION", "CHANNEL_BRIDGE", "CHANNEL_CREATE", "CHANNEL_DATA", "CHANNEL_DESTROY",
	"CHANNEL_EXECUTE", "CHANNEL_EXECUTE_COMPLETE", "CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE", "CHANNEL_ORIGINATE",
	"CHANNEL_OUTGOING", "CHANNEL_PARK", "CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA", "CHANNEL_STATE",
	"CHANNEL_UNBRIDGE", "CHANNEL_UNPARK", "CHANNEL_UUID", "DETECTED_SPEECH", "DTMF", "NOTALK", "TALK",
}

// keepNoSubscription adds the rule of a session without full control, which has the events
// of myevents and can have no others: it tells, once, of those that are wanted.
func (s *Session) keepNoSubscription(tx cell.Tx) {
	m := cell.Maintain(s.scope.In(tx), "", func(tx cell.Tx, told string) string {
		words := strings.Split(told, "\n")
		for w := range wantedWords(s.Switch, tx.Reader) {
			if slices.Contains(words, w) || slices.Contains(myEvents, w) {
				continue
			}
			s.Unheard.Set(tx, wordOf(w).String(), s.permits("event"))
			s.Errors.Append(tx, &esl.ReplyError{Text: "-ERR " + w + ": " + s.permits("event").Error()})
			words = append(words, w)
		}
		return strings.Join(words, "\n")
	})
	s.rules[m.Named("fsw: subscription")] = true
}
