package traffic_test

import (
	"bytes"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/traffic"
)

// The model makes of the traffic what was said of it.
func TestTraffic(t *testing.T) {
	const channels = 100
	tr := traffic.New(channels)
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	feed := func(event []byte) {
		if err := sw.ReceivedBytes(event); err != nil {
			t.Fatal(err)
		}
	}
	count := func() (channels, calls, bridges int) {
		g.View(func(r cell.Reader) { channels, calls, bridges = sw.Channels.Len(r), sw.Calls.Len(r), sw.Bridges.Len(r) })
		return
	}
	for e := range tr.Begin() {
		feed(e)
	}
	if a, b, c := count(); a != channels || b != channels/2 || c != channels/2 {
		t.Fatalf("it began with %d channels, %d calls, %d bridges", a, b, c)
	}
	records := 0
	cell.Observe(g, func(r cell.Reader) { records += sw.CallRecords.Len(r) })
	for range 10_000 {
		feed(tr.Next())
		if n, _, _ := count(); n < channels*7/8-1 || n > channels {
			t.Fatalf("%d channels", n)
		}
	}
	if records < 100 {
		t.Errorf("only %d calls have ended", records)
	}
	for e := range tr.End() {
		feed(e)
	}
	if a, b, c := count(); a+b+c != 0 {
		t.Errorf("it ended with %d channels, %d calls, %d bridges", a, b, c)
	}
	if n := cell.Read(g, &sw.MalformedLines) + cell.Read(g, &sw.MalformedEvents) + cell.Read(g, &sw.Misfits); n != 0 {
		t.Errorf("%d things could not be read", n)
	}
}

// Each event is a whole message. It has as many headers as those of a SIP call have:
// that is what makes the work.
func TestEvents(t *testing.T) {
	tr := traffic.New(16)
	most := map[esl.EventName]int{}
	var f esl.Framer
	take := func(message []byte) {
		f.Feed(message)
		m, ok, err := f.Next()
		if !ok || err != nil || f.Buffered() > 0 {
			t.Fatalf("no message: %v, %v: %s", ok, err, message)
		}
		ev, err := m.Event()
		if err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(message, "{}") {
			t.Fatalf("a field is left: %s", message)
		}
		if _, body, _ := bytes.Cut(message, []byte("\n\n")); !bytes.HasSuffix(body, []byte("\n\n")) || bytes.Count(body, []byte("\n\n")) != 1 {
			t.Fatalf("an event with an empty line: %s", message)
		}
		most[ev.Name()] = max(most[ev.Name()], ev.Len())
	}
	for e := range tr.Begin() {
		take(e)
	}
	for range 5000 {
		take(tr.Next())
	}
	for name, n := range map[esl.EventName]int{
		"HEARTBEAT": 27, "CUSTOM": 30, "CODEC": 30, "CHANNEL_STATE": 63, "CHANNEL_CREATE": 101, "CHANNEL_EXECUTE": 104,
		"CHANNEL_ANSWER": 160, "CHANNEL_BRIDGE": 162, "CHANNEL_HANGUP": 162, "CHANNEL_DESTROY": 199, "DTMF": 65,
	} {
		if most[name] != n {
			t.Errorf("%s has up to %d headers, want %d", name, most[name], n)
		}
	}
}

func TestSame(t *testing.T) {
	a, b := traffic.New(20), traffic.New(20)
	for range a.Begin() {
	}
	for range b.Begin() {
	}
	for range 1000 {
		if !bytes.Equal(a.Next(), b.Next()) {
			t.Fatal("two of the same differ")
		}
	}
}

func BenchmarkNext(b *testing.B) {
	t := traffic.New(1000)
	for range t.Begin() {
	}
	for b.Loop() {
		b.SetBytes(int64(len(t.Next())))
	}
}
