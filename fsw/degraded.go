package fsw

import (
	"log/slog"
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Degradation is a reason why the model may differ from the server although the switch is
// Ready: events that it lives on do not come.
type Degradation string

// The reasons.
const (
	// DegradedEvents: some of ChannelEvents are not subscribed to, for the user may not have
	// them, or the server has refused them: Switch.Unheard tells which; or because they
	// were removed from WatchEvents before the connection was made.
	DegradedEvents Degradation = "events"
	// DegradedFilters: there are Switch.Filters, and what does not pass them does not reach
	// the model.
	DegradedFilters Degradation = "filters"
	// DegradedCommands: a command was sent (filter, nixevent, noevents, myevents) that takes
	// events away from the connection. The next connection has them again.
	DegradedCommands Degradation = "commands"
)

var degradations = []Degradation{DegradedEvents, DegradedFilters, DegradedCommands}

// degradations are those that there are, as one text.
func (sw *Switch) degradations(r cell.Reader) (all string) {
	for why := range sw.Degraded.All(r) {
		all += string(why) + "\n"
	}
	return all
}

// keepDegraded adds the rule that tells whether the events of the model come. told is
// what the server has been asked for.
func (sw *Switch) keepDegraded(tx cell.Tx, told *cell.Maintained[string]) {
	if sw.opts.NoChannels || sw.mode == modeGuide {
		return
	}
	sw.rule(tx, "degraded", func(tx cell.Tx) {
		words := strings.Split(told.Get(tx.Reader), "\n")
		heard := func(word string) bool {
			_, unheard := sw.Unheard.Get(tx.Reader, word)
			return !unheard && slices.Contains(words, word)
		}
		missing := sw.LoggedIn.Get(tx.Reader) && !heard(esl.EventAll) &&
			slices.ContainsFunc(ChannelEvents, func(name string) bool { return !heard(name) })
		sw.degrade(tx, DegradedEvents, missing)
		starved := false
		for f := range sw.Filters.All(tx.Reader) {
			starved = starved || !sw.harmless(tx.Reader, f)
		}
		sw.degrade(tx, DegradedFilters, starved)
	})
}

func (sw *Switch) degrade(tx cell.Tx, why Degradation, now bool) {
	if now == sw.Degraded.Peek(tx.Reader, why) {
		return
	}
	if now {
		sw.note(tx, slog.LevelWarn, "the model is degraded", slog.String("why", string(why)))
		sw.Degraded.Add(tx, why)
		return
	}
	if sw.Closed.Peek(tx.Reader) == nil { // else there is nothing to be glad of
		sw.note(tx, slog.LevelInfo, "the model is degraded no more", slog.String("why", string(why)))
	}
	sw.Degraded.Remove(tx, why)
}

// harmless says whether a filter lets everything pass that a session's model lives on.
func (sw *Switch) harmless(r cell.Reader, f Filter) bool {
	s := sw.given
	return s != nil && s.Channel != nil && strings.EqualFold(f.Header, "Unique-ID") && f.Value == s.Channel.UUID.Peek(r)
}

// starving are the beginnings of the commands that take events away.
var starving = []string{"filter", "myevents", "nixevent", "noevents"}

// noteStarving takes note of a command of the user's.
func (sw *Switch) noteStarving(tx cell.Tx, line string) {
	if sw.opts.NoChannels || sw.mode != modeConnected && sw.mode != modeSession {
		return
	}
	word := strings.ToLower(firstWord(line))
	if slices.ContainsFunc(starving, func(s string) bool { return strings.HasPrefix(word, s) }) {
		sw.degrade(tx, DegradedCommands, true)
	}
}
