package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// callRow is what the table of calls shows of one: its legs, the oldest first.
type callRow struct{ legs []row }

// followCalls keeps the rows of all calls.
func followCalls(sw *fsw.Switch) *list[callRow] {
	calls := &list[callRow]{}
	eachCall(sw, func(o cell.Owner, call *fsw.Call) {
		shown := &item[callRow]{}
		cell.Effect(o, func(r cell.Reader) func() {
			var now callRow
			for _, ch := range call.Legs.Get(r) {
				now.legs = append(now.legs, rowOf(r, ch))
			}
			slices.SortStableFunc(now.legs, func(a, b row) int { return cmp.Compare(a.created, b.created) })
			ended := call.Closed.Get(r) != ""
			return func() { calls.put(shown, now, ended) }
		})
	})
	return calls
}

var callColumns = []column[callRow]{
	{title: "LEGS", width: 4, style: func(callRow) lipgloss.Style { return grey }, text: func(c callRow, _ time.Time) string {
		return strings.Repeat("●", len(c.legs))
	}},
	{title: "CALLER", width: 18, grow: 3, style: plainCall, text: func(c callRow, _ time.Time) string { return c.first().caller }},
	{title: "DESTINATION", width: 11, grow: 2, style: plainCall, text: func(c callRow, _ time.Time) string { return c.first().destination }},
	{title: "CALL", width: 8, style: func(c callRow) lipgloss.Style { return callStateStyle(c.first()) },
		text: func(c callRow, _ time.Time) string { return c.first().callState }},
	{title: "TIME", width: 7, style: plainCall, text: func(c callRow, now time.Time) string { return since(c.first().created, now) }},
	{title: "TALK", width: 7, style: func(c callRow) lipgloss.Style { return talkStyle(c.first()) },
		text: func(c callRow, now time.Time) string { return since(c.first().answered, now) }},
	{title: "OTHER LEGS", width: 20, grow: 3, spare: 1, style: plainCall, text: func(c callRow, _ time.Time) string { return c.others() }},
}

func plainCall(callRow) lipgloss.Style { return normal }

func (c callRow) first() row {
	if len(c.legs) == 0 {
		return row{}
	}
	return c.legs[0]
}

// others tells of the further legs: whom they reach, and how far they are.
func (c callRow) others() string {
	var said []string
	for _, leg := range c.legs[min(1, len(c.legs)):] {
		said = append(said, leg.destination+" "+strings.ToLower(leg.callState))
	}
	return strings.Join(slices.Compact(said), ", ")
}
