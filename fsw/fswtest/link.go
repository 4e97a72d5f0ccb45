package fswtest

import (
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"
)

// A Link is how fast and how finely bytes go to a client. The zero value is
// as fast as it gets.
type Link struct {
	BytesPerSecond int           // default: no limit
	Latency        time.Duration // least time from a command or an event to what is sent about it
	Chunk          int           // most bytes in one write; default: no limit
}

// A link is the wire to one client. Faults happen here, at places counted in
// bytes from the beginning of the connection. Only the goroutine that executes
// the commands sends; any other plans.
type link struct {
	nc   net.Conn
	quit <-chan struct{}
	cuts *rand.Rand // for Options.Segment

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when what follows gets better
	shape   Link
	sent    int64
	planned []mishap  // by place
	mute    time.Time // nothing is sent until then
	deaf    time.Time // nothing is read until then
}

// A mishap is a fault at its place.
type mishap struct {
	at int64
	f  Fault
}

// forever is the end of a stall that has none.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func until(d time.Duration) time.Time {
	if d <= 0 {
		return forever
	}
	return time.Now().Add(d)
}

// plan puts a fault at its place, behind those planned for the same one.
func (l *link) plan(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.sent + int64(max(f.After, 0))
	i := len(l.planned)
	for i > 0 && l.planned[i-1].at > at {
		i--
	}
	l.planned = slices.Insert(l.planned, i, mishap{at, f})
}

// due takes the next fault whose place has been reached.
func (l *link) due() (Fault, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.planned) == 0 || l.planned[0].at > l.sent {
		return Fault{}, false
	}
	f := l.planned[0].f
	l.planned = l.planned[1:]
	return f, true
}

// set changes the state under the lock.
func (l *link) set(f func(*link)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(l)
	close(l.changed)
	l.changed = make(chan struct{})
}

// heal makes the link a good one.
func (l *link) heal() {
	l.set(func(l *link) {
		l.planned, l.mute, l.deaf, l.shape = nil, time.Time{}, time.Time{}, Link{}
	})
}

// wait blocks until the moment that get tells has come; false when the
// connection has to end meanwhile.
func (l *link) wait(get func(*link) time.Time) bool {
	for {
		l.mu.Lock()
		d := time.Until(get(l))
		changed := l.changed
		l.mu.Unlock()
		if d <= 0 {
			return true
		}
		t := time.NewTimer(d)
		select {
		case <-t.C:
		case <-changed:
		case <-l.quit:
			t.Stop()
			return false
		}
		t.Stop()
	}
}

// hears waits until the client is listened to.
func (l *link) hears() bool { return l.wait(func(l *link) time.Time { return l.deaf }) }

// flows waits until bytes may go out.
func (l *link) flows() bool {
	return l.wait(func(l *link) time.Time { return l.mute })
}

// lag makes what is sent about something that happened at a time late.
func (l *link) lag(at time.Time) {
	l.mu.Lock()
	d := l.shape.Latency
	l.mu.Unlock()
	if d > 0 {
		l.hush(at.Add(d))
	}
}

// hush holds back what follows until t.
func (l *link) hush(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.After(l.mute) {
		l.mute = t
	}
}

// step is how many of n bytes go out in one write, up to the next fault, and
// how long they take. They count from here on, as a client may know of them
// before the write returns.
func (l *link) step(n int) (int, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.planned) > 0 {
		n = int(min(int64(n), max(l.planned[0].at-l.sent, 1)))
	}
	if l.shape.Chunk > 0 {
		n = min(n, l.shape.Chunk)
	}
	if b := l.shape.BytesPerSecond; b > 0 { // not more than a tenth of a second
		n = min(n, max(b/10, 1))
	}
	if l.cuts != nil && n > 1 && l.cuts.IntN(4) > 0 {
		small := 1 + l.cuts.IntN(min(n-1, 64))
		if l.cuts.IntN(2) == 0 {
			small = 1 + l.cuts.IntN(n-1)
		}
		n = small
	}
	l.sent += int64(n)
	if b := l.shape.BytesPerSecond; b > 0 {
		return n, time.Duration(n) * time.Second / time.Duration(b)
	}
	return n, 0
}

// write sends bytes, and lets the faults happen that lie on the way; false
// means that the connection is lost.
func (c *conn) write(b []byte) bool {
	for {
		for f, ok := c.link.due(); ok; f, ok = c.link.due() {
			if !c.suffer(f) {
				return false
			}
		}
		if len(b) == 0 {
			return true
		}
		if !c.link.flows() {
			return false
		}
		n, d := c.link.step(len(b))
		if _, err := c.nc.Write(b[:n]); err != nil {
			return false
		}
		if d > 0 {
			c.link.hush(time.Now().Add(d))
		}
		b = b[n:]
	}
}
