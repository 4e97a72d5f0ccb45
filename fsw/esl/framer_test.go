package esl

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/internal/captures"
	"pgregory.net/rapid"
)

// Every recorded session frames to its end, and nothing of it gets lost: the
// messages put together are the stream.
func TestFramerCaptures(t *testing.T) {
	want := map[string]struct{ messages, events int }{
		"04_call_lifecycle":              {623, 574},
		"05_conference":                  {166, 98},
		"07_event_json":                  {89, 72},
		"07_event_xml":                   {84, 67},
		"09_outbound/connect_weird_vars": {6, 1},
		"10_load":                        {11453, 11447},
		"12_extra/pipelined":             {405, 200},
		"17_truth_a":                     {20746, 20582},
	}
	for _, session := range captures.Sessions(t) {
		data := captures.Read(t, session, "server.bin")
		ms := messages(t, session)
		at, events := 0, 0
		for i, m := range ms {
			if m.Offset() != int64(at) {
				t.Fatalf("%s: message %d is at %d, want %d", session, i, m.Offset(), at)
			}
			if string(data[at:at+m.Size()]) != m.Wire() {
				t.Fatalf("%s: message %d differs from the stream", session, i)
			}
			at += m.Size()
			if m.HasEvent() {
				events++
			}
		}
		if at != len(data) {
			t.Errorf("%s: %d of %d bytes in messages", session, at, len(data))
		}
		if w, ok := want[session]; ok && (len(ms) != w.messages || events != w.events) {
			t.Errorf("%s: %d messages with %d events, want %d with %d", session, len(ms), events, w.messages, w.events)
		}
		delete(want, session)
	}
	for session := range want {
		t.Errorf("no recording %s", session)
	}
}

// The server writes a message in two sends and a network cuts bytes where it
// likes (1.2): that must not be seen in the messages, nor in an error.
func TestFramerSegmentation(t *testing.T) {
	var streams [][]byte
	for _, session := range captures.Sessions(t) {
		if data := captures.Read(t, session, "server.bin"); len(data) < 300_000 {
			streams = append(streams, data)
		}
	}
	limits := Limits{Body: 40_000, HeaderBlock: 8000, Headers: 200}
	rapid.Check(t, func(rt *rapid.T) {
		data := rapid.SampledFrom(streams).Draw(rt, "stream")
		if rapid.Bool().Draw(rt, "damaged") {
			damage := rapid.SampledFrom([]string{
				"", "\n", "\r\n", "\n\n\n", "no colon\n", ": no name\n", "\x00\xff", "Content-Length: 7\n",
				"Content-Length: -1\n", "Content-Type: x\nContent-Length: 99999999\n\n",
				strings.Repeat("a: b\n", 201), strings.Repeat("x", 9000) + "\n",
			}).Draw(rt, "damage")
			from := rapid.IntRange(0, len(data)).Draw(rt, "from")
			to := min(len(data), from+rapid.IntRange(0, 100).Draw(rt, "cut out"))
			data = []byte(string(data[:from]) + damage + string(data[to:]))
		}
		whole := NewFramer(limits)
		want, wantErr := frame(whole, data, max(1, len(data)))

		f := NewFramer(limits)
		var got []Message
		var gotErr error
		for rest := data; len(rest) > 0 && gotErr == nil; {
			n := min(len(rest), rapid.SampledFrom([]int{1, 2, 3, 7, 50, 500, 5000, 100_000}).Draw(rt, "piece"))
			var ms []Message
			ms, gotErr = frame(f, rest[:n], n)
			got, rest = append(got, ms...), rest[n:]
		}
		sameMessages(t, got, want)
		if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
			t.Fatalf("error %v, in one piece %v", gotErr, wantErr)
		}
		if gotErr == nil && f.Buffered() != whole.Buffered() {
			t.Fatalf("%d bytes left over, in one piece %d", f.Buffered(), whole.Buffered())
		}
		if f.Offset() != whole.Offset() {
			t.Fatalf("offset %d, in one piece %d", f.Offset(), whole.Offset())
		}
	})
}

func TestFramerByteByByte(t *testing.T) {
	data := captures.Read(t, "01_auth_ok", "server.bin")
	var f Framer
	got, err := frame(&f, data, 1)
	if err != nil {
		t.Fatal(err)
	}
	sameMessages(t, got, messages(t, "01_auth_ok"))
}

func TestFramerErrors(t *testing.T) {
	limits := Limits{Body: 1000, Reply: 2000, HeaderBlock: 500, Headers: 5}
	ok := "Content-Type: auth/request\n\n" // 28 bytes before the trouble
	tests := []struct {
		name, stream string
		kind         FrameErrorKind
		offset       int64
	}{
		{"no colon", "Content-Type: x\nfoo\n\n", ErrHeaderLine, 28 + 16},
		{"no name", ": x\n\n", ErrHeaderLine, 28},
		{"binary", "\x00\x01\x02\xff\xfe\n", ErrHeaderLine, 28},
		{"space line", " \n", ErrHeaderLine, 28},
		{"text", "Content-Length: abc\n", ErrContentLength, 28},
		{"empty", "Content-Length:\n", ErrContentLength, 28},
		{"negative", "Content-Length: -1\n", ErrContentLength, 28},
		{"signed", "Content-Length: +1\n", ErrContentLength, 28},
		{"fraction", "Content-Length: 1.0\n", ErrContentLength, 28},
		{"two numbers", "Content-Length: 1 2\n", ErrContentLength, 28},
		{"overflow", "Content-Length: 9223372036854775808\n", ErrContentLength, 28},
		{"overflow by far", "Content-Length: 184467440737095516170\n", ErrContentLength, 28},
		{"contradiction", "Content-Length: 1\ncontent-length: 2\n", ErrContentLength, 28 + 18},
		{"10 GB", "Content-Length: 10737418240\n\n", ErrBodyTooLarge, 28},
		{"largest number", "Content-Length: 9223372036854775807\n\n", ErrBodyTooLarge, 28},
		{"one too many", "Content-Length: 1001\n\n", ErrBodyTooLarge, 28},
		{"reply one too many", "Content-Type: api/response\nContent-Length: 2001\n\n", ErrBodyTooLarge, 28},
		{"long line without end", strings.Repeat("x", 501), ErrHeaderBlockTooLong, 28},
		{"long line", "x: " + strings.Repeat("x", 500) + "\n\n", ErrHeaderBlockTooLong, 28},
		{"long block", strings.Repeat("x: "+strings.Repeat("x", 100)+"\n", 5) + "\n", ErrHeaderBlockTooLong, 28},
		{"many headers", strings.Repeat("x: y\n", 6), ErrTooManyHeaders, 28 + 25},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := NewFramer(limits)
			ms, err := frame(f, []byte(ok+tt.stream), 1<<20)
			if len(ms) != 1 {
				t.Errorf("%d messages before the error, want 1", len(ms))
			}
			var fe *FrameError
			if !errors.As(err, &fe) {
				t.Fatalf("error %v, want a *FrameError", err)
			}
			if fe.Kind != tt.kind || fe.Offset != tt.offset {
				t.Errorf("%v, want %v at %d", fe, tt.kind, tt.offset)
			}
			if !errors.Is(err, tt.kind) || errors.Is(err, tt.kind%ErrBodyTooLarge+1) {
				t.Errorf("errors.Is does not tell the kind of %v", err)
			}
			if len(err.Error()) > 200 {
				t.Errorf("error text of %d bytes", len(err.Error()))
			}

			// The first error is final, whatever comes.
			f.Feed([]byte(ok))
			if _, ok, again := f.Next(); ok || again != err {
				t.Errorf("after the error: %v, %v", ok, again)
			}
			if f.Buffered() != 0 || cap(f.buf) != 0 {
				t.Errorf("a dead Framer holds %d bytes", cap(f.buf))
			}
			if f.Offset() != 28 {
				t.Errorf("Offset is %d, want 28", f.Offset())
			}
		})
	}
}

// Limits are what is still accepted.
func TestFramerAtLimits(t *testing.T) {
	f := NewFramer(Limits{Body: 10, Reply: 20, HeaderBlock: 60, Headers: 3})
	stream := "Content-Length: 10\n\n0123456789" +
		"Content-Type: api/response\nContent-Length: 20\n\n01234567890123456789" +
		"a: b\nc: d\ne: " + strings.Repeat("x", 60-10-5) + "\n\n"
	ms, err := frame(f, []byte(stream), 1000)
	if err != nil || len(ms) != 3 {
		t.Fatalf("%d messages, %v", len(ms), err)
	}
	if got := ms[2].Size(); got != 60 {
		t.Errorf("the header block has %d bytes, want 60", got)
	}
	f.Feed([]byte("a: b\nc: d\ne: " + strings.Repeat("x", 60-10-4) + "\n\n"))
	if _, _, err := f.Next(); !errors.Is(err, ErrHeaderBlockTooLong) {
		t.Errorf("error %v for a header block of 61 bytes", err)
	}
}

func TestLimitsDefaults(t *testing.T) {
	got := Limits{}.withDefaults()
	want := Limits{Body: 16 << 20, Reply: 16 << 20, HeaderBlock: 1 << 20, Headers: 8192}
	if got != want {
		t.Errorf("defaults %+v, want %+v", got, want)
	}
	if got := (Limits{Body: 5, Reply: -1}).withDefaults().Reply; got != 5 {
		t.Errorf("Reply is %d, want that of Body", got)
	}
	// The zero Framer has them, too.
	var f Framer
	f.Feed([]byte("Content-Length: 16777217\n\n"))
	if _, _, err := f.Next(); !errors.Is(err, ErrBodyTooLarge) {
		t.Errorf("error %v, want %v", err, ErrBodyTooLarge)
	}
}

// Headers come in either order (2.2), bodies follow without a gap (2.1), lengths
// count bytes (2.3).
func TestFramerLayout(t *testing.T) {
	var f Framer
	ms, err := frame(&f, []byte("Content-Type: api/response\nContent-Length: 2\n\né"+
		"content-LENGTH:3\nCONTENT-type:text/event-plain\n\n\n\n\n"+
		"Content-Type: text/disconnect-notice\nContent-Length: 0\n\n"+
		"X-New: 1\n\n"+
		"Content-Type: command/reply\nReply-Text: +OK\n\n"), 1000)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct{ typ, body string }{
		{APIResponse, "é"}, {EventPlain, "\n\n\n"}, {DisconnectNotice, ""}, {"", ""}, {CommandReply, ""},
	}
	if len(ms) != len(want) {
		t.Fatalf("%d messages, want %d", len(ms), len(want))
	}
	for i, w := range want {
		if ms[i].ContentType != w.typ || ms[i].Body != w.body {
			t.Errorf("message %d: %q with %q, want %q with %q", i, ms[i].ContentType, ms[i].Body, w.typ, w.body)
		}
	}
}

// Only LF is ever sent, CRLF is understood.
func TestFramerCRLF(t *testing.T) {
	m := one(t, "Content-Type: api/response\r\nContent-Length: 4\r\nX: y\r\n\r\n\r\n\r\n")
	if m.ContentType != APIResponse || m.Body != "\r\n\r\n" {
		t.Errorf("%q with %q", m.ContentType, m.Body)
	}
	if v, ok := m.Get("x"); v != "y" || !ok {
		t.Errorf("X is %q, %v", v, ok)
	}
}

// Empty lines before a message are skipped: a block is never empty.
func TestFramerEmptyLines(t *testing.T) {
	var f Framer
	ms, err := frame(&f, []byte("\n\nContent-Type: auth/request\n\n\r\n\n\nContent-Length: 1\n\nx\n"), 1000)
	if err != nil || len(ms) != 2 {
		t.Fatalf("%d messages, %v", len(ms), err)
	}
	if ms[0].Offset() != 2 || ms[1].Offset() != 34 || ms[1].Body != "x" {
		t.Errorf("messages at %d and %d, body %q", ms[0].Offset(), ms[1].Offset(), ms[1].Body)
	}
	if f.Buffered() != 0 {
		t.Errorf("%d bytes left over", f.Buffered())
	}
	// Any number of them costs nothing.
	for range 1000 {
		f.Feed([]byte(strings.Repeat("\n", 1000)))
		if _, ok, err := f.Next(); ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if f.Buffered() != 0 || cap(f.buf) > 10_000 {
		t.Errorf("%d bytes buffered in %d", f.Buffered(), cap(f.buf))
	}
}

// A stream that ends inside a message can be told from one that ends between two
// (7.3: a server may cut a message off).
func TestFramerTruncated(t *testing.T) {
	text := "Content-Type: api/response\nContent-Length: 5\n\n+OK x"
	for n := range len(text) + 1 {
		var f Framer
		ms, err := frame(&f, []byte(text[:n]), 1000)
		if err != nil {
			t.Fatal(err)
		}
		if n == len(text) {
			if len(ms) != 1 || f.Buffered() != 0 {
				t.Errorf("the whole: %d messages, %d bytes left over", len(ms), f.Buffered())
			}
		} else if len(ms) != 0 || f.Buffered() != n {
			t.Errorf("%d bytes: %d messages, %d bytes left over", n, len(ms), f.Buffered())
		}
	}
}

// The notice to a client that is killed for being slow may be written into an
// unfinished message (7.3).
func TestFramerTornMessage(t *testing.T) {
	var torn Framer
	ms, err := frame(&torn, []byte("Content-Length: 5\nContent-Type: text/evContent-Type: text/disconnect-notice\n"+
		"Content-Length: 5\n\nbye!\n"), 1000)
	if len(ms) != 0 || !errors.Is(err, ErrNotice) {
		t.Errorf("%v, error %v, want %v", ms, err, ErrNotice)
	}
	var f Framer
	_, err = frame(&f, []byte("Content-LengContent-Type: x\nContent-Length: 5\n\nbye!\nevent-plain\n\n"), 1000)
	if !errors.Is(err, ErrHeaderLine) {
		t.Errorf("error %v, want %v", err, ErrHeaderLine)
	}
}

// A header that announces much costs nothing until the bytes are here.
func TestFramerLyingLength(t *testing.T) {
	f := NewFramer(Limits{Reply: 256 << 20})
	f.Feed([]byte("Content-Type: api/response\nContent-Length: 268435456\n\nx"))
	if _, ok, err := f.Next(); ok || err != nil {
		t.Fatal(ok, err)
	}
	f.Feed(make([]byte, 10_000))
	if _, ok, err := f.Next(); ok || err != nil {
		t.Fatal(ok, err)
	}
	if cap(f.buf) > 64<<10 {
		t.Errorf("a buffer of %d bytes for %d", cap(f.buf), f.Buffered())
	}
}

// A large message leaves no large buffer behind, also if the stream goes on in the
// middle of a message.
func TestFramerGivesMemoryBack(t *testing.T) {
	const size = 8 << 20
	for _, tail := range []string{"", "Content-Type: auth/req"} {
		var f Framer
		data := []byte(fmt.Sprintf("Content-Type: api/response\nContent-Length: %d\n\n", size) +
			strings.Repeat("x", size) + tail)
		peak := 0
		for len(data) > 0 {
			n := min(len(data), 32<<10)
			f.Feed(data[:n])
			data = data[n:]
			peak = max(peak, cap(f.buf))
			if _, _, err := f.Next(); err != nil {
				t.Fatal(err)
			}
		}
		if cap(f.buf) > keepBuffer || f.Buffered() != len(tail) {
			t.Errorf("with %q behind: buffer of %d bytes for %d", tail, cap(f.buf), f.Buffered())
		}
		if peak > size+1<<20 {
			t.Errorf("with %q behind: buffer of %d bytes for a message of %d", tail, peak, size)
		}
	}
}

// What has been looked at is not looked at again, however slowly bytes come.
func TestFramerDoesNotRescan(t *testing.T) {
	f := NewFramer(Limits{HeaderBlock: 1 << 20})
	for i := range 200_000 {
		f.Feed([]byte{'x'})
		if _, ok, err := f.Next(); ok || err != nil {
			t.Fatal(ok, err)
		}
		if f.cur.scan != i+1 {
			t.Fatalf("after %d bytes the next look is at %d", i+1, f.cur.scan)
		}
	}
}

// Nothing that is fed later changes a message.
func TestMessagesAreImmutable(t *testing.T) {
	var f Framer
	f.Feed([]byte("Content-Type: x/one\nContent-Length: 3\n\none"))
	m, ok, err := f.Next()
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	f.Feed([]byte("Content-Type: x/two\nContent-Length: 3\n\ntwo"))
	if _, ok, err := f.Next(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if m.ContentType != "x/one" || m.Body != "one" || m.Wire() != "Content-Type: x/one\nContent-Length: 3\n\none" {
		t.Errorf("the message became %q", m.Wire())
	}
}
