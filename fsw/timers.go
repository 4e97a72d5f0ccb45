package fsw

import (
	"sync"
	"time"
)

// timers are the functions of a connection that run later. None runs, or is still
// running, after stop.
type timers struct {
	mu      sync.Mutex
	stopped bool
	running sync.WaitGroup
	pending map[*time.Timer]bool
}

func (t *timers) after(d time.Duration, f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return
	}
	if t.pending == nil {
		t.pending = map[*time.Timer]bool{}
	}
	var timer *time.Timer
	t.running.Add(1)
	timer = time.AfterFunc(d, func() {
		defer t.running.Done()
		t.mu.Lock()
		stopped := t.stopped
		delete(t.pending, timer)
		t.mu.Unlock()
		if !stopped {
			f()
		}
	})
	t.pending[timer] = true
}

func (t *timers) stop() {
	t.mu.Lock()
	t.stopped = true
	for timer := range t.pending {
		if timer.Stop() {
			t.running.Done()
		}
	}
	t.pending = nil
	t.mu.Unlock()
	t.running.Wait()
}
