package fswtest

import (
	"container/heap"
	"time"
)

// The switch has one lock and one clock. Whatever happens in it happens
// between enter and leave; a step of a channel's life that another thread of
// the real switch would take is put off with soon, and one that takes time
// with after. Timers are run in the order of their times, and s.now is the time
// of the one that runs, so that a scenario gives the same events in the same
// order however late the machine wakes us.

type timer struct {
	at    time.Time
	order uint64
	index int  // in the heap; -1 when not in it
	outer bool // of the world outside: survives the end of the process
	f     func()
}

type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].order < h[j].order
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}

// enter takes the switch. What was due before is done first.
func (s *Server) enter() {
	s.mu.Lock()
	s.runDue()
	s.now = time.Now()
}

// leave does what was put off and gives the switch back.
func (s *Server) leave() {
	s.drain()
	s.arm()
	s.mu.Unlock()
}

func (s *Server) runDue() {
	now := time.Now()
	for len(s.timers) > 0 && !s.timers[0].at.After(now) {
		t := heap.Pop(&s.timers).(*timer)
		late := now.Sub(t.at)
		s.latest = max(s.latest, late)
		if late > overload {
			s.now = now
		} else if t.at.After(s.now) {
			s.now = t.at
		}
		t.f()
		s.drain()
	}
}

// overload is how late a timer may run as if it were in time. A machine that is later has
// more to do than it can: what follows is counted from when it is done, as on a
// FreeSWITCH, and so the backlog is bounded, and the switch is given back between.
const overload = time.Second

// Late is how late the server has been at most in doing what was due, since it was made.
// As long as that is less than a second, everything happens in the order, and with the
// time stamps, of a server that is in time. More means that this machine cannot do what
// is asked of it (TrafficOptions.CallsPerSecond, say): the server then does what it can.
func (s *Server) Late() time.Duration {
	s.enter()
	defer s.leave()
	return s.latest
}

func (s *Server) drain() {
	for i := 0; i < len(s.ready); i++ {
		f := s.ready[i]
		s.ready[i] = nil
		f()
	}
	s.ready = s.ready[:0]
}

// soon runs f before the switch is given back, after what was put off before.
func (s *Server) soon(f func()) { s.ready = append(s.ready, f) }

// after runs f when d has passed.
func (s *Server) after(d time.Duration, f func()) *timer {
	if s.closed {
		return &timer{index: -1}
	}
	s.timerOrder++
	t := &timer{at: s.now.Add(d), order: s.timerOrder, f: f}
	heap.Push(&s.timers, t)
	return t
}

// outside is after for what does not happen in the FreeSWITCH process.
func (s *Server) outside(d time.Duration, f func()) *timer {
	t := s.after(d, f)
	t.outer = true
	return t
}

// keepOutside forgets the timers of the process.
func (s *Server) keepOutside() {
	kept := s.timers[:0]
	for _, t := range s.timers {
		if t.outer {
			kept = append(kept, t)
		} else {
			t.index = -1
		}
	}
	clear(s.timers[len(kept):])
	s.timers = kept
	for i, t := range kept {
		t.index = i
	}
	heap.Init(&s.timers)
}

// stop forgets a timer; nil and a timer that has run are fine.
func (s *Server) stop(t *timer) {
	if t != nil && t.index >= 0 {
		heap.Remove(&s.timers, t.index)
	}
}

// arm sets the one real timer to the earliest time. A timer that cannot be
// stopped is already on its way here, and will arm itself.
func (s *Server) arm() {
	if s.armed {
		if len(s.timers) > 0 && s.timers[0].at.Equal(s.armedFor) {
			return
		}
		if !s.alarm.Stop() {
			return
		}
		s.armed = false
		s.wg.Done()
	}
	if len(s.timers) == 0 || s.closed {
		return
	}
	s.armed = true
	s.armedFor = s.timers[0].at
	s.wg.Add(1)
	s.alarm = time.AfterFunc(time.Until(s.armedFor), func() {
		defer s.wg.Done()
		s.mu.Lock()
		s.armed = false
		s.runDue()
		s.leave()
	})
}
