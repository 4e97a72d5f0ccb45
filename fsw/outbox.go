package fsw

import (
	"errors"
	"sync"
)

// errStopped is what a goroutine of a connection sees when that has failed; the
// reason is elsewhere.
var errStopped = errors.New("fsw: stopped")

// outbox holds what waits to be sent, bounded in bytes.
type outbox struct {
	mu    sync.Mutex
	buf   []byte
	limit int
	ended bool
	more  chan struct{}
}

func (b *outbox) init(limit int) { b.limit, b.more = limit, make(chan struct{}, 1) }

func (b *outbox) add(commands []string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return nil // the connection is down, and whoever waits will be told
	}
	for _, c := range commands {
		b.buf = append(b.buf, c...)
	}
	if len(b.buf) > b.limit {
		return ErrOverflow
	}
	select {
	case b.more <- struct{}{}:
	default:
	}
	return nil
}

func (b *outbox) end() {
	b.mu.Lock()
	b.ended, b.buf = true, nil
	b.mu.Unlock()
}

// take waits for something to send. It returns nil when stop is closed.
func (b *outbox) take(stop <-chan struct{}) []byte {
	for {
		b.mu.Lock()
		p := b.buf
		b.buf = nil
		b.mu.Unlock()
		if len(p) > 0 {
			return p
		}
		select {
		case <-b.more:
		case <-stop:
			return nil
		}
	}
}
