package fsw

import (
	"slices"
	"time"
	"unsafe"

	"github.com/freeswytch/freeswytch/cell"
)

// image is all that a switch knows at one moment, and what it needs to go on, without the
// cells and objects themselves: what a mirror begins with. Channels are known by their
// number (Channel.met), calls by theirs, conferences by name and UUID, members by their ids.
type image struct {
	status  *mirrorStatus
	coreID  string
	unknown uint64

	channels    []channelImage
	ofChannels  columns
	calls       []callImage
	bridges     [][2]uint64
	conferences []conferenceImage
	ofConf      columns
	members     []memberImage
	ofMembers   columns

	byCallUUID map[string][]uint64
	met        uint64
	callSeq    uint64
	ends       uint64
	gap        uint32
	identified bool
	recent     recentIDs
}

// channelImage is what of a channel is in no column.
type channelImage struct {
	key       string
	met       uint64
	call      uint64 // 0 if it is in none
	variables Variables
	ties      []tieImage
	hidden    channelHidden
}

// channelHidden is what of a channel is no cell.
type channelHidden struct {
	listedAt, dumpedAt           time.Time
	listedIn, heardIn, checkedIn uint32
	bond                         bond
	asOf                         Moment
}

type tieImage struct {
	to  uint64
	why tieKind
}

type callImage struct {
	seq   uint64
	key   string
	legs  []uint64
	ended legRecords
}

type conferenceImage struct {
	name, uuid string
	recordings []string
	heardIn    uint32
}

type memberImage struct {
	conference string
	id         int
	channel    uint64 // 0 if it is not known, or has ended
	leaving    string
	heardIn    uint32
	listedIn   uint32
}

// image takes one.
func (sw *Switch) image(r cell.Reader) *image {
	im := &image{
		status:     sw.statusNow(r),
		coreID:     sw.CoreUUID.Peek(r),
		unknown:    sw.UnknownIDs.Peek(r),
		channels:   make([]channelImage, 0, sw.Channels.Len(r)),
		ofChannels: columnsOf[Channel](),
		ofConf:     columnsOf[Conference](),
		ofMembers:  columnsOf[Member](),
		byCallUUID: map[string][]uint64{},
		met:        sw.met.Peek(r),
		callSeq:    sw.callSeq.Peek(r),
		ends:       sw.ends.Peek(r),
		gap:        sw.gap,
		identified: sw.identified,
		recent:     sw.recent.clone(),
	}
	for ch := range sw.Channels.All(r) {
		im.ofChannels.take(r, unsafe.Pointer(ch))
		c := channelImage{key: ch.key, met: ch.met, variables: ch.Variables.Peek(r), hidden: channelHidden{
			ch.listedAt, ch.dumpedAt, ch.listedIn, ch.heardIn, ch.checkedIn, ch.bond, ch.asOf}}
		if call := ch.Call.Peek(r); call != nil {
			c.call = call.seq
		}
		for _, t := range ch.ties.Peek(r) {
			c.ties = append(c.ties, tieImage{t.to.met, t.why})
		}
		im.channels = append(im.channels, c)
	}
	for call := range sw.Calls.All(r) {
		im.calls = append(im.calls, callImage{call.seq, call.key, numbers(call.Legs.Peek(r)), call.ended.Peek(r)})
	}
	for b := range sw.Bridges.All(r) {
		im.bridges = append(im.bridges, [2]uint64{b.A.met, b.B.met})
	}
	for id, all := range sw.byCallUUID.All(r) {
		im.byCallUUID[id] = numbers(all)
	}
	for name, c := range sw.Conferences.All(r) {
		im.ofConf.take(r, unsafe.Pointer(c))
		im.conferences = append(im.conferences, conferenceImage{name, c.UUID.Peek(r), slices.Collect(c.Recordings.All(r)), c.heardIn})
		for id, m := range c.Members.All(r) {
			im.ofMembers.take(r, unsafe.Pointer(m))
			mi := memberImage{conference: name, id: id, leaving: m.leaving, heardIn: m.heardIn, listedIn: m.listedIn}
			if ch := m.Channel.Peek(r); ch != nil && ch.Closed.Peek(r) == "" {
				mi.channel = ch.met
			}
			im.members = append(im.members, mi)
		}
	}
	return im
}

func numbers(all []*Channel) []uint64 {
	n := make([]uint64, len(all))
	for i, ch := range all {
		n[i] = ch.met
	}
	return n
}
