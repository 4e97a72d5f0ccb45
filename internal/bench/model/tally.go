package main

import (
	"fmt"
	"sync"
	"time"
)

// tally is told of the events that a client hands over.
type tally struct {
	*stream
	done chan struct{} // closed at the last one

	arrived []time.Time // by position, if that is wanted

	mu        sync.Mutex
	seen      int
	unknown   int // are not in the stream
	overtaken int // came after an event that was sent later
	latest    int // position
	got       uint64
	kept      []values // of the first half, to be looked at again at the end
	gotKept   uint64   // what their fingerprints were
}

func newTally(s *stream) *tally {
	return &tally{stream: s, done: make(chan struct{}), kept: make([]values, 0, s.handed/2)}
}

func (t *tally) saw(v *values) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.position(v[0])
	if t.arrived != nil {
		t.arrived[at] = time.Now()
	}
	switch {
	case at == 0:
		t.unknown++
	case at < t.latest:
		t.overtaken++
	default:
		t.latest = at
	}
	h := v.fingerprint()
	t.got += h
	if len(t.kept) < cap(t.kept) {
		t.kept = append(t.kept, *v)
		t.gotKept += h
	}
	if t.seen++; t.seen == t.handed {
		close(t.done)
	}
}

// check tells whether all events came once each, with the right values, and whether
// what was kept of the first half is still what it was. The order does not matter for
// that.
func (t *tally) check() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen != t.handed || t.unknown > 0 {
		return fmt.Errorf("%d events came, %d of them unknown; want %d", t.seen, t.unknown, t.handed)
	}
	if t.got != t.sum {
		return fmt.Errorf("%d events came with wrong values", t.seen)
	}
	var now uint64
	for i := range t.kept {
		now += t.kept[i].fingerprint()
	}
	if now != t.gotKept {
		return fmt.Errorf("values of the first %d events have changed since", len(t.kept))
	}
	return nil
}
