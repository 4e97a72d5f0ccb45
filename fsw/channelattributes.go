package fsw

import (
	"reflect"
	"unsafe"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// channelAttributes are the cells of a Channel, most of which have tags.
var channelAttributes = func() *attributes {
	a := &attributes{}
	a.bind(reflect.TypeFor[Channel](), 0)
	a.add("Other-Leg-Unique-ID", func(u *update, i int) {
		if ch := u.channel(); ch.bond.parted == "" || !u.ev.ValueIs(i, ch.bond.parted) {
			u.text(&ch.OtherLeg, i)
		}
	})
	moment := func(header string, partOf func(*update) *Moment) {
		a.add(header, func(u *update, i int) { *partOf(u) = Moment(u.numberOr0(i)) })
	}
	moment("Caller-Channel-Created-Time", func(u *update) *Moment { return &u.times.Created })
	moment("Caller-Channel-Progress-Time", func(u *update) *Moment { return &u.times.Progress })
	moment("Caller-Channel-Progress-Media-Time", func(u *update) *Moment { return &u.times.ProgressMedia })
	moment("Caller-Channel-Answered-Time", func(u *update) *Moment { return &u.times.Answered })
	moment("Caller-Channel-Bridged-Time", func(u *update) *Moment { return &u.times.Bridged })
	moment("Caller-Channel-Last-Hold", func(u *update) *Moment { return &u.times.LastHold })
	moment("Caller-Channel-Transfer-Time", func(u *update) *Moment { return &u.times.Transferred })
	moment("Caller-Channel-Resurrect-Time", func(u *update) *Moment { return &u.times.Resurrected })
	moment("Caller-Channel-Hangup-Time", func(u *update) *Moment { return &u.times.HungUp })
	codec := func(prefix string, of func(*update) *Codec) {
		a.add(prefix+"-Name", func(u *update, i int) {
			if c := of(u); !u.ev.ValueIs(i, c.Name) {
				c.Name = u.sw.repeated.own(u.ev, i)
			}
		})
		a.add(prefix+"-Rate", func(u *update, i int) { of(u).Rate = int(u.numberOr0(i)) })
		a.add(prefix+"-Bit-Rate", func(u *update, i int) { of(u).BitRate = int(u.numberOr0(i)) })
	}
	codec("Channel-Read-Codec", func(u *update) *Codec { return &u.read })
	codec("Channel-Write-Codec", func(u *update) *Codec { return &u.write })
	a.variables = func(u *update, i int) { u.channel().setVariables(u.tx, u.ev, i) }
	a.index()
	return a
}()

func (u *update) channel() *Channel { return (*Channel)(u.of) }

func (u *update) numberOr0(i int) int64 {
	n, _ := u.number(i)
	return n
}

// update sets the cells that the event speaks of.
func (ch *Channel) update(tx cell.Tx, ev *esl.Event) {
	r := tx.Reader
	u := &ch.sw.update // one a switch: it would be an allocation an event
	*u = update{sw: ch.sw, tx: tx, of: unsafe.Pointer(ch), ev: ev, first: firstOfServer(ev),
		times: ch.Times.Peek(r), read: ch.ReadCodec.Peek(r), write: ch.WriteCodec.Peek(r)}
	defer func() { *u = update{} }() // it must not hold on to the event
	channelAttributes.update(u)
	ch.Times.Set(tx, u.times)
	ch.ReadCodec.Set(tx, u.read)
	ch.WriteCodec.Set(tx, u.write)
	ch.sw.misfits(tx, u.bad)
}

// firstOfServer is the index of the first header that the server itself has put into
// an event. A PRIVATE_COMMAND begins with those of a sendmsg, such as the hangup-cause
// that somebody asks for.
func firstOfServer(ev *esl.Event) int {
	if ev.Name() != esl.EventPrivateCommand {
		return 0
	}
	i, _ := ev.Lookup(keyEventName)
	return i
}

var keyEventName = esl.MakeKey("Event-Name")
