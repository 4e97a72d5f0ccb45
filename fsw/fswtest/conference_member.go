package fswtest

import (
	"strconv"
	"time"
)

// What can be done to a member, by the api and by its own keys. Each tells of
// it with the event that the real server sends.

func (m *member) mute() {
	m.canSpeak, m.talking, m.iir = false, false, 0
	m.fire("mute-member", nil)
	m.conf.stir()
}

func (m *member) unmute() {
	m.canSpeak = true
	m.fire("unmute-member", nil)
	m.conf.stir()
}

func (m *member) toggleMute() {
	if m.canSpeak {
		m.mute()
	} else {
		m.unmute()
	}
}

func (m *member) deafen() {
	m.canHear = false
	m.fire("deaf-member", nil)
}

func (m *member) undeafen() {
	m.canHear = true
	m.fire("undeaf-member", nil)
}

func (m *member) putOnHold(file string) {
	m.talking, m.hold, m.iir = false, true, 0
	if file != "" {
		m.files.add(file, 0)
	}
	m.fire("hold-member", nil)
	m.conf.stir()
}

func (m *member) takeOffHold() {
	m.hold = false
	m.files.stop(true)
	m.fire("unhold-member", nil)
	m.conf.stir()
}

func (m *member) kick() {
	m.kicked = true
	m.fire("kick-member", nil)
	m.leave()
}

func (m *member) hup() {
	m.fire("hup-member", nil)
	m.leave()
}

// toggleFloor takes the floor or gives it back; the answer is that of the api.
func (m *member) toggleFloor() string {
	switch m.conf.floor {
	case m.id:
		m.conf.setFloor(nil)
		return "+OK floor none\n"
	case 0:
		m.conf.setFloor(m)
		return "+OK floor " + strconv.Itoa(m.id) + "\n"
	}
	return "-ERR floor is held by " + strconv.Itoa(m.conf.floor) + "\n"
}

func (conf *conference) lock(on bool) {
	conf.locked = on
	if on {
		conf.fire("lock")
	} else {
		conf.fire("unlock")
	}
}

// press is a key of the member's telephone. The keys are those of the recorded
// server's profile, which has an event of its own on 5.
func (m *member) press(key byte) {
	level := func(action string, n int) {
		m.fire(action+"/"+string(key), nil, header{"New-Level", strconv.Itoa(n)})
		m.conf.stir()
	}
	switch key {
	case '0':
		if m.hold {
			return
		}
		m.toggleMute()
		if m.canSpeak && !m.canHear {
			m.undeafen()
		}
	case '*':
		if m.hold {
			return
		}
		m.toggleMute()
		if m.canSpeak != m.canHear {
			if m.canHear {
				m.deafen()
			} else {
				m.undeafen()
			}
		}
	case '9':
		m.energy = adjustEnergy(m.energy, "up")
		level("energy-level", m.energy)
	case '8':
		m.energy = conferenceEnergy
		level("energy-level", m.energy)
	case '7':
		m.energy = adjustEnergy(m.energy, "down")
		level("energy-level", m.energy)
	case '3':
		m.volumeOut = adjustVolume(m.volumeOut, "up")
		level("volume-level", m.volumeOut)
	case '2':
		m.volumeOut = 0
		level("volume-level", m.volumeOut)
	case '1':
		m.volumeOut = adjustVolume(m.volumeOut, "down")
		level("volume-level", m.volumeOut)
	case '6':
		m.volumeIn = adjustVolume(m.volumeIn, "up")
		level("gain-level", m.volumeIn)
	case '4':
		m.volumeIn = adjustVolume(m.volumeIn, "down")
		level("gain-level", m.volumeIn)
	case '5':
		m.fire("dtmf", nil, header{"DTMF-Key", "5"})
	case '#':
		m.leave()
	}
}

// digit is a key heard from the member's channel.
func (m *member) digit(key byte) {
	m.c.set("conference_last_matching_digits", string(key))
	if !m.passDigits {
		m.press(key)
		return
	}
	for _, o := range m.conf.callers() {
		if o != m && !o.skipDigits {
			o.send(string(key))
		}
	}
}

// digitLimit is the size of a member's queue of keys to send.
const digitLimit = 100

// send presses keys on the member's channel, one a frame. What the queue does
// not hold is lost; on the real server the command waits.
func (m *member) send(keys string) {
	for i := range len(keys) {
		if m.digits >= digitLimit {
			return
		}
		m.digits++
		m.c.later(time.Duration(m.digits)*frameTime, func() {
			if m.digits--; m.conf != nil {
				m.c.sendDigit(keys[i])
			}
		})
	}
}
