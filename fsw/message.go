package fsw

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// ReceivedMessage applies one message of the server in a transaction of its own.
// If somebody's rule, observer or callback fails at it, the transaction is
// undone, the one that failed is stopped and reported to Faults, and the message
// is applied again: no message is skipped.
func (sw *Switch) ReceivedMessage(m esl.Message) {
	sw.applying = application{message: m}
	sw.contain(m, sw.apply)
	sw.applying = application{}
}

// application is the message being applied, perhaps more than once. The reply it
// brings leaves the queue of owed replies once, whatever is undone.
type application struct {
	message esl.Message
	owed    *sent
	taken   bool
}

func (sw *Switch) applyMessage(tx cell.Tx) error {
	a := &sw.applying
	if isReply(a.message) && !a.taken {
		a.owed, a.taken = sw.owed.take(), true
	}
	sw.message(tx, a.message, a.owed)
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
	case esl.EventPlain, esl.EventJSON:
		ev, err := m.Event()
		if err != nil {
			sw.log.Warn("fsw: event dropped", "error", err)
			count(tx, &sw.MalformedEvents, 1)
			return
		}
		if n := ev.Malformed(); n > 0 {
			count(tx, &sw.MalformedLines, uint64(n))
		}
		sw.Events.Append(tx, ev)
	case esl.LogData:
		sw.LogData.Append(tx, esl.ParseLog(m))
	case esl.DisconnectNotice:
		sw.noticed(m)
	default:
		sw.Messages.Append(tx, m)
	}
}

func count(tx cell.Tx, c *cell.Value[uint64], n uint64) {
	c.Set(tx, c.Peek(tx.Reader)+n)
}

// noticed remembers a disconnect notice: it names the reason when the connection
// ends. The notice of a lingering socket does not announce an end.
func (sw *Switch) noticed(m esl.Message) {
	if d, _ := m.Get("Content-Disposition"); d != "linger" && sw.conn != nil {
		sw.conn.notice.Store(&m)
	}
}
