package fsw

import (
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// keepSubscription adds the rule that tells the server which events to send. Its
// value is the words the server has been told.
func (sw *Switch) keepSubscription(tx cell.Tx) {
	m := cell.Maintain(sw.scope.In(tx), "", func(tx cell.Tx, told string) string {
		if !sw.LoggedIn.Get(tx.Reader) {
			return ""
		}
		names, subclasses := splitWords(slices.Collect(sw.WatchEvents.All(tx.Reader)))
		if sw.mode == modeConnected {
			// Adding only: noevents would drop what the server has queued, and
			// nixevent cannot name CUSTOM under ALL.
			toldNames, toldSubclasses := splitWords(strings.Split(told, "\n"))
			names = append(names, toldNames...)
			subclasses = append(subclasses, toldSubclasses...)
		}
		words := joinWords(names, subclasses)
		if words == told {
			return told
		}
		if sw.mode == modeGuide {
			sw.tell(tx, esl.NoEvents(), nil)
		}
		sw.tell(tx, esl.Events(sw.format(), names, subclasses), sw.subscribed)
		return words
	})
	sw.rules[m.Named("fsw: subscription")] = true
}

// subscribed takes the answer to a subscription. A connection whose first one is
// refused has no model to offer; later refusals are reported.
func (sw *Switch) subscribed(tx cell.Tx, r Reply) {
	sw.refused(tx, r)
	if err := esl.CheckReply(r.Text); err != nil && sw.conn != nil && !sw.Ready.Peek(tx.Reader) {
		sw.conn.fail(&ConnectionError{Addr: sw.conn.addr, Doing: "subscribing", Err: err})
	}
}

// splitWords tells event names from CUSTOM subclasses. BACKGROUND_JOB is always
// among the names.
func splitWords(words []string) (names, subclasses []string) {
	names = []string{"BACKGROUND_JOB"}
	for _, w := range words {
		if sub, ok := strings.CutPrefix(w, "CUSTOM "); ok {
			subclasses = append(subclasses, sub)
		} else if strings.Contains(w, "::") {
			subclasses = append(subclasses, w)
		} else if w != "" {
			names = append(names, w)
		}
	}
	return names, subclasses
}

// joinWords is the inverse of splitWords, sorted and without repeats.
func joinWords(names, subclasses []string) string {
	words := slices.Clone(names)
	for _, s := range subclasses {
		words = append(words, "CUSTOM "+s)
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), "\n")
}

func (sw *Switch) format() esl.Format {
	if sw.conn != nil {
		return sw.conn.opts.Format
	}
	return esl.FormatPlain
}

// keepLogLevel adds the rule that tells the server which log lines to send.
func (sw *Switch) keepLogLevel(tx cell.Tx) {
	type state struct {
		told  bool
		level LogLevel
	}
	m := cell.Maintain(sw.scope.In(tx), state{}, func(tx cell.Tx, told state) state {
		now := state{sw.LoggedIn.Get(tx.Reader), sw.LogLevel.Get(tx.Reader)}
		switch {
		case !now.told:
			return state{}
		case now == told:
		case now.level != LogOff:
			sw.tell(tx, esl.Log(int(now.level)), sw.refused)
		case told.told || sw.mode == modeGuide:
			sw.tell(tx, esl.NoLog(), nil)
		}
		return now
	})
	sw.rules[m.Named("fsw: log level")] = true
}

// tell sends a command of the switch's own. What cannot be sent is reported.
func (sw *Switch) tell(tx cell.Tx, c esl.Command, callback Callback) {
	if err := sw.send(tx, c, callback); err != nil {
		sw.Errors.Append(tx, &esl.ReplyError{Text: "-ERR " + err.Error()})
	}
}
