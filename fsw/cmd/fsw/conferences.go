package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

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
		tabRow(w, c.Name, fmt.Sprintf("%d in all", len(c.Members)), "", "", words(
			flag{"locked", c.Locked}, flag{"recording", c.Recording}))
		for _, m := range c.Members {
			tabRow(w, "", fmt.Sprint(m.ID), caller(m.CallerIDName, m.CallerIDNumber), short(m.ChannelUUID), words(
				flag{"talking", m.Talking}, flag{"muted", m.Muted}, flag{"deaf", m.Deaf}, flag{"hold", m.Hold},
				flag{"floor", m.Floor}, flag{"moderator", m.Moderator}))
		}
	}
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
