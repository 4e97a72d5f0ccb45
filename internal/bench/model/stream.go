package main

import (
	"fmt"
	"hash/maphash"
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
	"github.com/freeswytch/freeswytch/internal/traffic"
)

// stream is what is sent, and what a client must make of it.
type stream struct {
	bytes     []byte // the events
	events    int
	channels  int     // that begin and end in it
	handed    int     // events that a client hands over
	first     int64   // the lowest Event-Sequence
	positions []int32 // of the events that are handed over, by Event-Sequence from first on; 0 is none
	sum       uint64  // of their fingerprints

	statesOnce sync.Once
	wantStates []uint64 // see states
}

// streams are what can be sent. The events of a name are swallowed by a client that
// hands them to nobody.
var streams = map[string]func(swallowed string, part int) (*stream, error){
	"10_load":   recorded,
	"synthetic": synthetic,
}

// recorded is the recording of 200 calls of two legs. It is sent as a whole, however
// little is asked for: a part of it has other proportions.
func recorded(swallowed string, _ int) (*stream, error) {
	data, err := captures.Open("10_load", "server.bin")
	if err != nil {
		return nil, err
	}
	return newStream(data, swallowed)
}

// syntheticChannels is how many channels are live in the synthetic stream.
const syntheticChannels = 100

// synthetic is the traffic of 100 live channels: 20,000 events, or a part of that.
func synthetic(swallowed string, part int) (*stream, error) {
	t := traffic.New(syntheticChannels)
	var data []byte
	for e := range t.Begin() {
		data = append(data, e...)
	}
	for range 20_000 / part {
		data = append(data, t.Next()...)
	}
	for e := range t.End() {
		data = append(data, e...)
	}
	return newStream(data, swallowed)
}

func newStream(data []byte, swallowed string) (*stream, error) {
	s := &stream{}
	positions := map[int64]int32{}
	for m, err := range messages(data) {
		if err != nil {
			return nil, err
		}
		if m.ContentType != esl.EventPlain {
			continue
		}
		e, err := m.Event()
		if err != nil {
			return nil, err
		}
		s.events++
		if e.Name() == "CHANNEL_CREATE" {
			s.channels++
		}
		s.bytes = append(s.bytes, m.Wire()...)
		if string(e.Name()) != swallowed {
			n, ok := e.Sequence()
			if _, twice := positions[n]; twice || !ok {
				return nil, fmt.Errorf("event %d of the stream has no number of its own", s.events)
			}
			positions[n] = int32(s.events)
			v := read(e)
			s.sum += v.fingerprint()
		}
	}
	s.handed = len(positions)
	numbers := slices.Sorted(maps.Keys(positions))
	s.first = numbers[0]
	s.positions = make([]int32, numbers[len(numbers)-1]-s.first+1)
	for n, at := range positions {
		s.positions[n-s.first] = at
	}
	return s, nil
}

// position returns which event of the stream has a number, 0 if none has.
func (s *stream) position(number string) int {
	n, err := strconv.ParseInt(number, 10, 64)
	if i := n - s.first; err == nil && i >= 0 && i < int64(len(s.positions)) {
		return int(s.positions[i])
	}
	return 0
}

// messages yields those of a recording, and the error that ends it.
func messages(data []byte) iter.Seq2[esl.Message, error] {
	return func(yield func(esl.Message, error) bool) {
		var f esl.Framer
		f.Feed(data)
		for {
			m, ok, err := f.Next()
			if err == nil && !ok || !yield(m, err) || err != nil {
				return
			}
		}
	}
}

// headers are what is read of each event. The first tells which event it is.
var headers = [...]string{
	"Event-Sequence", "Event-Name", "Unique-ID", "Channel-State", "Caller-Caller-ID-Name", "variable_channel_name",
}

// values are what headers names.
type values [len(headers)]string

// keys are headers as the documentation of package esl advises for many events.
var keys = func() (keys [len(headers)]esl.Key) {
	for i, name := range headers {
		keys[i] = esl.MakeKey(name)
	}
	return keys
}()

// read is for the two clients of ours; the others have something like it.
func read(e *esl.Event) (v values) {
	for i, k := range keys {
		if at, ok := e.Lookup(k); ok {
			_, v[i] = e.At(at)
		}
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
