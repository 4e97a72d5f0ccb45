package fsw

import (
	"iter"
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// keepSubscription adds the rules that tell the server which events to send, and whether
// those of the model come. The value of the first is the words the server has been told.
func (sw *Switch) keepSubscription(tx cell.Tx) {
	m := cell.Maintain(sw.scope.In(tx), "", func(tx cell.Tx, told string) string {
		if !sw.LoggedIn.Get(tx.Reader) {
			sw.Unheard.Clear(tx)
			return ""
		}
		words := sw.hearable(tx, slices.AppendSeq([]string{esl.EventBackgroundJob}, wantedWords(sw, tx.Reader)))
		if sw.mode != modeGuide {
			// Adding only: noevents would drop what the server has queued, and
			// nixevent cannot name CUSTOM under ALL.
			words = append(words, strings.Split(told, "\n")...)
		}
		now := joinWords(words)
		switch now {
		case "": // the user may have none
			tx.OnCommit(sw.hears)
			return told
		case told:
			return told
		}
		if sw.mode == modeGuide {
			sw.tell(tx, esl.NoEvents(), nil)
		}
		words = strings.Split(now, "\n")
		sw.tell(tx, sw.eventsCommand(words), func(tx cell.Tx, r Reply) { sw.subscribed(tx, r, words) })
		return now
	})
	sw.rules[m.Named("fsw: subscription")] = true
	sw.keepDegraded(tx, m)
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

// subscribed takes the answer to a subscription.
func (sw *Switch) subscribed(tx cell.Tx, r Reply, words []string) {
	if r.Err != nil {
		return
	}
	switch err := esl.CheckReply(r.Text); {
	case err == nil:
		sw.hears(tx)
	case sw.mode != modeGuide && isDenied(r.Text):
		sw.subscribeOneByOne(tx, words)
	case sw.mode == modeConnected && sw.opts.NoChannels:
		sw.refused(tx, "event", r)
		sw.hears(tx)
	default: // the model of the channels needs it
		sw.failed(tx, "subscribing", err)
	}
}

// hears is called when what can be subscribed to is. Without a model there is no
// snapshot to wait for.
func (sw *Switch) hears(tx cell.Tx) {
	if sw.mode == modeConnected && sw.opts.NoChannels && !sw.looking.Peek(tx.Reader) {
		sw.live(tx)
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

// splitWords tells event names from CUSTOM subclasses.
func splitWords(words []string) (names, subclasses []string) {
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

// joinWords makes one text of words, sorted and without repeats.
func joinWords(words []string) string {
	words = slices.Sorted(slices.Values(words))
	return strings.TrimPrefix(strings.Join(slices.Compact(words), "\n"), "\n")
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
			c := esl.Log(int(now.level))
			sw.tell(tx, c, func(tx cell.Tx, r Reply) { sw.refused(tx, c.Line, r) })
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
