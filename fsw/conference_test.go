package fsw_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// spoken is what the events of a conference say, as a child would write it down:
// each event about a member tells all about it, whatever its Action.
type spoken struct {
	uuid, size        string
	locked, recording bool
	floor             string
	members           map[string]map[string]string
}

func say(all map[string]*spoken, ev *esl.Event) {
	if ev.Subclass() != "conference::maintenance" {
		return
	}
	name := ev.Value("Conference-Name")
	c := all[name]
	if c == nil {
		c = &spoken{floor: "none", members: map[string]map[string]string{}}
		all[name] = c
	}
	c.uuid, c.size = ev.Value("Conference-Unique-ID"), ev.Value("Conference-Size")
	if id := ev.Value("Member-ID"); id != "" {
		c.members[id] = map[string]string{}
		for _, header := range []string{"Unique-ID", "Caller-Caller-ID-Name", "Caller-Caller-ID-Number", "Floor", "Hear", "See",
			"Speak", "Talking", "Hold", "Member-Type", "Energy-Level", "Current-Energy"} {
			c.members[id][header] = ev.Value(header)
		}
	}
	switch ev.Value("Action") {
	case "conference-destroy":
		delete(all, name)
	case "lock", "unlock":
		c.locked = ev.Value("Action") == "lock"
	case "start-recording", "stop-recording":
		c.recording = ev.Value("Action") == "start-recording"
	case "floor-change":
		for id, m := range c.members {
			m["Floor"] = strconv.FormatBool(id == ev.Value("New-ID"))
		}
		c.floor = ev.Value("New-ID")
	case "del-member":
		delete(c.members, ev.Value("Member-ID"))
	}
}

// heard is what the model says, in the same words.
func heard(r cell.Reader, sw *fsw.Switch) map[string]*spoken {
	all := map[string]*spoken{}
	for name, conf := range sw.Conferences.All(r) {
		c := &spoken{conf.UUID.Get(r), fmt.Sprint(conf.Size.Get(r)), conf.Locked.Get(r), conf.Recording(r), "none", map[string]map[string]string{}}
		if m := conf.FloorHolder(r); m != nil {
			c.floor = fmt.Sprint(m.ID)
		}
		for id, m := range conf.Members.All(r) {
			kind := "member"
			if m.Moderator.Get(r) {
				kind = "moderator"
			}
			is, not := strconv.FormatBool, func(b bool) string { return strconv.FormatBool(!b) }
			c.members[fmt.Sprint(id)] = map[string]string{
				"Unique-ID": m.UUID.Get(r), "Caller-Caller-ID-Name": m.CallerIDName.Get(r), "Caller-Caller-ID-Number": m.CallerIDNumber.Get(r),
				"Floor": is(m.Floor.Get(r)), "Hear": not(m.Deaf.Get(r)), "See": not(m.Blind.Get(r)), "Speak": not(m.Muted.Get(r)),
				"Talking": is(m.Talking.Get(r)), "Hold": is(m.Hold.Get(r)), "Member-Type": kind,
				"Energy-Level": fmt.Sprint(m.EnergyLevel.Get(r)), "Current-Energy": fmt.Sprint(m.Energy.Get(r)),
			}
		}
		all[name] = c
	}
	return all
}

// After every event the conferences, their members and the floor are what the
// events have said.
func TestConferencesAfterEveryEvent(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	want := map[string]*spoken{}
	events, most := 0, 0
	for m := range messages(t, captures.Read(t, "05_conference", "server.bin")) {
		sw.ReceivedMessage(m)
		if m.ContentType != esl.EventPlain {
			continue
		}
		events++
		ev, err := m.Event()
		if err != nil {
			t.Fatal(err)
		}
		say(want, ev)
		g.View(func(r cell.Reader) {
			if diff := cmp.Diff(want, heard(r, sw), cmp.AllowUnexported(spoken{})); diff != "" {
				t.Fatalf("after event %d, %s (-events +model):\n%s", events, ev.Value("Action"), diff)
			}
			for _, c := range sw.Conferences.All(r) {
				most = max(most, c.Members.Len(r))
			}
		})
	}
	if events != 98 || most != 3 || len(want) != 0 {
		t.Errorf("%d events, at most %d members, %d conferences left", events, most, len(want))
	}
}

// messages yields the messages of a recording.
func messages(t *testing.T, stream []byte) func(func(esl.Message) bool) {
	return func(yield func(esl.Message) bool) {
		framer := esl.NewFramer(esl.Limits{})
		framer.Feed(stream)
		for {
			m, ok, err := framer.Next()
			if err != nil {
				t.Fatal(err)
			}
			if !ok || !yield(m) {
				return
			}
		}
	}
}

// What the events of one Action alone tell, with the headers that all have.
func TestConferenceAtEachAction(t *testing.T) {
	var journal []string
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	stream := captures.Read(t, "05_conference", "server.bin")
	note := func(format string, args ...any) { journal = append(journal, fmt.Sprintf(format, args...)) }
	observe := func(name string, o cell.Owner, what func(r cell.Reader) any) {
		first := true
		cell.Observe(o, func(r cell.Reader) {
			if now := what(r); !first {
				note("%s %v", name, now)
			}
			first = false
		})
	}
	cell.Rule(g, func(tx cell.Tx) {
		for name, c := range sw.Conferences.Added(tx.Reader) {
			note("%s begins", name)
			o := c.Scope(tx).In(tx)
			observe(name+" ends:", o, func(r cell.Reader) any { return c.Closed.Get(r) })
			observe(name+" locked", o, func(r cell.Reader) any { return c.Locked.Get(r) })
			observe(name+" floor", o, func(r cell.Reader) any { return c.FloorMemberID.Get(r) })
			observe(name+" recordings", o, func(r cell.Reader) any { return c.Recordings.Len(r) })
			cell.Rule(o, func(tx cell.Tx) {
				for id, m := range c.Members.Added(tx.Reader) {
					who := fmt.Sprintf("%s/%d", name, id)
					note("%s joins as %s", who, m.CallerIDNumber.Peek(tx.Reader))
					o := m.Scope(tx).In(tx)
					observe(who+" leaves:", o, func(r cell.Reader) any { return m.Closed.Get(r) })
					observe(who+" muted", o, func(r cell.Reader) any { return m.Muted.Get(r) })
					observe(who+" deaf", o, func(r cell.Reader) any { return m.Deaf.Get(r) })
					observe(who+" energy level", o, func(r cell.Reader) any { return m.EnergyLevel.Get(r) })
					observe(who+" volume in", o, func(r cell.Reader) any { return m.VolumeIn.Get(r) })
					observe(who+" volume out", o, func(r cell.Reader) any { return m.VolumeOut.Get(r) })
				}
			})
		}
	})
	if err := sw.ReceivedBytes(stream); err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(`
conf217 begins
conf217/1 joins as default
conf217 floor 1
conf217/2 joins as default
conf217/3 joins as default
conf217/1 muted true
conf217/1 muted false
conf217/2 deaf true
conf217/2 deaf false
conf217/2 muted true
conf217/2 muted false
conf217/3 muted true
conf217/2 muted true
conf217/1 muted true
conf217/3 muted false
conf217/2 muted false
conf217/1 muted false
conf217/3 muted true
conf217/2 muted true
conf217/3 muted false
conf217/2 muted false
conf217 locked true
conf217 locked false
conf217 floor 0
conf217/1 energy level 300
conf217/1 volume in 2
conf217/1 volume out -2
conf217 recordings 1
conf217 floor 3
conf217 floor 1
conf217 recordings 0
conf217/2 muted true
conf217/2 muted false
conf217/2 leaves: transfer
conf999 begins
conf999/2 joins as default
conf999 floor 2
conf217/3 leaves: kick-member
conf999 floor 0
conf999/2 leaves: hup-member
conf999 ends: conference-destroy
conf217 floor 0
conf217/1 leaves: kick-member
conf217 ends: conference-destroy
`), "\n")
	if diff := cmp.Diff(want, journal); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
