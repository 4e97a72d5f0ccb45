package fsw

import (
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// conferenceTable is `conference json_list`, which the server reads off the
// conferences themselves: it is as new as the answer, and newer than all events
// before that. So what it tells is taken as it is, and what events are still on their
// way will say is told again in the end. What it does not tell has ended, unless an
// event has been about it since the subscription: a conference is announced before it
// is listed, and then its end will be, too. What ends after the first look has events.
//
// A server without mod_conference, or one that does not let us ask, answers -ERR:
// ConferenceSnapshot is then SnapshotUnavailable, and only what events are about is
// known.
type conferenceTable struct{ sw *Switch }

func (conferenceTable) command() string { return "conference json_list" }
func (conferenceTable) asked(cell.Tx)   {}

func (t conferenceTable) compare(tx cell.Tx, c *check, output string) bool {
	sw := t.sw
	rows, err := rowsOf[conferenceRow]("conferences", output)
	if err == nil && !sw.conferring.Peek(tx.Reader) {
		err = errors.New("fsw: the user may not have their events")
	}
	if err != nil {
		sw.note(tx, slog.LevelWarn, "no snapshot of the conferences", slog.Any("error", err))
		sw.ConferenceSnapshot.Set(tx, SnapshotUnavailable)
		return true // there may well be no conferences at all
	}
	sw.ConferenceSnapshot.Set(tx, SnapshotDone)
	sw.learnFact(tx, fact{size: len(output), do: func(tx cell.Tx, sw *Switch) { sw.conferencesListed(tx, rows, c.look) }})
	return true
}

// conferencesListed takes the table.
func (sw *Switch) conferencesListed(tx cell.Tx, rows []conferenceRow, l look) {
	listed := make(map[*Conference]bool, len(rows))
	for _, row := range rows {
		if conf := sw.conferenceListed(tx, row, l); conf != nil {
			listed[conf] = true
		}
	}
	tx.Untracked(func(tx cell.Tx) {
		for _, conf := range sw.Conferences.All(tx.Reader) {
			if l == firstLook && !listed[conf] && conf.heardIn != sw.gap {
				conf.finish(tx, CauseLost)
				sw.differs(tx, conferenceEnded)
			}
		}
	})
}

func (t conferenceTable) restarted(tx cell.Tx) {
	tx.Untracked(func(tx cell.Tx) {
		for _, conf := range t.sw.Conferences.All(tx.Reader) {
			conf.finish(tx, CauseRestart)
			t.sw.differs(tx, conferenceEnded)
		}
	})
}

// conferenceRow is what the table tells about a conference.
type conferenceRow struct {
	Name       string      `json:"conference_name"`
	UUID       string      `json:"conference_uuid"`
	Size       int         `json:"member_count"`
	Ghosts     int         `json:"ghost_count"`
	RunTime    int64       `json:"run_time"` // seconds
	Locked     bool        `json:"locked"`
	Destruct   bool        `json:"destruct"` // it is ending
	EnterSound bool        `json:"enter_sound"`
	ExitSound  bool        `json:"exit_sound"`
	Members    []memberRow `json:"members"`
}

// memberRow is what the table tells about a member, or about a recording.
type memberRow struct {
	Type       string `json:"type"` // caller or recording_node
	RecordPath string `json:"record_path"`

	ID           int    `json:"id"`
	UUID         string `json:"uuid"`
	CallerName   string `json:"caller_id_name"`
	CallerNumber string `json:"caller_id_number"`
	JoinTime     int64  `json:"join_time"` // seconds ago
	EnergyLevel  int    `json:"energy"`
	VolumeIn     int    `json:"volume_in"`
	VolumeOut    int    `json:"volume_out"`
	Flags        struct {
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

// conferenceListed takes a row. It returns nil if that is about none that is live.
func (sw *Switch) conferenceListed(tx cell.Tx, row conferenceRow, l look) *Conference {
	if row.Name == "" {
		return nil
	}
	c, live := sw.Conferences.Peek(tx.Reader, row.Name)
	if live && isAnother(row.UUID, c.UUID.Peek(tx.Reader)) {
		c.finish(tx, CauseLost)
		sw.differs(tx, conferenceEnded)
		live = false
	}
	switch {
	case !live && (row.Destruct || sw.recent.has(row.UUID, sw.now())):
		return nil // it is ending
	case !live:
		c = sw.makeConference(tx, row.Name)
		sw.differs(tx, conferenceAppeared)
	}
	c.UUID.Set(tx, strings.Clone(row.UUID))
	c.Size.Set(tx, row.Size)
	c.Ghosts.Set(tx, row.Ghosts)
	c.Locked.Set(tx, row.Locked)
	c.EnterSound.Set(tx, row.EnterSound)
	c.ExitSound.Set(tx, row.ExitSound)
	if c.Created.Peek(tx.Reader).IsZero() {
		c.Created.Set(tx, sw.secondsAgo(row.RunTime))
	}
	c.membersListed(tx, row.Members, l)
	return c
}

// membersListed takes the rows of the members and recordings.
func (c *Conference) membersListed(tx cell.Tx, rows []memberRow, l look) {
	floor := 0
	present, recordings := map[int]bool{}, map[string]bool{}
	for _, row := range rows {
		if row.Type == "recording_node" {
			recordings[row.RecordPath] = true
			continue
		}
		if row.ID <= 0 {
			continue
		}
		present[row.ID] = true
		c.memberListed(tx, row)
		if row.Flags.Floor {
			floor = row.ID
		}
	}
	c.setFloor(tx, floor)
	tx.Untracked(func(tx cell.Tx) {
		for id, m := range c.Members.All(tx.Reader) {
			if l == firstLook && !present[id] && m.heardIn != c.sw.gap {
				m.end(tx, CauseLost)
				c.sw.differs(tx, memberEnded)
			}
		}
		for path := range c.Recordings.All(tx.Reader) {
			if !recordings[path] {
				c.Recordings.Remove(tx, path)
			}
		}
	})
	for path := range recordings {
		c.Recordings.Add(tx, path)
	}
}

func (c *Conference) memberListed(tx cell.Tx, row memberRow) {
	m, live := c.Members.Peek(tx.Reader, row.ID)
	if !live {
		m = c.makeMember(tx, row.ID)
		c.sw.differs(tx, memberAppeared)
	}
	listed := m.listedIn
	m.listedIn = c.sw.gap
	tx.OnUndo(func() { m.listedIn = listed })
	channel := m.UUID.Peek(tx.Reader)
	m.UUID.Set(tx, strings.Clone(row.UUID))
	m.follow(tx, channel)
	m.CallerIDName.Set(tx, strings.Clone(row.CallerName))
	m.CallerIDNumber.Set(tx, strings.Clone(row.CallerNumber))
	f := row.Flags
	m.Talking.Set(tx, f.Talking)
	m.Hold.Set(tx, f.Hold)
	if !f.Hold {
		// Of who is on hold the table says that it can do nothing.
		m.Muted.Set(tx, !f.Speak)
		m.Deaf.Set(tx, !f.Hear)
		m.Blind.Set(tx, !f.See)
	}
	m.Moderator.Set(tx, f.Moderator)
	m.Video.Set(tx, f.Video)
	m.MuteDetect.Set(tx, f.MuteDetect)
	m.EnergyLevel.Set(tx, row.EnergyLevel)
	m.VolumeIn.Set(tx, row.VolumeIn)
	m.VolumeOut.Set(tx, row.VolumeOut)
	if m.JoinTime.Peek(tx.Reader).IsZero() {
		m.JoinTime.Set(tx, c.sw.secondsAgo(row.JoinTime))
	}
}

func (sw *Switch) secondsAgo(n int64) time.Time {
	return sw.now().Add(-time.Duration(n) * time.Second).Truncate(time.Second)
}
