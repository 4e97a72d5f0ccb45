package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// followConferences keeps what is shown of all conferences.
func followConferences(sw *fsw.Switch) *list[conferenceJSON] {
	rooms := &list[conferenceJSON]{}
	eachConference(sw, func(o cell.Owner, c *fsw.Conference) {
		shown := &item[conferenceJSON]{}
		cell.Effect(o, func(r cell.Reader) func() {
			now, ended := conferenceAsJSON(r, c), c.Closed.Get(r) != ""
			return func() { rooms.put(shown, now, ended) }
		})
	})
	return rooms
}

// byName sorts conferences, which keep their places then.
func byName(rooms []conferenceJSON) []conferenceJSON {
	slices.SortFunc(rooms, func(a, b conferenceJSON) int { return cmp.Compare(a.Name, b.Name) })
	return rooms
}

// roomLine is a conference in one line: who has the floor, who talks, who is there.
func roomLine(c conferenceJSON) string {
	var people []string
	for _, m := range speakersFirst(c.Members) {
		people = append(people, personOf(m))
	}
	return fmt.Sprintf("%s %s %s  %s", bold.Render(pad(printable(c.Name), 12)), pad(fmt.Sprint(len(c.Members)), 3),
		grey.Render(pad(roomFlags(c), 9)), strings.Join(people, "  "))
}

// speakersFirst is who has the floor, who talks, and then the others.
func speakersFirst(members []memberJSON) []memberJSON {
	rank := func(m memberJSON) int {
		switch {
		case m.Talking:
			return 0
		case m.Floor:
			return 1
		}
		return 2
	}
	members = slices.Clone(members)
	slices.SortStableFunc(members, func(a, b memberJSON) int { return cmp.Compare(rank(a), rank(b)) })
	return members
}

func personOf(m memberJSON) string {
	name := printable(cmp.Or(m.CallerIDName, m.CallerIDNumber, fmt.Sprint(m.ID)))
	switch {
	case m.Talking:
		return green.Render("◉ " + name)
	case m.Floor:
		return yellow.Render("○ " + name)
	case m.Muted || m.Deaf || m.Hold:
		return magenta.Render(name + " (" + memberFlags(m) + ")")
	}
	return grey.Render(name)
}

// roomLines are conferences with a line for every member.
func roomLines(rooms []conferenceJSON, now time.Time) (lines []string) {
	for _, c := range rooms {
		lines = append(lines, fmt.Sprintf("%s  %d in all  %s", bold.Render(printable(c.Name)), len(c.Members), grey.Render(roomFlags(c))))
		for _, m := range c.Members {
			who := caller(m.CallerIDName, m.CallerIDNumber)
			joined := ""
			if m.JoinTime != nil {
				if t, err := time.Parse(time.RFC3339Nano, *m.JoinTime); err == nil {
					joined = clock(now.Sub(t))
				}
			}
			style := normal
			if m.Talking {
				style = green
			}
			lines = append(lines, fmt.Sprintf("%s %s %s %s %s", pad(fmt.Sprint(m.ID), 6), style.Render(pad(printable(who), 30)),
				pad(joined, 7), grey.Render(short(m.ChannelUUID)), style.Render(memberFlags(m))))
		}
	}
	return lines
}
