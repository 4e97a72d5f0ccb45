package fsw

import (
	"errors"
	"fmt"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// ErrClosed is why a Switch is closed after Close.
var ErrClosed = errors.New("fsw: the switch was closed")

// Kinds of a *ConnectionError, for errors.Is.
var (
	// ErrRejected means that the server's access list does not let us in. It does
	// not heal by itself.
	ErrRejected = errors.New("the server's access list refuses this address")
	// ErrAuthentication means that user or password are wrong. It does not heal by
	// itself.
	ErrAuthentication = errors.New("the server refuses the login")
	// ErrNotFreeSWITCH means that what answers does not speak the event socket's protocol.
	ErrNotFreeSWITCH = errors.New("the server does not speak FreeSWITCH's event socket protocol")
	// ErrShutdown means that the server, or its event socket module, is going down.
	ErrShutdown = errors.New("the server is being shut down")
	// ErrKilled means that the server gave up on us for not reading fast enough.
	ErrKilled = errors.New("the server dropped the connection because it lagged behind")
	// ErrHungUp means that the server ended the connection.
	ErrHungUp = errors.New("the server ended the connection")
	// ErrTorn means that the connection ended inside a message.
	ErrTorn = errors.New("the connection ended inside a message")
	// ErrSilent means that the server has said nothing for too long: the connection
	// is half open, or the server hangs.
	ErrSilent = errors.New("the server has been silent")
	// ErrDown means that something could not be sent because there is no connection
	// at the moment, or no login yet. A switch made by Connect is at making one.
	ErrDown = errors.New("there is no connection to the server at the moment")
	// ErrLag means that more replies and results of jobs wait for the model than
	// the receive buffer holds.
	ErrLag = errors.New("too much is waiting to be applied")
	// ErrOverflow means that we had more to send than the server would take.
	ErrOverflow = errors.New("too much is waiting to be sent")
)

// ConnectionError says why a connection could not be made, or ended. It wraps one
// of the errors above, what the network said, or cell.ErrGoexit.
type ConnectionError struct {
	Addr  string // of the server
	Doing string // what was being done, such as "logging in"
	Err   error
}

func (e *ConnectionError) Error() string {
	return fmt.Sprintf("fsw: %s: %s: %v", e.Addr, e.Doing, e.Err)
}

// Unwrap returns the cause.
func (e *ConnectionError) Unwrap() error { return e.Err }

// ErrNotExecuted means that the server has not run an application, though the
// channel lives: it needs audio, perhaps, and there is none.
var ErrNotExecuted = errors.New("fsw: the application was not run")

// HangupError means that a channel was hung up before it did what was asked.
type HangupError struct {
	UUID  string          // of the channel
	Doing string          // what was asked, such as "playback"
	Cause esl.HangupCause // why it was hung up, or one of CauseDestroyed and CauseLost
}

func (e *HangupError) Error() string {
	return fmt.Sprintf("fsw: channel %s: %s: hung up: %s", e.UUID, e.Doing, e.Cause)
}

// OriginateError means that nobody has answered a call of ours.
type OriginateError struct {
	Cause esl.HangupCause // why, as the server says
}

func (e *OriginateError) Error() string { return "fsw: originate: " + string(e.Cause) }
