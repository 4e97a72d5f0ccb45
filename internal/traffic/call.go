package traffic

import "math/rand/v2"

// call is a call of two legs: a caller, and who is called.
type call struct {
	serial   uint64
	legs     [2]leg
	todo     []step // what is going to happen next
	now      step   // what has happened last
	answered int64  // by the clock of the server, in microseconds
	bridged  int64
	held     int64
}

// leg is a channel.
type leg struct {
	uuid                     [36]byte
	live                     bool
	created, hungUp          int64
	state, callState, answer string
	stateNumber              byte
}

const (
	caller = 0
	callee = 1
)

// step is something that happens to a leg: its event, and what the leg is then. What
// is "" stays as it was.
type step struct {
	leg                int
	event              string
	state, call, reply string
	app, data          string
}

// begin makes it a new call.
func (c *call) begin(t *Traffic) {
	t.begun++
	*c = call{serial: t.begun, todo: beginning}
	// A source of its own: what a call is called depends on nothing but its number.
	ids := rand.New(rand.NewPCG(t.begun, 3))
	for i := range c.legs {
		writeUUID(&c.legs[i].uuid, ids.Uint64(), ids.Uint64())
	}
}

// over tells whether both legs have ended.
func (c *call) over() bool { return !c.legs[caller].live && !c.legs[callee].live }

// happen does what a step says.
func (c *call) happen(s step, now int64) {
	l := &c.legs[s.leg]
	if s.state != "" {
		l.state, l.stateNumber = s.state, stateNumbers[s.state]
	}
	if s.call != "" {
		l.callState = s.call
	}
	if s.reply != "" {
		l.answer = s.reply
	}
	switch s.event {
	case "CHANNEL_CREATE":
		l.live, l.created = true, now
	case "CHANNEL_ANSWER":
		c.answered = now
	case "CHANNEL_BRIDGE":
		c.bridged = now
	case "CHANNEL_HOLD":
		c.held = now
	case "CHANNEL_HANGUP":
		l.hungUp = now
	case "CHANNEL_DESTROY":
		l.live = false
	}
	c.now = s
}

// stateNumbers are the first digits of Channel-State-Number; 10 and more are letters.
var stateNumbers = map[string]byte{
	"CS_INIT": 1, "CS_ROUTING": 2, "CS_EXECUTE": 4, "CS_EXCHANGE_MEDIA": 5, "CS_CONSUME_MEDIA": 7,
	"CS_HANGUP": 10, "CS_REPORTING": 11, "CS_DESTROY": 12,
}

// beginning is a call that is dialled, rings, and is answered.
var beginning = []step{
	{leg: caller, event: "CHANNEL_CREATE", state: "CS_INIT", call: "DOWN", reply: "ringing"},
	{leg: caller, event: "CHANNEL_STATE", state: "CS_INIT"},
	{leg: caller, event: "CHANNEL_CALLSTATE", call: "RINGING"},
	{leg: caller, event: "CHANNEL_STATE", state: "CS_ROUTING"},
	{leg: caller, event: "CHANNEL_STATE", state: "CS_EXECUTE"},
	{leg: caller, event: "CHANNEL_EXECUTE", app: "set", data: "hangup_after_bridge%3Dtrue"},
	{leg: caller, event: "CHANNEL_EXECUTE_COMPLETE", app: "set", data: "hangup_after_bridge%3Dtrue"},
	{leg: caller, event: "CHANNEL_EXECUTE", app: "bridge", data: "user/{destination}%40pbx.example.com"},
	{leg: callee, event: "CHANNEL_CREATE", state: "CS_INIT", call: "DOWN", reply: "ringing"},
	{leg: callee, event: "CHANNEL_OUTGOING"},
	{leg: callee, event: "CHANNEL_STATE", state: "CS_ROUTING"},
	{leg: callee, event: "CHANNEL_STATE", state: "CS_CONSUME_MEDIA"},
	{leg: callee, event: "CHANNEL_PROGRESS"},
	{leg: callee, event: "CHANNEL_CALLSTATE", call: "RINGING"},
	{leg: caller, event: "CHANNEL_PROGRESS"},
	{leg: callee, event: "CODEC"},
	{leg: callee, event: "CHANNEL_ANSWER", reply: "answered"},
	{leg: callee, event: "CHANNEL_CALLSTATE", call: "ACTIVE"},
	{leg: callee, event: "CHANNEL_STATE", state: "CS_EXCHANGE_MEDIA"},
	{leg: caller, event: "CODEC"},
	{leg: caller, event: "CHANNEL_ANSWER", reply: "answered"},
	{leg: caller, event: "CHANNEL_CALLSTATE", call: "ACTIVE"},
	{leg: caller, event: "CHANNEL_BRIDGE"},
	{leg: caller, event: "CALL_UPDATE"},
}

// happenings are what may come of two people talking.
var happenings = [][]step{
	{{leg: caller, event: "DTMF"}, {leg: caller, event: "DTMF"}, {leg: caller, event: "DTMF"}},
	{
		{leg: callee, event: "CHANNEL_HOLD"},
		{leg: callee, event: "CHANNEL_CALLSTATE", call: "HELD"},
		{leg: callee, event: "CHANNEL_UNHOLD"},
		{leg: callee, event: "CHANNEL_CALLSTATE", call: "UNHELD"},
		{leg: callee, event: "CHANNEL_CALLSTATE", call: "ACTIVE"},
	},
	{{leg: callee, event: "CALL_UPDATE"}},
	hangingUp,
}

// hangingUp is the end of a call.
var hangingUp = []step{
	{leg: callee, event: "CHANNEL_HANGUP", state: "CS_EXCHANGE_MEDIA", reply: "hangup"},
	{leg: caller, event: "CHANNEL_UNBRIDGE"},
	{leg: callee, event: "CHANNEL_STATE", state: "CS_HANGUP"},
	{leg: callee, event: "CHANNEL_CALLSTATE", call: "HANGUP"},
	{leg: caller, event: "CHANNEL_EXECUTE_COMPLETE", app: "bridge", data: "user/{destination}%40pbx.example.com"},
	{leg: callee, event: "CHANNEL_HANGUP_COMPLETE", state: "CS_REPORTING"},
	{leg: callee, event: "CHANNEL_STATE"},
	{leg: callee, event: "CHANNEL_DESTROY"},
	{leg: callee, event: "CHANNEL_STATE", state: "CS_DESTROY"},
	{leg: caller, event: "CHANNEL_HANGUP", reply: "hangup"},
	{leg: caller, event: "CHANNEL_STATE", state: "CS_HANGUP"},
	{leg: caller, event: "CHANNEL_CALLSTATE", call: "HANGUP"},
	{leg: caller, event: "CHANNEL_HANGUP_COMPLETE", state: "CS_REPORTING"},
	{leg: caller, event: "CHANNEL_STATE"},
	{leg: caller, event: "CHANNEL_DESTROY"},
	{leg: caller, event: "CHANNEL_STATE", state: "CS_DESTROY"},
}
