package fsw

import (
	"strconv"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// attribute binds a header to a cell, or to a part of one. An event is walked once;
// a value that has not changed is compared in place and costs no allocation.
type attribute struct {
	key esl.Key
	set func(u *update, i int)
}

// update is one event on its way into a channel's cells.
type update struct {
	tx          cell.Tx
	ch          *Channel
	ev          *esl.Event
	seen        uint64 // attributes met: of repeated headers the first counts
	times       Timetable
	read, write Codec
}

var attributes = []attribute{
	text("Caller-Username", func(ch *Channel) *cell.Value[string] { return &ch.User }),
	text("Caller-Caller-ID-Name", func(ch *Channel) *cell.Value[string] { return &ch.Name }),
	text("Caller-Caller-ID-Number", func(ch *Channel) *cell.Value[string] { return &ch.Number }),
	text("Caller-Destination-Number", func(ch *Channel) *cell.Value[string] { return &ch.Destination }),
	text("Channel-Name", func(ch *Channel) *cell.Value[string] { return &ch.ChannelName }),
	text("Channel-State", func(ch *Channel) *cell.Value[string] { return &ch.State }),
	text("Channel-Call-State", func(ch *Channel) *cell.Value[string] { return &ch.CallState }),
	text("Answer-State", func(ch *Channel) *cell.Value[string] { return &ch.AnswerState }),
	text("Call-Direction", func(ch *Channel) *cell.Value[string] { return &ch.Direction }),
	text("Channel-Call-UUID", func(ch *Channel) *cell.Value[string] { return &ch.CallUUID }),
	text("Hangup-Cause", func(ch *Channel) *cell.Value[string] { return &ch.HangupCause }),
	{esl.MakeKey("Other-Leg-Unique-ID"), func(u *update, i int) {
		if u.ch.parted == "" || !u.ev.ValueIs(i, u.ch.parted) {
			u.text(&u.ch.OtherLeg, i)
		}
	}},
	{esl.MakeKey("Application"), func(u *update, i int) { u.executed(&u.ch.Application, i) }},
	{esl.MakeKey("Application-Data"), func(u *update, i int) { u.executed(&u.ch.ApplicationData, i) }},
	moment("Caller-Channel-Created-Time", func(t *Timetable) *Moment { return &t.Created }),
	moment("Caller-Channel-Progress-Time", func(t *Timetable) *Moment { return &t.Progress }),
	moment("Caller-Channel-Progress-Media-Time", func(t *Timetable) *Moment { return &t.ProgressMedia }),
	moment("Caller-Channel-Answered-Time", func(t *Timetable) *Moment { return &t.Answered }),
	moment("Caller-Channel-Bridged-Time", func(t *Timetable) *Moment { return &t.Bridged }),
	moment("Caller-Channel-Last-Hold", func(t *Timetable) *Moment { return &t.LastHold }),
	moment("Caller-Channel-Transfer-Time", func(t *Timetable) *Moment { return &t.Transferred }),
	moment("Caller-Channel-Resurrect-Time", func(t *Timetable) *Moment { return &t.Resurrected }),
	moment("Caller-Channel-Hangup-Time", func(t *Timetable) *Moment { return &t.HungUp }),
	{esl.MakeKey("Channel-Read-Codec-Name"), func(u *update, i int) { u.codecName(&u.read, i) }},
	{esl.MakeKey("Channel-Read-Codec-Rate"), func(u *update, i int) { u.read.Rate = int(u.number(i)) }},
	{esl.MakeKey("Channel-Read-Codec-Bit-Rate"), func(u *update, i int) { u.read.BitRate = int(u.number(i)) }},
	{esl.MakeKey("Channel-Write-Codec-Name"), func(u *update, i int) { u.codecName(&u.write, i) }},
	{esl.MakeKey("Channel-Write-Codec-Rate"), func(u *update, i int) { u.write.Rate = int(u.number(i)) }},
	{esl.MakeKey("Channel-Write-Codec-Bit-Rate"), func(u *update, i int) { u.write.BitRate = int(u.number(i)) }},
}

func text(header string, cellOf func(*Channel) *cell.Value[string]) attribute {
	return attribute{esl.MakeKey(header), func(u *update, i int) { u.text(cellOf(u.ch), i) }}
}

func moment(header string, partOf func(*Timetable) *Moment) attribute {
	return attribute{esl.MakeKey(header), func(u *update, i int) { *partOf(&u.times) = Moment(u.number(i)) }}
}

// byHash finds an attribute by the low bits of its header's hash. Its size is such
// that no two attributes meet.
var byHash = func() (table []uint8) {
	for size := 256; ; size *= 2 {
		table = make([]uint8, size)
		clash := false
		for n, a := range attributes {
			at := &table[int(a.key.Hash())%size]
			clash = clash || *at != 0
			*at = uint8(n + 1)
		}
		if !clash {
			return table
		}
	}
}()

// update sets the cells that the event speaks of.
func (ch *Channel) update(tx cell.Tx, ev *esl.Event) {
	r := tx.Reader
	u := &ch.sw.update // one a switch: it would be an allocation an event
	*u = update{tx: tx, ch: ch, ev: ev,
		times: ch.Times.Peek(r), read: ch.ReadCodec.Peek(r), write: ch.WriteCodec.Peek(r)}
	defer func() { *u = update{} }()
	mask := len(byHash) - 1
	variables := -1
	for i := range ev.Len() {
		hash := ev.NameHash(i)
		if n := int(byHash[int(hash)&mask]) - 1; n >= 0 {
			a := &attributes[n]
			if a.key.Hash() == hash && u.seen&(1<<n) == 0 && ev.NameIs(i, a.key) {
				u.seen |= 1 << n
				a.set(u, i)
				continue
			}
		}
		if variables < 0 {
			if strings.HasPrefix(ev.NameAt(i), variablePrefix) {
				variables = i
			}
		}
	}
	ch.Times.Set(tx, u.times)
	ch.ReadCodec.Set(tx, u.read)
	ch.WriteCodec.Set(tx, u.write)
	if variables >= 0 {
		ch.Variables.Set(tx, Variables{ev, variables})
	}
}

func (u *update) text(c *cell.Value[string], i int) {
	if !u.ev.ValueIs(i, c.Peek(u.tx.Reader)) {
		_, v := u.ev.At(i)
		c.Set(u.tx, internOrClone(v))
	}
}

func (u *update) executed(c *cell.Value[string], i int) {
	if u.ev.Name() == "CHANNEL_EXECUTE" {
		u.text(c, i)
	}
}

func (u *update) codecName(c *Codec, i int) {
	if !u.ev.ValueIs(i, c.Name) {
		_, v := u.ev.At(i)
		c.Name = internOrClone(v)
	}
}

// number reads a whole number; what is none is 0.
func (u *update) number(i int) int64 {
	_, v := u.ev.At(i)
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// internOrClone returns s as a string of its own, so that nine bytes of caller id
// do not hold on to an event. Frequent values exist once.
func internOrClone(s string) string {
	if v, ok := frequent[s]; ok {
		return v
	}
	return strings.Clone(s)
}

var frequent = func() map[string]string {
	m := map[string]string{}
	for _, s := range []string{
		"", "CS_NEW", "CS_INIT", "CS_ROUTING", "CS_SOFT_EXECUTE", "CS_EXECUTE", "CS_EXCHANGE_MEDIA", "CS_PARK",
		"CS_CONSUME_MEDIA", "CS_HIBERNATE", "CS_RESET", "CS_HANGUP", "CS_REPORTING", "CS_DESTROY", "CS_NONE",
		"DOWN", "DIALING", "RINGING", "EARLY", "ACTIVE", "HELD", "RING_WAIT", "HANGUP", "UNHELD",
		"ringing", "early", "answered", "hangup", "inbound", "outbound",
		"NORMAL_CLEARING", "USER_BUSY", "NO_ANSWER", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL", "CALL_REJECTED",
		"NO_ROUTE_DESTINATION", "UNALLOCATED_NUMBER", "NORMAL_UNSPECIFIED", "NORMAL_TEMPORARY_FAILURE",
		"ATTENDED_TRANSFER", "BLIND_TRANSFER", "LOSE_RACE", "PICKED_OFF", "MANAGER_REQUEST", "SUCCESS",
		"RECOVERY_ON_TIMER_EXPIRE", "DESTINATION_OUT_OF_ORDER", "INCOMPATIBLE_DESTINATION", "SUBSCRIBER_ABSENT",
		"ALLOTTED_TIMEOUT", "MEDIA_TIMEOUT", "SYSTEM_SHUTDOWN", "CRASH", "GATEWAY_DOWN",
		"answer", "bridge", "conference", "echo", "hangup", "park", "playback", "pre_answer", "record", "set",
		"export", "sleep", "transfer", "hold", "socket", "lua", "ivr", "valet_park", "callcenter", "info",
		"PCMU", "PCMA", "L16", "G722", "G729", "opus", "OPUS", "GSM", "PROXY", "silence",
	} {
		m[s] = s
	}
	return m
}()
