package fsw

import "sync"

// mirrorInbox holds what the source has applied and the mirror has not, bounded in bytes.
// The source never waits: when the inbox is full, what is in it is dropped, but for what
// somebody waits for, and the mirror is stale until it has copied its source again. Until
// then nothing else gets in.
type mirrorInbox struct {
	mu      sync.Mutex
	waiting []news
	head    int
	bytes   int
	limit   int
	stale   bool
	lost    int // events and log lines, since it is stale
	more    chan struct{}
	lag     lagMeter
}

func (b *mirrorInbox) init(limit int) { b.limit, b.more = limit, make(chan struct{}, 1) }

// add is false if even what must not be dropped is too much.
func (b *mirrorInbox) add(n news, a *awaited) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.stale && b.bytes+n.size > b.limit {
		b.drop(a)
	}
	if b.stale {
		n = b.keep(&n, a)
	}
	if n.size > 0 {
		b.waiting = append(b.waiting, n)
		b.bytes += n.size
	}
	select {
	case b.more <- struct{}{}:
	default:
	}
	return !b.stale || b.bytes <= b.limit+maxSnapshot
}

// drop makes it stale. What the mirror has learned of waits until that is copied.
func (b *mirrorInbox) drop(a *awaited) {
	all := b.waiting[b.head:]
	b.waiting, b.head, b.bytes, b.stale = nil, 0, 0, true
	for i := range all {
		if k := b.keep(&all[i], a); k.size > 0 {
			b.waiting = append(b.waiting, k)
			b.bytes += k.size
		}
	}
}

func (b *mirrorInbox) keep(n *news, a *awaited) news {
	kept, lost := n.kept(a)
	kept.at = n.at
	b.lost += lost
	return kept
}

// spoil makes it stale for another reason than that it is full.
func (b *mirrorInbox) spoil() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stale = true
	select {
	case b.more <- struct{}{}:
	default:
	}
}

// refresh is called when the source is being copied: what has come before is a part of
// that. It returns what was kept of it.
func (b *mirrorInbox) refresh(a *awaited) (kept []news, lost int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop(a) // what was let in before it was spoiled
	kept, lost = b.waiting, b.lost
	b.waiting, b.bytes, b.stale, b.lost = nil, 0, false, 0
	b.lag = lagMeter{}
	return kept, lost
}

// take waits for the next transaction of the source. It is stale if the source has to be
// copied instead, and not ok when stop is closed.
func (b *mirrorInbox) take(stop <-chan struct{}) (n news, lag Lag, stale, ok bool) {
	for {
		select {
		case <-stop:
			return news{}, Lag{}, false, false
		default:
		}
		if n, lag, stale, ok = b.next(); ok {
			return n, lag, stale, true
		}
		select {
		case <-b.more:
		case <-stop:
		}
	}
}

func (b *mirrorInbox) next() (n news, lag Lag, stale, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stale {
		return news{}, Lag{}, true, true
	}
	if b.head == len(b.waiting) {
		return news{}, Lag{}, false, false
	}
	n = b.waiting[b.head]
	b.waiting[b.head] = news{}
	b.head++
	b.bytes -= n.size
	if b.head < len(b.waiting) {
		b.lag.look(b.waiting[b.head].at, len(b.waiting)-b.head, b.bytes)
	} else {
		b.waiting, b.head, b.lag = b.waiting[:0], 0, lagMeter{}
	}
	b.compact()
	return n, b.lag.lag, false, true
}

// compact gives back the room of what was taken.
func (b *mirrorInbox) compact() {
	if b.head > 1024 && b.head > len(b.waiting)/2 {
		n := copy(b.waiting, b.waiting[b.head:])
		clear(b.waiting[n:])
		b.waiting, b.head = b.waiting[:n], 0
	}
}
