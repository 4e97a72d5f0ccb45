package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// conferenceJSON is how a conference looks in JSON. The names do not change.
type conferenceJSON struct {
	Name          string       `json:"name"`
	UUID          string       `json:"uuid"`
	Size          int          `json:"size"`
	Ghosts        int          `json:"ghosts"`
	Locked        bool         `json:"locked"`
	Recording     bool         `json:"recording"`
	Recordings    []string     `json:"recordings"`
	EnterSound    bool         `json:"enter_sound"`
	ExitSound     bool         `json:"exit_sound"`
	FloorMemberID int          `json:"floor_member_id"`
	CreatedTime   *string      `json:"created_time"`
	Members       []memberJSON `json:"members"`
}

// memberJSON is how a member looks in JSON.
type memberJSON struct {
	ID             int     `json:"id"`
	ChannelUUID    string  `json:"channel_uuid"`
	CallerIDName   string  `json:"caller_id_name"`
	CallerIDNumber string  `json:"caller_id_number"`
	Talking        bool    `json:"talking"`
	Muted          bool    `json:"muted"`
	Deaf           bool    `json:"deaf"`
	Blind          bool    `json:"blind"`
	Hold           bool    `json:"hold"`
	Floor          bool    `json:"floor"`
	Moderator      bool    `json:"moderator"`
	Ghost          bool    `json:"ghost"`
	Video          bool    `json:"video"`
	MuteDetect     bool    `json:"mute_detect"`
	EnergyLevel    int     `json:"energy_level"`
	Energy         int     `json:"energy"`
	VolumeIn       int     `json:"volume_in"`
	VolumeOut      int     `json:"volume_out"`
	JoinTime       *string `json:"join_time"`
}

func memberAsJSON(r cell.Reader, m *fsw.Member) memberJSON {
	return memberJSON{
		ID:             m.ID,
		ChannelUUID:    m.UUID.Get(r),
		CallerIDName:   m.CallerIDName.Get(r),
		CallerIDNumber: m.CallerIDNumber.Get(r),
		Talking:        m.Talking.Get(r),
		Muted:          m.Muted.Get(r),
		Deaf:           m.Deaf.Get(r),
		Blind:          m.Blind.Get(r),
		Hold:           m.Hold.Get(r),
		Floor:          m.Floor.Get(r),
		Moderator:      m.Moderator.Get(r),
		Ghost:          m.Ghost.Get(r),
		Video:          m.Video.Get(r),
		MuteDetect:     m.MuteDetect.Get(r),
		EnergyLevel:    m.EnergyLevel.Get(r),
		Energy:         m.Energy.Get(r),
		VolumeIn:       m.VolumeIn.Get(r),
		VolumeOut:      m.VolumeOut.Get(r),
		JoinTime:       timeJSON(m.JoinTime.Get(r)),
	}
}

func conferenceAsJSON(r cell.Reader, c *fsw.Conference) conferenceJSON {
	j := conferenceJSON{
		Name:          c.Name(),
		UUID:          c.UUID.Get(r),
		Size:          c.Size.Get(r),
		Ghosts:        c.Ghosts.Get(r),
		Locked:        c.Locked.Get(r),
		Recording:     c.Recording(r),
		Recordings:    slices.AppendSeq([]string{}, c.Recordings.All(r)),
		EnterSound:    c.EnterSound.Get(r),
		ExitSound:     c.ExitSound.Get(r),
		FloorMemberID: c.FloorMemberID.Get(r),
		CreatedTime:   timeJSON(c.Created.Get(r)),
		Members:       []memberJSON{},
	}
	for _, m := range c.Members.All(r) {
		j.Members = append(j.Members, memberAsJSON(r, m))
	}
	slices.SortFunc(j.Members, func(a, b memberJSON) int { return cmp.Compare(a.ID, b.ID) })
	return j
}

func timeJSON(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return moment(fsw.Moment(t.UnixMicro()))
}

// liveConferences are the conferences of a switch by their names, none as [].
func liveConferences(r cell.Reader, sw *fsw.Switch) []conferenceJSON {
	conferences := []conferenceJSON{}
	for _, c := range sw.Conferences.All(r) {
		conferences = append(conferences, conferenceAsJSON(r, c))
	}
	return byName(conferences)
}
