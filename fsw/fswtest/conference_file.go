package fswtest

import (
	"strconv"
	"strings"
	"time"
)

// A playlist is the files that wait to be played, one after the other, to a
// conference or to one member.
type playlist struct {
	conf  *conference
	to    *member // nil: everybody
	async bool
	files []*playing
}

type playing struct {
	path   string
	length time.Duration // negative: without end
	lead   time.Duration
	began  time.Time
	timer  *timer
}

// playLimit bounds what clients can put into a playlist.
const playLimit = 1000

// add puts a file at the end; false if there is no such file.
func (l *playlist) add(path string, lead time.Duration) bool {
	if len(path) > 4 && strings.EqualFold(path[:4], "say:") {
		return true // spoken text is neither queued nor reported here
	}
	length, found := l.conf.s.opt.Playback(path)
	if !found || len(l.files) >= playLimit {
		return false
	}
	l.files = append(l.files, &playing{path: path, length: length, lead: lead})
	if len(l.files) == 1 {
		l.play()
	}
	return true
}

// play begins the first file. That it is over shows one frame later.
func (l *playlist) play() {
	p := l.files[0]
	p.began = l.conf.s.now.Add(p.lead)
	if p.length >= 0 {
		p.timer = l.conf.s.after(p.lead+p.length+frameTime, func() { l.next(p) })
	}
}

func (l *playlist) next(p *playing) {
	if len(l.files) == 0 || l.files[0] != p {
		return
	}
	l.conf.s.stop(p.timer)
	l.files = l.files[1:]
	l.done(p)
	if len(l.files) > 0 {
		l.play()
	}
}

// done tells that a file has been played, or cut short. The real server
// counts every sample twice.
func (l *playlist) done(p *playing) {
	played := max(l.conf.s.now.Sub(p.began), 0)
	if p.began.IsZero() {
		played = 0
	}
	if p.length >= 0 {
		played = min(played, p.length)
	}
	ms := 2 * played.Milliseconds()
	action := "play-file-done"
	if l.to != nil {
		action = "play-file-member-done"
	}
	e := l.conf.begin(action)
	if e == nil {
		return
	}
	e.add("seconds", strconv.FormatInt(ms/1000, 10))
	e.add("milliseconds", strconv.FormatInt(ms, 10))
	e.add("samples", strconv.FormatInt(ms*conferenceRate/1000, 10))
	e.add("Action", action)
	if l.to != nil && l.conf.member(l.to.id) == l.to {
		l.to.addHeaders(e)
	}
	e.add("File", p.path)
	if l.async {
		e.add("Async", "true")
	}
	l.conf.s.fire(e)
}

// stop lets the first file, or all of them, end: one a frame. It tells how
// many.
func (l *playlist) stop(all bool) int {
	n := len(l.files)
	if !all {
		n = min(n, 1)
	}
	for i, p := range l.files[:n] {
		l.conf.s.stop(p.timer)
		p.timer = l.conf.s.after(time.Duration(i+1)*frameTime, func() { l.next(p) })
	}
	return n
}

// close ends everything at once.
func (l *playlist) close() {
	files := l.files
	l.files = nil
	for _, p := range files {
		l.conf.s.stop(p.timer)
		l.done(p)
	}
}
