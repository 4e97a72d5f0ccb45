package fsw_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// truthRow is what a row of `show channels as json` tells that events tell, too.
// The rest of a row is the server's own bookkeeping: it forgets the application at
// CHANNEL_HOLD, keeps the caller id of CS_ROUTING, and so on.
type truthRow struct {
	UUID      string `json:"uuid"`
	Direction string `json:"direction"`
	Name      string `json:"name"`
	State     string `json:"state"`
	CallState string `json:"callstate"`
}

// truthConference is what `conference json_list` tells of a conference that events
// tell, too.
type truthConference struct {
	Name       string        `json:"conference_name"`
	UUID       string        `json:"conference_uuid"`
	Size       int           `json:"member_count"`
	Ghosts     int           `json:"ghost_count"`
	Locked     bool          `json:"locked"`
	Recording  bool          `json:"recording"`
	EnterSound bool          `json:"enter_sound"`
	ExitSound  bool          `json:"exit_sound"`
	Members    []truthMember `json:"members"`
}

type truthMember struct {
	Type   string `json:"type"`
	Record string `json:"record_path"`
	ID     int    `json:"id"`
	UUID   string `json:"uuid"`
	Name   string `json:"caller_id_name"`
	Number string `json:"caller_id_number"`
	Energy int    `json:"energy"`
	In     int    `json:"volume_in"`
	Out    int    `json:"volume_out"`
	Flags  struct {
		Hear       bool `json:"can_hear"`
		See        bool `json:"can_see"`
		Speak      bool `json:"can_speak"`
		Hold       bool `json:"hold"`
		MuteDetect bool `json:"mute_detect"`
		Talking    bool `json:"talking"`
		Video      bool `json:"has_video"`
		Floor      bool `json:"has_floor"`
		Moderator  bool `json:"is_moderator"`
	} `json:"flags"`
}

// truthPoint is a quiet point of the recording, and the server's own tables there.
type truthPoint struct {
	Point, Events int
	Dirty         bool // something happened between the question and the answer
	Channels      []truthRow
	Conferences   []truthConference
	Calls         []struct {
		A string `json:"uuid"`
		B string `json:"b_uuid"`
	}
	tables struct{ Channels, Conferences json.RawMessage }
}

func truth(t *testing.T) (points []truthPoint) {
	d := json.NewDecoder(bytes.NewReader(captures.Read(t, "17_truth_a", "truth.jsonl")))
	for d.More() {
		var raw json.RawMessage
		var p truthPoint
		if err := d.Decode(&raw); err != nil {
			t.Fatal(err)
		}
		for _, to := range []any{&p, &p.tables} {
			if err := json.Unmarshal(raw, to); err != nil {
				t.Fatal(err)
			}
		}
		points = append(points, p)
	}
	return points
}

// atQuietPoints feeds the recording to sw, and calls f at each of its quiet points.
func atQuietPoints(t *testing.T, sw *fsw.Switch, f func(*truthPoint)) {
	framer := esl.NewFramer(esl.Limits{})
	framer.Feed(captures.Read(t, "17_truth_a", "server.bin"))
	events := 0
	for _, point := range truth(t) {
		for events < point.Events {
			m, ok, err := framer.Next()
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			if m.ContentType == esl.EventPlain {
				events++
			}
			sw.ReceivedMessage(m)
		}
		if !point.Dirty {
			f(&point)
		}
	}
}

// untold are members whose caller id has been changed, as of a point, by commands
// about which the server tells nobody (uuid_setvar and the like).
var untold = map[int][]int{15: {46, 56}, 17: {62}, 39: {126}}

// compare compares the model with the tables, both ways.
func (p *truthPoint) compare(t *testing.T, r cell.Reader, sw *fsw.Switch) {
	t.Helper()
	got, want := map[string]truthRow{}, map[string]truthRow{}
	for _, row := range p.Channels {
		want[row.UUID] = row
	}
	for ch := range sw.Channels.All(r) {
		row := truthRow{ch.UUID.Get(r), string(ch.Direction.Get(r)), ch.ChannelName.Get(r), string(ch.State.Get(r)), string(ch.CallState.Get(r))}
		if row.CallState == "HANGUP" {
			// The table is not told of a hang-up, only of the end.
			row.State, row.CallState = want[row.UUID].State, want[row.UUID].CallState
		}
		got[row.UUID] = row
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("point %d (-server +model):\n%s", p.Point, diff)
	}
	if diff := cmp.Diff(p.conferences(), modelConferences(t, r, sw, p)); diff != "" {
		t.Errorf("point %d (-server +model):\n%s", p.Point, diff)
	}
}

// conferenceState is a conference as one value.
type conferenceState struct {
	UUID                          string
	Size, Ghosts, Floor           int
	Locked, EnterSound, ExitSound bool
	Recordings                    map[string]bool
	Members                       map[int]memberState
}

type memberState struct {
	UUID, Name, Number                                        string
	Hear, See, Speak, Hold, MuteDetect, Talking, Video, Floor bool
	Moderator                                                 bool
	EnergyLevel, In, Out                                      int
}

func (p *truthPoint) conferences() map[string]conferenceState {
	all := map[string]conferenceState{}
	for _, c := range p.Conferences {
		s := conferenceState{c.UUID, c.Size, c.Ghosts, 0, c.Locked, c.EnterSound, c.ExitSound, map[string]bool{}, map[int]memberState{}}
		for _, m := range c.Members {
			if m.Type == "recording_node" {
				s.Recordings[m.Record] = true
				continue
			}
			if m.Flags.Floor {
				s.Floor = m.ID
			}
			f := m.Flags
			s.Members[m.ID] = memberState{m.UUID, m.Name, m.Number, f.Hear, f.See, f.Speak, f.Hold, f.MuteDetect, f.Talking,
				f.Video, f.Floor, f.Moderator, m.Energy, m.In, m.Out}
		}
		for _, id := range untold[p.Point] {
			if m, ok := s.Members[id]; ok {
				m.Name, m.Number = "", ""
				s.Members[id] = m
			}
		}
		all[c.Name] = s
	}
	return all
}

func modelConferences(t *testing.T, r cell.Reader, sw *fsw.Switch, p *truthPoint) map[string]conferenceState {
	t.Helper()
	all := map[string]conferenceState{}
	for name, c := range sw.Conferences.All(r) {
		s := conferenceState{c.UUID.Get(r), c.Size.Get(r), c.Ghosts.Get(r), c.FloorMemberID.Get(r), c.Locked.Get(r),
			c.EnterSound.Get(r), c.ExitSound.Get(r), map[string]bool{}, map[int]memberState{}}
		for path := range c.Recordings.All(r) {
			s.Recordings[path] = true
		}
		for id, m := range c.Members.All(r) {
			held := m.Hold.Get(r) // the table says of who is held that it can do nothing
			s.Members[id] = memberState{m.UUID.Get(r), m.CallerIDName.Get(r), m.CallerIDNumber.Get(r),
				!m.Deaf.Get(r) && !held, !m.Blind.Get(r) && !held, !m.Muted.Get(r) && !held, held, m.MuteDetect.Get(r),
				m.Talking.Get(r), m.Video.Get(r), m.Floor.Get(r), m.Moderator.Get(r),
				m.EnergyLevel.Get(r), m.VolumeIn.Get(r), m.VolumeOut.Get(r)}
			if ch := m.Channel.Get(r); ch == nil || ch.UUID.Get(r) != m.UUID.Get(r) || ch.Member.Get(r) != m {
				t.Errorf("point %d: member %d of %s and its channel do not belong together", p.Point, id, name)
			}
		}
		for _, id := range untold[p.Point] {
			if m, ok := s.Members[id]; ok {
				m.Name, m.Number = "", ""
				s.Members[id] = m
			}
		}
		all[name] = s
	}
	return all
}

// At every quiet point of the recording the model's channels, conferences and
// members are the server's own.
func TestModelEqualsTheServersOwnTables(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	compared, channels, members := 0, 0, 0
	atQuietPoints(t, sw, func(point *truthPoint) {
		g.View(func(r cell.Reader) { point.compare(t, r, sw) })
		compared++
		channels = max(channels, len(point.Channels))
		for _, c := range point.Conferences {
			members += len(c.Members)
		}
	})
	if compared < 50 || channels < 100 || members < 600 {
		t.Errorf("compared %d points with up to %d channels, and %d members: is the recording whole?", compared, channels, members)
	}
}
