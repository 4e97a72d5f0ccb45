package esl

import (
	"strings"
	"sync"
	"testing"

	"github.com/freeswytch/freeswytch/internal/captures"
	"pgregory.net/rapid"
)

// frame feeds data in pieces of at most n bytes and returns all messages, and the
// error that ended them.
func frame(f *Framer, data []byte, n int) (ms []Message, err error) {
	for len(data) > 0 {
		k := min(n, len(data))
		// A copy that is overwritten afterwards shows a Framer that keeps its
		// caller's memory.
		piece := append([]byte(nil), data[:k]...)
		data = data[k:]
		f.Feed(piece)
		for i := range piece {
			piece[i] = '#'
		}
		for {
			m, ok, err := f.Next()
			if err != nil {
				return ms, err
			}
			if !ok {
				break
			}
			ms = append(ms, m)
		}
	}
	return ms, nil
}

// recorded holds the messages of sessions that a test has read: they are immutable.
var recorded sync.Map

// messages frames a whole recording and fails if that leaves anything over.
func messages(t testing.TB, session string) []Message {
	t.Helper()
	if ms, ok := recorded.Load(session); ok {
		return ms.([]Message)
	}
	var f Framer
	ms, err := frame(&f, captures.Read(t, session, "server.bin"), 1<<16)
	if err != nil {
		t.Fatalf("%s: %v", session, err)
	}
	if f.Buffered() != 0 {
		t.Fatalf("%s: %d bytes left over", session, f.Buffered())
	}
	recorded.Store(session, ms)
	return ms
}

// one frames text that is exactly one message.
func one(t testing.TB, text string) Message {
	t.Helper()
	var f Framer
	ms, err := frame(&f, []byte(text), len(text))
	if err != nil || len(ms) != 1 || f.Buffered() != 0 {
		t.Fatalf("%d messages, %d bytes left over, error %v, want one message", len(ms), f.Buffered(), err)
	}
	return ms[0]
}

// mustEvent reads the event of a message.
func mustEvent(t testing.TB, m Message) *Event {
	t.Helper()
	e, err := m.Event()
	if err != nil {
		t.Fatalf("%v: %v", m, err)
	}
	return e
}

// mustPlain reads an event in the plain format.
func mustPlain(t testing.TB, text string) *Event {
	t.Helper()
	e, err := ParsePlain(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// mustJSON reads an event in the JSON format.
func mustJSON(t testing.TB, text string) *Event {
	t.Helper()
	e, err := ParseJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// sameMessages compares messages with all that can be seen of them.
func sameMessages(t rapid.TB, got, want []Message) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d messages, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("message %d is %q at %d, want %q at %d",
				i, cut(got[i].Wire()), got[i].Offset(), cut(want[i].Wire()), want[i].Offset())
		}
	}
}

func cut(s string) string { return s[:min(len(s), 200)] }

// lines joins lines, each with a line end.
func lines(ls ...string) string { return strings.Join(ls, "\n") + "\n" }

// oddPairs is what functions that take names and values must not get.
func oddPairs() []string { return []string{"a"} }
