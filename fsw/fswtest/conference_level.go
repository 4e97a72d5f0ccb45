package fswtest

import (
	"strconv"
	"strings"
)

// The levels of a member: of the energy it takes to be heard, and the volumes.

const (
	energyStep = 200
	energyMax  = 1800
	volumeMax  = 4
)

// adjust is how a level changes: up, down, or to a number.
func adjust(level, step, low, high int, how string) int {
	switch strings.ToLower(how) {
	case "up":
		return min(level+step, high)
	case "down":
		return max(level-step, low)
	}
	return decimalPrefix(how)
}

func adjustEnergy(level int, how string) int { return adjust(level, energyStep, 0, energyMax, how) }

func adjustVolume(level int, how string) int {
	return max(min(adjust(level, 1, -volumeMax, volumeMax, how), volumeMax), -volumeMax)
}

func memberEnergy(m *member, how string) string {
	if how != "" {
		m.energy = adjustEnergy(m.energy, how)
	}
	out := "Energy " + strconv.Itoa(m.id) + " = " + strconv.Itoa(m.energy) + "\n"
	if m.autoEnergy > 0 && m.energy > m.autoEnergy {
		m.autoEnergy = 0
		out += "Auto-Energy level exceeded, Auto-Energy mode disabled\n"
	}
	if how != "" {
		m.fire("energy-level-member", nil, header{"Energy-Level", strconv.Itoa(m.energy)})
		m.conf.stir()
	}
	return out
}

// memberAutoEnergy sets the level that the energy level would follow the
// member's sound up to; without sound it stays where it is.
func memberAutoEnergy(m *member, how string) string {
	if how != "" {
		m.autoEnergy = adjustEnergy(m.autoEnergy, how)
	}
	out := strconv.Itoa(m.id) + " = Auto-Energy: " + strconv.Itoa(m.autoEnergy) + " Energy: " + strconv.Itoa(m.energy) + "\n"
	if m.energy == 0 {
		m.energy = m.autoEnergy / 2
	}
	if how != "" {
		m.fire("auto-energy-level-member", nil, header{"Auto-Energy-Level", strconv.Itoa(m.autoEnergy)},
			header{"Energy-Level", strconv.Itoa(m.energy)})
		m.conf.stir()
	}
	return out
}

// memberMaxEnergy is <level>[:<mute ms>[:<hits>]]. The answer has the two
// levels the wrong way round, as the real one.
func memberMaxEnergy(m *member, how string) string {
	if how != "" {
		m.maxEnergy = adjustEnergy(m.maxEnergy, how)
	}
	out := ""
	if m.maxEnergy != 0 && m.maxEnergy < m.energy {
		m.maxEnergy = 0
		out = "-ERR " + strconv.Itoa(m.id) + " Max-Energy cannot exceed energy level.\n"
	} else if _, rest, ok := strings.Cut(how, ":"); ok {
		mute, hits, more := strings.Cut(rest, ":")
		if n := decimalPrefix(mute); mute != "" && n >= 0 {
			m.burstMute = n / int(frameTime.Milliseconds())
		}
		if n := decimalPrefix(hits); more && hits != "" && n >= 0 {
			m.hitTrigger = n
		}
	}
	mute, hits, level := strconv.Itoa(m.burstMute*int(frameTime.Milliseconds())), strconv.Itoa(m.hitTrigger), strconv.Itoa(m.maxEnergy)
	out += strconv.Itoa(m.id) + " = Max-Energy: " + strconv.Itoa(m.energy) + " Energy: " + level + " Max-Energy-Mute: " + mute +
		"ms Max-Energy-Hit-Trigger " + hits + "\n"
	if how != "" {
		m.fire("max-energy-level-member", nil, header{"Max-Energy-Level", level}, header{"Max-Energy-Mute", mute},
			header{"Max-Energy-Hit-Trigger", hits}, header{"Energy-Level", level})
	}
	return out
}

// memberAGC is up, down, or <level>[:<low energy>[:<factor>]], of which only
// positive levels count.
func memberAGC(m *member, how string) string {
	switch n := decimalPrefix(how); strings.ToLower(how) {
	case "up", "down":
		m.agc = adjustEnergy(m.agc, how)
	default:
		if n > 0 {
			m.agc = n
		}
	}
	if how != "" {
		m.fire("agc-level-member", nil, header{"Agc-Level", strconv.Itoa(m.agc)})
	}
	return "Agc " + strconv.Itoa(m.id) + " = " + strconv.Itoa(m.agc) + "\n"
}

func memberVolumeIn(m *member, how string) string {
	if how != "" {
		m.volumeIn = adjustVolume(m.volumeIn, how)
		m.fire("volume-in-member", nil, header{"Volume-Level", strconv.Itoa(m.volumeIn)})
		m.conf.stir()
	}
	return "+OK Volume IN " + strconv.Itoa(m.id) + " = " + strconv.Itoa(m.volumeIn) + "\n"
}

func memberVolumeOut(m *member, how string) string {
	if how != "" {
		m.volumeOut = adjustVolume(m.volumeOut, how)
		m.fire("volume-out-member", nil, header{"Volume-Level", strconv.Itoa(m.volumeOut)})
	}
	return "+OK Volume OUT " + strconv.Itoa(m.id) + " = " + strconv.Itoa(m.volumeOut) + "\n"
}
