package fsw

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/pipe"
)

// LogData carries the log lines about the channel, those with its id as User-Data, from
// now on; see Switch.LogLevel, which says which lines there are at all. It is always the
// same pipe. Lines come late compared with events when much happens: the server sends
// one of them for all the events that it has.
func (ch *Channel) LogData(tx cell.Tx) *pipe.Pipe[esl.LogLine] {
	if ch.logs == nil {
		ch.logs = new(pipe.Pipe[esl.LogLine])
		tx.OnUndo(func() { ch.logs = nil })
	}
	return ch.logs
}

// logged takes a log line.
func (sw *Switch) logged(tx cell.Tx, l esl.LogLine) {
	sw.LogData.Append(tx, l)
	if l.UserData == "" {
		return
	}
	if ch, live := sw.byID.Peek(tx.Reader, l.UserData); live && ch.logs != nil {
		ch.logs.Append(tx, l)
	}
}
