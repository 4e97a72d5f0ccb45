package cell

import (
	"container/list"
	"context"
	"sync"
)

func (g *Graph) lock() {
	if !g.mu.TryLock() {
		g.lockInTurn()
	}
}

func (g *Graph) lockInTurn() {
	refuseNested()
	g.mu.Lock()
}

// lockContext is lock for who waits no longer than ctx.
func (g *Graph) lockContext(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if g.mu.TryLock() {
		return nil
	}
	refuseNested()
	if ctx.Done() == nil { // never leaves
		g.mu.Lock()
		return nil
	}
	p := g.line.join(&g.mu)
	select {
	case <-p.given:
		return nil
	case <-ctx.Done():
		if g.line.leave(p) {
			return context.Cause(ctx)
		}
		return nil // it has just been given the lock
	}
}

// line is where those wait for a lock who may leave before they have it. A mutex
// cannot be left, so one goroutine waits for it in the name of them all, however
// many have come and gone, and hands it to the first. Among those who wait for the
// mutex themselves it is one: nobody is held up by the length of the line.
type line struct {
	mu     sync.Mutex
	places list.List // of *place
	served bool      // the goroutine is there
}

type place struct {
	given chan struct{} // closed when the lock is its owner's
	at    *list.Element
}

func (l *line) join(lock *sync.Mutex) *place {
	p := &place{given: make(chan struct{})}
	l.mu.Lock()
	defer l.mu.Unlock()
	p.at = l.places.PushBack(p)
	if !l.served {
		l.served = true
		go l.serve(lock)
	}
	return p
}

// leave is false if the lock has been given already.
func (l *line) leave(p *place) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-p.given:
		return false
	default:
		l.places.Remove(p.at)
		return true
	}
}

func (l *line) serve(lock *sync.Mutex) {
	for l.goesOn() {
		lock.Lock()
		if !l.give() {
			lock.Unlock()
		}
	}
}

// goesOn is false if nobody waits: then the goroutine ends, and who joins after
// that starts another.
func (l *line) goesOn() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.served = l.places.Len() > 0
	return l.served
}

// give gives the lock to the first. It is false if all have left.
func (l *line) give() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := l.places.Front()
	if first == nil {
		return false
	}
	close(l.places.Remove(first).(*place).given)
	return true
}
