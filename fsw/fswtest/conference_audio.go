package fswtest

import (
	"fmt"
	"strconv"
	"time"
)

// The real server looks at the energy of every member's sound every 20 ms,
// decides who talks and who has the floor. So does this one, with the same
// thresholds, as long as something changes; then it stops counting frames.

const (
	frameTime   = 20 * time.Millisecond
	settleTime  = 60 // frames: longer than everything below
	talkAtOnce  = 400
	talkHits    = 5  // louder frames that make a talker
	quietFrames = 40 // softer frames that end it
	iirMax      = 25000
	floorLoud   = 300 // of a member that takes the floor
	floorQuiet  = 100 // of one that loses it
)

// stir keeps the frames going until nothing moves any more.
func (conf *conference) stir() {
	conf.busy = settleTime
	conf.nextFrame()
}

// nextFrame sets the time of the next frame, unless it is set.
func (conf *conference) nextFrame() {
	if !conf.ending && (conf.frame == nil || conf.frame.index < 0) {
		conf.frame = conf.s.after(frameTime, conf.tick)
	}
}

func (conf *conference) tick() {
	if conf.ending {
		return
	}
	for _, m := range conf.callers() {
		m.listen()
	}
	conf.chooseFloor()
	if conf.busy--; conf.busy > 0 {
		conf.nextFrame()
	}
}

// gains are the factors of the volume levels -4 to 4.
var gains = [...]float64{.20, .40, .60, .80, 1, 1.3, 2.3, 3.3, 4.3}

// loudness is the energy of what the member's channel sends now.
func (m *member) loudness() int {
	return min(int(float64(m.c.voice)*gains[m.volumeIn+4]), 32767)
}

func (m *member) open() bool { return m.canSpeak && !m.hold }

// listen is one frame of a member's sound.
func (m *member) listen() {
	if !m.open() && !m.muteDetect {
		return
	}
	now := m.conf.s.now
	m.score = m.loudness()
	m.iir = min((m.score+4*m.iir)/5, iirMax)
	if m.score <= m.energy {
		m.hits = max(m.hits-1, 0)
		if m.talking && m.open() {
			if m.quiet++; m.quiet >= quietFrames {
				m.talking = false
				m.stopTalking()
			}
		}
		return
	}
	m.talkEnergy = m.score
	m.quiet = max(m.quiet-1, 0)
	if m.hits++; m.score-m.energy < talkAtOnce && m.hits < talkHits {
		return
	}
	m.quiet, m.hits = 0, 0
	m.lastTalk = now
	if m.talking {
		return
	}
	m.talking = true
	m.talkSince = now
	if m.open() {
		m.fire("start-talking", nil)
	}
	if m.muteDetect && !m.canSpeak {
		m.fire("mute-detect", nil)
	}
}

// stopTalking tells the statistics of a talk, as far as they can be known
// without sound: its energy is taken for constant.
func (m *member) stopTalking() {
	total := int(m.conf.s.now.Sub(m.talkSince) / frameTime)
	hits := total - quietFrames
	m.quiet, m.hits = 0, 0
	if hits <= 0 {
		m.fire("stop-talking", nil)
		return
	}
	const misses = 1 // the real server forgets the frames of the silence that ends a talk
	percent := func(n, of int) float64 { return float64(n) * 100 / float64(of) }
	f := func(v float64) string { return fmt.Sprintf("%f", v) }
	n := strconv.Itoa
	m.fire("stop-talking", []header{
		{"talking-gate-hits", n(hits)},
		{"talking-total-packets", n(total)},
		{"talking-duration-ms", n(total * int(frameTime/time.Millisecond))},
		{"talking-average-energy", f(float64(m.talkEnergy))},
		{"talking-delta-average", f(float64(m.talkEnergy) / float64(hits))},
		{"talking-hit-on-percent", f(percent(hits, total))},
		{"talking-non-hit-ratio", f(percent(misses, hits))},
		{"talking-hit-off-percent", f(percent(misses, total))},
		{"talking-hit-off-differential", f(percent(hits, total) - percent(misses, total))}})
}

// chooseFloor gives the floor to the first member there is, and from one who
// is quiet to one who is loud. The newest member is asked first.
func (conf *conference) chooseFloor() {
	for _, m := range conf.callers() {
		if m.kicked || m.c.down {
			continue
		}
		holder := conf.holder()
		switch {
		case conf.floor == 0, m != holder && m.iir > floorLoud && (holder == nil || holder.iir < floorQuiet):
			conf.setFloor(m)
		}
	}
}

func (conf *conference) holder() *member {
	for _, m := range conf.members {
		if m.id == conf.floor {
			return m
		}
	}
	return nil
}

// setFloor moves the floor; nil: to nobody. An old holder who is leaving is
// not named, as on the real server.
func (conf *conference) setFloor(m *member) {
	if m != nil && conf.floor == m.id {
		return
	}
	old := "none"
	if conf.floor != 0 && conf.member(conf.floor) != nil {
		old = strconv.Itoa(conf.floor)
	}
	next := "none"
	conf.floor = 0
	if m != nil {
		conf.floor, next = m.id, strconv.Itoa(m.id)
		m.iir = 0
	}
	conf.stir()
	e := conf.begin("floor-change")
	if e == nil {
		return
	}
	e.add("Action", "floor-change")
	e.add("Old-ID", old)
	if m != nil {
		m.addHeaders(e)
	}
	e.add("New-ID", next)
	conf.s.fire(e)
}
