package tables

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Server returns the facts of a server: what it answered to `show channels as json`
// and to `conference json_list`. One that has no conferences at all has none.
func Server(channels, conferences string) (Facts, error) {
	if err := esl.CheckReply(channels); err != nil {
		return nil, fmt.Errorf("show channels: %w", err)
	}
	f := Facts{}
	var table struct{ Rows []Channel }
	if err := json.Unmarshal([]byte(channels), &table); err != nil {
		return nil, fmt.Errorf("show channels: %w", err)
	}
	for _, row := range table.Rows {
		row.Add(f)
	}
	if !strings.HasPrefix(strings.TrimSpace(conferences), "[") {
		return f, nil
	}
	var rows []conferenceRow
	if err := json.Unmarshal([]byte(conferences), &rows); err != nil {
		return nil, fmt.Errorf("conference json_list: %w", err)
	}
	for _, row := range rows {
		row.conference().Add(f)
	}
	return f, nil
}

type conferenceRow struct {
	Name       string      `json:"conference_name"`
	UUID       string      `json:"conference_uuid"`
	Size       int         `json:"member_count"`
	Ghosts     int         `json:"ghost_count"`
	Locked     bool        `json:"locked"`
	EnterSound bool        `json:"enter_sound"`
	ExitSound  bool        `json:"exit_sound"`
	Members    []memberRow `json:"members"`
}

// memberRow is a row of a member, or of a recording.
type memberRow struct {
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

func (row conferenceRow) conference() Conference {
	c := Conference{Name: row.Name, UUID: row.UUID, Size: row.Size, Ghosts: row.Ghosts, Locked: row.Locked,
		EnterSound: row.EnterSound, ExitSound: row.ExitSound}
	for _, m := range row.Members {
		if m.Type == "recording_node" {
			c.Recordings = append(c.Recordings, m.Record)
			continue
		}
		f := m.Flags
		if f.Floor {
			c.Floor = m.ID
		}
		c.Members = append(c.Members, Member{ID: m.ID, UUID: m.UUID, Name: m.Name, Number: m.Number,
			Hear: f.Hear, See: f.See, Speak: f.Speak, Hold: f.Hold, Talking: f.Talking, Floor: f.Floor,
			Moderator: f.Moderator, Video: f.Video, Detect: f.MuteDetect, EnergyLevel: m.Energy, In: m.In, Out: m.Out})
	}
	return c
}
