package fsw

import (
	"fmt"
	"slices"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Reply is what became of a command.
type Reply struct {
	Text    string      // the Reply-Text of a command, the output of an API command or job
	Message esl.Message // the whole answer
	Event   *esl.Event  // of a background job: its event
	Err     error       // if there will be no answer: why the connection was lost, a *ConnectionError, or ErrClosed
}

// Callback is called with the reply to a command, as a commit callback: it may
// read and write cells and send. If it fails, it is reported as a fault and the
// reply is applied without it.
type Callback func(tx cell.Tx, r Reply)

// Command is a command that was sent and whose reply is owed.
type Command struct {
	Line     string // its first line, without passwords
	Callback Callback
}

// SendCommand transmits a command with any number of headers. callback may be
// nil. The error is a *esl.CommandError if the command has a part that cannot be
// sent, such as a line feed in an argument; a *ConnectionError with ErrDown while a
// connected switch has no connection with a login (see Link.State, LoggedIn); a
// *PermissionError if it is an API command that the user may not run, see Allowed; or
// why the switch is closed. Then nothing is sent, and callback is not called.
//
// Commands that change which events come change what the model knows. Of a connected
// switch: event only adds to them, though its first word changes the format of all (xml
// cannot be read: each event is then a MalformedEvent). filter, nixevent, noevents and
// myevents take events away until the next connection, which Degraded says; better
// change WatchEvents and Filters. divert_events adds events that may lack even a name.
func (sw *Switch) SendCommand(tx cell.Tx, line string, callback Callback, headers ...esl.Header) error {
	return sw.send(tx, esl.Command{Line: line, Headers: headers}, callback)
}

// SendAPI transmits an API command that the server runs at once; until it has
// ended the server sends nothing else on the connection.
func (sw *Switch) SendAPI(tx cell.Tx, cmdline string, callback Callback) error {
	return sw.send(tx, esl.API(cmdline), callback)
}

func (sw *Switch) send(tx cell.Tx, c esl.Command, callback Callback) error {
	if addr, connects := sw.peer(); connects && !sw.LoggedIn.Peek(tx.Reader) && sw.Closed.Peek(tx.Reader) == nil {
		return sw.down(tx.Reader, addr)
	}
	if err := sw.forbids(tx.Reader, c.Line); err != nil {
		return err
	}
	err := sw.transmit(tx, c, callback)
	if err == nil {
		sw.noteStarving(tx, c.Line)
	}
	return err
}

// down is why something cannot be sent now.
func (sw *Switch) down(r cell.Reader, addr string) error {
	err := ErrDown
	if last := sw.Link.LastError.Peek(r); last != nil {
		err = fmt.Errorf("%w (%w)", ErrDown, last)
	}
	return &ConnectionError{Addr: addr, Doing: "sending", Err: err}
}

// transmit is send, also before the login.
func (sw *Switch) transmit(tx cell.Tx, c esl.Command, callback Callback) error {
	wire, err := c.Encode()
	if err != nil {
		return err
	}
	if err := sw.permits(c.Line); err != nil {
		return err
	}
	if closed := sw.Closed.Peek(tx.Reader); closed != nil {
		return closed
	}
	if sw.keeper != nil && sw.conn == nil {
		return sw.down(tx.Reader, sw.keeper.addr) // else a reply would be owed that the next connection does not bring
	}
	line := firstLine(esl.Redact(wire))
	s := &sent{line: line, callbackOf: callbackOf{of: line, call: callback}}
	if m := sw.mirror; m != nil {
		if err := m.forward(tx, c, s, len(wire)); err != nil {
			return err
		}
	}
	sw.countSent(tx, s)
	sw.owed.push(tx, s)
	sw.Transmit.Append(tx, wire)
	return nil
}

func firstLine(s string) string {
	for i := range len(s) {
		if s[i] == '\n' {
			return s[:i]
		}
	}
	return s
}

// CommandsSent returns the commands whose replies are owed, oldest first.
func (sw *Switch) CommandsSent(r cell.Reader) []Command {
	sw.owed.c.Read(r)
	out := make([]Command, len(sw.owed.queue))
	for i, s := range sw.owed.queue {
		out[i] = Command{Line: s.line, Callback: s.call}
	}
	return out
}

// replied hands a reply to the command it belongs to.
func (sw *Switch) replied(tx cell.Tx, m esl.Message, s *sent) {
	if s == nil {
		count(tx, &sw.UnexpectedReplies, 1)
		return
	}
	sw.owed.c.Changed(tx)
	r := Reply{Text: m.Reply(), Message: m}
	sw.countReply(tx, s, r.Text, nil)
	sw.queue(tx, &s.callbackOf, r)
}

// sent is a command whose reply is owed. It keeps its place until the reply
// comes, even if nobody waits for it any more: replies have no other address than
// their order.
type sent struct {
	line string
	at   time.Time // when it was sent, if that is counted
	callbackOf
}

// owed is the queue of owed replies. What a transaction sends is undone with it;
// what has arrived is not.
type owed struct {
	c     cell.Custom
	queue []*sent
	taken int // how many have left the queue
}

func (o *owed) push(tx cell.Tx, s *sent) {
	o.c.Log(tx, o, o.pushed())
	o.queue = append(o.queue, s)
	o.c.Changed(tx)
}

// pushed is how many commands were sent, and last the line of the newest, without
// passwords.
func (o *owed) pushed() int  { return o.taken + len(o.queue) }
func (o *owed) last() string { return o.queue[len(o.queue)-1].line }

func (o *owed) take() *sent {
	if len(o.queue) == 0 {
		return nil
	}
	s := o.queue[0]
	o.queue[0] = nil
	o.queue = o.queue[1:]
	o.taken++
	return s
}

// forget takes a command out of the queue, wherever it is.
func (o *owed) forget(tx cell.Tx, s *sent) {
	if i := slices.Index(o.queue, s); i >= 0 {
		before := o.queue
		tx.OnUndo(func() { o.queue = before })
		o.queue = slices.Delete(slices.Clone(o.queue), i, i+1)
		o.c.Changed(tx)
	}
}

// Undo is called by the graph.
func (o *owed) Undo(n int) {
	keep := max(0, n-o.taken)
	clear(o.queue[keep:])
	o.queue = o.queue[:keep]
}

// Reset is never due.
func (o *owed) Reset() {}

// drop empties the queue: no reply will come any more.
func (o *owed) drop(tx cell.Tx) {
	queue, taken := o.queue, o.taken
	tx.OnUndo(func() { o.queue, o.taken = queue, taken })
	o.taken += len(o.queue)
	o.queue = nil
	o.c.Changed(tx)
}
