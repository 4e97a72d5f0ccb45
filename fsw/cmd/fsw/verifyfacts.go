package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// readServer reads the server's tables. Of a channel it is compared what the table
// is told of by events, too: it forgets the application at a hold, and keeps the
// caller id of CS_ROUTING.
func readServer(table, conferences string) (facts, error) {
	f := facts{}
	var channels struct {
		Rows []struct {
			UUID, Direction, Name, State, CallState string
		} `json:"rows"`
	}
	if err := json.Unmarshal([]byte(table), &channels); err != nil {
		return nil, fmt.Errorf("show channels: %w", err)
	}
	for _, row := range channels.Rows {
		f[subject{ofChannel, row.UUID}] = channelFact(row.Direction, row.Name, row.State, row.CallState)
	}
	if !strings.HasPrefix(strings.TrimSpace(conferences), "[") {
		return f, nil // none, or a server without conferences
	}
	var list []struct {
		Name    string `json:"conference_name"`
		UUID    string `json:"conference_uuid"`
		Locked  bool   `json:"locked"`
		Members []struct {
			Type  string `json:"type"`
			ID    int    `json:"id"`
			UUID  string `json:"uuid"`
			Flags struct {
				CanHear  bool `json:"can_hear"`
				CanSpeak bool `json:"can_speak"`
				Hold     bool `json:"hold"`
			} `json:"flags"`
		} `json:"members"`
	}
	if err := json.Unmarshal([]byte(conferences), &list); err != nil {
		return nil, fmt.Errorf("conference json_list: %w", err)
	}
	for _, c := range list {
		f[subject{ofConference, c.Name}] = conferenceFact(c.UUID, c.Locked)
		for _, m := range c.Members {
			if m.Type != "recording_node" { // that is no member
				f[subject{ofMember, c.Name + " " + strconv.Itoa(m.ID)}] = memberFact(m.UUID, !m.Flags.CanSpeak, !m.Flags.CanHear, m.Flags.Hold)
			}
		}
	}
	return f, nil
}

func readModel(r cell.Reader, sw *fsw.Switch) facts {
	f := facts{}
	for ch := range sw.Channels.All(r) {
		f[subject{ofChannel, ch.UUID.Get(r)}] = channelFact(string(ch.Direction.Get(r)), ch.ChannelName.Get(r), string(ch.State.Get(r)), string(ch.CallState.Get(r)))
	}
	for name, c := range sw.Conferences.All(r) {
		f[subject{ofConference, name}] = conferenceFact(c.UUID.Get(r), c.Locked.Get(r))
		for id, m := range c.Members.All(r) {
			f[subject{ofMember, name + " " + strconv.Itoa(id)}] = memberFact(m.UUID.Get(r), m.Muted.Get(r), m.Deaf.Get(r), m.Hold.Get(r))
		}
	}
	return f
}

// Kinds of subjects.
const (
	ofChannel    = "channel"
	ofConference = "conference"
	ofMember     = "member"
)

// hungUp is a channel on its way to the end.
const hungUp = "a channel that is hung up"

func channelFact(direction, name, state, callState string) string {
	if callState == "HANGUP" || state == string(esl.CSHangup) || state == string(esl.CSReporting) {
		return hungUp
	}
	return fmt.Sprintf("%s %q %s %s", direction, name, state, callState)
}

func conferenceFact(uuid string, locked bool) string {
	return fmt.Sprintf("%s locked=%v", uuid, locked)
}

func memberFact(uuid string, muted, deaf, hold bool) string {
	return fmt.Sprintf("%s muted=%v deaf=%v hold=%v", uuid, muted, deaf, hold)
}
