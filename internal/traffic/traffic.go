// Package traffic makes up the events of a busy FreeSWITCH, as bytes in the plain
// format, for benchmarks: any number of bridged SIP calls at the same time, each
// with the events and some 80 to 150 headers that FreeSWITCH gives to such calls,
// registrations, and heartbeats. What a recording cannot have, because it would take
// a server with 100,000 channels.
//
// The same arguments always make the same bytes.
package traffic

import (
	"iter"
	"math/rand/v2"
	"time"
)

// Traffic is a server that has calls.
type Traffic struct {
	rand     *rand.Rand
	calls    []call  // all; when one ends, another one begins in its place
	talking  []*call // of these, those where nothing happens at the moment
	busy     []*call // and those in the middle of something
	maxBusy  int
	begun    uint64
	sequence uint64
	now      time.Time
	second   int64  // of local and gmt
	local    []byte // now, as the server writes it
	gmt      []byte
	buf      []byte // the event, and the whole message
	out      []byte
}

// New returns traffic that is going to have so many channels, an even number, at
// the same time: two for each call.
func New(channels int) *Traffic {
	t := &Traffic{
		rand:  rand.New(rand.NewPCG(1, 2)),
		calls: make([]call, channels/2),
		now:   time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
	}
	t.maxBusy = max(1, min(len(t.calls)/8, 64))
	t.talking = make([]*call, 0, len(t.calls))
	t.busy = make([]*call, 0, t.maxBusy)
	return t
}

// Begin begins the calls: after it exactly the channels of New are live. The events
// it yields are good until the next one.
func (t *Traffic) Begin() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := range t.calls {
			c := &t.calls[i]
			for c.begin(t); len(c.todo) > 0; {
				if !yield(t.step(c)) {
					return
				}
			}
			t.talking = append(t.talking, c)
		}
	}
}

// Next returns the next event, which is good until the one after it. Calls end, and
// others begin, a few at a time: of the channels seven in eight, at least, are live.
func (t *Traffic) Next() []byte {
	switch t.sequence % 1000 {
	case 999:
		return t.message(heartbeat, nil)
	case 99, 299, 499, 699, 899:
		return t.message(register, &t.calls[t.rand.IntN(len(t.calls))])
	}
	if len(t.busy) < t.maxBusy && (len(t.busy) == 0 || t.rand.IntN(3) == 0) {
		i := t.rand.IntN(len(t.talking))
		c := t.talking[i]
		t.talking[i] = t.talking[len(t.talking)-1]
		t.talking = t.talking[:len(t.talking)-1]
		t.busy = append(t.busy, c)
		c.todo = happenings[t.rand.IntN(len(happenings))]
	}
	i := t.rand.IntN(len(t.busy))
	c := t.busy[i]
	message := t.step(c)
	switch {
	case len(c.todo) > 0:
	case c.over():
		c.begin(t)
	default:
		t.talking = append(t.talking, c)
		t.busy[i] = t.busy[len(t.busy)-1]
		t.busy = t.busy[:len(t.busy)-1]
	}
	return message
}

// End ends all calls. The events it yields are good until the next one.
func (t *Traffic) End() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := range t.calls {
			c := &t.calls[i]
			for {
				if len(c.todo) == 0 {
					if c.over() {
						break
					}
					c.todo = hangingUp
				}
				if !yield(t.step(c)) {
					return
				}
			}
		}
		t.talking, t.busy = t.talking[:0], t.busy[:0]
	}
}

// step lets the next thing happen in a call.
func (t *Traffic) step(c *call) []byte {
	s := c.todo[0]
	c.todo = c.todo[1:]
	c.happen(s, t.now.UnixMicro())
	return t.message(layouts[s.event], c)
}

// message returns an event as a whole message.
func (t *Traffic) message(l layout, c *call) []byte {
	t.sequence++
	t.now = t.now.Add(137 * time.Microsecond)
	if s := t.now.Unix(); s != t.second {
		t.second = s
		t.local = t.now.AppendFormat(t.local[:0], "2006-01-02%2015%3A04%3A05")
		t.gmt = t.now.AppendFormat(t.gmt[:0], "Mon,%2002%20Jan%202006%2015%3A04%3A05%20GMT")
	}
	t.buf = t.buf[:0]
	for _, p := range l {
		t.buf = append(t.buf, p.text...)
		t.buf = t.appendField(t.buf, p.field, c)
	}
	t.out = append(t.out[:0], "Content-Length: "...)
	t.out = appendInt(t.out, int64(len(t.buf)))
	t.out = append(t.out, "\nContent-Type: text/event-plain\n\n"...)
	t.out = append(t.out, t.buf...)
	return t.out
}
