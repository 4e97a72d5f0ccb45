package fswtest

import (
	"strconv"
	"time"
)

// channel is one leg of a call. All of it belongs to the switch's lock.
type channel struct {
	s         *Server
	uuid      string
	name      string
	endpoint  string // loopback or sofia
	direction string
	session   int

	number    int    // Channel-State-Number: the state asked for
	running   string // Channel-State: the state that runs
	callState string
	answer    string // ringing, early, answered, hangup
	hitPlan   bool   // Channel-HIT-Dialplan
	callUUID  string // Channel-Call-UUID
	cause     string // of the hangup
	codec     codec
	readOnly  bool // CODEC fired for reading only so far
	mixed     bool // hears with the codec of a conference

	hasProfile bool
	p          profile
	before     struct{ destination, rdnis string } // the last transfer
	vars       variables
	created    bool // CHANNEL_CREATE has been fired
	down       bool // CHANNEL_HANGUP has been fired
	gone       bool // CHANNEL_DESTROY has been fired

	loop     *channel  // the other half of a loopback
	peer     *channel  // the leg this one is bridged to, or was last
	peerRole string    // what peer is to this leg: originator or originatee
	other    *otherLeg // what the Other-Leg headers tell; nil for none
	br       *bridge
	dialled  *dialing // of which it is a leg that is not up yet
	held     bool
	heldAt   time.Time
	holdLog  string

	moves   int          // transfers and loopbacks behind it, against endless loops
	script  []Action     // still to be executed
	epoch   int          // raised when the script is replaced
	manual  bool         // no script: a test drives this channel
	farEnd  []Action     // what the party this leg bridges to does; nil: ask the dialplan
	stack   []*execution // running applications, the innermost last
	waiting []*message   // sendmsg behind an event-lock

	voice    int        // the energy of what its far end sends
	memberID int        // in conferences, from the first one on
	member   *member    // while it is in one
	onDigit  func(byte) // who waits for keys

	holders  []*conn // connections that control it: it is not destroyed before they end
	diverted *conn   // gets what is sent to the channel itself

	onAnswer []func()
	onMedia  []func()
	onHangup []func()
	timers   []*timer // end with the channel
}

type codec struct{ name, rate, bits string }

var (
	codecL16  = codec{"L16", "8000", "128000"}
	codecPCMU = codec{"PCMU", "8000", "64000"}
)

// otherLeg is a copy of a profile, made when two legs meet and not kept up to
// date, as on the real server.
type otherLeg struct {
	uuid, name string
	p          profile
}

// The numbers of the states that events tell.
const (
	stateNew       = 0
	stateInit      = 1
	stateRouting   = 2
	stateSoftExec  = 3
	stateExecute   = 4
	stateExchange  = 5
	stateConsume   = 7
	stateHibernate = 8
	stateReset     = 9
	stateHangup    = 10
	stateReporting = 11
	stateDestroy   = 12
)

var stateNames = [...]string{"CS_NEW", "CS_INIT", "CS_ROUTING", "CS_SOFT_EXECUTE", "CS_EXECUTE", "CS_EXCHANGE_MEDIA",
	"CS_PARK", "CS_CONSUME_MEDIA", "CS_HIBERNATE", "CS_RESET", "CS_HANGUP", "CS_REPORTING", "CS_DESTROY"}

var callStateNumbers = map[string]string{"DOWN": "0", "DIALING": "1", "RINGING": "2", "EARLY": "3", "ACTIVE": "4",
	"HELD": "5", "RING_WAIT": "6", "HANGUP": "7", "UNHELD": "8"}

// A profile is what the Caller- headers tell. Times are microseconds since
// 1970, 0 for never.
type profile struct {
	direction, logical            string
	username, dialplan            string
	cidName, cidNumber            string
	origName, origNumber          string
	calleeName, calleeNumber      string
	networkAddr, ani              string
	destination, source, transfer string
	context, rdnis                string
	index                         int
	profileCreated, created       int64
	answered, progress, media     int64
	hangup, bridged               int64
	lastHold, holdAccum           int64
}

func (s *Server) micros() int64 { return s.now.UnixMicro() }

// variables keep their order: a set one goes to the end.
type variables []header

func (v *variables) set(name, value string) {
	v.unset(name)
	if value != "" {
		*v = append(*v, header{name, value})
	}
}

func (v *variables) unset(name string) {
	for i := range *v {
		if (*v)[i].name == name {
			*v = append((*v)[:i], (*v)[i+1:]...)
			return
		}
	}
}

func (v variables) get(name string) (string, bool) {
	for i := range v {
		if v[i].name == name {
			return v[i].value, true
		}
	}
	return "", false
}

func (v *variables) push(name, value string) {
	old, ok := v.get(name)
	switch {
	case !ok:
		v.set(name, value)
	case len(old) > 7 && old[:7] == "ARRAY::":
		v.set(name, old+"|:"+value)
	default:
		v.set(name, "ARRAY::"+old+"|:"+value)
	}
}

func (c *channel) set(name, value string) { c.vars.set(name, value) }

func (c *channel) variable(name string) string {
	v, _ := c.vars.get(name)
	return v
}

func (c *channel) isTrue(name string) bool { return c.variable(name) == "true" }

// withVariables tells which events carry variable_ headers.
func withVariables(name string) bool {
	switch name {
	case "CHANNEL_STATE", "CHANNEL_CALLSTATE", "CHANNEL_OUTGOING", "CODEC", "DTMF", "PRIVATE_COMMAND":
		return false
	}
	return true
}

// fire sends an event about this channel: lead before its block of headers,
// trail after it. The number is used up even if nobody listens.
func (c *channel) fire(name string, from source, lead []header, trail ...header) {
	s := c.s
	s.table.note(c, name)
	if !s.wanted(name) {
		s.seq.take()
		return
	}
	e := s.begin(name, "", from)
	e.headers = append(e.headers, lead...)
	c.addHeaders(e, withVariables(name))
	e.headers = append(e.headers, trail...)
	s.fire(e)
}

func (c *channel) event(name string, trail ...header) { c.fire(name, source{}, nil, trail...) }

// addHeaders writes the block that every event about a channel has.
func (c *channel) addHeaders(e *event, vars bool) {
	if cap(e.headers)-len(e.headers) < 50+len(c.vars) {
		grown := make([]header, len(e.headers), len(e.headers)+90+len(c.vars))
		copy(grown, e.headers)
		e.headers = grown
	}
	hit := "false"
	if c.hitPlan {
		hit = "true"
	}
	e.headers = append(e.headers,
		header{"Channel-State", c.running},
		header{"Channel-Call-State", c.callState},
		header{"Channel-State-Number", strconv.Itoa(c.number)},
		header{"Channel-Name", c.name},
		header{"Unique-ID", c.uuid},
		header{"Call-Direction", c.direction},
		header{"Presence-Call-Direction", c.direction},
		header{"Channel-HIT-Dialplan", hit},
		header{"Channel-Call-UUID", c.callUUID},
		header{"Answer-State", c.answer})
	e.addIf("Hangup-Cause", c.cause)
	if c.codec.name != "" {
		read := c.readCodec()
		e.headers = append(e.headers,
			header{"Channel-Read-Codec-Name", read.name},
			header{"Channel-Read-Codec-Rate", read.rate},
			header{"Channel-Read-Codec-Bit-Rate", read.bits})
		if !c.readOnly {
			e.headers = append(e.headers,
				header{"Channel-Write-Codec-Name", c.codec.name},
				header{"Channel-Write-Codec-Rate", c.codec.rate},
				header{"Channel-Write-Codec-Bit-Rate", c.codec.bits})
		}
	}
	if c.hasProfile {
		addProfile(e, callerNames, &c.p, c.uuid, c.name)
	}
	if o := c.other; o != nil {
		e.add("Other-Type", c.peerRole)
		addProfile(e, otherNames, &o.p, o.uuid, o.name)
	}
	if vars {
		for _, v := range c.vars {
			e.headers = append(e.headers, header{"variable_" + v.name, v.value})
		}
	}
}

// profileNames are the header names of a profile with one prefix, made once.
type profileNames struct {
	direction, logical, username, dialplan, cidName, cidNumber, origName, origNumber, calleeName, calleeNumber,
	networkAddr, ani, rdnis, destination, uuid, source, transfer, context, channel, index string
	times                        [11]string
	screen, hideName, hideNumber string
}

func namesWith(prefix string) *profileNames {
	n := &profileNames{
		direction: "Direction", logical: "Logical-Direction", username: "Username", dialplan: "Dialplan",
		cidName: "Caller-ID-Name", cidNumber: "Caller-ID-Number", origName: "Orig-Caller-ID-Name",
		origNumber: "Orig-Caller-ID-Number", calleeName: "Callee-ID-Name", calleeNumber: "Callee-ID-Number",
		networkAddr: "Network-Addr", ani: "ANI", rdnis: "RDNIS", destination: "Destination-Number", uuid: "Unique-ID",
		source: "Source", transfer: "Transfer-Source", context: "Context", channel: "Channel-Name",
		index: "Profile-Index",
		times: [11]string{"Profile-Created-Time", "Channel-Created-Time", "Channel-Answered-Time",
			"Channel-Progress-Time", "Channel-Progress-Media-Time", "Channel-Hangup-Time", "Channel-Transfer-Time",
			"Channel-Resurrect-Time", "Channel-Bridged-Time", "Channel-Last-Hold", "Channel-Hold-Accum"},
		screen: "Screen-Bit", hideName: "Privacy-Hide-Name", hideNumber: "Privacy-Hide-Number",
	}
	for _, f := range []*string{&n.direction, &n.logical, &n.username, &n.dialplan, &n.cidName, &n.cidNumber,
		&n.origName, &n.origNumber, &n.calleeName, &n.calleeNumber, &n.networkAddr, &n.ani, &n.rdnis, &n.destination,
		&n.uuid, &n.source, &n.transfer, &n.context, &n.channel, &n.index, &n.screen, &n.hideName, &n.hideNumber} {
		*f = prefix + *f
	}
	for i := range n.times {
		n.times[i] = prefix + n.times[i]
	}
	return n
}

var callerNames, otherNames, channelNames = namesWith("Caller-"), namesWith("Other-Leg-"), namesWith("Channel-")

func addProfile(e *event, n *profileNames, p *profile, uuid, name string) {
	e.add(n.direction, p.direction)
	e.add(n.logical, p.logical)
	e.addIf(n.username, p.username)
	e.addIf(n.dialplan, p.dialplan)
	e.addIf(n.cidName, p.cidName)
	e.addIf(n.cidNumber, p.cidNumber)
	e.addIf(n.origName, p.origName)
	e.addIf(n.origNumber, p.origNumber)
	e.addIf(n.calleeName, p.calleeName)
	e.addIf(n.calleeNumber, p.calleeNumber)
	e.addIf(n.networkAddr, p.networkAddr)
	e.addIf(n.ani, p.ani)
	e.addIf(n.destination, p.destination)
	e.add(n.uuid, uuid)
	e.addIf(n.source, p.source)
	e.addIf(n.transfer, p.transfer)
	e.addIf(n.context, p.context)
	e.addIf(n.rdnis, p.rdnis)
	e.add(n.channel, name)
	if n != otherNames {
		e.add(n.index, strconv.Itoa(p.index))
	}
	for i, t := range [...]int64{p.profileCreated, p.created, p.answered, p.progress, p.media, p.hangup, 0, 0,
		p.bridged, p.lastHold, p.holdAccum} {
		e.add(n.times[i], micros(t))
	}
	e.add(n.screen, "true")
	e.add(n.hideName, "false")
	e.add(n.hideNumber, "false")
}

func micros(t int64) string {
	if t == 0 {
		return "0"
	}
	return strconv.FormatInt(t, 10)
}
