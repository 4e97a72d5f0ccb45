package fsw

import (
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Allowed is what the server lets the switch do, as it tells a user of the directory at the
// login: the directory's esl-allowed-events, esl-allowed-api and esl-allowed-log. Who
// logs in with the password of the event socket may do everything, and so may, as far
// as is known, who has not logged in yet. The zero Allowed, which has no lists, forbids
// nothing: what the server then refuses will be seen.
type Allowed struct {
	Events string // "all", or names of events, then CUSTOM and subclasses, separated by spaces or commas
	API    string // "all", or names of API commands
	Log    bool   // log lines
}

var allAllowed = Allowed{"all", "all", true}

// allowedBy reads the answer to a login. If the server has cut it, for its lists are long,
// what is not whole counts as all: what it refuses will be seen.
func allowedBy(login esl.Message) Allowed {
	a := allAllowed
	unknown := ""
	if login.Cut() {
		for name := range login.All() {
			unknown = name
		}
	}
	for name, to := range map[string]*string{"Allowed-Events": &a.Events, "Allowed-API": &a.API} {
		if v, ok := login.Get(name); ok && name != unknown {
			*to = strings.Clone(strings.TrimSpace(v))
		}
	}
	if v, ok := login.Get("Allowed-LOG"); ok && unknown != "Allowed-LOG" {
		a.Log = isTrue(strings.TrimSpace(v))
	}
	return a
}

// Event says whether events may be subscribed to: a name, "ALL", or a CUSTOM subclass, as
// in Switch.WatchEvents.
func (a Allowed) Event(word string) bool {
	if a.forbidsNothing(a.Events) {
		return true
	}
	w := wordOf(word)
	custom := false
	for _, allowed := range listed(a.Events) {
		if custom == w.custom && (allowed == w.name || !custom && strings.EqualFold(allowed, w.name)) {
			return true
		}
		custom = custom || strings.EqualFold(allowed, esl.EventCustom)
	}
	return false
}

// Command says whether an API command may be run, in the background or not: it goes by the
// first word of cmdline. A server also looks at the command behind bgapi, sched_api, eval,
// expand and xml_wrap, and may still refuse.
func (a Allowed) Command(cmdline string) bool {
	if a.forbidsNothing(a.API) {
		return true
	}
	name, _, _ := strings.Cut(strings.TrimSpace(cmdline), " ")
	return slices.Contains(listed(a.API), name)
}

func (a Allowed) forbidsNothing(list string) bool {
	return a == Allowed{} || strings.EqualFold(list, "all")
}

// listed splits a list as the server does: at spaces, or at commas if it has none.
func listed(list string) []string {
	if strings.Contains(list, " ") {
		return strings.Fields(list)
	}
	return strings.FieldsFunc(list, func(c rune) bool { return c == ',' })
}

// PermissionError means that the server does not allow the user to do something, see
// Switch.Allowed.
type PermissionError struct {
	Doing string // what was to be done, such as "api version" or "watching CHANNEL_HANGUP"
	// Allowed is what is allowed instead, such as "Allowed-API: status show".
	Allowed string
	// Sent says that the server has refused it; otherwise nothing was sent.
	Sent bool
}

func (e *PermissionError) Error() string {
	s := "fsw: " + e.Doing + ": the user may not"
	if e.Sent {
		s = "fsw: " + e.Doing + ": the server says that the user may not"
	}
	if e.Allowed != "" {
		s += " (" + e.Allowed + ")"
	}
	return s
}

// forbids says whether the server has told that a command is not allowed.
func (sw *Switch) forbids(r cell.Reader, line string) error {
	word, cmdline, _ := strings.Cut(line, " ")
	if !strings.EqualFold(word, "api") && !strings.EqualFold(word, "bgapi") {
		return nil
	}
	if a := sw.Allowed.Peek(r); !a.Command(cmdline) {
		return &PermissionError{Doing: strings.ToLower(word) + " " + firstWord(cmdline), Allowed: "Allowed-API: " + a.API}
	}
	return nil
}

// mayHearOfJobs says whether the ends of background jobs are told to us.
func (sw *Switch) mayHearOfJobs(r cell.Reader) error {
	err, _ := sw.Unheard.Peek(r, esl.EventBackgroundJob)
	return err
}

// denied says whether the reply to an API command is that it is not allowed: an output
// that begins like this comes as another type of message.
func denied(doing string, r Reply) error {
	if r.Message.ContentType == esl.CommandReply && isDenied(r.Text) {
		return &PermissionError{Doing: doing, Sent: true}
	}
	return nil
}

func isDenied(reply string) bool { return strings.HasPrefix(reply, "-ERR permission denied") }

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}
