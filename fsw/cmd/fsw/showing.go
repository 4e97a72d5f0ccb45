package main

// showing is what the table shows.
type showing int

const (
	showChannels showing = iota
	showCalls
	showConferences
	showings
)

func (s showing) String() string {
	return [...]string{"channels", "calls", "conferences"}[s]
}

// table is what is shown of the table: its titles, the rows that there is room for, and how
// many there are.
func (s *screen) table() (head string, rows []string, total int) {
	switch s.showing {
	case showCalls:
		chosen := fit(callColumns, s.width-1)
		for _, c := range s.shownCalls {
			rows = append(rows, line(chosen, c, s.now))
		}
		head = headline(chosen)
	case showConferences:
		head, rows = title.Render("CONFERENCES"), roomLines(s.shownRooms, s.now)
	default:
		chosen := fit(channelColumns, s.width-1)
		for _, r := range s.rows {
			rows = append(rows, line(chosen, r, s.now))
		}
		return headline(chosen), rows, s.live
	}
	total = len(rows)
	s.first = max(0, min(s.first, total-s.tableHeight()))
	return head, rows[s.first:min(total, s.first+s.tableHeight())], total
}
