package fswtest

import "time"

// ConferenceInfo is what "conference json_list" says of one conference.
type ConferenceInfo struct {
	Name       string            // conference_name
	UUID       string            // conference_uuid
	Profile    string            // Conference-Profile-Name of its events
	Size       int               // member_count: without ghosts and recordings
	Ghosts     int               // ghost_count
	Floor      int               // the id of the member that has the floor; 0: nobody
	Locked     bool              // locked: nobody may join
	Answered   bool              // answered: a member has come who was answered
	WaitMod    bool              // wait_mod: waits for a moderator
	ExitSound  bool              // exit_sound
	EnterSound bool              // enter_sound
	MaxMembers int               // max_members; 0: no limit
	Created    time.Time         // run_time is counted from it
	Recordings []string          // record_path of the recording_node members, the newest first
	Variables  map[string]string // set with setvar
	Members    []MemberInfo      // the newest first, without recordings
}

// MemberInfo is what "conference json_list" says of one member, but for the
// flags of a member on hold: CanHear, CanSpeak and Talking are as events tell
// them (Hear, Speak, Talking), whereas that list says false of all of them
// while Hold is set, except talking.
type MemberInfo struct {
	ID                   int              // Member-ID
	UUID                 string           // of the channel
	CallerIDName         string           // caller_id_name
	CallerIDNumber       string           // caller_id_number
	CanHear, CanSpeak    bool             // not deaf, not muted
	Talking, Floor, Hold bool             // talking, has_floor, hold
	Moderator, Ghost     bool             // is_moderator, is_ghost
	MuteDetect           bool             // mute_detect: told when it talks though it is muted
	EndConference        bool             // end_conference
	Mandatory            bool             // mandatory_member_end_conference
	PassDigits           bool             // pass_digits
	Energy               int              // Energy-Level: what it takes to be heard
	CurrentEnergy        int              // Current-Energy: of the member's sound
	VolumeIn, VolumeOut  int              // volume_in, volume_out: -4 to 4
	Joined               time.Time        // join_time is counted from it
	LastTalked           time.Time        // zero: never
	Relations            []MemberRelation // set with relate
}

// MemberRelation is what one member may not do with another.
type MemberRelation struct {
	Other           int  // the other member's id
	NoSpeak, NoHear bool // the other does not hear it; it does not hear the other
}

// Truth are the tables of the server at one moment.
type Truth struct {
	Channels    []ChannelInfo    // as Server.Channels
	Conferences []ConferenceInfo // as Server.Conferences
}

// Conferences are the conferences, the newest first: the truth.
func (s *Server) Conferences() []ConferenceInfo {
	s.enter()
	defer s.leave()
	s.drain()
	return s.conferenceInfos()
}

// Truth are all tables at one moment.
func (s *Server) Truth() Truth {
	s.enter()
	defer s.leave()
	s.drain()
	return Truth{Channels: s.channelInfos(), Conferences: s.conferenceInfos()}
}

// Mark takes the tables and fires a CUSTOM event with this Event-Subclass at
// the same moment: what a client knows when it gets the event is to be
// compared with them, however busy the server is. Headers are as for Fire.
func (s *Server) Mark(subclass string, headers ...string) Truth {
	s.enter()
	defer s.leave()
	s.drain()
	s.fireText("CUSTOM", subclass, headers)
	return Truth{Channels: s.channelInfos(), Conferences: s.conferenceInfos()}
}

func (s *Server) conferenceInfos() []ConferenceInfo {
	out := make([]ConferenceInfo, 0, len(s.confs.rooms))
	for _, conf := range s.confs.rooms {
		out = append(out, conf.info())
	}
	return out
}

func (conf *conference) info() ConferenceInfo {
	i := ConferenceInfo{Name: conf.name, UUID: conf.uuid, Profile: conf.profile, Size: conf.count, Ghosts: conf.ghosts,
		Floor: conf.floor, Locked: conf.locked, Answered: conf.answered, WaitMod: conf.waitMod, ExitSound: conf.exitOn,
		EnterSound: conf.enterOn, MaxMembers: conf.maxMembers, Created: conf.started, Variables: map[string]string{}}
	for _, v := range conf.vars {
		i.Variables[v.name] = v.value
	}
	for _, m := range conf.members {
		if m.c == nil {
			i.Recordings = append(i.Recordings, m.path)
		} else {
			i.Members = append(i.Members, m.info())
		}
	}
	return i
}

func (m *member) info() MemberInfo {
	p := &m.c.p
	i := MemberInfo{ID: m.id, UUID: m.c.uuid, CallerIDName: p.cidName, CallerIDNumber: p.cidNumber, CanHear: m.canHear,
		CanSpeak: m.canSpeak, Talking: m.talking, Floor: m.conf.floor == m.id, Hold: m.hold, Moderator: m.moderator,
		Ghost: m.ghost, MuteDetect: m.muteDetect, EndConference: m.endConf, Mandatory: m.mandatory, PassDigits: m.passDigits,
		Energy: m.energy, CurrentEnergy: m.score, VolumeIn: m.volumeIn, VolumeOut: m.volumeOut, Joined: m.joined,
		LastTalked: m.lastTalk}
	for _, r := range m.relations {
		i.Relations = append(i.Relations, MemberRelation{Other: r.other, NoSpeak: r.noSpeak, NoHear: r.noHear})
	}
	return i
}
