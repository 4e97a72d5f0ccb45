package fsw_test

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// witness is another client of the server, to whose connection nothing happens but
// what happens to the server. It tells which states each channel was in.
type witness struct {
	srv *fswtest.Server

	mu    sync.Mutex
	nc    net.Conn // nil while there is none
	done  chan struct{}
	core  string
	live  map[string]*life
	lives map[string][]*life // by all ids, those that ended lately as well
	fresh []*life            // ended since the last quiet point
	blind bool               // some events were missed since then
	heard []string           // the last events, in words
}

// life is what was seen of a channel.
type life struct {
	ids    []string
	states []string // one after the other
	last   legState
	ended  string // the cause, or CauseRestart
	unsure bool   // some events were missed
}

// legState is what is compared of a channel at every event about it.
type legState struct{ state, callState, answer, name, direction, cause string }

func (s legState) text() string {
	return strings.Join([]string{s.state, s.callState, s.answer, s.name, s.direction, s.cause}, " ")
}

func newWitness(srv *fswtest.Server) *witness {
	done := make(chan struct{})
	close(done)
	return &witness{srv: srv, done: done, live: map[string]*life{}, lives: map[string][]*life{}}
}

// watch connects, if it is not connected.
func (w *witness) watch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.done:
	default:
		return
	}
	nc, err := w.srv.DialContext(context.Background(), "", "")
	if err != nil {
		return
	}
	for _, l := range w.live {
		l.unsure = true // the server may have gone on without it
	}
	w.blind = true
	w.nc, w.done = nc, make(chan struct{})
	go w.read(nc, w.done)
	io.WriteString(nc, "auth ClueCon\n\nevent plain ALL\n\n")
}

func (w *witness) wait() { <-w.done }

func (w *witness) read(nc net.Conn, done chan struct{}) {
	defer close(done)
	defer nc.Close()
	framer := esl.NewFramer(esl.Limits{})
	buf := make([]byte, 64<<10)
	for {
		n, err := nc.Read(buf)
		if err != nil {
			return
		}
		framer.Feed(buf[:n])
		for {
			m, ok, err := framer.Next()
			if err != nil {
				panic(err)
			}
			if !ok {
				break
			}
			if m.ContentType == esl.EventPlain {
				ev, err := esl.ParsePlain(m.Body)
				if err != nil {
					panic(err)
				}
				w.event(ev)
			}
		}
	}
}

func (w *witness) event(ev *esl.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if core := ev.Value("Core-UUID"); core != w.core {
		w.core = core
		for id, l := range w.live {
			w.over(id, l, "")
		}
	}
	if ev.Name() != "PRESENCE_IN" { // whose Unique-ID is that of a conference
		w.hear(ev)
	}
	id := ev.Value("Unique-ID")
	if id == "" {
		return
	}
	switch ev.Name() {
	case "CHANNEL_CREATE":
		l := &life{ids: []string{id}}
		w.live[id] = l
		w.lives[id] = append(w.lives[id], l)
	case "CHANNEL_UUID":
		old := ev.Value("Old-Unique-ID")
		l := w.live[old]
		if l == nil && !begins(ev) { // it began when nobody was listening, and may be anew to the switch
			l = &life{ids: []string{old}, unsure: true}
		}
		if l != nil {
			delete(w.live, old)
			w.live[id] = l
			l.ids = append(l.ids, id)
			w.lives[id] = append(w.lives[id], l)
		}
	}
	l := w.live[id]
	if l == nil {
		return
	}
	l.last.take(ev)
	if text := l.last.text(); len(l.states) == 0 || l.states[len(l.states)-1] != text {
		l.states = append(l.states, text)
	}
	if ev.Name() == "CHANNEL_DESTROY" {
		w.over(id, l, ev.Value("variable_hangup_cause"))
	}
}

// begins tells whether an event is about a channel whose CHANNEL_CREATE is still to come.
func begins(ev *esl.Event) bool {
	state := ev.Value("Channel-State")
	return state == "CS_NONE" || state == "CS_NEW" || state == "CS_INIT"
}

func (w *witness) over(id string, l *life, cause string) {
	l.ended = cause
	if cause == "" {
		l.ended = "SERVER_RESTART"
	}
	delete(w.live, id)
	w.fresh = append(w.fresh, l)
}

// take takes what an event says; a header that it does not have changes nothing.
func (s *legState) take(ev *esl.Event) {
	for _, x := range []struct {
		to   *string
		name string
	}{{&s.state, "Channel-State"}, {&s.callState, "Channel-Call-State"}, {&s.answer, "Answer-State"}, {&s.name, "Channel-Name"},
		{&s.direction, "Call-Direction"}, {&s.cause, "Hangup-Cause"}} {
		if v, ok := ev.Get(x.name); ok {
			*x.to = v
		}
	}
}

// hear remembers an event, for who looks for the reason of a failure.
func (w *witness) hear(ev *esl.Event) {
	if len(w.heard) >= 10_000 {
		w.heard = append(w.heard[:0], w.heard[5000:]...)
	}
	text := time.Now().UTC().Format("15:04:05.000 ") + string(ev.Name())
	for _, name := range []string{"Action", "Conference-Name", "Member-ID", "Unique-ID", "Old-Unique-ID", "Channel-State", "Channel-Call-State", "Answer-State",
		"Bridge-A-Unique-ID", "Bridge-B-Unique-ID", "Channel-Call-UUID", "Other-Leg-Unique-ID", "Application", "Talking", "Floor", "Mark", "Core-UUID"} {
		if v, ok := ev.Get(name); ok && (name != "Core-UUID" || ev.Name() == "HEARTBEAT") {
			text += " " + name + "=" + v
		}
	}
	w.heard = append(w.heard, text)
}

// about tells the last events that are about one of the ids in a text.
func (w *witness) about(text string) (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,:\"()", r) })
	for _, line := range w.heard {
		_, id, _ := strings.Cut(line, "Unique-ID=")
		id, _, _ = strings.Cut(id, " ")
		if id != "" && slices.Contains(words, id) {
			out = append(out, line)
		}
	}
	return out[max(0, len(out)-80):]
}
