package fswtest

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"time"
)

// A header is one line of an event. The value of an array is in the form
// ARRAY::a|:b.
type header struct{ name, value string }

// An event is complete when it is fired and never changed after.
type event struct {
	kind     int
	subclass string
	headers  []header
	body     string
	at       time.Time // when it was fired

	once    [3]sync.Once // one per format: connections share the encoding
	encoded [3][]byte
}

func (e *event) add(name, value string) { e.headers = append(e.headers, header{name, value}) }

// addIf leaves out an empty value, as the real server does.
func (e *event) addIf(name, value string) {
	if value != "" {
		e.add(name, value)
	}
}

// begin makes an event with the standard headers. Its number is taken here.
func (s *Server) begin(name, subclass string, from source) *event {
	e := &event{kind: eventKinds[name], subclass: subclass, headers: make([]header, 0, 32)}
	if subclass != "" {
		e.add("Event-Subclass", subclass)
		s.know(subclass)
	}
	s.addStandard(e, name, from)
	return e
}

func (s *Server) addStandard(e *event, name string, from source) {
	if from.file == "" {
		if from = sources[name]; from.file == "" {
			from = sourceSimulator
		}
	}
	local, gmt := s.stamp.at(s.now)
	e.headers = append(e.headers,
		header{"Event-Name", name},
		header{"Core-UUID", s.opt.CoreUUID},
		header{"FreeSWITCH-Hostname", s.opt.Hostname},
		header{"FreeSWITCH-Switchname", s.opt.Hostname},
		header{"FreeSWITCH-IPv4", "127.0.0.1"},
		header{"FreeSWITCH-IPv6", "::1"},
		header{"Event-Date-Local", local},
		header{"Event-Date-GMT", gmt},
		header{"Event-Date-Timestamp", strconv.FormatInt(s.now.UnixMicro(), 10)},
		header{"Event-Calling-File", from.file},
		header{"Event-Calling-Function", from.function},
		header{"Event-Calling-Line-Number", from.line},
		header{"Event-Sequence", strconv.FormatUint(s.seq.take(), 10)})
}

// fire queues an event for every connection that wants it.
func (s *Server) fire(e *event) {
	e.at = s.now
	for _, c := range s.conns {
		c.offer(e)
	}
}

// wanted tells whether an event would reach anybody: building one costs more
// than asking.
func (s *Server) wanted(name string) bool {
	kind := eventKinds[name]
	for _, c := range s.conns {
		if c.wants(kind, "") {
			return true
		}
	}
	return false
}

// A sequence gives out the Event-Sequence numbers. With jitter it draws each
// from a pool of free ones; half the pool's reach is its size, the other half
// how long the lowest may be passed over.
type sequence struct {
	next uint64
	pool []uint64
	rng  *rand.Rand
}

func (q *sequence) start(rng *rand.Rand, jitter int) {
	q.next = 460 // about what a server has used when it is ready
	if jitter > 0 {
		q.rng = rng
		q.pool = make([]uint64, jitter/2+1)
		for i := range q.pool {
			q.pool[i] = q.next + uint64(i)
		}
		q.next += uint64(len(q.pool))
	}
}

func (q *sequence) take() uint64 {
	n := q.next
	q.next++
	if q.pool == nil {
		return n
	}
	// Mostly the lowest, else numbers could be late without bound.
	low := 0
	for i := range q.pool {
		if q.pool[i] < q.pool[low] {
			low = i
		}
	}
	pick := low
	if n-q.pool[low] < uint64(2*len(q.pool)-1) && q.rng.IntN(10) == 0 {
		pick = q.rng.IntN(len(q.pool))
	}
	out := q.pool[pick]
	q.pool[pick] = n
	return out
}

// stampCache keeps the texts of the current second.
type stampCache struct {
	second     int64
	local, gmt string
}

func (c *stampCache) at(t time.Time) (local, gmt string) {
	if sec := t.Unix(); sec != c.second || c.local == "" {
		c.second = sec
		c.local = t.Local().Format(stampLayout)
		c.gmt = t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	}
	return c.local, c.gmt
}

const stampLayout = "2006-01-02 15:04:05"

// Fire sends an event to the subscribers of its name. Headers are names and
// values in turn; they follow the standard headers. A header named "_body"
// becomes the body. An unknown name is fired as CUSTOM, as sendevent does.
func (s *Server) Fire(name string, headers ...string) {
	s.enter()
	defer s.leave()
	s.fireText(name, "", headers)
}

// FireCustom sends a CUSTOM event with this Event-Subclass.
func (s *Server) FireCustom(subclass string, headers ...string) {
	s.enter()
	defer s.leave()
	s.fireText("CUSTOM", subclass, headers)
}

func (s *Server) fireText(name, subclass string, headers []string) {
	if k, ok := kindOf(name); ok && k != kindAll {
		name = eventNames[k]
	} else {
		name = "CUSTOM"
	}
	e := s.begin(name, subclass, source{})
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "_body" {
			e.body = headers[i+1]
		} else {
			e.addIf(headers[i], headers[i+1])
		}
	}
	s.fire(e)
}
