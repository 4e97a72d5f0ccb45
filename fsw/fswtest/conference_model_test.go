package fswtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// rooms are what a client can know of conferences from their events.
type rooms map[string]*ConferenceInfo // by Conference-Unique-ID

func (r rooms) apply(e ev) error {
	if e.get("Event-Subclass") != maintenance {
		return nil
	}
	id, action := e.get("Conference-Unique-ID"), e.get("Action")
	conf := r[id]
	switch {
	case action == "rejected-join-only":
		return nil
	case action == "conference-create":
		if conf != nil {
			return fmt.Errorf("%s created twice", id)
		}
		conf = &ConferenceInfo{UUID: id, Name: e.get("Conference-Name"), ExitSound: true, EnterSound: true}
		r[id] = conf
	case conf == nil:
		return fmt.Errorf("%s of an unknown conference %s", action, id)
	}
	conf.Size = decimalPrefix(e.get("Conference-Size"))
	conf.Ghosts = decimalPrefix(e.get("Conference-Ghosts"))
	switch action {
	case "conference-destroy":
		delete(r, id)
		if len(conf.Members) > 0 || len(conf.Recordings) > 0 {
			return fmt.Errorf("%s destroyed with %d members and %d recordings", id, len(conf.Members), len(conf.Recordings))
		}
		return nil
	case "lock", "unlock":
		conf.Locked = action == "lock"
	case "enter-sounds-on", "enter-sounds-off":
		conf.EnterSound = action == "enter-sounds-on"
	case "exit-sounds-on", "exit-sounds-off":
		conf.ExitSound = action == "exit-sounds-on"
	case "start-recording":
		conf.Recordings = slices.Insert(conf.Recordings, 0, e.get("Path"))
	case "stop-recording":
		conf.Recordings = slices.DeleteFunc(conf.Recordings, func(path string) bool { return path == e.get("Path") })
	case "floor-change":
		old := e.get("Old-ID")
		if old != "none" && old != strconv.Itoa(conf.Floor) {
			return fmt.Errorf("the floor goes from %s, who did not have it, but %d", old, conf.Floor)
		}
		conf.Floor = decimalPrefix(e.get("New-ID"))
	}
	member := decimalPrefix(e.get("Member-ID"))
	at := slices.IndexFunc(conf.Members, func(m MemberInfo) bool { return m.ID == member })
	switch {
	case member == 0:
		return nil
	case action == "del-member":
		if at < 0 {
			return fmt.Errorf("member %d left without having come", member)
		}
		conf.Members = slices.Delete(conf.Members, at, at+1)
		return nil
	case action == "add-member":
		if at >= 0 {
			return fmt.Errorf("member %d came twice", member)
		}
		conf.Members, at = slices.Insert(conf.Members, 0, MemberInfo{ID: member, UUID: e.get("Unique-ID")}), 0
	case at < 0:
		return fmt.Errorf("%s of member %d, who is not there", action, member)
	}
	m := &conf.Members[at]
	if has := conf.Floor == member; action != "floor-change" && e.get("Floor") != strconv.FormatBool(has) {
		return fmt.Errorf("%s: floor of %d is %s, but %d has it", action, member, e.get("Floor"), conf.Floor)
	}
	m.CanHear, m.CanSpeak, m.Talking = e.get("Hear") == "true", e.get("Speak") == "true", e.get("Talking") == "true"
	m.Hold, m.Moderator, m.Ghost = e.get("Hold") == "true", e.get("Member-Type") == "moderator", e.get("Member-Ghost") == "true"
	m.Energy = decimalPrefix(e.get("Energy-Level"))
	switch action {
	case "volume-in-member":
		m.VolumeIn = decimalPrefix(e.get("Volume-Level"))
	case "gain-level":
		m.VolumeIn = decimalPrefix(e.get("New-Level"))
	case "volume-out-member":
		m.VolumeOut = decimalPrefix(e.get("Volume-Level"))
	case "volume-level":
		m.VolumeOut = decimalPrefix(e.get("New-Level"))
	}
	return nil
}

func roomLines(infos []ConferenceInfo) (out []string) {
	for _, c := range infos {
		out = append(out, fmt.Sprintf("%s %s %d+%d floor %d locked %t sounds %t %t recordings %q", c.Name, c.UUID, c.Size, c.Ghosts, c.Floor,
			c.Locked, c.EnterSound, c.ExitSound, c.Recordings))
		for _, m := range c.Members {
			if m.Hold { // with mute-detect one begins to talk without an event, as on the real server
				m.Talking = false
			}
			out = append(out, fmt.Sprintf("%s member %d %s hear %t speak %t talking %t hold %t moderator %t ghost %t energy %d volume %d %d", c.UUID,
				m.ID, m.UUID, m.CanHear, m.CanSpeak, m.Talking, m.Hold, m.Moderator, m.Ghost, m.Energy, m.VolumeIn, m.VolumeOut))
		}
	}
	slices.Sort(out)
	return out
}

func (r rooms) compare(truth []ConferenceInfo) string {
	var got []ConferenceInfo
	for _, c := range r {
		got = append(got, *c)
	}
	return diffLines(roomLines(truth), roomLines(got))
}

// inconsistent tells what is wrong with the tables themselves.
func (s *Server) inconsistent() error {
	s.enter()
	defer s.leave()
	s.drain()
	names := map[string]bool{}
	members := 0
	asked := slices.ContainsFunc(s.order, func(c *channel) bool { return c.onDigit != nil }) // for a pin
	for _, conf := range s.confs.rooms {
		if names[conf.name] {
			return fmt.Errorf("%s is there twice", conf.name)
		}
		names[conf.name] = true
		people, ghosts, relations := 0, 0, 0
		for _, m := range conf.callers() {
			members++
			if m.ghost {
				ghosts++
			} else {
				people++
			}
			relations += len(m.relations)
			if m.conf != conf || m.c.member != m || m.c.down || !m.c.stackHas(m.x) {
				return fmt.Errorf("member %d of %s is half gone", m.id, conf.name)
			}
		}
		if people != conf.count || ghosts != conf.ghosts || relations != conf.relations || len(conf.recordings()) != conf.recording {
			return fmt.Errorf("%s counts wrongly", conf.name)
		}
		if people+ghosts == 0 && !asked {
			return fmt.Errorf("%s is empty", conf.name)
		}
		if conf.floor != 0 && conf.holder() == nil {
			return fmt.Errorf("the floor of %s is with %d, who is not there", conf.name, conf.floor)
		}
	}
	for _, c := range s.order {
		if c.member != nil {
			members--
		}
	}
	if members != 0 {
		return fmt.Errorf("%d members without a channel", members)
	}
	return nil
}

// conferenceStep does one random thing to conferences: by the api, and by
// those who are in them.
func conferenceStep(rng *rand.Rand, s *Server, do func(api string)) {
	room := fmt.Sprintf("room%d", rng.IntN(3))
	truth := s.Truth()
	channels := truth.Channels
	id := func() int { // mostly of a member of the room
		for _, conf := range truth.Conferences {
			if n := len(conf.Members); conf.Name == room && n > 0 && rng.IntN(8) > 0 {
				return conf.Members[rng.IntN(n)].ID
			}
		}
		return rng.IntN(1000)
	}
	who := func() string {
		return []string{"all", "last", "non_moderator", "no=such", strconv.Itoa(id()), strconv.Itoa(id()), strconv.Itoa(id())}[rng.IntN(7)]
	}
	pick := func() *Channel {
		if len(channels) == 0 {
			return nil
		}
		return s.Channel(channels[rng.IntN(len(channels))].UUID)
	}
	switch n := rng.IntN(40); {
	case n < 8:
		flags := []string{"", "+flags{moderator}", "+flags{mute|deaf}", "+flags{ghost}", "+flags{endconf}", "+flags{mintwo}", "+flags{join-only}", "+flags{dist-dtmf,moderator}", "+flags{mute,mute-detect}"}
		s.Call(CallOptions{Actions: []Action{{"answer", ""}, {"conference", room + "@default" + flags[rng.IntN(len(flags))]}, {"conference", "room0"}}[rng.IntN(2):][:1+rng.IntN(2)]})
	case n < 10:
		do("conference " + room + " " + []string{"dial", "bgdial"}[rng.IntN(2)] + " loopback/" + []string{"silence", "busy", "conf0", "room1"}[rng.IntN(4)] + "/default 1234 Eve")
	case n < 18:
		verb := []string{"mute", "unmute", "tmute", "deaf", "undeaf", "hold", "unhold", "floor", "kick", "hup", "get-uuid"}[rng.IntN(11)]
		if (verb == "kick" || verb == "hup") && rng.IntN(3) > 0 {
			verb = "mute"
		}
		do("conference " + room + " " + verb + " " + who())
	case n < 20:
		do("conference " + room + " " + []string{"energy", "volume_in", "volume_out", "auto-energy", "agc", "max-energy"}[rng.IntN(6)] + " " + who() + " " + []string{"up", "down", "3", "-2", "500"}[rng.IntN(5)])
	case n < 22:
		do("conference " + room + " " + []string{"lock", "unlock", "unlock", "exit_sound off", "exit_sound on", "exit_sound file a.wav",
			"enter_sound on", "enter_sound off", "enter_sound file b.wav", "record /tmp/a.wav", "record /tmp/b.wav", "norecord all",
			"pause /tmp/a.wav", "recording resume /tmp/a.wav"}[rng.IntN(14)])
	case n < 24:
		do("conference " + room + " " + []string{"play x.wav", "play x.wav " + strconv.Itoa(id()), "play y.wav async", "play nonexistent", "stop all",
			"stop current", "say hello", "saymember " + strconv.Itoa(id()) + " hi"}[rng.IntN(8)])
	case n < 26:
		do(fmt.Sprintf("conference %s transfer room%d %d %d", room, rng.IntN(3), id(), id()))
	case n < 27:
		do(fmt.Sprintf("conference %s relate %d,%d %d %s", room, id(), id(), id(), []string{"nohear", "clear"}[rng.IntN(2)]))
	case n < 28:
		do(fmt.Sprintf("conference %s dtmf %s 12", room, who()))
	default:
		c := pick()
		if c == nil {
			return
		}
		switch n {
		case 28, 29, 30:
			c.Talk()
		case 31, 32:
			c.Quiet()
		case 33, 34:
			c.Press(string(dtmfKeys[rng.IntN(len(dtmfKeys))]))
		case 35:
			c.TakeFloor()
		case 36:
			c.Leave()
		case 37:
			c.Transfer([]string{"conf0", "conf1", "park", "busy"}[rng.IntN(4)])
		case 38:
			c.Execute("playback", "silence_stream://300")
		case 39:
			c.Hangup("NORMAL_CLEARING")
		}
	}
}

// TestConferenceModel does random things and compares what the events tell
// with the server's own table, at every step.
func TestConferenceModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		steps := rapid.IntRange(1, 150).Draw(rt, "steps")
		var err error
		synctest.Test(t, func(t *testing.T) { err = randomConferences(t, seed, steps, func(ev) {}) })
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// TestConferenceActions does so for long enough that every Action comes.
func TestConferenceActions(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(4) {
		synctest.Test(t, func(t *testing.T) {
			if err := randomConferences(t, seed, 800, func(e ev) { seen[e.get("Action")] = true }); err != nil {
				t.Error(err)
			}
		})
	}
	for where := range conferenceSources {
		if action, _, _ := strings.Cut(where, "/"); !seen[action] {
			t.Errorf("%s has not happened", action)
		}
	}
}

func randomConferences(t *testing.T, seed uint64, steps int, tell func(ev)) error {
	s := NewServer(Options{Heartbeat: noHeartbeat, Seed: seed | 1, AnswerDelay: -1})
	defer s.Close()
	c := login(t, s)
	defer c.nc.Close()
	c.reply("event plain CHANNEL_CREATE CUSTOM conference::maintenance test::mark")
	rng := rand.New(rand.NewPCG(seed, 1))
	r := rooms{}
	for i := range steps {
		did := ""
		conferenceStep(rng, s, func(line string) {
			did = line
			c.reply("bgapi " + line)
		})
		time.Sleep(time.Duration(rng.IntN(3)*rng.IntN(400)) * time.Millisecond)
		synctest.Wait()
		truth := s.Mark("test::mark").Conferences
		for _, e := range c.until(func(e ev) bool { return e.get("Event-Subclass") == "test::mark" }) {
			if e.get("Event-Subclass") == maintenance {
				tell(e)
			}
			if err := r.apply(e); err != nil {
				return fmt.Errorf("step %d, %s: %v", i, did, err)
			}
		}
		if d := r.compare(truth); d != "" {
			return fmt.Errorf("step %d, %s: truth (-) and events (+):\n%s", i, did, d)
		}
		if err := s.inconsistent(); err != nil {
			return fmt.Errorf("step %d, %s: %v", i, did, err)
		}
	}
	s.API("hupall")
	time.Sleep(time.Second)
	if left := s.Truth(); len(left.Channels)+len(left.Conferences) > 0 {
		return fmt.Errorf("left: %v", left)
	}
	return nil
}
