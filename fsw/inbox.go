package fsw

import (
	"strings"
	"sync"
	"time"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// inbox holds the messages between the reader and the model, bounded in bytes. The
// reader never waits: a server that cannot get rid of its events harms calls. When
// the inbox is full, the events and log lines in it are dropped; replies, notices
// and the ends of background jobs are not, nor is what tells the end of an
// application: somebody waits for them. If even these are too many, the connection
// ends.
type inbox struct {
	mu      sync.Mutex
	waiting []arrival
	head    int
	bytes   int // of what can be dropped
	kept    int // of what cannot
	limit   int
	lost    int
	err     error
	more    chan struct{}
	awaited *awaited

	taken []esl.Message // the last ones, owned by who takes
	lag   lagMeter
}

// arrival is a message and when it came.
type arrival struct {
	esl.Message
	at   time.Time
	keep bool // it is not to be dropped
}

func (b *inbox) init(limit int, a *awaited) {
	b.limit, b.more, b.awaited = limit, make(chan struct{}, 1), a
}

func (b *inbox) add(m esl.Message, now time.Time) error {
	b.mu.Lock()
	a := arrival{m, now, !droppable(m)}
	*b.sum(a) += m.Size()
	b.waiting = append(b.waiting, a)
	if b.bytes > b.limit {
		b.drop()
	}
	overflow := b.kept > b.limit+maxSnapshot
	b.mu.Unlock()
	b.signal()
	if overflow {
		return ErrLag
	}
	return nil
}

// sum is where the size of an arrival counts.
func (b *inbox) sum(a arrival) *int {
	if a.keep {
		return &b.kept
	}
	return &b.bytes
}

func (b *inbox) drop() {
	b.bytes = 0
	var kept []arrival
	for _, a := range b.waiting[b.head:] {
		if !a.keep && b.awaited.in(a.Message) {
			a.keep = true
			b.kept += a.Size()
		}
		if a.keep {
			kept = append(kept, a)
		} else {
			b.lost++
		}
	}
	b.waiting, b.head = kept, 0
}

func droppable(m esl.Message) bool {
	switch m.ContentType {
	case esl.LogData:
		return true
	case esl.EventPlain:
		return !strings.HasPrefix(m.Body, "Event-Name: BACKGROUND_JOB\n")
	case esl.EventJSON:
		return !strings.HasPrefix(m.Body, `{"Event-Name":"BACKGROUND_JOB"`)
	}
	return false
}

// end says that nothing more will come, and why.
func (b *inbox) end(err error) {
	b.mu.Lock()
	b.err = err
	b.mu.Unlock()
	b.signal()
}

func (b *inbox) signal() {
	select {
	case b.more <- struct{}{}:
	default:
	}
}

// take waits for the next message; while the model lags it may take several,
// events and log lines, up to together. What it returns is good until the next
// call. lost tells how many were dropped before them; if nothing is left, there is no
// message with it. The error comes after the last message, or when stop is closed.
func (b *inbox) take(stop <-chan struct{}, together int) (ms []esl.Message, lag Lag, lost int, err error) {
	clear(b.taken)
	b.taken = b.taken[:0]
	for {
		select {
		case <-stop:
			return nil, Lag{}, 0, errStopped
		default:
		}
		b.mu.Lock()
		lost, b.lost = b.lost, 0
		if b.head < len(b.waiting) {
			b.next()
			for b.lag.lag != (Lag{}) && len(b.taken) < together && b.head < len(b.waiting) &&
				droppable(b.taken[0]) && droppable(b.waiting[b.head].Message) {
				b.next()
			}
			b.measure()
			lag = b.lag.lag
			b.compact()
			b.mu.Unlock()
			return b.taken, lag, lost, nil
		}
		err = b.err
		b.mu.Unlock()
		if err != nil || lost > 0 {
			return nil, Lag{}, lost, err
		}
		select {
		case <-b.more:
		case <-stop:
			return nil, Lag{}, 0, errStopped
		}
	}
}

// next moves the first message to taken.
func (b *inbox) next() {
	a := b.waiting[b.head]
	b.waiting[b.head] = arrival{}
	b.head++
	*b.sum(a) -= a.Size()
	b.taken = append(b.taken, a.Message)
}

// compact gives back the room of what was taken.
func (b *inbox) compact() {
	if b.head == len(b.waiting) {
		b.waiting, b.head = b.waiting[:0], 0
	} else if b.head > 1024 && b.head > len(b.waiting)/2 {
		n := copy(b.waiting, b.waiting[b.head:])
		clear(b.waiting[n:])
		b.waiting, b.head = b.waiting[:n], 0
	}
}

// measure finds out how far the model is behind.
func (b *inbox) measure() {
	if b.head == len(b.waiting) {
		b.lag = lagMeter{}
		return
	}
	b.lag.look(b.waiting[b.head].at, len(b.waiting)-b.head, b.bytes+b.kept)
}
