package bench

import (
	"fmt"
	"hash/maphash"
	"strconv"
	"sync"
	"testing"

	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// recorded is how many events the recording has.
const recorded = 11_447

// recording is what is sent, and what a client must make of it.
type recording struct {
	stream    []byte         // the events and a marker behind them
	positions map[string]int // of the events that a client hands over, by Event-Sequence
	sum       uint64         // of their fingerprints
}

// load reads the recording for a client that hands over all events but those of
// one name.
func load(tb testing.TB, swallowed string) *recording {
	tb.Helper()
	rec := &recording{positions: make(map[string]int, recorded+1)}
	events, last := 0, int64(0)
	add := func(m esl.Message) {
		e, err := m.Event()
		if err != nil {
			tb.Fatal(err)
		}
		events++
		last, _ = e.Sequence()
		rec.stream = append(rec.stream, m.Wire()...)
		if string(e.Name()) != swallowed {
			v := read(e)
			rec.positions[v[0]] = events
			rec.sum += v.fingerprint()
		}
	}
	var f esl.Framer
	f.Feed(captures.Read(tb, "10_load", "server.bin"))
	for {
		m, ok, err := f.Next()
		if err != nil {
			tb.Fatal(err)
		}
		if !ok {
			break
		}
		if m.ContentType == esl.EventPlain {
			add(m)
		}
	}
	if events != recorded {
		tb.Fatalf("the recording has %d events, want %d", events, recorded)
	}
	add(esl.NewEvent("HEARTBEAT", "Event-Sequence", strconv.FormatInt(last+1, 10)).PlainMessage())
	return rec
}

// values are what headers names.
type values [len(headers)]string

// read is for the two clients of ours; the others have something like it.
func read(e *esl.Event) (v values) {
	for i, name := range headers {
		v[i] = e.Value(name)
	}
	return v
}

var seed = maphash.MakeSeed()

// fingerprint is a number for an event that depends on all its values.
func (v *values) fingerprint() (h uint64) {
	for _, s := range v {
		h = h*1_000_003 + maphash.String(seed, s)
	}
	return h
}

// tally is told of the events that a client hands over.
type tally struct {
	*recording
	done chan struct{} // closed at the last one

	mu        sync.Mutex
	seen      int
	unknown   int // are not in the recording
	overtaken int // came after an event that was sent later
	latest    int // position
	got       uint64
}

func newTally(rec *recording) *tally { return &tally{recording: rec, done: make(chan struct{})} }

func (t *tally) saw(v *values) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, ok := t.positions[v[0]]
	switch {
	case !ok:
		t.unknown++
	case at < t.latest:
		t.overtaken++
	default:
		t.latest = at
	}
	t.got += v.fingerprint()
	if t.seen++; t.seen == len(t.positions) {
		close(t.done)
	}
}

// check tells whether all events came once each, with the right values. Their
// order does not matter for that.
func (t *tally) check() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen != len(t.positions) || t.unknown > 0 {
		return fmt.Errorf("%d events came, %d of them unknown; want %d", t.seen, t.unknown, len(t.positions))
	}
	if t.got != t.sum {
		return fmt.Errorf("%d events came with wrong values", t.seen)
	}
	return nil
}
