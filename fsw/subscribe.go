package fsw

import (
	"iter"
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
		var wanted []string
		for w := range wantedWords(sw, tx.Reader) {
			// One name that cannot be sent must not cost the others.
			if _, err := sw.eventsCommand([]string{w}).Encode(); err != nil {
				sw.failed(tx, "subscribing", err)
			} else {
				wanted = append(wanted, w)
			}
		}
		names, subclasses := splitWords(wanted)
		if sw.mode != modeGuide {
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
		sw.tell(tx, esl.Events(sw.opts.Format, names, subclasses), sw.subscribed)
		return words
	})
	sw.rules[m.Named("fsw: subscription")] = true
}

// wantedWords yields what the user wants to watch and what Handlers need.
func wantedWords(sw *Switch, r cell.Reader) iter.Seq[string] {
	return func(yield func(string) bool) {
		for w := range sw.WatchEvents.All(r) {
			if !yield(w) {
				return
			}
		}
		for w := range sw.needed.All(r) {
			if !yield(w) {
				return
			}
		}
	}
}

// subscribed takes the answer to a subscription. Without a model of the channels,
// which needs it, a refusal is no reason not to go on.
func (sw *Switch) subscribed(tx cell.Tx, r Reply) {
	err := esl.CheckReply(r.Text)
	switch {
	case r.Err != nil:
	case sw.mode == modeConnected && sw.opts.NoChannels:
		sw.refused(tx, r)
		if !sw.looking.Peek(tx.Reader) { // there is no snapshot to wait for
			sw.live(tx)
		}
	case err != nil:
		sw.failed(tx, "subscribing", err)
	}
}

// failed reports something that the switch could not do by itself. A connection
// that has not been live yet will never be: it ends.
func (sw *Switch) failed(tx cell.Tx, doing string, err error) {
	refusal, ok := err.(*esl.ReplyError)
	if !ok {
		refusal = &esl.ReplyError{Text: "-ERR " + err.Error()}
	}
	sw.Errors.Append(tx, refusal)
	if sw.conn != nil && sw.conn.liveFrom.Load() == 0 {
		sw.conn.fail(&ConnectionError{Addr: sw.conn.addr, Doing: doing, Err: err})
	}
}

// splitWords tells event names from CUSTOM subclasses. BACKGROUND_JOB is always
// among the names.
func splitWords(words []string) (names, subclasses []string) {
	names = []string{"BACKGROUND_JOB"}
	for _, w := range words {
		if sub, ok := subclass(w); ok {
			subclasses = append(subclasses, sub)
		} else if w != "" {
			names = append(names, w)
		}
	}
	return names, subclasses
}

func subclass(word string) (name string, ok bool) {
	name, ok = strings.CutPrefix(word, "CUSTOM ")
	return name, ok || strings.Contains(word, "::")
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

func (sw *Switch) eventsCommand(words []string) esl.Command {
	names, subclasses := splitWords(words)
	return esl.Events(sw.opts.Format, names, subclasses)
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

// tell sends a command of the switch's own, and says whether it could.
func (sw *Switch) tell(tx cell.Tx, c esl.Command, callback Callback) bool {
	err := sw.transmit(tx, c, callback)
	if err != nil {
		sw.failed(tx, "sending", err)
	}
	return err == nil
}

// ChannelEvents are the events that the model of the channels lives on.
var ChannelEvents = []string{
	"CALL_UPDATE", "CHANNEL_ANSWER", "CHANNEL_APPLICATION", "CHANNEL_BRIDGE", "CHANNEL_CALLSTATE", "CHANNEL_CREATE",
	"CHANNEL_DATA", "CHANNEL_DESTROY", "CHANNEL_EXECUTE", "CHANNEL_EXECUTE_COMPLETE", "CHANNEL_HANGUP",
	"CHANNEL_HANGUP_COMPLETE", "CHANNEL_HOLD", "CHANNEL_ORIGINATE", "CHANNEL_OUTGOING", "CHANNEL_PARK",
	"CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA", "CHANNEL_STATE", "CHANNEL_UNBRIDGE", "CHANNEL_UNHOLD",
	"CHANNEL_UNPARK", "CHANNEL_UUID", "CODEC", "PRIVATE_COMMAND",
}
