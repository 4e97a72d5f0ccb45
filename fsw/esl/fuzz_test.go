package esl

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzFramer(f *testing.F) {
	for _, s := range []string{
		"Content-Type: auth/request\n\n",
		"Content-Type: command/reply\nReply-Text: +OK accepted\n\nContent-Length: 5\nContent-Type: text/event-plain\n\na: b\n",
		"Content-Type: api/response\r\nContent-Length: 3\r\n\r\nabc\n\nX: y\n\n",
		"Event-Name: CHANNEL_DATA\nA: %20\nContent-Type: command/reply\nReply-Text: %2BOK%0A\n\n",
		"Content-Length: -1\n\n", "Content-Length: 99999999999999999999\n\n", "Content-Length: 10737418240\n\n",
		"no colon\n\n", "\n\n\n", ":\n", "\x00\xff\xfe\n\n", strings.Repeat("a: b\n", 40), strings.Repeat("x", 600),
		"Content-Type: text/evContent-Type: text/disconnect-notice\nContent-Length: 1\n\nx",
	} {
		f.Add([]byte(s), uint8(1), uint8(0))
		f.Add([]byte(s), uint8(7), uint8(3))
	}
	limits := Limits{Body: 300, Reply: 400, HeaderBlock: 500, Headers: 30}
	f.Fuzz(func(t *testing.T, data []byte, a, b uint8) {
		whole := NewFramer(limits)
		want, wantErr := frame(whole, data, max(1, len(data)))

		// The same in pieces of two sizes by turns.
		pieces := NewFramer(limits)
		var got []Message
		var err error
		for rest, i := data, 0; len(rest) > 0 && err == nil; i++ {
			n := min(len(rest), 1+int([]uint8{a, b}[i%2]))
			var ms []Message
			ms, err = frame(pieces, rest[:n], n)
			got, rest = append(got, ms...), rest[n:]
			if pieces.Buffered() > 500+400+256 {
				t.Fatalf("%d bytes buffered", pieces.Buffered())
			}
		}
		sameMessages(t, got, want)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || whole.Offset() != pieces.Offset() {
			t.Fatalf("error %v at %d, in one piece %v at %d", err, pieces.Offset(), wantErr, whole.Offset())
		}
		at := int64(0)
		for _, m := range want {
			if gap := data[at:m.Offset()]; len(bytes.Trim(gap, "\r\n")) > 0 {
				t.Fatalf("%q was lost", gap)
			}
			at = m.Offset() + int64(m.Size())
			if string(data[m.Offset():at]) != m.Wire() || !strings.HasSuffix(m.Wire(), m.Body) {
				t.Fatalf("message %q is not in the stream", m.Wire())
			}
			for n, v := range m.All() {
				if got, ok := m.Get(n); !ok || n == "" || strings.Contains(got+v, "\n") {
					t.Fatalf("header %q: %q, %q", n, v, got)
				}
			}
			_, _, _, _ = m.String(), m.Reply(), m.Headers(), ParseLog(m)
			if e, err := m.Event(); (e == nil) == (err == nil) {
				t.Fatalf("event %v, error %v", e, err)
			}
		}
	})
}

func FuzzEvent(f *testing.F) {
	for _, s := range []string{
		"Event-Name: CHANNEL_STATE\nUnique-ID: a%20b\nA: _undef_\nB: ARRAY%3A%3Aa%7C%3Ab\n\n",
		"Event-Subclass: a%3A%3Ab\nEvent-Name: CUSTOM\nevent-name: x\nContent-Length: 3\n\nabc",
		"x\n:\na:b\r\n\r\nc", "a: %\nb: %4\nc: %zz\nd: %%41", "\x00\xff: \xe9\n",
		`{"Event-Name":"X","a":"\u00e9\ud834\udd1e\n\\","b":["x","y\"",""],"c":[],"_body":"z"}`,
		`{"a":"` + "\xff" + `","A":1,"n":null,"o":{"x":[{}]},"_body":""}`, `{"\u0041":"\ud834"}`, `{"a":"b\"}`, `{`, `[`, ``,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := ParsePlain(text); err == nil {
			checkAccess(t, e)
			again := mustPlain(t, string(e.AppendPlain(nil)))
			if again.Len() < e.Len() || again.Body() != e.Body() || again.Malformed() != 0 {
				t.Fatalf("%v was written as %v", e, again)
			}
			for i := range e.Len() {
				name, value := e.At(i)
				value = Decode(Encode(value))
				if value == undef {
					value = ""
				}
				if n, v := again.At(i); n != name || v != value {
					t.Fatalf("header %q: %q was written as %q: %q", name, value, n, v)
				}
			}
		}
		if e, err := ParseJSON(text); err == nil {
			checkAccess(t, e)
			if e.Has("_body") {
				return // with it the last of several would be the body
			}
			again := mustJSON(t, string(e.AppendJSON(nil)))
			if e.HasBody() && !e.endsWithLength() {
				e = e.With().WithBody(e.Body())
			}
			if !again.Equal(e) {
				t.Fatalf("%q was written as %q", list(e), list(again))
			}
			if text, err := e.MarshalJSON(); err != nil || !utf8.Valid(text) {
				t.Fatalf("%q, %v", text, err)
			}
		}
	})
}

func FuzzCommand(f *testing.F) {
	f.Add("api status", "Job-UUID", "x", "", uint8(0))
	f.Add("sendevent X", "a", "b: c", "body\n\n", uint8(1))
	f.Add("auth x\nexit", "a:b", "c\n\nexit", "\x00", uint8(2))
	f.Add(" x", "Content-Length", "99", "x", uint8(3))
	f.Fuzz(func(t *testing.T, a, b, c, body string, n uint8) {
		h := Header{b, c}
		commands := []Command{
			{Line: a, Headers: []Header{h, {c, b}}, Body: body},
			Auth(a), UserAuth(a, b), API(a), BgAPI(a, b),
			Events(Format(a), []string{b}, []string{c}), Events("", []string{a, b}, []string{c}), NixEvents([]string{a}, []string{b}),
			Filter(a, b), FilterDelete(a, b), Log(int(n)), SendMsg(a, h), Execute(a, b, c, int(n), h), Hangup(a, b), SendEvent(a, h),
			MyEvents(a, Format(b)),
		}
		for _, cmd := range commands {
			checkCommand(t, cmd)
		}
		if text, err := Auth(a).Encode(); err == nil && len(a) > 3 && strings.Contains(strings.TrimPrefix(Redact(text), "auth "), a) {
			t.Fatalf("%q shows the password", Redact(text))
		}
	})
}
