package esl

import (
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/internal/captures"
	"github.com/google/go-cmp/cmp"
)

// The two events of the developer's guide of 2008.
func TestGuideEvents(t *testing.T) {
	e := mustEvent(t, one(t, `Content-Length: 497
Content-Type: text/event-plain

Channel-State: CS_INIT
Channel-State-Number: 1
Channel-Name: DingaLing/1000
Unique-ID: 7401d446-578f-4e87-a400-390e3f3583cf
variable_dl_from_host: gmail.com
variable_dl_from_user: dirtsimple
Event-Name: CHANNEL_CREATE
Core-UUID: 8fa959a0-7e83-41fa-837c-707be5066f90
Event-Date-Local: 2007-03-11%2016%3A30%3A23
Event-Date-GMT: Sun,%2011%20Mar%202007%2020%3A30%3A23%20GMT
Event-Calling-File: switch_channel.c
Event-Calling-Function: switch_channel_set_caller_profile
Event-Calling-Line-Number: 771

`))
	want := NewEvent("", "Channel-State", "CS_INIT", "Channel-State-Number", "1", "Channel-Name", "DingaLing/1000",
		"Unique-ID", "7401d446-578f-4e87-a400-390e3f3583cf", "variable_dl_from_host", "gmail.com",
		"variable_dl_from_user", "dirtsimple", "Event-Name", "CHANNEL_CREATE",
		"Core-UUID", "8fa959a0-7e83-41fa-837c-707be5066f90", "Event-Date-Local", "2007-03-11 16:30:23",
		"Event-Date-GMT", "Sun, 11 Mar 2007 20:30:23 GMT", "Event-Calling-File", "switch_channel.c",
		"Event-Calling-Function", "switch_channel_set_caller_profile", "Event-Calling-Line-Number", "771")
	if d := cmp.Diff(list(want), list(e)); d != "" || e.HasBody() {
		t.Errorf("body %q, headers (-want +got):\n%s", e.Body(), d)
	}

	e = mustEvent(t, one(t, `Content-Length: 378
Content-Type: text/event-plain

Job-UUID: c8e05157-e695-4918-a5bb-14d9b72ddcd5
Event-Name: BACKGROUND_JOB
Core-UUID: 481c09c6-e972-4a0c-9be6-6591fc63ac46
Event-Date-Local: 2008-03-01%2013%3A42%3A06
Event-Date-GMT: Sat,%2001%20Mar%202008%2018%3A42%3A06%20GMT
Event-Calling-File: mod_event_socket.c
Event-Calling-Function: api_exec
Event-Calling-Line-Number: 555
Content-Length: 29

Conference conf217 not found
`))
	if e.Name() != "BACKGROUND_JOB" || e.Body() != "Conference conf217 not found\n" || e.Value("Content-Length") != "29" {
		t.Errorf("%v with body %q", e, e.Body())
	}
}

// list returns all of an event, for comparing.
func list(e *Event) []Header {
	var hs []Header
	for n, v := range e.All() {
		hs = append(hs, Header{n, v})
	}
	return append(hs, Header{"(body)", e.Body()})
}

// What is written again is, byte for byte, what the server sent: nothing is lost in
// reading, and the encoder is the server's. The recordings have one thing that the
// plain format cannot tell: a literal "%41", which the server takes for encoded (13.1).
func TestPlainCapturesRoundTrip(t *testing.T) {
	ambiguous := strings.NewReplacer("%41", "A")
	events := 0
	for _, session := range captures.Sessions(t) {
		for _, m := range messages(t, session) {
			if m.ContentType != EventPlain {
				continue
			}
			events++
			e := mustEvent(t, m)
			if e.Malformed() != 0 {
				t.Errorf("%s at %d: %d malformed lines", session, m.Offset(), e.Malformed())
			}
			got := string(e.AppendPlain(nil))
			if got != m.Body && got != ambiguous.Replace(m.Body) {
				t.Errorf("%s at %d: written as\n%s\nread as\n%s", session, m.Offset(), got, m.Body)
			}
		}
	}
	if events < 33_000 {
		t.Errorf("only %d events", events)
	}
}

// Duplicates stay (13.5). The first counts, but for what the server adds itself,
// which comes last (11).
func TestDuplicateHeaders(t *testing.T) {
	e := mustPlain(t, lines(
		"Command: sendevent%20SPOOF", "Event-Name: SPOOF", "Event-UUID: mine", "Event-Sequence: 1",
		"Unique-ID: first", "Unique-ID: second", "Event-UUID: theirs", "Event-Name: CUSTOM", "Event-Sequence: 2", ""))
	if e.Name() != "CUSTOM" || e.Value("event-name") != "CUSTOM" || e.Value("Event-UUID") != "theirs" {
		t.Errorf("a spoofed header won: %v", list(e))
	}
	if n, ok := e.Sequence(); n != 2 || !ok {
		t.Errorf("Sequence is %d, %v", n, ok)
	}
	if e.Value("Unique-ID") != "first" {
		t.Errorf("Unique-ID is %q", e.Value("Unique-ID"))
	}
	if d := cmp.Diff([]string{"first", "second"}, e.Values("unique-id")); d != "" {
		t.Error(d)
	}
	if e.Len() != 9 {
		t.Errorf("%d headers", e.Len())
	}
}

// One event may have a name in two spellings: both are kept, the first is found.
func TestCaseVariants(t *testing.T) {
	for _, m := range messages(t, "10_load") {
		if m.ContentType != EventPlain {
			continue
		}
		e := mustEvent(t, m)
		if e.Name() != "CODEC" {
			continue
		}
		i, ok := e.Lookup(MakeKey("channel-READ-codec-name"))
		if !ok {
			t.Fatal("no codec")
		}
		if name, value := e.At(i); name != "Channel-Read-Codec-Name" || value != "L16" {
			t.Errorf("found %q: %q", name, value)
		}
		if got := e.Values("Channel-Read-Codec-Rate"); len(got) != 2 {
			t.Errorf("values %q", got)
		}
		return
	}
	t.Error("no CODEC event")
}

// Events do not always begin with Event-Name (13.2).
func TestCustomEventsBeginWithSubclass(t *testing.T) {
	found := 0
	for _, m := range messages(t, "05_conference") {
		if m.ContentType != EventPlain {
			continue
		}
		e := mustEvent(t, m)
		if e.Name() != "CUSTOM" {
			continue
		}
		found++
		if name, value := e.At(0); name != "Event-Subclass" || value != "conference::maintenance" || e.Subclass() != value {
			t.Errorf("begins with %q: %q, Subclass %q", name, value, e.Subclass())
		}
	}
	if found == 0 {
		t.Error("no CUSTOM event")
	}
}

// The body is everything behind the first empty line; of several Content-Lengths
// the last is right (13.4), but the outer one has framed the message already.
func TestPlainBody(t *testing.T) {
	tests := []struct{ name, text, length, body string }{
		{"none", "Event-Name: BACKGROUND_JOB\n\n", "", ""},
		{"plain", "Event-Name: X\nContent-Length: 3\n\nabc", "3", "abc"},
		{"empty lines in it", "Event-Name: X\nContent-Length: 8\n\na: b\n\nc\n", "8", "a: b\n\nc\n"},
		{"two lengths", "Content-Length: 44\nEvent-Name: X\nContent-Length: 3\n\nabc", "3", "abc"},
		{"not decoded", "Event-Name: X\nContent-Length: 3\n\n%41", "3", "%41"},
		{"lying", "Event-Name: X\nContent-Length: 99999999999999999999\n\nabc", "99999999999999999999", "abc"},
		{"no length", "Event-Name: X\n\nabc", "", "abc"},
		{"no empty line", "Event-Name: X", "", ""},
		{"CRLF", "Event-Name: X\r\n\r\nabc\r\n", "", "abc\r\n"},
	}
	for _, tt := range tests {
		e := mustPlain(t, tt.text)
		if e.Body() != tt.body || e.HasBody() != (tt.body != "") || e.Value("Content-Length") != tt.length {
			t.Errorf("%s: body %q, length %q", tt.name, e.Body(), e.Value("Content-Length"))
		}
	}
}

// Absent, empty and "_undef_" are three things on the wire and two for Get (13.2).
func TestUndef(t *testing.T) {
	e := mustPlain(t, "Event-Name: X\nA: _undef_\nB: \nC:\nD: _undef_x\nE: %5Fundef_\n\n")
	for _, tt := range []struct {
		name, value, raw string
		ok               bool
	}{
		{"A", "", "_undef_", true}, {"B", "", "", true}, {"C", "", "", true},
		{"D", "_undef_x", "_undef_x", true}, {"E", "_undef_", "%5Fundef_", true}, {"F", "", "", false},
	} {
		v, ok := e.Get(tt.name)
		raw, rawOK := e.Raw(tt.name)
		if v != tt.value || ok != tt.ok || raw != tt.raw || rawOK != tt.ok || e.Has(tt.name) != tt.ok || e.Value(tt.name) != v {
			t.Errorf("%s: Get %q, %v, Raw %q, %v", tt.name, v, ok, raw, rawOK)
		}
	}
}

// Arrays are one value; there is no telling an array of one (13.3).
func TestPlainArrays(t *testing.T) {
	e := mustPlain(t, "Event-Name: X\nA: ARRAY%3A%3Aa%7C%3Ab%20c%7C%3A%7C%3Ad%7C\nB: a%7C%3Ab\nC: ARRAY::\n"+
		"D: one\nD: ARRAY%3A%3Atwo%7C%3Athree\n\n")
	for name, want := range map[string][]string{
		"A": {"a", "b c", "", "d|"}, "B": {"a|:b"}, "C": {""}, "D": {"one"},
	} {
		got, ok := e.Array(name)
		if d := cmp.Diff(want, got); d != "" || !ok {
			t.Errorf("%s: %v, (-want +got):\n%s", name, ok, d)
		}
	}
	if got, ok := e.Array("E"); got != nil || ok {
		t.Errorf("E is %q, %v", got, ok)
	}
	if d := cmp.Diff([]string{"one", "two", "three"}, e.Values("D")); d != "" {
		t.Error(d)
	}
	if got := e.Value("A"); got != "ARRAY::a|:b c|:|:d|" {
		t.Errorf("A is %q", got)
	}
}

// Names are not encoded: they hold spaces, colons and UTF-8 (13.2). Values are, so that the last
// colon is the one behind the name.
func TestOddNames(t *testing.T) {
	e := mustPlain(t, "With Space Name: v\nnäme: ö\nvariable_with space and: colon: v\nno space:x\n two:  x\n"+
		"a: b:c: d: %3A%20\nraw: 16:30:23\nends:: _undef_\nends: : x\n\n")
	want := []Header{
		{"With Space Name", "v"}, {"näme", "ö"}, {"variable_with space and: colon", "v"}, {"no space", "x"},
		{" two", " x"}, {"a: b:c: d", ": "}, {"raw", "16:30:23"}, {"ends:", ""}, {"ends: ", "x"}, {"(body)", ""},
	}
	if d := cmp.Diff(want, list(e)); d != "" {
		t.Error(d)
	}
	if e.Value("WITH space NAME") != "v" || e.Has("NÄME") {
		t.Error("the case of ASCII letters, and only of those, does not matter")
	}
}

// Lines without a colon are skipped and counted.
func TestMalformedLines(t *testing.T) {
	e := mustPlain(t, "garbage\nEvent-Name: X\n: no name\n\x00\xff\nA: b\n\n")
	if e.Malformed() != 3 || e.Len() != 2 || e.Name() != "X" {
		t.Errorf("%v, %d malformed", e, e.Malformed())
	}
}

// Events that were diverted from a session may lack all the usual headers (7.8).
func TestEventWithoutName(t *testing.T) {
	e := mustPlain(t, "Command: sendevent%20MESSAGE\nunique-id: u\nfoo: to-the-session\nEvent-UUID: x\n\n")
	if e.Name() != "" || e.Subclass() != "" {
		t.Errorf("name %q, subclass %q", e.Name(), e.Subclass())
	}
	if _, ok := e.Sequence(); ok {
		t.Error("there is a sequence")
	}
	if _, ok := e.Timestamp(); ok {
		t.Error("there is a time stamp")
	}
	if got := e.String(); got != "(no Event-Name) u (4 headers)" {
		t.Errorf("String is %q", got)
	}
}
