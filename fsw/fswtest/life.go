package fswtest

import (
	"strings"
	"time"
)

// The steps of a channel's life, in the order of the recorded originals
// (testdata/captures/04_call_lifecycle). A real channel has a thread of its
// own; here what its thread would do a moment later is put off with soon.

// newChannel makes a channel nobody has heard of yet.
func (s *Server) newChannel(uuid, name, endpoint, direction string) *channel {
	if uuid == "" {
		uuid = s.uuid()
	}
	s.sessions++
	return &channel{
		s: s, uuid: uuid, callUUID: uuid, name: name, endpoint: endpoint, direction: direction, session: s.sessions,
		running: "CS_NONE", callState: "DOWN", answer: "ringing", hitPlan: direction == "inbound",
	}
}

// enlist makes the channel findable by its id.
func (c *channel) enlist() {
	s := c.s
	s.channels[c.uuid] = c
	s.order = append(s.order, c)
	s.peak = max(s.peak, len(s.channels))
	s.log(5, "switch_channel.c", "switch_channel_set_name", 1142, c.uuid, "New Channel "+c.name+" ["+c.uuid+"]")
}

// find finds a channel that has not hung up.
func (s *Server) find(uuid string) *channel {
	if c := s.channels[uuid]; c != nil && !c.down {
		return c
	}
	return nil
}

// taken tells whether there is still a channel of this id.
func (s *Server) taken(uuid string) bool { return s.channels[uuid] != nil }

func (c *channel) setState(n int) {
	c.number = n
	c.setRunning(n)
}

func (c *channel) setRunning(n int) {
	c.running = stateNames[n]
	if c.direction == "inbound" && n < stateHangup {
		switch { // also on the way through a transfer
		case n == stateRouting:
			c.setCallState("RINGING")
		case c.answer == "answered":
			c.setCallState("ACTIVE")
		case c.answer == "early":
			c.setCallState("EARLY")
		}
	}
	c.event("CHANNEL_STATE")
}

func (c *channel) setCallState(state string) {
	if c.callState == state {
		return
	}
	old := c.callState
	c.callState = state
	c.fire("CHANNEL_CALLSTATE", source{},
		[]header{{"Original-Channel-Call-State", old}, {"Channel-Call-State-Number", callStateNumbers[state]}})
}

// setProfile gives a new channel its caller profile.
func (c *channel) setProfile(p profile) {
	now := c.s.micros()
	p.direction, p.logical = c.direction, c.direction
	p.index = 1
	p.profileCreated, p.created = now, now
	c.p, c.hasProfile = p, true
}

// create fires CHANNEL_CREATE: from here on the channel is live.
func (c *channel) create() {
	c.number = max(c.number, stateRouting)
	c.created = true
	c.event("CHANNEL_CREATE")
	if c.direction == "outbound" {
		c.event("CHANNEL_ORIGINATE")
	}
}

// route takes an inbound leg to its dialplan.
func (c *channel) route() {
	c.setState(stateRouting)
}

// executing takes a leg into CS_EXECUTE and starts its script.
func (c *channel) executing(script []Action) {
	c.s.seq.take() // a real one uses a number for an internal event here
	c.setState(stateExecute)
	c.script = script
	c.next()
}

// maxMoves is the max_forwards of the real dialplan.
const maxMoves = 70

// enterPlan executes an extension, if there is one.
func (c *channel) enterPlan(number, context string) {
	if c.moves > maxMoves {
		c.hangup("EXCHANGE_ROUTING_ERROR")
		return
	}
	script, ok := c.plan(number, context)
	if !ok {
		c.hangup("NO_ROUTE_DESTINATION")
		return
	}
	c.executing(script)
}

// plan asks the dialplan for an extension.
func (c *channel) plan(number, context string) ([]Action, bool) {
	if strings.EqualFold(c.p.dialplan, "inline") {
		c.p.destination, c.p.rdnis = c.before.destination, c.before.rdnis
		actions := inlinePlan(number)
		return actions, len(actions) > 0
	}
	endpoint := ""
	if c.endpoint == "loopback" && c.p.index == 1 {
		endpoint = "loopback"
	}
	number, domain, _ := strings.Cut(number, "@")
	actions := c.s.ask(Destination{Endpoint: endpoint, Number: number, Domain: domain, Context: context})
	if len(actions) > 0 {
		c.vars.unset("DP_MATCH")
		c.set("DP_MATCH", "ARRAY::"+number+"|:"+number)
		c.vars.unset("call_uuid")
		c.set("call_uuid", c.callUUID)
	}
	return actions, len(actions) > 0
}

// hangup ends the channel: the event at once, the rest of its end in steps.
func (c *channel) hangup(cause string) {
	if c.down {
		return
	}
	cause = causeOf(cause)
	s := c.s
	s.log(5, "switch_channel.c", "switch_channel_perform_hangup", 3438, c.uuid, "Hangup "+c.name+" ["+c.running+"] ["+cause+"]")
	c.down = true
	c.cause = cause
	c.number = stateHangup
	c.answer = "hangup"
	c.p.hangup = s.micros()
	c.epoch++
	for _, t := range c.timers {
		s.stop(t)
	}
	c.event("CHANNEL_HANGUP")
	if !s.opt.LateNotice {
		c.tellHolders()
	}
	s.soon(func() {
		if c.br != nil {
			c.br.part(c, false)
		}
		c.unwind()
		c.setRunning(stateHangup)
		c.setCallState("HANGUP")
		if c.loop != nil {
			c.loop.hangup(cause)
		}
		s.soon(func() {
			c.setState(stateReporting)
			c.reportVariables()
			c.fire("CHANNEL_HANGUP_COMPLETE", source{}, []header{{"Hangup-Cause", cause}})
			if s.opt.LateNotice {
				c.tellHolders()
			}
			for _, f := range c.onHangup {
				s.soon(f)
			}
			s.soon(c.destroy)
		})
	})
}

func (c *channel) destroy() {
	s := c.s
	c.number = stateDestroy
	if len(c.holders) > 0 || c.gone { // release comes back
		return
	}
	c.gone = true
	delete(s.channels, c.uuid)
	for i, x := range s.order {
		if x == c {
			s.order = append(s.order[:i], s.order[i+1:]...)
			break
		}
	}
	c.event("CHANNEL_DESTROY")
	c.setRunning(stateDestroy)
	c.onAnswer, c.onMedia, c.onHangup = nil, nil, nil
}

// later runs f after d unless the channel has hung up by then.
func (c *channel) later(d time.Duration, f func()) *timer {
	t := c.s.after(d, func() {
		if !c.down {
			f()
		}
	})
	kept := c.timers[:0]
	for _, x := range c.timers {
		if x.index >= 0 {
			kept = append(kept, x)
		}
	}
	c.timers = append(kept, t)
	return t
}
