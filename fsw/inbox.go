package fsw

import (
	"strings"
	"sync"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// inbox holds the messages between the reader and the model, bounded in bytes. The
// reader never waits: a server that cannot get rid of its events harms calls. When
// the inbox is full, the events and log lines in it are dropped; replies, notices
// and the ends of background jobs are not, somebody waits for them. If even these
// are too many, the connection ends.
type inbox struct {
	mu      sync.Mutex
	waiting []esl.Message
	head    int
	bytes   int // of what can be dropped
	kept    int // of what cannot
	limit   int
	lost    int
	err     error
	more    chan struct{}
}

func (b *inbox) init(limit int) { b.limit, b.more = limit, make(chan struct{}, 1) }

func (b *inbox) add(m esl.Message) error {
	b.mu.Lock()
	if droppable(m) {
		b.bytes += m.Size()
	} else {
		b.kept += m.Size()
	}
	b.waiting = append(b.waiting, m)
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

func (b *inbox) drop() {
	var kept []esl.Message
	for _, m := range b.waiting[b.head:] {
		if droppable(m) {
			b.lost++
		} else {
			kept = append(kept, m)
		}
	}
	b.waiting, b.head, b.bytes = kept, 0, 0
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

// take waits for the next message. lost tells how many were dropped before it. The
// error comes after the last message, or when stop is closed.
func (b *inbox) take(stop <-chan struct{}) (m esl.Message, lost int, err error) {
	for {
		select {
		case <-stop:
			return m, 0, errStopped
		default:
		}
		b.mu.Lock()
		lost, b.lost = b.lost, 0
		if b.head < len(b.waiting) {
			m = b.waiting[b.head]
			b.waiting[b.head] = esl.Message{}
			b.head++
			if droppable(m) {
				b.bytes -= m.Size()
			} else {
				b.kept -= m.Size()
			}
			if b.head == len(b.waiting) {
				b.waiting, b.head = b.waiting[:0], 0
			} else if b.head > 1024 && b.head > len(b.waiting)/2 {
				n := copy(b.waiting, b.waiting[b.head:])
				clear(b.waiting[n:])
				b.waiting, b.head = b.waiting[:n], 0
			}
			b.mu.Unlock()
			return m, lost, nil
		}
		err = b.err
		b.mu.Unlock()
		if err != nil {
			return m, lost, err
		}
		select {
		case <-b.more:
		case <-stop:
			return m, lost, errStopped
		}
	}
}
