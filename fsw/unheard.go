package fsw

import (
	"log/slog"
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A server passes over a name that it does not know without a word, and refuses a whole
// subscription for one name that the user may not have. So names are looked at before, and
// if a subscription is refused all the same, each one is tried alone.

// UnknownEventError means that the name of an event is none that FreeSWITCH is known to
// have. The server is asked for it all the same: it may be newer than this package.
type UnknownEventError struct{ Name string }

func (e *UnknownEventError) Error() string {
	return "fsw: FreeSWITCH has no event " + e.Name + ", as far as is known; a CUSTOM subclass without \"::\" is written \"CUSTOM name\""
}

// unhearable says why an event that is wanted will not come, nil if it will. send says
// whether the server is to be asked for it all the same.
func (sw *Switch) unhearable(r cell.Reader, word string) (send bool, err error) {
	if _, err := sw.eventsCommand([]string{word}).Encode(); err != nil {
		return false, err
	}
	if a := sw.Allowed.Peek(r); !a.Event(word) {
		return false, &PermissionError{Doing: "watching " + word, Allowed: "Allowed-Events: " + a.Events}
	}
	if w := wordOf(word); !w.custom && !esl.EventName(strings.ToUpper(w.name)).Known() {
		return true, &UnknownEventError{w.name}
	}
	return true, nil
}

// hearable returns those of the words that the server is to be asked for, and takes note
// of the others.
func (sw *Switch) hearable(tx cell.Tx, wanted []string) (words []string) {
	for i, w := range wanted {
		wanted[i] = wordOf(w).String()
	}
	tx.Untracked(func(tx cell.Tx) {
		for w := range sw.Unheard.All(tx.Reader) {
			if !slices.Contains(wanted, w) {
				sw.Unheard.Delete(tx, w)
			}
		}
	})
	for _, w := range wanted {
		if w == "" {
			continue
		}
		send, err := sw.unhearable(tx.Reader, w)
		if send {
			words = append(words, w)
		}
		if err != nil {
			sw.unheard(tx, w, err)
		}
	}
	return words
}

// unheard takes note of an event that will not come.
func (sw *Switch) unheard(tx cell.Tx, word string, err error) {
	if _, known := sw.Unheard.Peek(tx.Reader, word); known {
		return
	}
	sw.Unheard.Set(tx, word, err)
	sw.note(tx, slog.LevelWarn, "event that will not come", slog.String("event", word), slog.Any("error", err))
	if _, bad := err.(*esl.CommandError); bad {
		sw.failed(tx, "subscribing", err)
	}
}

// subscribeOneByOne asks for each word alone, after all of them were refused: the server
// has subscribed to those before the one that it refused. What happened before this is
// asked for again.
func (sw *Switch) subscribeOneByOne(tx cell.Tx, words []string) {
	left := len(words)
	for _, w := range words {
		sw.tell(tx, sw.eventsCommand([]string{w}), func(tx cell.Tx, r Reply) {
			if r.Err != nil {
				return
			}
			if err := esl.CheckReply(r.Text); err != nil {
				if isDenied(r.Text) {
					err = &PermissionError{Doing: "watching " + w, Sent: true}
				}
				sw.unheard(tx, w, err)
			}
			n := left
			tx.OnUndo(func() { left = n })
			if left--; left == 0 {
				sw.hears(tx)
				sw.lookAfterAll(tx)
			}
		})
	}
}

// lookAfterAll finds out what was missed while nothing was subscribed to.
func (sw *Switch) lookAfterAll(tx cell.Tx) {
	if sw.given == nil && len(sw.tablesNow()) == 0 {
		return
	}
	sw.missed(tx)
	sw.synchronising(tx)
	if sw.given != nil {
		sw.given.look(tx)
	} else {
		sw.takeSnapshot(tx, firstLook)
	}
}
