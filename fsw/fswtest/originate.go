package fswtest

import (
	"strconv"
	"strings"
	"time"
)

// dialing calls the legs of a dial string until one is up.
type dialing struct {
	s                  *Server
	from               *channel // the leg that dials; nil for the api command
	cidName, cidNumber string
	ignoreEarly        bool
	timeout            time.Duration
	onUp               func(*channel)
	onFail             func(cause string)

	vars   variables
	groups [][]leg
	legs   []*channel // being dialled
	cause  string     // of the last failure
	done   bool
	timer  *timer
}

const defaultOriginate = 60 * time.Second

// start begins to dial.
func (d *dialing) start(text string) {
	groups, vars, cause := parseDial(text)
	d.groups, d.vars, d.cause = groups, vars, cause
	if v, ok := vars.get("ignore_early_media"); ok && v == "true" {
		d.ignoreEarly = true
	}
	if v, ok := vars.get("origination_caller_id_name"); ok {
		d.cidName = v
	}
	if v, ok := vars.get("origination_caller_id_number"); ok {
		d.cidNumber = v
	}
	for _, name := range []string{"originate_timeout", "call_timeout", "leg_timeout"} {
		if v, ok := vars.get(name); ok {
			if n, err := strconv.Atoi(v); err == nil && n > 0 {
				d.timeout = time.Duration(n) * time.Second
				break
			}
		}
	}
	if d.timeout <= 0 {
		d.timeout = defaultOriginate
	}
	d.timer = d.s.after(d.timeout, func() { d.cancel("NO_ANSWER") })
	d.group()
}

// group dials the next group, or gives up.
func (d *dialing) group() {
	if d.done {
		return
	}
	if len(d.groups) == 0 {
		d.fail()
		return
	}
	group := d.groups[0]
	d.groups = d.groups[1:]
	for i := range group {
		if !d.s.dials(&group[i]) {
			d.cause = "DESTINATION_OUT_OF_ORDER"
			continue
		}
		c := d.s.dial(d, &group[i])
		d.legs = append(d.legs, c)
		c.dialled = d
		c.onAnswer = append(c.onAnswer, func() { d.up(c) })
		if !d.ignoreEarly {
			c.onMedia = append(c.onMedia, func() { d.up(c) })
		}
		c.onHangup = append(c.onHangup, func() { d.lost(c) })
	}
	if len(d.legs) == 0 {
		d.group()
	}
}

// dials says whether a leg may be made. Half of a loopback is an inbound one.
func (s *Server) dials(l *leg) bool {
	return !s.control.noOutbound && !(l.Endpoint == "loopback" && s.control.noInbound)
}

func (d *dialing) up(c *channel) {
	if d.done || c.down {
		return
	}
	d.done = true
	d.s.stop(d.timer)
	c.dialled = nil
	for _, x := range d.legs {
		if x != c {
			x.hangup("LOSE_RACE")
		}
	}
	d.legs = nil
	d.onUp(c)
}

func (d *dialing) lost(c *channel) {
	if d.done {
		return
	}
	if c.cause != "" {
		d.cause = c.cause
	}
	for i, x := range d.legs {
		if x == c {
			d.legs = append(d.legs[:i], d.legs[i+1:]...)
			break
		}
	}
	if len(d.legs) == 0 {
		d.group()
	}
}

// escape takes a leg that is being dialled, and is sent elsewhere meanwhile, away from
// who dials it, for whom it is one that has failed: a real server, which sees that it
// has been transferred or bridged, or does not originate any more, does not touch it.
func (c *channel) escape() {
	d := c.dialled
	if d == nil {
		return
	}
	c.dialled, c.peer = nil, nil
	c.onAnswer, c.onMedia, c.onHangup = nil, nil, nil
	d.s.soon(func() { d.lost(c) })
}

func (d *dialing) fail() {
	d.done = true
	d.s.stop(d.timer)
	d.onFail(d.cause)
}

// cancel hangs up what is being dialled. The last leg's end reports it.
func (d *dialing) cancel(cause string) {
	if d.done {
		return
	}
	d.groups = nil
	d.cause = cause
	for _, c := range append([]*channel(nil), d.legs...) {
		c.hangup(cause)
	}
}

// dial makes the channel of one leg and sets it going.
func (s *Server) dial(d *dialing, l *leg) *channel {
	vars := append(append(variables(nil), d.vars...), l.vars...)
	if l.Endpoint == "loopback" {
		return s.dialLoopback(d, l, vars)
	}
	uuid, _ := vars.get("origination_uuid")
	if uuid != "" && s.taken(uuid) {
		uuid = "" // taken
	}
	c := s.newChannel(uuid, l.channelName(), "sofia", "outbound")
	c.setProfile(profile{cidName: d.cidName, cidNumber: d.number(), origName: d.cidName, origNumber: d.number(),
		calleeName: defaultCallee, calleeNumber: l.Number, ani: d.number(), destination: l.Number,
		source: "src/switch_ivr_originate.c", context: "default"})
	c.number = stateInit
	c.own("is_outbound")
	address := strings.TrimPrefix(c.name, "sofia/"+l.Profile+"/")
	c.setAll("sip_profile_name", l.Profile, "video_media_flow", "disabled", "text_media_flow", "disabled",
		"channel_name", c.name, "sip_destination_url", "sip:"+address)
	d.dress(c, "sofia", vars)
	c.enlist()
	c.event("CHANNEL_OUTGOING")
	c.setState(stateInit)
	far := s.farEnd(d, l)
	s.soon(func() {
		c.setAll("sip_req_uri", address, "sofia_profile_name", l.Profile, "recovery_profile_name", l.Profile)
		c.create()
		if c.down {
			return
		}
		c.setState(stateRouting)
		c.setState(stateConsume)
		s.soon(func() { c.remote(far) })
	})
	return c
}

// farEnd is what the called party does.
func (s *Server) farEnd(d *dialing, l *leg) []Action {
	if d.from != nil && d.from.farEnd != nil {
		return d.from.farEnd
	}
	return s.ask(l.Destination)
}

// remote plays the far end of a leg.
func (c *channel) remote(actions []Action) {
	for i, a := range actions {
		if c.down {
			return
		}
		switch a.App {
		case "ring_ready":
			c.progress()
		case "pre_answer":
			c.early()
		case "answer":
			c.answered()
		case "hangup":
			c.hangup(a.Data)
		case "sleep":
			ms, _ := strconv.Atoi(a.Data)
			rest := actions[i+1:]
			c.later(time.Duration(max(ms, 0))*time.Millisecond, func() { c.remote(rest) })
			return
		}
	}
}

const unknownNumber = "0000000000"

func (d *dialing) number() string {
	if d.cidNumber == "" {
		return unknownNumber
	}
	return d.cidNumber
}

// own sets the variables every channel has.
func (c *channel) own(outbound string) {
	c.set("direction", c.direction)
	if outbound != "" {
		c.set(outbound, "true")
	}
	c.set("uuid", c.uuid)
	c.set("call_uuid", c.callUUID)
	c.set("session_id", strconv.Itoa(c.session))
}

func (c *channel) setAll(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		c.set(pairs[i], pairs[i+1])
	}
}

// dress gives a dialled channel the variables of the dial string, and the leg
// that dials it.
func (d *dialing) dress(c *channel, endpoint string, vars variables) {
	for _, v := range vars {
		c.set(v.name, v.value)
	}
	early := "true"
	if d.ignoreEarly {
		early = "false"
	}
	c.set("originate_early_media", early)
	c.set("originate_endpoint", endpoint)
	if d.from != nil {
		c.link(d.from, "originator")
		c.callUUID = d.from.callUUID
		c.set("call_uuid", c.callUUID)
	}
}

// dialLoopback makes the two halves of a loopback call: -a is the leg that
// dials, -b runs in the dialplan.
func (s *Server) dialLoopback(d *dialing, l *leg, vars variables) *channel {
	a := s.newChannel("", l.text+"-a", "loopback", "outbound")
	a.set("direction", "outbound")
	a.set("is_outbound", "true")
	a.set("session_id", strconv.Itoa(a.session))
	a.codecs(codecL16, sourceReadCodec)
	a.name = "loopback/" + l.Number + "-a"
	callee := l.text[strings.LastIndexByte(l.text, '/')+1:]
	p := profile{dialplan: "xml", cidName: d.cidName, cidNumber: d.number(), origName: d.cidName,
		origNumber: d.number(), calleeName: defaultCallee, calleeNumber: callee, ani: d.number(),
		destination: l.Number, source: "mod_loopback", context: l.Context}
	a.setProfile(p)
	a.number = stateInit
	a.set("channel_name", a.name)
	a.set("uuid", a.uuid)
	a.set("call_uuid", a.callUUID)
	if uuid, _ := vars.get("origination_uuid"); uuid != "" && !s.taken(uuid) {
		a.rename(uuid)
	}
	a.enlist()
	d.dress(a, "loopback", vars)
	a.event("CHANNEL_OUTGOING")
	a.setState(stateInit)

	b := s.newChannel("", "loopback/"+l.Number+"-b", "loopback", "inbound")
	a.loop, b.loop = b, a
	if d.from != nil {
		b.moves = d.from.moves + 1
	}
	b.setAll("direction", "inbound", "uuid", b.uuid, "session_id", strconv.Itoa(b.session), "channel_name", b.name)
	b.codecs(codecL16, sourceReadCodec)
	b.enlist()
	b.number = stateInit
	b.setProfile(p)
	for _, v := range vars {
		b.set(v.name, v.value)
	}
	b.setAll("other_loopback_leg_uuid", a.uuid, "loopback_leg", "B", "call_uuid", b.callUUID)
	a.setAll("other_loopback_leg_uuid", b.uuid, "loopback_leg", "A")

	s.soon(func() {
		a.create()
		if !a.down {
			a.setState(stateRouting)
			a.setState(stateConsume)
		}
	})
	s.soon(func() {
		b.setState(stateInit)
		b.create()
		if b.down {
			return
		}
		b.route()
		b.enterPlan(l.Number, l.Context)
	})
	return a
}

// apiOriginate is originate <dial string> <extension>|&app(args) [<dialplan>]
// [<context>] [<cid name>] [<cid number>] [<timeout>].
func apiOriginate(x *apiCall) (string, bool) {
	w := splitArgs(x.args)
	if len(w) < 2 {
		return "-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] [<cid_num>] [<timeout_sec>]\n", true
	}
	for len(w) < 7 {
		w = append(w, "")
	}
	s := x.s
	result := make(chan string, 1)
	s.enter()
	d := &dialing{s: s, cidName: w[4], cidNumber: w[5]}
	if n, err := strconv.Atoi(w[6]); err == nil {
		d.timeout = time.Duration(n) * time.Second
	}
	d.onUp = func(c *channel) {
		c.flipCallerID()
		result <- "+OK " + c.uuid + "\n"
		then := w[1]
		s.soon(func() {
			if c.down {
				return
			}
			if app, ok := strings.CutPrefix(then, "&"); ok {
				name, data, _ := strings.Cut(app, "(")
				data, _, _ = strings.Cut(data, ")") // at the first one, as the real parser does
				c.executing([]Action{{name, data}})
				return
			}
			c.transfer(then, w[2], w[3])
		})
	}
	d.onFail = func(cause string) { result <- "-ERR " + cause + "\n" }
	d.start(w[0])
	s.leave()
	select {
	case out := <-result:
		return out, true
	case <-x.quit:
		return "", true
	}
}
