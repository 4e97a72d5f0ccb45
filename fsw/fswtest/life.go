package fswtest

import (
	"strconv"
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

// codecs fires the pair of CODEC events.
func (c *channel) codecs(k codec, read source) {
	c.codec = k
	c.readOnly = read == sourceReadCodec
	c.fire("CODEC", read, nil, header{"channel-read-codec-name", k.name},
		header{"channel-read-codec-rate", k.rate}, header{"channel-read-codec-bit-rate", k.bits})
	c.readOnly = false
	c.set("read_codec", k.name)
	c.set("read_rate", k.rate)
	c.set("write_codec", k.name)
	c.set("write_rate", k.rate)
	c.fire("CODEC", sourceWriteCodec, nil, header{"Channel-Write-Codec-Name", k.name},
		header{"Channel-Write-Codec-Rate", k.rate}, header{"Channel-Write-codec-bit-rate", k.bits})
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

// progress is ring_ready: the far end rings.
func (c *channel) progress() {
	if c.down || c.p.progress != 0 || c.answer != "ringing" {
		return
	}
	if c.loop != nil && c.direction == "inbound" {
		c.loop.progress()
	}
	c.p.progress = c.s.micros()
	c.heard()
	c.event("CHANNEL_PROGRESS")
	c.setCallState("RINGING")
	c.passBack((*channel).progress)
}

// early is pre_answer: media before the answer.
func (c *channel) early() {
	if c.down || c.answer != "ringing" {
		return
	}
	if c.loop != nil && c.direction == "inbound" {
		c.loop.early()
	}
	c.p.media = c.s.micros()
	c.answer = "early"
	c.heard()
	c.set("endpoint_disposition", "EARLY MEDIA")
	c.event("CHANNEL_PROGRESS_MEDIA")
	c.setCallState("EARLY")
	c.media()
	for _, f := range c.onMedia {
		c.s.soon(f)
	}
	c.passBack((*channel).early)
}

// answered is the answer of this leg, and of the other half of a loopback.
func (c *channel) answered() {
	if c.down || c.answer == "answered" {
		return
	}
	if c.loop != nil && c.direction == "inbound" {
		c.loop.answered()
	}
	c.media()
	c.p.answered = c.s.micros()
	c.answer = "answered"
	c.heard()
	c.event("CHANNEL_ANSWER")
	c.s.log(5, "switch_channel.c", "switch_channel_perform_mark_answered", 3861, c.uuid, "Channel ["+c.name+"] has been answered")
	c.set("endpoint_disposition", "ANSWER")
	c.setCallState("ACTIVE")
	for _, f := range c.onAnswer {
		c.s.soon(f)
	}
	c.onAnswer, c.onMedia = nil, nil
}

// heard notes where a called SIP party answers from.
func (c *channel) heard() {
	if c.endpoint == "sofia" && c.direction == "outbound" {
		c.p.networkAddr = "127.0.0.1"
		if c.p.calleeName == defaultCallee {
			c.p.calleeName = c.p.calleeNumber
		}
	}
}

// media sets up the codec of a leg that has none.
func (c *channel) media() {
	if c.codec.name == "" {
		c.codecs(codecPCMU, sourceRealReadCodec)
		c.mediaVariables()
	}
}

// passBack hands ringing and early media of a leg being dialled on to the leg
// that dials.
func (c *channel) passBack(step func(*channel)) {
	if c.peer != nil && c.br == nil && c.peerRole == "originator" {
		a := c.peer
		c.s.soon(func() { step(a) })
	}
}

// flipCallerID swaps caller and callee, as happens to a leg that was called.
func (c *channel) flipCallerID() {
	p := &c.p
	c.set("pre_transfer_caller_id_name", p.cidName)
	c.set("pre_transfer_caller_id_number", p.cidNumber)
	c.set("channel_cid_flipped", "yes")
	p.cidName, p.cidNumber, p.calleeName, p.calleeNumber = p.calleeName, p.calleeNumber, p.cidName, p.cidNumber
	c.hitPlan = true
	c.fire("CALL_UPDATE", source{}, []header{{"Direction", "RECV"}})
}

const defaultCallee = "Outbound Call"

// hangup ends the channel: the event at once, the rest of its end in steps.
func (c *channel) hangup(cause string) {
	if c.down {
		return
	}
	if !causeKnown(cause) {
		cause = "NORMAL_CLEARING"
	}
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

// reportVariables are those of the end of a call.
func (c *channel) reportVariables() {
	p := &c.p
	c.vars.unset("current_application_response")
	c.vars.unset("current_application_data")
	last := c.variable("current_application")
	c.set("hangup_cause", c.cause)
	c.set("hangup_cause_q850", strconv.Itoa(causes[c.cause]))
	stamp := func(name string, t int64) {
		if t != 0 {
			c.set(name, time.UnixMicro(t).Local().Format(stampLayout))
		}
	}
	stamp("start_stamp", p.created)
	stamp("profile_start_stamp", p.profileCreated)
	stamp("answer_stamp", p.answered)
	stamp("bridge_stamp", p.bridged)
	stamp("hold_stamp", p.lastHold)
	stamp("progress_stamp", p.progress)
	stamp("progress_media_stamp", p.media)
	if c.holdLog != "" {
		c.set("hold_events", "{"+c.holdLog+"}")
	}
	stamp("end_stamp", p.hangup)
	epoch := func(name string, t int64) {
		c.set(name+"_epoch", micros(t/1e6))
		c.set(name+"_uepoch", micros(t))
	}
	epoch("start", p.created)
	epoch("profile_start", p.profileCreated)
	epoch("answer", p.answered)
	epoch("bridge", p.bridged)
	epoch("last_hold", p.lastHold)
	c.set("hold_accum_seconds", micros(p.holdAccum/1e6))
	c.set("hold_accum_usec", micros(p.holdAccum))
	c.set("hold_accum_ms", micros(p.holdAccum/1e3))
	epoch("resurrect", 0)
	epoch("progress", p.progress)
	epoch("progress_media", p.media)
	epoch("end", p.hangup)
	c.set("last_app", last)
	c.set("caller_id", `"`+p.cidName+`" <`+p.cidNumber+`>`)
	span := func(from, to int64) int64 {
		if from == 0 || to < from {
			return 0
		}
		return to - from
	}
	wait := span(p.created, p.bridged)
	spans := []struct {
		name string
		d    int64
	}{{"duration", span(p.created, p.hangup)}, {"billsec", span(p.answered, p.hangup)},
		{"progresssec", span(p.created, p.progress)}, {"answersec", span(p.created, p.answered)}, {"waitsec", wait},
		{"progress_mediasec", span(p.created, p.media)}, {"flow_billsec", span(p.created, p.hangup)}}
	for _, unit := range []struct {
		name, duration string
		per            int64
	}{{"sec", "duration", 1e6}, {"msec", "mduration", 1e3}, {"usec", "uduration", 1}} {
		for _, x := range spans {
			name := strings.TrimSuffix(x.name, "sec") + unit.name
			if x.name == "duration" {
				name = unit.duration
			}
			c.set(name, strconv.FormatInt(x.d/unit.per, 10))
		}
	}
	if c.endpoint == "loopback" {
		c.set("is_loopback", "1")
	}
}

// causes are the hangup causes with their Q.850 numbers.
var causes = map[string]int{
	"NONE": 0, "UNALLOCATED_NUMBER": 1, "NO_ROUTE_TRANSIT_NET": 2, "NO_ROUTE_DESTINATION": 3,
	"CHANNEL_UNACCEPTABLE": 6, "CALL_AWARDED_DELIVERED": 7, "NORMAL_CLEARING": 16, "USER_BUSY": 17,
	"NO_USER_RESPONSE": 18, "NO_ANSWER": 19, "SUBSCRIBER_ABSENT": 20, "CALL_REJECTED": 21, "NUMBER_CHANGED": 22,
	"REDIRECTION_TO_NEW_DESTINATION": 23, "EXCHANGE_ROUTING_ERROR": 25, "DESTINATION_OUT_OF_ORDER": 27,
	"INVALID_NUMBER_FORMAT": 28, "FACILITY_REJECTED": 29, "RESPONSE_TO_STATUS_ENQUIRY": 30,
	"NORMAL_UNSPECIFIED": 31, "NORMAL_CIRCUIT_CONGESTION": 34, "NETWORK_OUT_OF_ORDER": 38,
	"NORMAL_TEMPORARY_FAILURE": 41, "SWITCH_CONGESTION": 42, "ACCESS_INFO_DISCARDED": 43,
	"REQUESTED_CHAN_UNAVAIL": 44, "PRE_EMPTED": 45, "FACILITY_NOT_SUBSCRIBED": 50, "OUTGOING_CALL_BARRED": 52,
	"INCOMING_CALL_BARRED": 54, "BEARERCAPABILITY_NOTAUTH": 57, "BEARERCAPABILITY_NOTAVAIL": 58,
	"SERVICE_UNAVAILABLE": 63, "BEARERCAPABILITY_NOTIMPL": 65, "CHAN_NOT_IMPLEMENTED": 66,
	"FACILITY_NOT_IMPLEMENTED": 69, "SERVICE_NOT_IMPLEMENTED": 79, "INVALID_CALL_REFERENCE": 81,
	"INCOMPATIBLE_DESTINATION": 88, "INVALID_MSG_UNSPECIFIED": 95, "MANDATORY_IE_MISSING": 96,
	"MESSAGE_TYPE_NONEXIST": 97, "WRONG_MESSAGE": 98, "IE_NONEXIST": 99, "INVALID_IE_CONTENTS": 100,
	"WRONG_CALL_STATE": 101, "RECOVERY_ON_TIMER_EXPIRE": 102, "MANDATORY_IE_LENGTH_ERROR": 103,
	"PROTOCOL_ERROR": 111, "INTERWORKING": 127, "ORIGINATOR_CANCEL": 487, "CRASH": 500, "SYSTEM_SHUTDOWN": 501,
	"LOSE_RACE": 502, "MANAGER_REQUEST": 503, "BLIND_TRANSFER": 600, "ATTENDED_TRANSFER": 601,
	"ALLOTTED_TIMEOUT": 602, "USER_CHALLENGE": 603, "MEDIA_TIMEOUT": 604, "PICKED_OFF": 605,
	"USER_NOT_REGISTERED": 606, "PROGRESS_TIMEOUT": 607, "INVALID_GATEWAY": 608, "GATEWAY_DOWN": 609,
	"INVALID_URL": 610, "INVALID_PROFILE": 611, "NO_PICKUP": 612,
}

func causeKnown(cause string) bool { _, ok := causes[cause]; return ok }
