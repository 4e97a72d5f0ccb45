package fswtest

import (
	"math/rand/v2"
	"time"
)

// A series is something that happens again and again at random times.
type series struct {
	s      *Server
	rng    *rand.Rand
	mean   time.Duration // between two
	max    int           // stop by itself after so many; 0: never
	happen func() bool   // false if it counts as none

	made    int
	stopped bool
	timer   *timer
}

// start begins it. stop may be called more than once.
func (x *series) start() (stop func()) {
	x.s.enter()
	defer x.s.leave()
	x.next()
	return func() {
		x.s.enter()
		defer x.s.leave()
		x.stopped = true
		x.s.stop(x.timer)
	}
}

// next sets the time of the next one.
func (x *series) next() {
	if x.stopped || x.max > 0 && x.made >= x.max {
		return
	}
	x.timer = x.s.outside(random(x.rng, x.mean), func() {
		if x.happen() {
			x.made++
		}
		x.next()
	})
}

// random is a time with this mean, exponentially distributed but not endless.
func random(rng *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(min(rng.ExpFloat64(), 6) * float64(mean))
}
