package fswtest

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// A server that is late, because the machine was away or has too much to do, makes up for
// a second and lets the rest be; and it says so.
func TestOverload(t *testing.T) {
	for behind, most := range map[time.Duration]int{900 * time.Millisecond: 1200, time.Hour: 20} {
		bubble(t, Options{Heartbeat: -1}, func(t *testing.T, s *Server) {
			made := 0
			last := s.now
			x := &series{s: s, rng: rand.New(rand.NewPCG(1, 2)), mean: time.Millisecond, happen: func() bool {
				made++
				if s.now.Before(last) {
					t.Errorf("time runs backwards, by %v", last.Sub(s.now))
				}
				last = s.now
				return true
			}}
			s.enter()
			s.now = s.now.Add(-behind) // as if nobody had come here since
			last = s.now
			x.next()
			s.leave()
			count := func() int {
				s.enter()
				defer s.leave()
				return made
			}
			synctest.Wait()
			atOnce := count()
			if atOnce > most || behind < overload && atOnce < most/2 {
				t.Errorf("%v behind: %d at once", behind, atOnce)
			}
			if late := s.Late(); late > behind || late < behind-10*time.Millisecond {
				t.Errorf("%v behind: %v late", behind, late)
			}
			time.Sleep(10 * time.Second)
			if n := count() - atOnce; n < 9000 || n > 11000 {
				t.Errorf("%d in 10 seconds", n)
			}
		})
	}
}
