package fsw

import (
	"log/slog"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// ReceivedMessage applies one message of the server in a transaction of its own.
// If somebody's rule, observer or callback fails at it, the transaction is
// undone, the one that failed is stopped and reported to Faults, and the message
// is applied again: no message is skipped.
func (sw *Switch) ReceivedMessage(m esl.Message) {
	a := sw.applying
	a.one[0] = m
	a.messages, a.owed, a.taken = a.one[:], nil, false
	sw.contained.run(m)
	a.one[0], a.messages, a.owed = esl.Message{}, nil, nil
}

// received applies what was taken from the inbox. Several messages share a
// transaction; if that fails each gets its own, to find out which one it was.
func (sw *Switch) received(ms []esl.Message, lag Lag) {
	a := sw.applying
	a.lag = lag
	if len(ms) > 1 {
		a.messages = ms
		if sw.graph.Attempt(sw.apply) == nil {
			return
		}
	}
	for _, m := range ms {
		sw.ReceivedMessage(m)
	}
}

// application is what is being applied, perhaps more than once. The reply that it
// brings leaves the queue of owed replies once, whatever is undone.
type application struct {
	messages []esl.Message
	one      [1]esl.Message
	owed     *sent
	taken    bool
	lag      Lag
}

func (sw *Switch) applyMessage(tx cell.Tx) error {
	a := sw.applying
	sw.Link.Lag.Set(tx, a.lag)
	sw.countMessages(tx, a.messages)
	for _, m := range a.messages {
		if isReply(m) && !a.taken {
			a.owed, a.taken = sw.owed.take(), true
		}
		sw.message(tx, m, a.owed)
	}
	return nil
}

func isReply(m esl.Message) bool {
	return m.ContentType == esl.CommandReply || m.ContentType == esl.APIResponse
}

// message says what happens with each type of message.
func (sw *Switch) message(tx cell.Tx, m esl.Message, owed *sent) {
	switch m.ContentType {
	case esl.AuthRequest:
		sw.AuthRequested.Set(tx, true)
	case esl.CommandReply, esl.APIResponse:
		sw.replied(tx, m, owed)
	case esl.EventPlain, esl.EventJSON, esl.EventXML:
		ev, err := m.Event()
		if err != nil {
			sw.note(tx, slog.LevelWarn, "event dropped", slog.Any("error", err))
			count(tx, &sw.MalformedEvents, 1)
			return
		}
		if n := ev.Malformed(); n > 0 {
			count(tx, &sw.MalformedLines, uint64(n))
		}
		sw.Events.Append(tx, ev)
	case esl.LogData:
		sw.logged(tx, esl.ParseLog(m))
	case esl.DisconnectNotice: // the end that it announces comes by itself, see conn.endOfStream
		if s := sw.given; s != nil {
			s.noticed(tx, m)
		}
	default:
		sw.Messages.Append(tx, m)
	}
}

func count(tx cell.Tx, c *cell.Value[uint64], n uint64) {
	c.Set(tx, c.Peek(tx.Reader)+n)
}
