package main

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// squeezed is a line with single spaces.
func squeezed(line string) string { return strings.Join(strings.Fields(line), " ") }

func TestScreenShowsCallsAndConferences(t *testing.T) {
	s, event := scene(t, 120, 30)
	event("CHANNEL_CREATE", "aaaaaaaa-1", "Call-Direction", "inbound", "Channel-Call-State", "ACTIVE", "Channel-Call-UUID", "aaaaaaaa-1",
		"Caller-Caller-ID-Name", "Ada", "Caller-Caller-ID-Number", "1000", "Caller-Destination-Number", "5000", "Caller-Channel-Created-Time", "30000000")
	event("CHANNEL_CREATE", "bbbbbbbb-2", "Call-Direction", "outbound", "Channel-Call-State", "RINGING", "Channel-Call-UUID", "aaaaaaaa-1",
		"Caller-Destination-Number", "1001", "Caller-Channel-Created-Time", "31000000")
	member := []string{"Event-Subclass", "conference::maintenance", "Conference-Name", "standup\x1b", "Conference-Unique-ID", "u",
		"Member-ID", "7", "Caller-Caller-ID-Name", "Ada", "Caller-Caller-ID-Number", "1000", "Speak", "true", "Hear", "true"}
	event("CUSTOM", "aaaaaaaa-1", append(member, "Action", "add-member", "Talking", "false")...)
	event("CUSTOM", "aaaaaaaa-1", append(member, "Action", "start-talking", "Talking", "true")...)

	text := strings.Join(shown(t, s), "\n")
	for _, want := range []string{"1 calls  2 channels  1 conferences", "◉ Ada", "tab calls"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q among the channels:\n%s", want, text)
		}
	}
	tab := tea.KeyPressMsg{Code: tea.KeyTab}
	s.Update(tab)
	lines := shown(t, s)
	if got, want := squeezed(lines[3]), "●● Ada <1000> 5000 ACTIVE 1:00 1001 ringing"; got != want || !strings.Contains(lines[len(lines)-1], "tab conferences") {
		t.Errorf("%q instead of %q", got, want)
	}
	s.Update(tab)
	lines = shown(t, s)
	if squeezed(lines[3]) != "standup· 1 in all" || !strings.Contains(squeezed(lines[4]), "7 Ada <1000>") || !strings.HasSuffix(strings.TrimSpace(lines[4]), "talking") {
		t.Errorf("%q, %q", lines[3], lines[4])
	}
	event("CUSTOM", "aaaaaaaa-1", append(member, "Action", "del-member")...)
	if lines = shown(t, s); squeezed(lines[3]) != "standup· 0 in all" || lines[4] != "" {
		t.Errorf("%q, %q", lines[3], lines[4])
	}
	event("CUSTOM", "", "Event-Subclass", "conference::maintenance", "Conference-Name", "standup\x1b", "Conference-Unique-ID", "u", "Action", "conference-destroy")
	if lines = shown(t, s); lines[3] != "" || !strings.Contains(lines[0], "0 conferences") {
		t.Errorf("%q", lines[3])
	}
	for width := 1; width < 200; width += 9 {
		for height := 1; height < 50; height += 5 {
			s.Update(tea.WindowSizeMsg{Width: width, Height: height})
			for range showings {
				s.Update(tab)
				shown(t, s)
			}
		}
	}
}

// The screen says what became of the channels when the connection was lost.
func TestScreenTellsOfALoss(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{})
	sw, err := connectFlags{Addr: srv.Addr(), Password: "ClueCon", Timeout: time.Minute}.keep(t.Context(), fsw.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sw.Close()
	s := newScreen(sw, "a test")
	s.Update(tea.WindowSizeMsg{Width: 150, Height: 24})
	srv.Call(fswtest.CallOptions{})
	until := func(cond func(r cell.Reader) bool) {
		t.Helper()
		if err := sw.Wait(t.Context(), cond); err != nil {
			t.Fatal(err)
		}
	}
	until(func(r cell.Reader) bool { return sw.Channels.Len(r) == 1 })
	if lines := shown(t, s); !strings.HasPrefix(lines[1], "link live 0:0") || strings.Contains(lines[1], "lost") {
		t.Errorf("%q", lines[1])
	}
	srv.SetAccept(fswtest.AcceptRefuse)
	srv.DropConnections("")
	until(func(r cell.Reader) bool { return !sw.Ready.Get(r) })
	if lines := shown(t, s); !strings.Contains(lines[1], "lost 1×: 1 channels are kept (the server ended the connection)") {
		t.Errorf("%q", lines[1])
	}
	srv.SetAccept(fswtest.AcceptNormal)
	until(sw.Ready.Get)
	if lines := shown(t, s); !strings.Contains(lines[1], "1 channels the same, 0 ended (the server ended the connection)") {
		t.Errorf("%q", lines[1])
	}
}

func TestConferences(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{})
	if got := command(t, "conferences", "--addr", srv.Addr(), "--json").succeeds(t).stdout; got != "[]\n" {
		t.Errorf("no conferences are %q", got)
	}
	call := srv.Call(fswtest.CallOptions{From: "1000", FromName: "Ada", Actions: []fswtest.Action{{App: "conference", Data: "standup@default"}}})
	call.Talk()
	sw, err := connectFlags{Addr: srv.Addr(), Password: "ClueCon", Timeout: time.Minute}.keep(t.Context(), fsw.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sw.Close()
	err = sw.Wait(t.Context(), func(r cell.Reader) bool {
		c := sw.Conference(r, "standup")
		return c != nil && c.FloorHolder(r) != nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := decode[[]conferenceJSON](t, command(t, "conferences", "--json", "--addr", srv.Addr()).succeeds(t).stdout)
	if len(got) != 1 || got[0].Name != "standup" || len(got[0].Members) != 1 {
		t.Fatalf("%+v", got)
	}
	if m := got[0].Members[0]; m.CallerIDName != "Ada" || m.ChannelUUID != call.UUID() || !m.Talking || !m.Floor {
		t.Errorf("%+v", m)
	}
	table := command(t, "conferences", "--addr", srv.Addr()).succeeds(t).stdout
	if !strings.Contains(table, "standup") || !strings.Contains(table, "Ada <1000>") || !strings.Contains(table, "talking floor") {
		t.Errorf("%s", table)
	}
	srv.Handle("conference", func(string) string { return "-ERR conference Command not found!\n" })
	command(t, "conferences", "--addr", srv.Addr()).fails(t, exitFailed, "json_list")
}

// What happens in conferences is told, too, and the demo goes on through its bad days.
func TestDemoHasConferencesAndBadDays(t *testing.T) {
	o := commandUntil(t, []string{`"news":"joined"`, `"news":"left"`}, "demo", "--rate", "100", "--json", "--faults", "0").succeeds(t)
	for line := range strings.Lines(o.stdout) {
		got := decode[struct {
			News       string
			Conference string
			Member     *memberJSON
		}](t, line)
		if joined := got.News == "joined" || got.News == "left"; joined != (got.Member != nil) || joined != (got.Conference != "") {
			t.Fatalf("%s", line)
		}
	}
	o = command(t, "demo", "--for", "1500ms", "--faults", "200ms", "--rate", "20")
	if o.code != exitOK || !strings.Contains(o.stderr, "trying again") {
		t.Errorf("%d: %s", o.code, o.stderr)
	}
	command(t, "demo", "--faults", "-1s").fails(t, exitUsage, "--faults")
}
