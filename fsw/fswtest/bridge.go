package fswtest

import "strings"

// A bridge joins leg a, which asked for it, and leg b.
type bridge struct {
	a, b *channel
	x    *execution // the bridge application of a; nil after uuid_bridge
	moh  *execution // hold music, played to the leg that is not on hold
}

// bridgeApplication dials out and joins the leg that answers.
func bridgeApplication(c *channel, x *execution) bool {
	s := c.s
	// Without early media of its own the caller hears a ring tone, for which
	// a loopback has to be in early media.
	if c.endpoint == "loopback" {
		c.early()
	}
	d := &dialing{s: s, from: c, cidName: c.p.cidName, cidNumber: c.p.cidNumber, ignoreEarly: true}
	x.end = func(cut bool) {
		if cut {
			d.cancel("ORIGINATOR_CANCEL")
		}
	}
	d.onUp = func(b *channel) {
		if c.down || c.top() != x {
			b.hangup("ORIGINATOR_CANCEL")
			return
		}
		c.answered()
		c.set("originated_legs", b.uuid+";"+b.p.calleeName+";"+b.p.calleeNumber)
		c.set("originate_disposition", "SUCCESS")
		c.set("DIALSTATUS", "SUCCESS")
		c.set("originate_causes", b.uuid+";NONE")
		s.join(c, b, x)
		b.setState(stateExchange)
	}
	d.onFail = func(cause string) {
		if c.down || c.top() != x {
			return
		}
		c.set("originate_disposition", cause)
		c.set("DIALSTATUS", dialStatus(cause))
		c.complete(x, false)
		if !c.isTrue("continue_on_fail") {
			c.hangup(cause)
		}
	}
	epoch := c.epoch
	s.soon(func() {
		if c.epoch == epoch && !c.down {
			d.start(x.Data)
		}
	})
	return c.last(x, -1)
}

func dialStatus(cause string) string {
	switch cause {
	case "USER_BUSY":
		return "BUSY"
	case "NO_ANSWER", "NO_USER_RESPONSE":
		return "NOANSWER"
	case "ORIGINATOR_CANCEL":
		return "CANCEL"
	}
	return cause
}

// join makes the bridge and tells of it. Both legs are up.
func (s *Server) join(a, b *channel, x *execution) {
	br := &bridge{a: a, b: b, x: x}
	a.br, b.br = br, br
	if x != nil {
		a.link(b, "originatee") // uuid_bridge did so before
	}
	b.callUUID = a.callUUID
	now := s.micros()
	a.p.bridged, b.p.bridged = now, now
	a.set("signal_bond", b.uuid)
	b.set("signal_bond", a.uuid)
	a.fire("CHANNEL_BRIDGE", source{}, br.ids())
	a.set("bridge_to", b.uuid)
	b.set("bridge_to", a.uuid)
}

// link makes peer the other leg of c, as its originator or its originatee.
func (c *channel) link(peer *channel, role string) {
	c.peer, c.peerRole = peer, role
	c.other = &otherLeg{uuid: peer.uuid, name: peer.name, p: peer.p}
	if role == "originator" { // a copy without the times
		p := &c.other.p
		p.profileCreated, p.created, p.answered, p.progress, p.media = 0, 0, 0, 0, 0
		p.hangup, p.bridged, p.lastHold, p.holdAccum = 0, 0, 0, 0
	}
}

func (br *bridge) ids() []header {
	return []header{{"Bridge-A-Unique-ID", br.a.uuid}, {"Bridge-B-Unique-ID", br.b.uuid}}
}

func (br *bridge) other(c *channel) *channel {
	if c == br.a {
		return br.b
	}
	return br.a
}

// part ends the bridge because one leg leaves. The other hangs up or goes on
// with its dialplan, unless it leaves as well.
func (br *bridge) part(leaver *channel, both bool) {
	stays := br.other(leaver)
	if br.a.br != br {
		return
	}
	br.stopMusic()
	br.a.br, br.b.br = nil, nil
	cause := leaver.cause
	if cause == "" {
		cause = "NORMAL_CLEARING"
	}
	for _, c := range []*channel{br.a, br.b} {
		peer := br.other(c)
		c.vars.unset("signal_bond")
		c.vars.unset("bridge_to")
		c.setAll("last_bridge_to", peer.uuid, "bridge_channel", peer.name, "bridge_uuid", peer.uuid)
	}
	if br.x != nil {
		br.a.setAll("last_bridge_role", "originator", "bridge_hangup_cause", cause)
	}
	if stays == br.b && !both {
		stays.hangup(cause)
	}
	br.a.fire("CHANNEL_UNBRIDGE", source{}, br.ids())
	if stays != br.a || both {
		return
	}
	a := br.a
	switch {
	case a.down:
	case br.x == nil:
		a.hangup("NORMAL_CLEARING")
	default:
		a.complete(br.x, false)
		if a.isTrue("hangup_after_bridge") {
			a.hangup("NORMAL_CLEARING")
		}
	}
}

// uuidBridge takes two legs from whatever they do and joins them.
func (s *Server) uuidBridge(a, b *channel) bool {
	if a == nil || b == nil || a == b || a.down || b.down || a.answer == "ringing" || b.answer == "ringing" {
		return false
	}
	for _, c := range []*channel{a, b} {
		if c.br != nil {
			c.br.part(c, false)
		}
		if c.down { // was the other leg of that very bridge
			return false
		}
	}
	a.escape()
	b.escape()
	a.link(b, "originatee")
	b.link(a, "originator")
	for _, c := range []*channel{a, b} {
		c.epoch++
		c.script = nil
		c.number = stateHibernate
		c.moveProfile("uuid_br:"+c.peer.uuid, c.p.destination, c.p.context, c.p.dialplan)
		c.set("bridge_channel", c.peer.name)
		c.set("bridge_uuid", c.peer.uuid)
		c.set("signal_bond", c.peer.uuid)
		c.set("original_destination_number", c.p.destination)
		c.set("original_caller_id_name", c.p.cidName)
		c.set("original_caller_id_number", c.p.cidNumber)
	}
	a.p.logical, b.p.logical = "inbound", "outbound"
	b.hitPlan = false
	ea, eb := a.epoch, b.epoch
	still := func() bool { return !a.down && !b.down && a.epoch == ea && b.epoch == eb }
	for _, c := range []*channel{a, b} {
		s.soon(func() {
			if !still() {
				return
			}
			c.unwind()
			c.setRunning(stateHibernate)
			c.setState(stateReset)
			c.setState(stateSoftExec)
		})
	}
	s.soon(func() {
		if !still() {
			for _, c := range []*channel{a, b} {
				if !c.down && c.number == stateSoftExec {
					c.hangup("NORMAL_CLEARING")
				}
			}
			return
		}
		a.fire("CHANNEL_EXECUTE", sourceSoftBridgeA, nil,
			header{"Application", "uuid_bridge"}, header{"Application-Data", b.uuid})
		b.fire("CHANNEL_EXECUTE", sourceSoftBridgeB, nil,
			header{"Application", "uuid_bridge"}, header{"Application-Data", a.uuid})
		s.join(a, b, nil)
		b.number = stateExchange
		b.setRunning(stateConsume)
		b.setRunning(stateExchange)
	})
	return true
}

// moveProfile is what a transfer does to the caller profile.
func (c *channel) moveProfile(how, destination, context, dialplan string) {
	s := c.s
	c.p.index++
	c.p.profileCreated = s.micros()
	c.p.transfer = micros(s.now.Unix()) + ":" + s.uuid() + ":" + how
	c.before.destination, c.before.rdnis = c.p.destination, c.p.rdnis
	if c.p.destination != destination {
		c.p.rdnis = c.p.destination
	}
	c.p.destination, c.p.context, c.p.dialplan = destination, context, dialplan
	c.vars.push("transfer_history", c.p.transfer)
	c.set("transfer_source", c.p.transfer)
}

// transfer sends the channel to an extension, out of whatever it does.
func (c *channel) transfer(number, dialplan, context string) {
	c.transferBoth(number, dialplan, context, false)
}

func (c *channel) transferBoth(number, dialplan, context string, both bool) {
	if c.down {
		return
	}
	if dialplan == "" {
		dialplan = "XML"
	}
	if context == "" {
		context = c.p.context
	}
	c.mix(false)
	c.escape()
	c.manual = false
	c.epoch++
	c.number = stateRouting
	epoch := c.epoch
	move := func() {
		c.set("max_forwards", "70")
		c.moveProfile("bl_xfer:"+number+"/"+context+"/"+dialplan, number, context, dialplan)
		c.vars.unset("signal_bond")
		c.vars.unset("bridge_to")
		c.p.bridged = 0
		c.other = nil
		if c.hitPlan {
			c.p.logical = "inbound"
		}
	}
	// Of a leg that has to leave a uuid_bridge first the profile moves after it.
	late := c.running == "CS_SOFT_EXECUTE"
	if !late {
		move()
	}
	c.s.soon(func() {
		if c.down || c.epoch != epoch {
			return
		}
		c.epoch++
		if c.br != nil {
			c.br.part(c, both)
		}
		c.unwind()
		if late {
			c.number = stateReset
			c.setState(stateReset)
			move()
		}
		c.callUUID = c.uuid
		c.setState(stateRouting)
		if !c.hitPlan && c.direction == "outbound" {
			c.flipCallerID()
		}
		c.hitPlan = true
		c.moves++
		c.enterPlan(number, context)
	})
}

// hold puts the far end of this leg on hold; the leg it is bridged to hears
// music. A loopback cannot be taken off hold, as there is nobody who was told.
func (c *channel) hold(from source) bool {
	if c.down {
		return false
	}
	if c.endpoint == "loopback" {
		c.fire("CHANNEL_HOLD", from, nil)
		c.playMusic()
		return true
	}
	if c.held {
		return true
	}
	c.held = true
	c.heldAt = c.s.now
	c.p.lastHold = c.s.micros()
	c.setCallState("HELD")
	c.fire("CHANNEL_HOLD", from, nil)
	c.playMusic()
	return true
}

func (c *channel) unhold(from source) bool {
	if c.down || !c.held {
		return false
	}
	c.held = false
	c.p.holdAccum += c.s.micros() - c.p.lastHold
	c.holdLog = strings.TrimPrefix(c.holdLog+",{"+micros(c.p.lastHold)+","+micros(c.s.micros())+"}", ",")
	c.setCallState("UNHELD")
	c.fire("CHANNEL_UNHOLD", from, nil)
	c.setCallState("ACTIVE")
	if c.br != nil {
		c.br.stopMusic()
	}
	return true
}

func (c *channel) playMusic() {
	if c.br == nil || c.br.moh != nil || c.br.other(c).down {
		return
	}
	const music = "local_stream://moh"
	x := &execution{Action: Action{"playback", music}, id: c.s.uuid(), msg: c.s.ownMessage("playback", music,
		header{"event-lock", "true"}, header{"lead-frames", "5"}, header{"loops", "-1"})}
	c.br.moh = x
	c.br.other(c).exec(x)
}

func (br *bridge) stopMusic() {
	x := br.moh
	br.moh = nil
	if x == nil {
		return
	}
	for _, c := range []*channel{br.a, br.b} {
		for c.top() != nil && c.stackHas(x) {
			c.complete(c.top(), true)
		}
	}
}

func (c *channel) stackHas(x *execution) bool {
	for _, y := range c.stack {
		if y == x {
			return true
		}
	}
	return false
}
