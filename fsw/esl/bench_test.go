package esl

import (
	"testing"

	"github.com/freeswytch/freeswytch/internal/captures"
)

// benchChunk is the size of a read from a socket.
const benchChunk = 64 << 10

// drain frames data in chunks and calls f for each message.
func drain(tb testing.TB, data []byte, f func(Message)) {
	tb.Helper()
	var fr Framer
	for len(data) > 0 {
		n := min(benchChunk, len(data))
		fr.Feed(data[:n])
		data = data[n:]
		for {
			m, ok, err := fr.Next()
			if err != nil {
				tb.Fatal(err)
			}
			if !ok {
				break
			}
			f(m)
		}
	}
	if fr.Buffered() != 0 {
		tb.Fatalf("%d bytes left over", fr.Buffered())
	}
}

// benchmarkStream runs f over the messages of 10_load and reports rates.
func benchmarkStream(b *testing.B, f func(Message)) {
	data := captures.Read(b, "10_load", "server.bin")
	messages := 0
	drain(b, data, func(Message) { messages++ })
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		drain(b, data, f)
	}
	total := float64(b.N) * float64(messages)
	b.ReportMetric(total/b.Elapsed().Seconds(), "msgs/s")
	b.ReportMetric(b.Elapsed().Seconds()*1e9/total, "ns/msg")
}

var sink int

// BenchmarkFramer cuts 10_load into messages.
func BenchmarkFramer(b *testing.B) {
	benchmarkStream(b, func(m Message) { sink += m.Size() })
}

// BenchmarkFramerEvent cuts 10_load into messages and reads the events.
func BenchmarkFramerEvent(b *testing.B) {
	benchmarkStream(b, func(m Message) {
		if m.ContentType == EventPlain {
			e, err := m.Event()
			if err != nil {
				b.Fatal(err)
			}
			sink += e.Len()
		}
	})
}

// BenchmarkFramerEventRead does what a state model does with each event besides:
// it dispatches on the name and compares twenty attributes.
func BenchmarkFramerEventRead(b *testing.B) {
	var keys []Key
	for _, name := range []string{
		"Unique-ID", "Channel-State", "Channel-Call-State", "Channel-Name", "Answer-State",
		"Call-Direction", "Caller-Username", "Caller-Caller-ID-Name", "Caller-Caller-ID-Number",
		"Caller-Destination-Number", "Caller-Callee-ID-Name", "Caller-Callee-ID-Number",
		"Channel-Call-UUID", "Other-Leg-Unique-ID", "Channel-Read-Codec-Name", "Hangup-Cause",
		"variable_hangup_cause", "Caller-Context", "Caller-Channel-Answered-Time", "Event-Sequence",
	} {
		keys = append(keys, MakeKey(name))
	}
	benchmarkStream(b, func(m Message) {
		if m.ContentType == EventPlain {
			e, _ := m.Event()
			sink += len(e.Name())
			for _, k := range keys {
				if i, ok := e.Lookup(k); ok && e.ValueIs(i, "CS_EXECUTE") {
					sink++
				}
			}
		}
	})
}

// BenchmarkParsePlain reads the events of 10_load that are framed already.
func BenchmarkParsePlain(b *testing.B) {
	var bodies []string
	var size int64
	drain(b, captures.Read(b, "10_load", "server.bin"), func(m Message) {
		if m.ContentType == EventPlain {
			bodies = append(bodies, m.Body)
			size += int64(len(m.Body))
		}
	})
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range bodies {
			if _, err := ParsePlain(s); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N*len(bodies)), "ns/event")
}

// BenchmarkParseJSON reads the events of 07_event_json.
func BenchmarkParseJSON(b *testing.B) {
	var bodies []string
	var size int64
	drain(b, captures.Read(b, "07_event_json", "server.bin"), func(m Message) {
		if m.ContentType == EventJSON {
			bodies = append(bodies, m.Body)
			size += int64(len(m.Body))
		}
	})
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range bodies {
			if _, err := ParseJSON(s); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N*len(bodies)), "ns/event")
}
