package fsw

import (
	"fmt"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/pipe"
)

// Channel is one leg of a call. Its cells hold what the last event about it said;
// a header that an event does not have leaves its cell as it was, and "" is what
// no event has said yet. The header that feeds a cell is named behind it.
//
// Its Events are those with its Unique-ID, the CHANNEL_DESTROY included. Closed is ""
// while the channel lives, then its hang-up cause, or one of CauseDestroyed,
// CauseLost and CauseSwitch. In the pass in which it closes it leaves
// Switch.Channels. Its Key is the id with which it was met.
type Channel struct {
	Handler

	// UUID is the current id: FreeSWITCH can rename a channel (CHANNEL_UUID).
	UUID cell.Value[string]

	User        cell.Value[string] `fsw:"Caller-Username"`
	Name        cell.Value[string] `fsw:"Caller-Caller-ID-Name"`
	Number      cell.Value[string] `fsw:"Caller-Caller-ID-Number"`
	Destination cell.Value[string] `fsw:"Caller-Destination-Number"`

	ChannelName cell.Value[string]           `fsw:"Channel-Name"`       // such as sofia/internal/1000@example.com
	State       cell.Value[esl.ChannelState] `fsw:"Channel-State"`      // such as CS_EXECUTE
	CallState   cell.Value[esl.CallState]    `fsw:"Channel-Call-State"` // such as RINGING, ACTIVE, HELD
	AnswerState cell.Value[esl.AnswerState]  `fsw:"Answer-State"`       // ringing, early, answered or hangup
	Direction   cell.Value[esl.Direction]    `fsw:"Call-Direction"`     // seen from the server: inbound or outbound
	CallUUID    cell.Value[string]           `fsw:"Channel-Call-UUID"`  // which the legs of a call share

	// OtherLeg is the id of the channel that this one talks to or was made by or
	// for: Other-Leg-Unique-ID, or what a CHANNEL_BRIDGE says of either leg, until
	// CHANNEL_UNBRIDGE.
	OtherLeg cell.Value[string]

	// Application is the dialplan application that was started last, with its
	// data: Application and Application-Data of CHANNEL_EXECUTE.
	Application     cell.Value[string] `fsw:"Application,at=CHANNEL_EXECUTE"`
	ApplicationData cell.Value[string] `fsw:"Application-Data,at=CHANNEL_EXECUTE"`

	ReadCodec  cell.Value[Codec] // Channel-Read-Codec-*
	WriteCodec cell.Value[Codec] // Channel-Write-Codec-*

	// Times is the timetable: Caller-Channel-*-Time.
	Times cell.Value[Timetable]

	// HangupCause is why it was hung up, such as NORMAL_CLEARING: Hangup-Cause.
	HangupCause cell.Value[esl.HangupCause] `fsw:"Hangup-Cause"`

	// Call is the call that the channel is a leg of, from when it is live; after its
	// end the one it was in.
	Call cell.Value[*Call]

	// Variables are the channel's variables, as of the last event that had them.
	Variables cell.ValueFunc[Variables]

	// Member is what it is in a conference, nil if it is in none.
	Member cell.Value[*Member]

	logs       *pipe.Pipe[esl.LogLine] // LogData, nil until it is asked for
	met        uint64                  // which channel of the switch it is
	ties       cell.ValueFunc[[]tie]   // to other legs of its call; never changed in place
	callUUID   cell.Value[string]      // the CallUUID by which it is grouped
	visit      uint64                  // by the last search that came here, see together
	mated      uint64                  // by the last one that came to all with its callUUID
	indexed    cell.Value[bool]        // whether it is in Switch.byCallUUID
	listedAt   time.Time               // when a snapshot brought it, zero if none did
	listedIn   uint32                  // see Switch.gap: since which one it is listed, and is known to be right
	checkedIn  uint32
	bond       bond
	asOf       Moment    // when uuid_dump was answered, until an event is younger
	dumpedAt   time.Time // the same by our clock
	expectedAt time.Time
}

func newChannel(sw *Switch, id string) *Channel {
	ch := &Channel{Handler: Handler{sw: sw, owner: sw, key: ownText(&sw.repeated, id), in: channels{sw}}}
	ch.Variables.Init(Variables{}, sameVariables)
	return ch
}

// Describe tells who is calling, in one line.
func (ch *Channel) Describe(r cell.Reader) string {
	return fmt.Sprintf("Channel(key=%q, user=%q, name=%q, number=%q)",
		ch.UUID.Get(r), ch.User.Get(r), ch.Name.Get(r), ch.Number.Get(r))
}

// SendCommand transmits a message to the channel: SendMsg with this call-command.
// callback and errors are as with Switch.SendCommand; the reply only says that
// the message was queued.
func (ch *Channel) SendCommand(tx cell.Tx, call string, callback Callback, headers ...esl.Header) error {
	headers = append([]esl.Header{{Name: "call-command", Value: call}}, headers...)
	return ch.sw.send(tx, esl.SendMsg(ch.address(tx.Reader), headers...), callback)
}

// SendHangup hangs the channel up with a cause; "" is NORMAL_CLEARING.
func (ch *Channel) SendHangup(tx cell.Tx, cause esl.HangupCause, callback Callback) error {
	if cause == "" {
		cause = esl.CauseNormalClearing
	}
	return ch.sw.send(tx, esl.Hangup(ch.address(tx.Reader), string(cause)), callback)
}

// SendExecute runs a dialplan application on the channel, times times; 0 and 1
// mean once. data may be "". The reply only says that the message was queued; SendRun
// waits for the application's end.
func (ch *Channel) SendExecute(tx cell.Tx, app, data string, times int, callback Callback, options ...ExecuteOption) error {
	x := execution{loops: times}
	for _, o := range options {
		o(&x)
	}
	return ch.sw.send(tx, esl.RawApp(app, data).Execute(ch.address(tx.Reader), x.loops, x.headers...), callback)
}

// address is the id that messages to the channel bear. The one that a session controls
// needs none, and had better not have it: in a static session of an older server a message
// with an id waits for the end of the session.
func (ch *Channel) address(r cell.Reader) string {
	if s := ch.sw.given; s != nil && s.Channel == ch || s == nil && ch.sw.ofSession() {
		return ""
	}
	return ch.UUID.Peek(r)
}

// received takes an event about the channel.
func (ch *Channel) received(tx cell.Tx, ev *esl.Event) {
	ch.hear(tx, ch.sw.gap, 0)
	if ch.asOf == 0 || !ch.overtaken(tx, ev) {
		ch.update(tx, ev)
		if m := ch.Member.Peek(tx.Reader); m != nil {
			m.callerID(tx, ev)
		}
		ch.sw.group(tx, ch)
	}
	ch.sw.related(tx, ch, ev)
	ch.kids.event(tx, ev)
	ch.Events.Append(tx, ev)
	if call := ch.Call.Peek(tx.Reader); call != nil {
		call.kids.event(tx, ev)
		call.Events.Append(tx, ev)
	}
}

// join and part follow the bridges.
func (ch *Channel) join(tx cell.Tx, other string) {
	b := ch.bond
	b.parted = ""
	ch.setBond(tx, b)
	ch.OtherLeg.Set(tx, other)
}

// part ends the bridge; b is what is known of the channel's bridges now.
func (ch *Channel) part(tx cell.Tx, b bond) {
	b.parted = ch.OtherLeg.Peek(tx.Reader)
	ch.setBond(tx, b)
	ch.OtherLeg.Set(tx, "")
}

// Codec is how a channel's audio is coded.
type Codec struct {
	Name    string // such as PCMU
	Rate    int    // samples a second
	BitRate int    // bits a second
}

// Timetable is when things happened to a channel.
type Timetable struct {
	Created, Progress, ProgressMedia, Answered, Bridged, LastHold, Transferred, Resurrected, HungUp Moment
}

// Moment is a time by the clock of the server, in microseconds since 1970; 0 if
// it has not come.
type Moment int64

// Time returns the moment as a time, the zero Time for 0.
func (m Moment) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(m))
}
