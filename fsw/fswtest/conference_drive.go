package fswtest

// What the people in a conference do by themselves. Their handles are those of
// their calls.

// VoiceEnergy is how loud Talk is: the energy of a tone, as the real server
// counts it.
const VoiceEnergy = 6479

// Talk makes the far end of the call talk, now and in every conference it
// joins later, until Quiet. In a conference the member talks at once, if it
// may, and takes the floor in the next frame of 20 ms if nobody else speaks.
func (h *Channel) Talk() { h.Sound(VoiceEnergy) }

// Quiet ends Talk. A member stops to talk for the conference 0.8 s later: the
// real server bridges the pauses between words.
func (h *Channel) Quiet() { h.Sound(0) }

// Sound sets how loud the far end of the call is, from 0 to 32767. A member of
// a conference talks when it is louder than its energy level, which is 100 if
// nobody changes it: at once if it is louder by 400, else after five frames.
func (h *Channel) Sound(energy int) {
	h.do(func(c *channel) { c.sound(energy) })
}

func (c *channel) sound(energy int) {
	before := c.voice
	c.voice = min(max(energy, 0), 32767)
	if m := c.member; m != nil {
		if c.voice > before {
			m.listen()
		}
		m.conf.stir()
	}
}

// Press makes the far end press keys of its telephone (0-9, *, #, A-D), which
// fires DTMF. In a conference 0 mutes and unmutes the member, * does the same
// to its ears as well, 9, 8 and 7 raise, reset and lower its energy level, 3,
// 2 and 1 the volume of what it hears, 6 and 4 raise and lower that of what it
// says, 5 fires an event, and # leaves.
func (h *Channel) Press(keys string) {
	h.do(func(c *channel) {
		for i := range len(keys) {
			c.digit(keys[i], "RTP")
		}
	})
}

// Leave takes the call out of its conference, as the key # does. It goes on
// with its dialplan, and most dialplans end there.
func (h *Channel) Leave() {
	h.do(func(c *channel) {
		if c.member != nil {
			c.member.leave()
		}
	})
}

// TakeFloor gives the floor of its conference to this call's member, whoever
// has it.
func (h *Channel) TakeFloor() {
	h.do(func(c *channel) {
		if m := c.member; m != nil {
			m.conf.setFloor(m)
		}
	})
}

// Member is the member that the call is, and the name of its conference; false
// if it is in none.
func (h *Channel) Member() (m MemberInfo, conference string, in bool) {
	h.do(func(c *channel) {
		if c.member != nil {
			m, conference, in = c.member.info(), c.member.conf.name, true
		}
	})
	return m, conference, in
}

// Channel is a handle on a live channel that somebody else has made; nil if
// there is none with this id.
func (s *Server) Channel(uuid string) *Channel {
	s.enter()
	defer s.leave()
	if c := s.find(uuid); c != nil {
		return &Channel{c}
	}
	return nil
}
