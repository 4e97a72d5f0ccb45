package fswtest

import (
	"slices"
	"time"
)

// CallOptions describe an inbound call. All fields may be left empty.
type CallOptions struct {
	From     string            // the caller's number; default 0000000000
	FromName string            // the caller's name; default the number
	To       string            // the number called; default 1000
	Context  string            // default "default"
	Profile  string            // the SIP profile; default internal
	Address  string            // the caller's IP address; default 127.0.0.1
	UUID     string            // default: made up. One in use is not taken.
	Vars     map[string]string // channel variables

	// Route lets the dialplan handle the call. Without it, and without
	// Actions, the call rings until a method of the Channel changes that.
	Route bool

	// Actions are executed instead of what the dialplan would do.
	Actions []Action
}

// A Channel is the handle of a test or a demonstration on a call it made. Its
// methods do nothing once the channel has hung up.
type Channel struct{ c *channel }

// Call makes an inbound call over SIP, up to CS_EXECUTE. While the server is
// down, or takes no new calls (fsctl pause), the call is one that has ended.
func (s *Server) Call(o CallOptions) *Channel {
	s.enter()
	defer s.leave()
	if !s.takesCalls() {
		return &Channel{&channel{s: s, uuid: s.uuid(), down: true, gone: true}}
	}
	return &Channel{s.call(o)}
}

func (s *Server) takesCalls() bool { return !s.down && !s.control.noInbound }

func (s *Server) call(o CallOptions) *channel {
	def := func(v *string, d string) {
		if *v == "" {
			*v = d
		}
	}
	def(&o.From, unknownNumber)
	def(&o.FromName, o.From)
	def(&o.To, "1000")
	def(&o.Context, "default")
	def(&o.Profile, "internal")
	def(&o.Address, "127.0.0.1")
	if s.taken(o.UUID) {
		o.UUID = ""
	}
	c := s.newChannel(o.UUID, "sofia/"+o.Profile+"/"+o.From+"@"+o.Address, "sofia", "inbound")
	c.enlist()
	c.setState(stateNew)
	c.setProfile(profile{username: o.From, dialplan: "XML", cidName: o.FromName, cidNumber: o.From, origName: o.FromName,
		origNumber: o.From, networkAddr: o.Address, ani: o.From, destination: o.To, source: "mod_sofia", context: o.Context})
	c.own("")
	c.callVariables(&o)
	for _, name := range sortedKeys(o.Vars) {
		c.set(name, o.Vars[name])
	}
	c.codecs(codecPCMU, sourceRealReadCodec)
	c.mediaVariables()
	c.set("endpoint_disposition", "RECEIVED")
	c.setState(stateInit)
	c.create()
	c.route()
	switch {
	case len(o.Actions) > 0:
		c.executing(slices.Clone(o.Actions))
	case o.Route:
		c.enterPlan(o.To, o.Context)
	default:
		c.manual = true
		c.executing(nil)
	}
	return c
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (h *Channel) do(f func(*channel)) {
	s := h.c.s
	s.enter()
	defer s.leave()
	if !h.c.down && !s.closed {
		f(h.c)
	}
}

// UUID is the Unique-ID.
func (h *Channel) UUID() string { return h.c.uuid }

// Up tells whether the channel has not hung up yet.
func (h *Channel) Up() bool {
	up := false
	h.do(func(*channel) { up = true })
	return up
}

// RingReady signals ringing.
func (h *Channel) RingReady() { h.do((*channel).progress) }

// PreAnswer signals early media.
func (h *Channel) PreAnswer() { h.do((*channel).early) }

// Answer answers the call.
func (h *Channel) Answer() { h.do((*channel).answered) }

// Hold is what happens when the far end puts the call on hold.
func (h *Channel) Hold() { h.do(func(c *channel) { c.hold(sourceMarkHold) }) }

// Unhold is what happens when it takes it off hold.
func (h *Channel) Unhold() { h.do(func(c *channel) { c.unhold(sourceMarkHold) }) }

// Bridge joins two answered calls of the same server as uuid_bridge does.
func (h *Channel) Bridge(other *Channel) {
	if other == nil || other.c.s != h.c.s {
		return
	}
	h.do(func(c *channel) { c.s.uuidBridge(c, other.c) })
}

// Hangup ends the call. An unknown cause becomes NORMAL_CLEARING.
func (h *Channel) Hangup(cause string) { h.do(func(c *channel) { c.hangup(cause) }) }

// SetVar sets a channel variable; an empty value unsets it.
func (h *Channel) SetVar(name, value string) { h.do(func(c *channel) { c.set(name, value) }) }

// Transfer sends the call to an extension of the dialplan.
func (h *Channel) Transfer(number string) { h.do(func(c *channel) { c.transfer(number, "", "") }) }

// Execute executes an application inside what the call does now, as sendmsg
// does. Known are answer, pre_answer, ring_ready, hangup, set, export, unset,
// push, transfer, log, info, park, echo, playback, sleep, bridge, conference and
// socket.
func (h *Channel) Execute(app, data string) {
	h.do(func(c *channel) {
		c.deliver(c.s.ownMessage(app, data))
	})
}

// ChannelInfo is the state of one channel, in the words of the events.
type ChannelInfo struct {
	UUID            string            // Unique-ID
	Name            string            // Channel-Name
	State           string            // Channel-State: CS_EXECUTE
	CallState       string            // Channel-Call-State: ACTIVE
	AnswerState     string            // Answer-State: answered
	Direction       string            // Call-Direction: inbound
	CallerIDName    string            // Caller-Caller-ID-Name
	CallerIDNumber  string            // Caller-Caller-ID-Number
	Destination     string            // Caller-Destination-Number
	CallUUID        string            // Channel-Call-UUID
	OtherLegUUID    string            // of the leg it is bridged to, "" if it is not
	Application     string            // the innermost that runs
	ApplicationData string            // its argument
	Created         time.Time         // Caller-Channel-Created-Time
	Variables       map[string]string // without variable_
}

// Channels are the live channels (from CHANNEL_CREATE to CHANNEL_DESTROY), the
// oldest first: the truth, without the lag of "show channels".
func (s *Server) Channels() []ChannelInfo {
	s.enter()
	defer s.leave()
	s.drain() // what is put off belongs to it
	return s.channelInfos()
}

func (s *Server) channelInfos() []ChannelInfo {
	out := make([]ChannelInfo, 0, len(s.order))
	for _, c := range s.order {
		if c.created && !c.gone {
			out = append(out, c.info())
		}
	}
	return out
}

// Info is the state of the channel, and whether it still lives.
func (h *Channel) Info() (ChannelInfo, bool) {
	s := h.c.s
	s.enter()
	defer s.leave()
	return h.c.info(), !h.c.gone
}

func (c *channel) info() ChannelInfo {
	i := ChannelInfo{UUID: c.uuid, Name: c.name, State: c.running, CallState: c.callState, AnswerState: c.answer,
		Direction: c.direction, CallerIDName: c.p.cidName, CallerIDNumber: c.p.cidNumber, Destination: c.p.destination,
		CallUUID: c.callUUID, Created: time.UnixMicro(c.p.created), Variables: make(map[string]string, len(c.vars))}
	if c.br != nil {
		i.OtherLegUUID = c.br.other(c).uuid
	}
	if x := c.top(); x != nil {
		i.Application, i.ApplicationData = x.App, x.Data
	}
	for _, v := range c.vars {
		i.Variables[v.name] = v.value
	}
	return i
}
