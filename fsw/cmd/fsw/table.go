package main

import (
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/freeswytch/freeswytch/fsw"
)

// column is one column of a live table whose rows are R.
type column[R any] struct {
	title string
	width int // least
	grow  int // its share of what a wide terminal has left
	spare int // columns with larger numbers are left out first if the terminal is narrow
	text  func(r R, now time.Time) string
	style func(r R) lipgloss.Style
}

var channelColumns = []column[row]{
	{title: "UUID", width: 8, style: dim, text: func(r row, _ time.Time) string { return short(r.uuid) }},
	{title: "DIR", width: 3, spare: 3, style: dim, text: func(r row, _ time.Time) string { return direction(r.direction) }},
	{title: "CALLER", width: 18, grow: 3, style: plain, text: func(r row, _ time.Time) string { return r.caller }},
	{title: "DESTINATION", width: 11, grow: 2, style: plain, text: func(r row, _ time.Time) string { return r.destination }},
	{title: "STATE", width: 14, spare: 4, style: dim, text: func(r row, _ time.Time) string { return strings.TrimPrefix(r.state, "CS_") }},
	{title: "CALL", width: 8, style: callStateStyle, text: func(r row, _ time.Time) string { return r.callState }},
	{title: "APPLICATION", width: 11, grow: 1, spare: 2, style: plain, text: func(r row, _ time.Time) string { return r.app }},
	{title: "TIME", width: 7, style: plain, text: func(r row, now time.Time) string { return since(r.created, now) }},
	{title: "TALK", width: 7, style: talkStyle, text: func(r row, now time.Time) string { return since(r.answered, now) }},
	{title: "OTHER LEG", width: 9, spare: 1, style: dim, text: func(r row, _ time.Time) string { return short(r.otherLeg) }},
}

var (
	badge   = lipgloss.NewStyle().Foreground(lipgloss.Black).Background(lipgloss.Cyan).Bold(true)
	title   = lipgloss.NewStyle().Foreground(lipgloss.Cyan).Bold(true)
	green   = lipgloss.NewStyle().Foreground(lipgloss.Green)
	yellow  = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
	red     = lipgloss.NewStyle().Foreground(lipgloss.Red)
	magenta = lipgloss.NewStyle().Foreground(lipgloss.Magenta)
	grey    = lipgloss.NewStyle().Foreground(lipgloss.BrightBlack)
	bold    = lipgloss.NewStyle().Bold(true)
	normal  = lipgloss.NewStyle()
)

func plain(row) lipgloss.Style { return normal }
func dim(row) lipgloss.Style   { return grey }

func callStateStyle(r row) lipgloss.Style {
	switch r.callState {
	case "ACTIVE":
		return green
	case "RINGING", "EARLY", "RING_WAIT", "DIALING":
		return yellow
	case "HELD", "UNHELD":
		return magenta
	case "HANGUP":
		return red
	}
	return grey
}

func talkStyle(r row) lipgloss.Style {
	if r.callState == "ACTIVE" {
		return green
	}
	return grey
}

func causeStyle(cause string) lipgloss.Style {
	switch cause {
	case "NORMAL_CLEARING":
		return green
	case "ORIGINATOR_CANCEL", "NO_ANSWER", "USER_BUSY":
		return yellow
	}
	return red
}

func direction(d string) string {
	switch d {
	case "inbound":
		return "in"
	case "outbound":
		return "out"
	}
	return d
}

// since is how long ago a moment of the server was.
func since(m fsw.Moment, now time.Time) string {
	if m == 0 {
		return ""
	}
	return clock(now.Sub(m.Time()))
}

// fit chooses the columns for a terminal and how wide they are.
func fit[R any](columns []column[R], width int) (chosen []column[R]) {
	chosen = append(chosen, columns...)
	need := func() (n int) {
		for _, c := range chosen {
			n += c.width + 1
		}
		return n - 1
	}
	for need() > width {
		least := -1
		for i, c := range chosen {
			if c.spare > 0 && (least < 0 || c.spare > chosen[least].spare) {
				least = i
			}
		}
		if least < 0 {
			break
		}
		chosen = append(chosen[:least], chosen[least+1:]...)
	}
	left, shares := max(0, min(width, 160)-need()), 0
	for _, c := range chosen {
		shares += c.grow
	}
	for i := range chosen {
		chosen[i].width += left * chosen[i].grow / max(1, shares)
	}
	return chosen
}

// headline is the line of the titles.
func headline[R any](chosen []column[R]) string {
	var titles []string
	for _, c := range chosen {
		titles = append(titles, pad(c.title, c.width))
	}
	return title.Render(strings.Join(titles, " "))
}

// line is one row.
func line[R any](chosen []column[R], r R, now time.Time) string {
	var cells []string
	for _, c := range chosen {
		cells = append(cells, c.style(r).Render(pad(printable(c.text(r, now)), c.width)))
	}
	return strings.Join(cells, " ")
}

// pad makes text exactly as wide as n cells of the terminal.
func pad(text string, n int) string {
	text = ansi.Truncate(text, n, "…")
	return text + strings.Repeat(" ", max(0, n-ansi.StringWidth(text)))
}
