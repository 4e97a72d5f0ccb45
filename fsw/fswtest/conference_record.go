package fswtest

import (
	"slices"
	"strconv"
	"time"
)

// A recording is a member without a channel, with an id like any other.
func (conf *conference) record(path string) {
	conf.recording++
	s := conf.s
	m := &member{conf: conf, id: s.nextMember(), path: path, joined: s.now, since: s.now}
	conf.fire("start-recording", header{"Path", path})
	conf.members = slices.Insert(conf.members, 0, m)
	conf.presence()
}

// recordings are the members that are recordings, the newest first.
func (conf *conference) recordings() []*member {
	var out []*member
	for _, m := range conf.members {
		if m.c == nil {
			out = append(out, m)
		}
	}
	return out
}

// lastRecording is the file of the newest recording.
func (conf *conference) lastRecording() string {
	for _, m := range conf.recordings() {
		return m.path
	}
	return ""
}

// waveHeader is what the recorded server's files have besides the samples.
const waveHeader = 146

// stopRecording ends a recording and tells of it.
func (m *member) stopRecording() {
	conf := m.conf
	if m.c != nil || conf == nil {
		return
	}
	m.pause(true)
	m.conf = nil
	conf.members = slices.DeleteFunc(conf.members, func(o *member) bool { return o == m })
	conf.recording--
	ms := m.wrote.Milliseconds()
	samples := ms * conferenceRate / 1000
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	conf.fire("stop-recording", header{"Path", m.path}, header{"Other-Recordings", strconv.FormatBool(conf.recording > 0)},
		header{"Samples-Out", n(samples)}, header{"Samplerate", n(conferenceRate)}, header{"Milliseconds-Elapsed", n(ms)},
		header{"Record-File-Size", n(2*samples + waveHeader)})
}

// pause stops or resumes the writing of a recording.
func (m *member) pause(on bool) {
	now := m.conf.s.now
	if !m.paused {
		m.wrote += now.Sub(m.since).Truncate(frameTime)
	}
	m.paused, m.since = on, now
}

// endRecordings ends those of a file, or all of them for "all": at the next
// frame, as their threads do. It returns what the api says about each.
func (conf *conference) endRecordings(path string) string {
	out := ""
	for _, m := range conf.recordings() {
		if path == "all" || m.path == path {
			out += "Stopped recording file " + m.path + "\n"
			conf.s.after(frameTime, m.stopRecording)
		}
	}
	return out
}

// elapsed are whole seconds since a time, as lists tell them.
func (s *Server) elapsed(t time.Time) int { return int(s.now.Unix() - t.Unix()) }
