package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// screen is the full-screen view: lists of rows, looked at a few times a second.
type screen struct {
	title    string
	sw       *fsw.Switch
	board    *board
	calls    *list[callRow]
	rooms    *list[conferenceJSON]
	survival *survival
	events   *cell.Maintained[int]

	width, height int

	showing showing
	now     time.Time
	state   string
	link    string
	lost    error
	meter   meter
	view
	shownCalls []callRow
	shownRooms []conferenceJSON
}

func newScreen(sw *fsw.Switch, title string) *screen {
	return &screen{title: title, sw: sw, board: newBoard(sw), calls: followCalls(sw), rooms: followConferences(sw),
		survival: newSurvival(sw), events: countEvents(sw), now: time.Now()}
}

const frameTime = 200 * time.Millisecond

type frame time.Time

// fullScreen shows a switch until somebody presses q, ctx ends or the connection
// is lost.
func fullScreen(ctx context.Context, std *streams, sw *fsw.Switch, title string) error {
	s := newScreen(sw, title)
	p := tea.NewProgram(s, tea.WithInput(std.in), tea.WithOutput(std.out.w), tea.WithoutSignalHandler())
	defer context.AfterFunc(ctx, p.Quit)()
	if _, err := p.Run(); err != nil {
		return err
	}
	return s.lost
}

// Init, Update and View are called by bubbletea.
func (s *screen) Init() tea.Cmd { return func() tea.Msg { return frame(time.Now()) } }

func (s *screen) Update(m tea.Msg) (tea.Model, tea.Cmd) {
	switch m := m.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = m.Width, m.Height
		s.look()
	case tea.KeyPressMsg:
		if !s.scroll(m.String()) {
			return s, tea.Quit
		}
		s.look()
	case frame:
		s.now = time.Time(m)
		s.look()
		s.meter.add(s.now, cell.Read(s.sw.Graph(), s.events))
		if s.lost != nil {
			return s, tea.Quit
		}
		return s, tea.Tick(frameTime, func(t time.Time) tea.Msg { return frame(t) })
	}
	return s, nil
}

// scroll takes a key, and is false if it is one that quits.
func (s *screen) scroll(key string) bool {
	switch key {
	case "tab":
		s.showing, s.first = (s.showing+1)%showings, 0
	case "1", "2", "3":
		s.showing, s.first = showing(key[0]-'1'), 0
	case "q", "ctrl+c", "esc":
		return false
	case "up", "k":
		s.first--
	case "down", "j":
		s.first++
	case "pgup":
		s.first -= s.tableHeight()
	case "pgdown", "space":
		s.first += s.tableHeight()
	case "home", "g":
		s.first = 0
	case "end", "G":
		s.first = math.MaxInt / 2
	}
	return true
}

// look takes what is to be shown out of the board and the cells.
func (s *screen) look() {
	s.shownCalls, s.shownRooms = s.calls.look(), byName(s.rooms.look())
	first := s.first
	s.view = s.board.look(first, s.tableHeight())
	if s.showing != showChannels {
		s.first = max(0, first)
	}
	s.sw.Graph().View(func(r cell.Reader) {
		s.lost = s.sw.Closed.Get(r)
		switch {
		case s.sw.Link.State.Get(r) == fsw.LinkDown:
			s.state = red.Render("● not connected since " + s.sw.Link.Since.Get(r).Format(time.TimeOnly))
		case !s.sw.Ready.Get(r):
			s.state = yellow.Render("● " + cmp.Or(string(s.sw.Link.State.Get(r)), "not ready"))
		case s.sw.Snapshot.Get(r) == fsw.SnapshotUnavailable:
			s.state = yellow.Render("● ready, without older channels")
		default:
			s.state = green.Render("● ready")
		}
		s.link = s.linkLine(r)
	})
}

// linkLine tells of the connection: how long it has been there, how far the model is behind,
// how often it was lost, and what became of that.
func (s *screen) linkLine(r cell.Reader) string {
	state, lag := s.sw.Link.State.Get(r), s.sw.Link.Lag.Get(r)
	if state == "" {
		return "" // there is no connection
	}
	line := fmt.Sprintf("link %s %s   lag %d", state, clock(s.now.Sub(s.sw.Link.Since.Get(r))), lag.Messages)
	if losses := s.sw.Link.Losses.Get(r); losses > 0 {
		line += fmt.Sprintf("   lost %d×", losses)
	}
	style := grey
	if state != fsw.LinkLive {
		style = yellow
	}
	return style.Render(line + s.survival.line(s.now))
}

// endedHeight is how many of the ended channels are shown, on a screen that is high
// enough.
func (s *screen) endedHeight() int { return max(0, min(6, s.height/3-2)) }

// roomsHeight is how many of the conferences are shown below a table of something else.
func (s *screen) roomsHeight() int {
	if s.showing == showConferences {
		return 0
	}
	return max(0, min(len(s.shownRooms), s.height/6))
}

// tableHeight is how many rows there is room for: the rest is header, link, titles, the
// conferences and the ended channels with their titles, footer, and empty lines between.
func (s *screen) tableHeight() int {
	rest := 5
	for _, n := range []int{s.endedHeight(), s.roomsHeight()} {
		if n > 0 {
			rest += n + 2
		}
	}
	return max(1, s.height-rest)
}

func (s *screen) View() tea.View {
	v := tea.NewView(s.content())
	v.AltScreen = true
	v.WindowTitle = "fsw " + s.title
	return v
}

func (s *screen) content() string {
	var lines []string
	add := func(line string) { lines = append(lines, ansi.Truncate(line, max(1, s.width-1), "…")) }
	add(fmt.Sprintf("%s  %s  %s calls  %s channels  %s conferences  %s events/s  %s", badge.Render(" fsw "), s.state,
		bold.Render(fmt.Sprint(s.view.calls)), bold.Render(fmt.Sprint(s.live)), bold.Render(fmt.Sprint(len(s.shownRooms))),
		bold.Render(fmt.Sprintf("%.0f", s.meter.rate())), grey.Render(s.title)))
	add(s.link)
	head, rows, total := s.table()
	add(head)
	for i := range s.tableHeight() {
		if i < len(rows) {
			add(rows[i])
		} else {
			add("")
		}
	}
	if n := s.roomsHeight(); n > 0 {
		add("")
		add(title.Render("CONFERENCES"))
		for _, c := range s.shownRooms[:n] {
			add(roomLine(c))
		}
	}
	if n := s.endedHeight(); n > 0 {
		add("")
		add(title.Render("ENDED"))
		for i := range n {
			if i < len(s.ended) {
				add(s.endedLine(s.ended[i]))
			} else {
				add("")
			}
		}
	}
	add("")
	keys := "q quit   ↑↓ scroll   tab " + fmt.Sprint((s.showing+1)%showings)
	if below := total - s.first - len(rows); s.first > 0 || below > 0 {
		keys += fmt.Sprintf("   %d above, %d below", s.first, below)
	}
	add(grey.Render(keys))
	return strings.Join(lines[:max(0, min(s.height, len(lines)))], "\n")
}

// endedLine is one of the channels that are no more.
func (s *screen) endedLine(r row) string {
	lasted := ""
	if r.hungUp > 0 && r.created > 0 {
		lasted = clock(time.Duration(r.hungUp-r.created) * time.Microsecond)
	}
	return fmt.Sprintf("%s %s %s → %s %s", grey.Render(pad(short(r.uuid), 8)), pad(lasted, 7),
		pad(printable(r.caller), 28), pad(printable(r.destination), 14), causeStyle(r.closed).Render(printable(r.closed)))
}
