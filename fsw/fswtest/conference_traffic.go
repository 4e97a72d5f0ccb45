package fswtest

import "fmt"

// conferenceCall makes one call into one of the conferences, where it talks and
// is silent in turns, may mute itself for a while, and leaves by hanging up or
// by key.
func (g *traffic) conferenceCall(o CallOptions) {
	rng := g.rng
	room := fmt.Sprintf("room%d", 1+rng.IntN(g.o.Conferences))
	data := room + "@default"
	if rng.IntN(5) == 0 {
		data += "+flags{moderator}"
	}
	o.To = room
	o.Actions = []Action{{"answer", ""}, {"conference", data}}
	stay := g.random(g.o.MeanDuration) + g.o.MeanDuration/4
	mutes, muteAt, muteFor := rng.IntN(4) == 0, g.random(g.o.MeanDuration/4), g.random(g.o.MeanDuration/6)
	byKey := rng.IntN(3) == 0

	c := g.s.call(o)
	g.converse(c)
	if mutes {
		c.later(muteAt, func() {
			c.digit('0', "RTP")
			c.later(muteFor, func() { c.digit('0', "RTP") })
		})
	}
	c.later(stay, func() {
		if byKey && c.member != nil {
			c.digit('#', "RTP")
		} else {
			c.hangup("NORMAL_CLEARING")
		}
	})
}

// converse lets the caller talk and be silent in turns.
func (g *traffic) converse(c *channel) {
	c.later(g.random(g.o.MeanDuration/8), func() {
		energy := 0
		if c.voice == 0 {
			energy = VoiceEnergy/2 + g.rng.IntN(VoiceEnergy)
		}
		c.sound(energy)
		g.converse(c)
	})
}
