package fsw

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A connection whose other end is gone without a word (a pulled cable, a firewall
// that forgot it) looks like one on which nothing happens. So the server is made
// to say something: HEARTBEAT events come every 20 seconds, and if half the time
// passes without anything, a question is asked.

// silence watches that the server says something.
type silence struct {
	mu    sync.Mutex
	heard time.Time // when something came last
	asked time.Time // when the server was asked something since then, else zero
	owed  []bool    // replies: is it one to an API command?
	apis  int       // how many are
}

// An API command that runs keeps the server from saying anything, so that silence
// means less: this many times more of it is tolerated.
const patienceWithAPI = 10

// received takes note that something came.
func (s *silence) received(now time.Time) {
	s.mu.Lock()
	s.heard, s.asked = now, time.Time{}
	s.mu.Unlock()
}

// sent takes note of a command.
func (s *silence) sent(wire string) {
	api := len(wire) > 4 && strings.EqualFold(wire[:4], "api ")
	s.mu.Lock()
	s.owed = append(s.owed, api)
	if api {
		s.apis++
	}
	s.mu.Unlock()
}

// replied takes note of a reply.
func (s *silence) replied() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.owed) == 0 {
		return
	}
	if s.owed[0] {
		s.apis--
	}
	s.owed = s.owed[1:]
}

// look says what is to be done now, and when to look again.
func (s *silence) look(now time.Time, limit time.Duration) (dead, ask bool, again time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	quiet := now.Sub(s.heard)
	switch {
	case s.apis > 0: // behind an API command a question would only wait
		return quiet >= patienceWithAPI*limit, false, limit / 2
	case quiet < limit/2:
		return false, false, limit/2 - quiet
	case s.asked.IsZero():
		s.asked = now
		return false, true, limit / 2
	}
	rest := limit/2 - now.Sub(s.asked)
	return rest <= 0, false, rest
}

// listenForSilence looks, and looks again, until the connection has ended.
func (c *conn) listenForSilence() {
	limit := c.opts.Silence
	if limit <= 0 {
		return
	}
	dead, ask, again := c.silence.look(time.Now(), limit)
	if dead {
		c.fail(&ConnectionError{Addr: c.addr, Doing: "receiving", Err: fmt.Errorf("%w for %s", ErrSilent, limit)})
		return
	}
	c.timers.after(again, c.listenForSilence) // first: the model may be held up
	if ask {
		c.sw.contain(esl.Message{}, func(tx cell.Tx) error {
			if c.sw.conn == c && c.sw.LoggedIn.Peek(tx.Reader) {
				c.sw.tell(tx, esl.API("uptime"), nil)
			}
			return nil
		})
	}
}

// keepAlive is the rule that asks for heartbeats. It is a command of its own: a
// user who may not have them must not lose the other events.
func (sw *Switch) keepAlive(tx cell.Tx) {
	if sw.LoggedIn.Get(tx.Reader) && sw.opts.Silence > 0 {
		sw.tell(tx, esl.Events(sw.opts.Format, []string{heartbeat}, nil), nil)
	}
}

const heartbeat = "HEARTBEAT"
