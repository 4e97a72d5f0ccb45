package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// scene is a screen over a switch that is told events by hand.
func scene(t *testing.T, width, height int) (s *screen, event func(name, uuid string, headers ...string)) {
	t.Helper()
	sw := fsw.NewListener(cell.NewGraph())
	t.Cleanup(func() { sw.Close() })
	s = newScreen(sw, "a test")
	s.now = time.UnixMicro(90_000_000)
	s.Update(tea.WindowSizeMsg{Width: width, Height: height})
	return s, func(name, uuid string, headers ...string) {
		sw.ReceivedMessage(esl.NewEvent(name, append([]string{"Unique-ID", uuid}, headers...)...).PlainMessage())
	}
}

// shown is the text on the screen, which must fit it.
func shown(t *testing.T, s *screen) []string {
	t.Helper()
	s.look()
	lines := strings.Split(ansi.Strip(s.View().Content), "\n")
	if len(lines) > s.height {
		t.Errorf("%d lines on a screen of %d", len(lines), s.height)
	}
	for _, line := range lines {
		if n := ansi.StringWidth(line); n > s.width {
			t.Errorf("%d columns on a screen of %d: %q", n, s.width, line)
		}
	}
	return lines
}

func press(s *screen, key rune) tea.Cmd {
	_, cmd := s.Update(tea.KeyPressMsg{Code: key, Text: string(key)})
	return cmd
}

func TestScreen(t *testing.T) {
	s, event := scene(t, 120, 24)
	event("CHANNEL_CREATE", "aaaaaaaa-1", "Call-Direction", "inbound", "Channel-State", "CS_INIT",
		"Caller-Caller-ID-Name", "Ada\x1b[2J", "Caller-Caller-ID-Number", "1000", "Caller-Destination-Number", "5000",
		"Channel-Call-UUID", "aaaaaaaa-1", "Caller-Channel-Created-Time", "30000000")
	event("CHANNEL_CREATE", "bbbbbbbb-2", "Call-Direction", "outbound", "Channel-Call-UUID", "aaaaaaaa-1",
		"Other-Leg-Unique-ID", "aaaaaaaa-1", "Caller-Caller-ID-Number", "1000")
	event("CHANNEL_ANSWER", "aaaaaaaa-1", "Answer-State", "answered", "Channel-Call-State", "ACTIVE",
		"Caller-Channel-Answered-Time", "40000000")
	lines := shown(t, s)
	if !strings.Contains(lines[0], "1 calls  2 channels") {
		t.Errorf("%q", lines[0])
	}
	if got, want := strings.Join(strings.Fields(lines[3]), " "), "aaaaaaaa in Ada·[2J <1000> 5000 INIT ACTIVE 1:00 0:50"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !strings.Contains(lines[4], "bbbbbbbb out") || !strings.HasSuffix(strings.TrimSpace(lines[4]), "aaaaaaaa") {
		t.Errorf("%q", lines[4])
	}

	event("CHANNEL_HANGUP", "aaaaaaaa-1", "Hangup-Cause", "USER_BUSY", "Caller-Channel-Hangup-Time", "80000000")
	event("CHANNEL_DESTROY", "aaaaaaaa-1", "variable_hangup_cause", "USER_BUSY")
	lines = shown(t, s)
	if text := strings.Join(lines, "\n"); !strings.Contains(lines[0], "1 calls  1 channels") || !strings.Contains(lines[3], "bbbbbbbb") ||
		!strings.Contains(text, "0:50    Ada") || !strings.Contains(text, "USER_BUSY") {
		t.Errorf("%s", text)
	}
}

func TestScreenOfAnySize(t *testing.T) {
	s, event := scene(t, 120, 40)
	for n := range 100 {
		event("CHANNEL_CREATE", fmt.Sprintf("%08d-", n), "Caller-Caller-ID-Name", "株式会社 Ünal & Söhne, Import und Export",
			"Caller-Caller-ID-Number", "1000", "Channel-State", "CS_EXCHANGE_MEDIA")
	}
	for width := 1; width < 250; width += 7 {
		for height := 1; height < 60; height += 3 {
			s.Update(tea.WindowSizeMsg{Width: width, Height: height})
			if lines := shown(t, s); width > 60 && height > 8 && !strings.Contains(lines[3], "00000000") {
				t.Errorf("%dx%d shows no first row: %q", width, height, lines[3])
			}
		}
	}
}

func TestScreenScrolls(t *testing.T) {
	s, event := scene(t, 100, 20)
	for n := range 100 {
		event("CHANNEL_CREATE", fmt.Sprintf("%08d-", n))
	}
	first := func() string { return shown(t, s)[3][:8] }
	page := s.tableHeight()
	for _, c := range []struct {
		key  rune
		want int
	}{{'j', 1}, {'j', 2}, {'k', 1}, {'k', 0}, {'k', 0}, {'G', 100 - page}, {'j', 100 - page}, {'g', 0}, {'?', 0}} {
		if cmd := press(s, c.key); cmd != nil {
			t.Fatalf("%c quits", c.key)
		}
		if got := first(); got != fmt.Sprintf("%08d", c.want) {
			t.Errorf("%c: %s is first, want %d", c.key, got, c.want)
		}
	}
	if press(s, 'q') == nil {
		t.Error("q does not quit")
	}
}

func TestFullScreen(t *testing.T) {
	sw := fsw.NewListener(cell.NewGraph())
	defer sw.Close()
	var out bytes.Buffer
	std := &streams{in: strings.NewReader("q"), out: &output{w: &out}}
	if err := fullScreen(t.Context(), std, sw, "a test"); err != nil {
		t.Error(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	std.in = strings.NewReader("")
	if err := fullScreen(ctx, std, sw, "a test"); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "\x1b[?1049h") || !strings.Contains(out.String(), "\x1b[?1049l") {
		t.Error("the alternate screen is not entered and left")
	}
}

func TestMeter(t *testing.T) {
	var m meter
	if m.rate() != 0 {
		t.Error(m.rate())
	}
	for n := range 100 {
		m.add(time.Unix(0, int64(n)*2e8), n*20)
	}
	if got := m.rate(); got < 99 || got > 101 || len(m.samples) > 20 {
		t.Errorf("%v with %d samples", got, len(m.samples))
	}
}
