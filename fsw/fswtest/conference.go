package fswtest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// conferences are the rooms of one server.
type conferences struct {
	rooms      []*conference // the newest first
	lastMember int           // ids of members are unique across all rooms
	presences  int
}

// conference is one room. It lives from its first member to its last, in the
// order of the recorded originals (testdata/captures/05_conference,
// 17_truth_a); line numbers and what was not recorded are from mod_conference
// at the recorded commit.
type conference struct {
	s       *Server
	name    string
	profile string
	uuid    string
	started time.Time

	members []*member // the newest first; recordings are members without a channel
	count   int       // without ghosts and recordings
	ghosts  int
	floor   int // the id of the member that has it, 0 for nobody
	must    int // members without whom the conference ends

	min        int  // how many have to stay, once there were as many
	enforceMin bool // there were
	locked     bool
	answered   bool
	waitMod    bool
	enterOn    bool
	exitOn     bool
	enterSound string
	exitSound  string
	pin        string
	modPin     string
	maxMembers int
	grace      int // seconds after the last member without whom it ends
	prefix     string
	callerName string
	callerNum  string
	vars       variables
	relations  int

	files      playlist
	background playlist // one file at most
	recording  int

	ending bool // is being destroyed and found by nobody
	closed bool
	busy   int // frames until nothing moves any more; see conference_audio.go
	frame  *timer
}

// The settings of the recorded server's profile.
const (
	conferenceRate   = 8000
	conferenceEnergy = 100
	defaultEnter     = "tone_stream://%(100,0,500,600,700)"
	defaultExit      = "tone_stream://%(100,0,300,200,100)"
	enterLead        = 20 * frameTime // silence before the sound
)

func (s *Server) conference(name string) *conference {
	for _, c := range s.confs.rooms {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (s *Server) newConference(name, profile string) *conference {
	conf := &conference{s: s, name: name, profile: profile, uuid: s.uuid(), started: s.now, min: 1,
		enterOn: true, exitOn: true, enterSound: defaultEnter, exitSound: defaultExit}
	conf.files.conf, conf.background.conf = conf, conf
	s.confs.rooms = slices.Insert(s.confs.rooms, 0, conf)
	conf.fire("conference-create")
	return conf
}

// member looks for a member with a channel by its id. One that is leaving is
// not found, as on the real server.
func (conf *conference) member(id int) *member {
	for _, m := range conf.members {
		if m.id == id && m.c != nil && !m.kicked && !m.c.down {
			return m
		}
	}
	return nil
}

// memberNamed finds a member by its id, or by variable=value.
func (conf *conference) memberNamed(word string) *member {
	name, value, ok := strings.Cut(word, "=")
	if !ok {
		return conf.member(decimalPrefix(word))
	}
	for _, m := range conf.callers() {
		if v, set := m.c.vars.get(name); set && v == value {
			return conf.member(m.id)
		}
	}
	return nil
}

// callers are the members with a channel. It is a list of its own: members
// may leave while it is gone through.
func (conf *conference) callers() []*member {
	out := make([]*member, 0, len(conf.members))
	for _, m := range conf.members {
		if m.c != nil {
			out = append(out, m)
		}
	}
	return out
}

// admit makes a channel a member.
func (conf *conference) admit(c *channel, x *execution, f memberFlags) *member {
	if c.memberID == 0 {
		c.memberID = conf.s.nextMember()
	}
	m := &member{conf: conf, c: c, x: x, id: c.memberID, memberFlags: f, joined: conf.s.now, energy: conferenceEnergy}
	m.files.conf, m.files.to = conf, m
	c.member = m
	id := strconv.Itoa(m.id)
	c.setAll("conference_member_id", id)
	c.mix(true)
	if m.ghost {
		conf.ghosts++
	} else {
		conf.count++
	}
	if m.mandatory {
		conf.must++
	}
	level := func(name string, low, high int, to *int) {
		if v, err := strconv.Atoi(c.variable(name)); err == nil && v >= low && v <= high {
			*to = v
		}
	}
	level("conference_join_volume_in", -4, 4, &m.volumeIn)
	level("conference_join_volume_out", -4, 4, &m.volumeOut)
	level("conference_join_energy_level", -1, 1800, &m.energy)
	c.setAll("conference_member_id", id, "conference_moderator", strconv.FormatBool(m.moderator),
		"conference_ghost", strconv.FormatBool(m.ghost))
	if conf.recording > 0 {
		c.set("conference_recording", conf.lastRecording())
	}
	c.setAll("conference_uuid", conf.uuid,
		"conference_call_key", "conference_"+conf.name+"_"+conf.domain()+"_"+c.p.cidNumber)
	if m.moderator {
		conf.waitMod = false
	}
	if conf.count > 1 && conf.enterOn && !m.silent {
		sound := conf.enterSound
		if own := c.variable("conference_enter_sound"); own != "" {
			sound = own
		}
		conf.files.add(sound, enterLead)
	}
	if conf.count >= conf.min {
		conf.enforceMin = true
	}
	m.fire("add-member", nil)
	conf.members = slices.Insert(conf.members, 0, m)
	conf.presence()
	conf.stir()
	return m
}

func (s *Server) nextMember() int {
	s.confs.lastMember++
	return s.confs.lastMember
}
