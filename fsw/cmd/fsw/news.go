package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// news is something that happened to a channel, or to a member of a conference.
type news struct {
	kind    string // created, state, answered, bridged or hangup; joined or left
	text    string // what is to be said about it
	channel *fsw.Channel
	member  *fsw.Member // nil if it is no news of one
}

// follow calls tell with everything that happens to the channels of a switch and in its
// conferences: in order, one after the other, each when its transaction has been committed.
func follow(sw *fsw.Switch, tell func(news)) {
	eachConference(sw, func(o cell.Owner, c *fsw.Conference) {
		eachMember(o, c, func(o cell.Owner, m *fsw.Member) {
			cell.Effect(o, func(r cell.Reader) func() {
				kind, ch, closed := "joined", m.Channel.Peek(r), m.Closed.Get(r)
				text := c.Name() + ": " + caller(m.CallerIDName.Peek(r), m.CallerIDNumber.Peek(r))
				switch closed {
				case "":
				case fsw.CauseSwitch:
					return nil // the connection ended, not the conference
				default:
					kind, text = "left", text+", "+closed
				}
				return func() { tell(news{kind, text, ch, m}) }
			})
		})
	})
	eachChannel(sw, func(o cell.Owner, ch *fsw.Channel) {
		when := func(kind string, text func(cell.Reader) string) {
			changes := cell.Compute(text)
			cell.Effect(o, func(r cell.Reader) func() {
				text := changes.Get(r)
				if text == "" {
					return nil
				}
				return func() { tell(news{kind, text, ch, nil}) }
			})
		}
		parties := func(r cell.Reader) string {
			return caller(ch.Name.Peek(r), ch.Number.Peek(r)) + " → " + ch.Destination.Peek(r)
		}
		when("created", func(r cell.Reader) string { return string(ch.Direction.Peek(r)) + " " + parties(r) })
		when("state", func(r cell.Reader) string {
			return string(ch.State.Get(r)) + " " + string(ch.CallState.Get(r))
		})
		when("answered", func(r cell.Reader) string {
			if ch.AnswerState.Get(r) != "answered" {
				return ""
			}
			return parties(r)
		})
		when("bridged", func(r cell.Reader) string {
			if other := ch.OtherLeg.Get(r); other != "" && ch.Times.Get(r).Bridged != 0 {
				return "with " + short(other)
			}
			return ""
		})
		when("hangup", func(r cell.Reader) string {
			if cause := ch.Closed.Get(r); cause != fsw.CauseSwitch {
				return cause
			}
			return "" // the connection ended, not the channel
		})
	})
}
