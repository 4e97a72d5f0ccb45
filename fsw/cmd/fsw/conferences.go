package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

type conferencesCommand struct {
	connectFlags
	JSON bool `name:"json" help:"Print one JSON array."`
}

func (conferencesCommand) Help() string {
	return `Fields of a conference in JSON: name, uuid, size, ghosts, locked, recording,
recordings, enter_sound, exit_sound, floor_member_id, created_time, members. Of a
member: id, channel_uuid, caller_id_name, caller_id_number, talking, muted, deaf,
blind, hold, floor, moderator, ghost, video, mute_detect, energy_level, energy,
volume_in, volume_out, join_time. What is not known is "", 0 or, of times, null.`
}

func (c *conferencesCommand) Run(ctx context.Context, std *streams) error {
	sw, err := c.dial(ctx, fsw.Options{})
	if err != nil {
		return err
	}
	defer sw.Close()
	known := func(r cell.Reader) bool { return sw.ConferenceSnapshot.Get(r) != fsw.SnapshotNone }
	if err := sw.Wait(ctx, known); err != nil {
		return err
	}
	var conferences []conferenceJSON
	unavailable := false
	sw.Graph().View(func(r cell.Reader) {
		conferences = liveConferences(r, sw)
		unavailable = sw.ConferenceSnapshot.Get(r) == fsw.SnapshotUnavailable
	})
	switch {
	case unavailable:
		return errors.New("the server does not answer \"conference json_list\" with its conferences")
	case c.JSON:
		std.out.json(conferences)
	default:
		printConferences(std.out, conferences)
	}
	return nil
}

// printConferences prints conferences and their members as a table for people,
// nothing if there are none.
func printConferences(out *output, conferences []conferenceJSON) {
	if len(conferences) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer w.Flush()
	tabRow(w, "CONFERENCE", "MEMBER", "CALLER", "CHANNEL", "IS")
	for _, c := range conferences {
		tabRow(w, c.Name, fmt.Sprintf("%d in all", len(c.Members)), "", "", roomFlags(c))
		for _, m := range c.Members {
			tabRow(w, "", fmt.Sprint(m.ID), caller(m.CallerIDName, m.CallerIDNumber), short(m.ChannelUUID), memberFlags(m))
		}
	}
}

func roomFlags(c conferenceJSON) string {
	return words(flag{"locked", c.Locked}, flag{"recording", c.Recording})
}

func memberFlags(m memberJSON) string {
	return words(flag{"talking", m.Talking}, flag{"muted", m.Muted}, flag{"deaf", m.Deaf}, flag{"hold", m.Hold},
		flag{"floor", m.Floor}, flag{"moderator", m.Moderator})
}

// flag is a word that is said if it is true.
type flag struct {
	word string
	is   bool
}

func words(flags ...flag) string {
	var said []string
	for _, f := range flags {
		if f.is {
			said = append(said, f.word)
		}
	}
	return strings.Join(said, " ")
}
