package fsw_test

import (
	"fmt"
	"slices"
	"strings"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/internal/tables"
)

// markName is the subclass of the events behind which the model is compared.
const markName = "equal::mark"

// mark is such an event, and what the model was when it came.
type mark struct {
	id      string
	seen    bool
	core    string
	model   tables.Facts
	objects map[string]*fsw.Channel
}

// steady tells whether the model is the server's, as far as it can know.
func steady(r cell.Reader, sw *fsw.Switch) bool {
	return sw.Ready.Get(r) && sw.Snapshot.Get(r) == fsw.SnapshotChecked
}

// look compares, if the model says that it is the server's, and nothing happens to the
// connection before the mark arrives.
func (e *equality) look() bool {
	ok := false
	e.marks++
	id := fmt.Sprint(e.marks)
	e.sw.Graph().View(func(r cell.Reader) { // and not between two transactions: observers read it
		e.pending = nil
		if ok = steady(r, e.sw); ok {
			e.pending = &mark{id: id}
		}
	})
	truth := e.srv.Mark(markName, "Mark", id)
	e.remember(truth)
	if !ok {
		return false
	}
	synctest.Wait()
	seen := false
	e.sw.Graph().View(func(cell.Reader) {
		m := e.pending
		e.pending = nil
		if seen = m.seen; seen {
			e.looks.busy++
			e.compare(m, truth)
		}
	})
	return seen
}

// marked is the observer that takes the state of the model.
func (e *equality) marked(r cell.Reader, sw *fsw.Switch) {
	for ev := range sw.Events.All(r) {
		m := e.pending
		if ev.Subclass() != markName || m == nil || ev.Value("Mark") != m.id || !steady(r, sw) {
			continue
		}
		m.seen, m.core, m.model, m.objects = true, sw.CoreUUID.Get(r), tables.Model(r, sw), map[string]*fsw.Channel{}
		detailsOf(r, sw, m.model)
		for ch := range sw.Channels.All(r) {
			m.objects[ch.UUID.Get(r)] = ch
		}
	}
}

// compare compares the model with the tables.
func (e *equality) compare(m *mark, truth fswtest.Truth) {
	server := e.factsOf(truth)
	for about := range m.model {
		if about.Kind == ofName && server[about] == "" {
			delete(m.model, about)
		}
	}
	for _, difference := range tables.Differences(server, m.model) {
		e.fail("%s", difference)
	}
	for _, info := range truth.Channels {
		if ch := m.objects[info.UUID]; ch != nil {
			e.identify(ch, info, m.core+" "+info.Variables["session_id"])
		}
	}
}

// identify looks whether the object that stands for a channel is the one that did.
func (e *equality) identify(ch *fsw.Channel, info fswtest.ChannelInfo, session string) {
	seen := e.seen.channels[ch]
	if seen.session == "" {
		seen.session = session
		for other, was := range e.seen.channels {
			if was.session == session && other != ch && !(e.harmed && was.brief()) {
				e.fail("channel %s has become another object, the first closed as %q", info.UUID, was.closed)
			}
		}
	} else if seen.session != session {
		e.fail("the object of channel %s was session %s, and is now %s", info.UUID, seen.session, session)
	}
}

// Facts that the tables do not have, but the server knows.
const (
	ofDetail tables.Kind = "details of channel"
	ofName   tables.Kind = "name of channel"
	ofBridge tables.Kind = "bridge of channel"
	ofCall   tables.Kind = "call of channel"
)

// factsOf are the facts of the server.
func (e *equality) factsOf(truth fswtest.Truth) tables.Facts {
	f := tables.Facts{}
	belongs := map[string]string{} // to which call, by what they have in common
	of := func(id string) string {
		for belongs[id] != "" && belongs[id] != id {
			id = belongs[id]
		}
		return id
	}
	live := map[string]bool{}
	for _, c := range truth.Channels {
		live[c.UUID] = true
	}
	for _, c := range truth.Channels {
		tables.Channel{UUID: c.UUID, Direction: c.Direction, Name: c.Name, State: c.State, CallState: c.CallState}.Add(f)
		f[tables.Subject{Kind: ofDetail, ID: c.UUID}] = fmt.Sprint(c.AnswerState, " ", c.CallerIDNumber, " ", c.Destination)
		if c.CallerIDName != "" { // else events say nothing of it
			f[tables.Subject{Kind: ofName, ID: c.UUID}] = c.CallerIDName
		}
		if live[c.OtherLegUUID] {
			f[tables.Subject{Kind: ofBridge, ID: c.UUID}] = c.OtherLegUUID
		}
		with := []string{"call " + c.CallUUID}
		if twin := c.Variables["other_loopback_leg_uuid"]; live[twin] {
			with = append(with, "channel "+twin)
		}
		if live[c.OtherLegUUID] {
			with = append(with, "channel "+c.OtherLegUUID)
		}
		for _, other := range with {
			belongs[of(other)] = of("channel " + c.UUID)
		}
	}
	groups := map[string][]string{}
	for _, c := range truth.Channels {
		g := of("channel " + c.UUID)
		groups[g] = append(groups[g], c.UUID)
	}
	for _, ids := range groups {
		addCall(f, ids)
	}
	for _, c := range truth.Conferences {
		conf := tables.Conference{Name: c.Name, UUID: c.UUID, Size: c.Size, Ghosts: c.Ghosts, Floor: c.Floor, Locked: c.Locked,
			EnterSound: c.EnterSound, ExitSound: c.ExitSound, Recordings: slices.Clone(c.Recordings)}
		for _, m := range c.Members {
			conf.Members = append(conf.Members, tables.Member{ID: m.ID, UUID: m.UUID, Name: m.CallerIDName, Number: m.CallerIDNumber,
				Hear: m.CanHear, See: true, Speak: m.CanSpeak, Hold: m.Hold, Talking: m.Talking, Floor: m.Floor, Moderator: m.Moderator,
				Detect: m.MuteDetect, EnergyLevel: m.Energy, In: m.VolumeIn, Out: m.VolumeOut})
		}
		conf.Add(f)
	}
	return f
}

func addCall(f tables.Facts, ids []string) {
	slices.Sort(ids)
	for _, id := range ids {
		f[tables.Subject{Kind: ofCall, ID: id}] = strings.Join(ids, " and ")
	}
}

// detailsOf adds those of the model.
func detailsOf(r cell.Reader, sw *fsw.Switch, f tables.Facts) {
	for ch := range sw.Channels.All(r) {
		f[tables.Subject{Kind: ofDetail, ID: ch.UUID.Get(r)}] = fmt.Sprint(ch.AnswerState.Get(r), " ", ch.Number.Get(r), " ", ch.Destination.Get(r))
		f[tables.Subject{Kind: ofName, ID: ch.UUID.Get(r)}] = ch.Name.Get(r)
	}
	for b := range sw.Bridges.All(r) {
		f[tables.Subject{Kind: ofBridge, ID: b.A.UUID.Get(r)}] = b.B.UUID.Get(r)
		f[tables.Subject{Kind: ofBridge, ID: b.B.UUID.Get(r)}] = b.A.UUID.Get(r)
	}
	for call := range sw.Calls.All(r) {
		var ids []string
		for _, leg := range call.Legs.Get(r) {
			ids = append(ids, leg.UUID.Get(r))
		}
		addCall(f, ids)
	}
}

// remember notes what there is, to choose from.
func (e *equality) remember(truth fswtest.Truth) {
	e.ids, e.bare, e.rooms = e.ids[:0], e.bare[:0], truth.Conferences
	for _, c := range truth.Channels {
		e.ids = append(e.ids, c.UUID)
		if c.OtherLegUUID == "" {
			e.bare = append(e.bare, c.UUID)
		}
	}
	e.looks.channels = max(e.looks.channels, len(truth.Channels))
	for _, c := range truth.Conferences {
		e.looks.members = max(e.looks.members, len(c.Members))
	}
}

// quiet heals everything and waits until the model says that it is the server's, which
// must be soon. Then it compares.
func (e *equality) quiet() {
	e.wire.heal()
	e.srv.Heal()
	for range 120 {
		synctest.Wait()
		e.witness.watch()
		if e.look() {
			e.looks.quiet++
			synctest.Wait()
			e.sw.Graph().View(func(cell.Reader) { e.seen.compare() })
			e.harmed = false
			return
		}
		if len(e.wrong) > 0 {
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
	e.sw.Graph().View(func(r cell.Reader) {
		e.fail("the switch is %s after a minute, ready %t, snapshot %s, last error %v", e.sw.Link.State.Get(r), e.sw.Ready.Get(r),
			e.sw.Snapshot.Get(r), e.sw.Link.LastError.Get(r))
	})
}
