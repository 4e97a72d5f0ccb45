package esl

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Values of the outer block are never URL-decoded (2.4).
func TestMessageHeadersAreVerbatim(t *testing.T) {
	m := one(t, "Content-Type: command/reply\nReply-Text:  a b&c=d%41 100% +1 \nX:y\nx: again\n\n")
	if got := m.ReplyText(); got != " a b&c=d%41 100% +1 " {
		t.Errorf("ReplyText is %q", got)
	}
	if v, ok := m.Get("X"); v != "y" || !ok {
		t.Errorf("X is %q, %v; want the first", v, ok)
	}
	if v, ok := m.Get("REPLY-text"); v == "" || !ok {
		t.Errorf("case matters: %q, %v", v, ok)
	}
	if v, ok := m.Get("Reply"); v != "" || ok {
		t.Errorf("Reply is %q, %v", v, ok)
	}
	want := []Header{
		{"Content-Type", "command/reply"}, {"Reply-Text", " a b&c=d%41 100% +1 "}, {"X", "y"}, {"x", "again"},
	}
	if d := cmp.Diff(want, m.Headers()); d != "" {
		t.Errorf("headers (-want +got):\n%s", d)
	}
	for range m.All() {
		break // All stops when it is told to
	}
}

func TestMessageZero(t *testing.T) {
	var m Message
	if _, ok := m.Get("x"); ok || m.Size() != 0 || m.Wire() != "" || m.Headers() != nil || m.HasEvent() {
		t.Error("the zero Message is not empty")
	}
	if _, err := m.Event(); !errors.Is(err, ErrNoEvent) {
		t.Errorf("error %v, want %v", err, ErrNoEvent)
	}
	if got := m.String(); got != "(no content type)" {
		t.Errorf("String is %q", got)
	}
}

// What NewMessage makes is what a framer reads.
func TestNewMessage(t *testing.T) {
	tests := []struct {
		m    Message
		wire string
	}{
		{NewMessage(AuthRequest, ""), "Content-Type: auth/request\n\n"},
		{NewMessage(CommandReply, "", "Reply-Text", "+OK"), "Content-Type: command/reply\nReply-Text: +OK\n\n"},
		{NewMessage(APIResponse, "é"), "Content-Type: api/response\nContent-Length: 2\n\né"},
		{NewMessage(EventPlain, "a: b\n\n"), "Content-Length: 6\nContent-Type: text/event-plain\n\na: b\n\n"},
		{NewMessage("unknown/wtf?", "c", "A", "b"), "Content-Type: unknown/wtf?\nContent-Length: 1\nA: b\n\nc"},
		{NewMessage("x/y\nEvil: 1", "", "A:\nB", "c\r\n\nd"), "Content-Type: x/y Evil: 1\nA  B: c   d\n\n"},
	}
	for _, tt := range tests {
		if got := tt.m.Wire(); got != tt.wire {
			t.Errorf("on the wire %q, want %q", got, tt.wire)
		}
		if got := one(t, tt.wire); got != tt.m {
			t.Errorf("%q is read as %#v, want %#v", tt.wire, got, tt.m)
		}
		if tt.m.Size() != len(tt.wire) {
			t.Errorf("Size is %d, want %d", tt.m.Size(), len(tt.wire))
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an odd number of names and values did not panic")
		}
	}()
	NewMessage(CommandReply, "", oddPairs()...)
}

func TestMessageReply(t *testing.T) {
	if got := NewMessage(CommandReply, "", "Reply-Text", "-ERR x").Reply(); got != "-ERR x" {
		t.Errorf("command/reply: %q", got)
	}
	if got := NewMessage(APIResponse, "+OK\n").Reply(); got != "+OK\n" {
		t.Errorf("api/response: %q", got)
	}
	if got := NewMessage(AuthRequest, "").Reply(); got != "" {
		t.Errorf("auth/request: %q", got)
	}
}

func TestMessageEventErrors(t *testing.T) {
	tests := []struct {
		m    Message
		kind EventErrorKind
	}{
		{NewMessage(EventXML, "<event></event>"), ErrXML},
		{NewMessage(CommandReply, "", "Reply-Text", "+OK"), ErrNoEvent},
		{NewMessage(APIResponse, "Event-Name: X\n\n"), ErrNoEvent},
		{NewMessage(EventPlain, ""), ErrNoHeader},
		{NewMessage(EventPlain, "binary \x00\xff garbage"), ErrNoHeader},
		{NewMessage(EventJSON, ""), ErrJSON},
	}
	for _, tt := range tests {
		e, err := tt.m.Event()
		var ee *EventError
		if e != nil || !errors.As(err, &ee) || ee.Kind != tt.kind || !errors.Is(err, tt.kind) {
			t.Errorf("%v: %v, %v, want %v", tt.m, e, err, tt.kind)
		}
	}
}

// The reply to connect is an event in the place of a header block, and the only
// one that is encoded (9.3).
func TestConnectReply(t *testing.T) {
	m := messages(t, "09_outbound/connect_weird_vars")[0]
	if m.ContentType != CommandReply || !m.HasEvent() {
		t.Fatalf("%v has no event", m)
	}
	if got := m.ReplyText(); got != "+OK" {
		t.Errorf("ReplyText is %q", got)
	}
	if v, _ := m.Get("Reply-Text"); v != "%2BOK%0A" {
		t.Errorf("Get decoded Reply-Text: %q", v)
	}
	e := mustEvent(t, m)
	if e.Name() != "CHANNEL_DATA" || e.Malformed() != 0 || e.HasBody() {
		t.Errorf("event %v", e)
	}
	for name, want := range map[string]string{
		"Reply-Text":            "+OK\n",
		"Control":               "full",
		"Caller-Caller-ID-Name": "Out Bound",
		// 13.1: the variable is "a b&c=d%41 100% ..."; the server does not encode
		// the "%41", so that it cannot be told from an encoded A.
		"variable_weird_var": `a b&c=dA 100% 'q' "dq" ünïcödé +1 ;x`,
		// Names are not encoded.
		"variable_with space and: colon": "v",
	} {
		if got := e.Value(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if d := cmp.Diff([]string{"first item", "second: item|x", "third item é"}, e.Values("variable_arrvar")); d != "" {
		t.Errorf("array (-want +got):\n%s", d)
	}

	// A simulated switch can say it, too.
	s := NewEvent("CHANNEL_DATA", "Unique-ID", "u", "variable_x", "a b")
	m = one(t, ConnectReply(s, "Socket-Mode", "async", "Control", "full").Wire())
	if m.ReplyText() != "+OK" {
		t.Errorf("ReplyText is %q", m.ReplyText())
	}
	want := s.With("Content-Type", "command/reply", "Reply-Text", "+OK\n", "Socket-Mode", "async", "Control", "full")
	if got := mustEvent(t, m); !got.Equal(want) {
		t.Errorf("event %v", got)
	}
}

func TestMessageString(t *testing.T) {
	for want, m := range map[string]Message{
		"auth/request":           NewMessage(AuthRequest, ""),
		`command/reply "+OK"`:    NewMessage(CommandReply, "", "Reply-Text", "+OK"),
		"api/response (3 bytes)": NewMessage(APIResponse, "abc"),
		`command/reply "-ERR 01234567890123456789012345678901234"... (45 bytes)`: NewMessage(CommandReply, "", "Reply-Text", "-ERR 0123456789012345678901234567890123456789"),
	} {
		if got := m.String(); got != want {
			t.Errorf("String is %q, want %q", got, want)
		}
	}
}
