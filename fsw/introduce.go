package fsw

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// FreeSWITCH, which has connected to us, says nothing before we do. The first command
// has to be connect: the reply to any other is swallowed. Its own is the call. Then
// come linger, if there is to be any, myevents, and the events that myevents leaves
// out; and connect once more, for what happened between the first one and the
// subscription.

// introduce is the rule that says connect.
func (s *Session) introduce(tx cell.Tx) {
	if s.Link.State.Get(tx.Reader) == LinkAuthenticating {
		s.tell(tx, esl.Connect(), s.connected)
	}
}

// connected takes the reply to connect: the session begins.
func (s *Session) connected(tx cell.Tx, r Reply) {
	if r.Err != nil {
		return
	}
	ev, err := callOf(r)
	if err != nil {
		s.conn.fail(&ConnectionError{Addr: s.keeper.addr, Doing: "beginning a session", Err: err})
		return
	}
	s.Async = ev.Value("Socket-Mode") == "async"
	s.Full = ev.Value("Control") == "full"
	id := ev.Value("Unique-ID")
	s.learn(tx, func(tx cell.Tx, sw *Switch) { sw.enter(tx, id, 0) })
	s.Channel, _ = s.byID.Peek(tx.Reader, id)
	s.Events.Append(tx, ev)
	s.LoggedIn.Set(tx, true)
	s.countOne(tx, logins)
	s.Link.set(tx, LinkSynchronising, s.now())
	if n := lingerSeconds(s.o.Linger); n > 0 && s.Async && s.Full {
		c := esl.Linger(n)
		s.tell(tx, c, func(tx cell.Tx, r Reply) { s.refused(tx, c.Line, r) })
	}
	s.keepFilters(tx)
	s.tell(tx, esl.MyEvents("", s.opts.Format), func(tx cell.Tx, r Reply) { s.subscribed(tx, r, nil) })
	if s.Full {
		s.WatchEvents.Add(tx, ChannelEvents...)
		s.keepLogLevel(tx)
		s.keepSubscription(tx)
	} else {
		s.keepNoSubscription(tx)
	}
	s.rule(tx, "begin to synchronise", func(tx cell.Tx) { // after the subscription, whose rule is older
		if s.LoggedIn.Get(tx.Reader) {
			s.look(tx)
		}
	})
	s.rule(tx, "end of the call", s.followEnd)
}

// callOf returns the event in the reply to connect.
func callOf(r Reply) (*esl.Event, error) {
	if err := esl.CheckReply(r.Text); err != nil {
		return nil, err
	}
	ev, err := r.Message.Event()
	if err != nil {
		return nil, fmt.Errorf("%w: the reply to connect: %w", ErrNotFreeSWITCH, err)
	}
	if !isID(ev.Value("Unique-ID")) {
		return nil, fmt.Errorf("%w: the reply to connect has no Unique-ID", ErrNotFreeSWITCH)
	}
	return ev, nil
}

// look asks for the call as it is now. Events that were queued before are older than
// the answer.
func (s *Session) look(tx cell.Tx) {
	s.tell(tx, esl.Connect(), func(tx cell.Tx, r Reply) {
		if r.Err != nil {
			return
		}
		ev, err := callOf(r)
		if err != nil {
			s.failed(tx, "asking for the call", err)
			return
		}
		if ch := s.Channel; ch.Closed.Peek(tx.Reader) == "" {
			s.learnOf(tx, ch, func(tx cell.Tx, ch *Channel) {
				ch.update(tx, ev)
				ch.sw.group(tx, ch)
				ch.sw.related(tx, ch, ev)
				ch.setAsOf(tx, timestamp(ev))
			})
		}
		s.conn.loggedIn.Store(true)
		s.live(tx)
	})
}
