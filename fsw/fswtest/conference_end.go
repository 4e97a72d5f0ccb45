package fswtest

import (
	"slices"
	"time"
)

// How members leave, and how a conference ends when the last has left.

// dismiss takes out a member whose application ends.
func (conf *conference) dismiss(m *member) {
	if m.conf == nil {
		return
	}
	c := m.c
	exit := c.variable("conference_exit_sound")
	if exit != "" {
		conf.files.add(exit, enterLead)
	}
	conf.relations -= len(m.relations)
	m.relations = nil
	conf.members = slices.DeleteFunc(conf.members, func(o *member) bool { return o == m })
	m.files.close()
	if conf.floor == m.id {
		conf.setFloor(nil)
	}
	if m.ghost {
		conf.ghosts--
	} else {
		conf.count--
	}
	last := false
	if m.mandatory {
		conf.must--
		last = conf.must == 0
	}
	conf.presence()
	c.vars.unset("conference_call_key")
	over := conf.count+conf.ghosts == 0 || conf.enforceMin && conf.count+conf.ghosts < conf.min
	if !over && exit == "" && conf.exitOn && !m.silent {
		conf.files.add(conf.exitSound, 0)
	}
	m.fire("del-member", nil)
	m.conf, c.member = nil, nil
	c.mix(false)
	switch {
	case over || m.endConf:
		conf.end()
	case last:
		conf.s.after(time.Duration(conf.grace)*time.Second, func() {
			if conf.must == 0 {
				conf.end()
			}
		})
	default:
		conf.stir()
	}
	if conf.ending && len(conf.callers()) == 0 {
		conf.s.soon(conf.close)
	}
}

// end begins the end of the conference: whoever is left is sent away.
func (conf *conference) end() {
	if conf.ending {
		return
	}
	conf.ending = true
	s := conf.s
	s.confs.rooms = slices.DeleteFunc(s.confs.rooms, func(o *conference) bool { return o == conf })
	s.soon(func() {
		for _, m := range conf.callers() {
			if m.c.variable("hangup_after_conference") == "false" {
				m.leave()
			} else {
				m.c.hangup("NORMAL_CLEARING")
			}
		}
	})
}

// close is the end: nobody is left.
func (conf *conference) close() {
	if conf.closed {
		return
	}
	conf.closed = true
	conf.s.stop(conf.frame)
	for _, m := range slices.Clone(conf.members) {
		m.stopRecording()
	}
	conf.presence()
	conf.files.close()
	conf.background.close()
	conf.fire("conference-destroy")
}
