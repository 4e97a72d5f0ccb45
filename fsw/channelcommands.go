package fsw

import (
	"context"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// What is often done to a channel. Each comes twice: as a method that waits, for
// goroutines, and as one that sends, for rules, whose callback may be nil. What the
// server refuses is a *esl.ReplyError; other errors are as with Run and API, and as with
// SendRun and SendAPI.

// AppError means that an application has ended without doing what it should have.
type AppError struct {
	App      string // with its data
	Response string // its Application-Response, such as "FILE NOT FOUND"
}

func (e *AppError) Error() string { return "fsw: " + e.App + ": " + e.Response }

// Playback plays a file, or what else esl.AppPlayback takes, and waits until it has
// ended, or was broken off. An *AppError says that it could not be played.
func (ch *Channel) Playback(ctx context.Context, path string, options ...ExecuteOption) error {
	app := esl.AppPlayback(path)
	done, err := ch.Run(ctx, app, options...)
	if err == nil {
		err = played(app, done.Response)
	}
	return err
}

// SendPlayback plays a file; callback is called when it has ended, as with SendRun.
func (ch *Channel) SendPlayback(tx cell.Tx, path string, callback Callback, options ...ExecuteOption) error {
	app := esl.AppPlayback(path)
	return ch.SendRun(tx, app, amended(callback, func(r Reply) error { return played(app, r.Text) }), options...)
}

func played(app esl.App, response string) error {
	if response == "FILE NOT FOUND" || response == "PLAYBACK ERROR" {
		return &AppError{App: app.String(), Response: response}
	}
	return nil
}

// Bridge calls somebody and lets the two talk. It waits until their talk has ended. An
// *OriginateError says that nobody has answered.
func (ch *Channel) Bridge(ctx context.Context, d esl.DialString, options ...ExecuteOption) error {
	done, err := ch.Run(ctx, esl.AppBridge(d), options...)
	if err == nil {
		err = bridged(done.Event)
	}
	return err
}

// SendBridge calls somebody; callback is called when the talk has ended.
func (ch *Channel) SendBridge(tx cell.Tx, d esl.DialString, callback Callback, options ...ExecuteOption) error {
	return ch.SendRun(tx, esl.AppBridge(d), amended(callback, func(r Reply) error { return bridged(r.Event) }), options...)
}

// bridged reads what the bridge application has left.
func bridged(ev *esl.Event) error {
	switch disposition, _ := ev.Variable("originate_disposition"); disposition {
	case "", "SUCCESS", "success", "call accepted":
		return nil
	default:
		return &OriginateError{Cause: esl.HangupCause(disposition)}
	}
}

// Transfer sends the channel, its partner, or both to an extension, see esl.UUIDTransfer.
// It does not wait until they are there.
func (ch *Channel) Transfer(ctx context.Context, legs esl.Legs, extension, dialplan, context string) error {
	return ch.tell(ctx, transfer(legs, extension, dialplan, context))
}

// SendTransfer is Transfer for rules.
func (ch *Channel) SendTransfer(tx cell.Tx, legs esl.Legs, extension, dialplan, context string, callback Callback) error {
	return ch.sendAPI(tx, transfer(legs, extension, dialplan, context), callback)
}

func transfer(legs esl.Legs, extension, dialplan, context string) command {
	return func(id string) esl.APICommand { return esl.UUIDTransfer(id, legs, extension, dialplan, context) }
}

// Park parks the channel: it waits for what we do with it.
func (ch *Channel) Park(ctx context.Context) error { return ch.tell(ctx, esl.UUIDPark) }

// SendPark is Park for rules.
func (ch *Channel) SendPark(tx cell.Tx, callback Callback) error {
	return ch.sendAPI(tx, esl.UUIDPark, callback)
}

// Hold puts the channel's phone on hold.
func (ch *Channel) Hold(ctx context.Context) error { return ch.tell(ctx, esl.UUIDHold) }

// SendHold is Hold for rules.
func (ch *Channel) SendHold(tx cell.Tx, callback Callback) error {
	return ch.sendAPI(tx, esl.UUIDHold, callback)
}

// Unhold undoes Hold.
func (ch *Channel) Unhold(ctx context.Context) error { return ch.tell(ctx, esl.UUIDUnhold) }

// SendUnhold is Unhold for rules.
func (ch *Channel) SendUnhold(tx cell.Tx, callback Callback) error {
	return ch.sendAPI(tx, esl.UUIDUnhold, callback)
}

// Record records the call to a file from now on, for so long in whole seconds, 0 without
// end. It does not wait for the end.
func (ch *Channel) Record(ctx context.Context, path string, limit time.Duration) error {
	return ch.tell(ctx, record(path, limit))
}

// SendRecord is Record for rules.
func (ch *Channel) SendRecord(tx cell.Tx, path string, limit time.Duration, callback Callback) error {
	return ch.sendAPI(tx, record(path, limit), callback)
}

func record(path string, limit time.Duration) command {
	return func(id string) esl.APICommand { return esl.UUIDRecord(id, path, limit) }
}

// StopRecord ends the recording to a file, or with "all" every recording of the channel.
func (ch *Channel) StopRecord(ctx context.Context, path string) error {
	return ch.tell(ctx, stopRecord(path))
}

// SendStopRecord is StopRecord for rules.
func (ch *Channel) SendStopRecord(tx cell.Tx, path string, callback Callback) error {
	return ch.sendAPI(tx, stopRecord(path), callback)
}

func stopRecord(path string) command {
	return func(id string) esl.APICommand { return esl.UUIDRecordStop(id, path) }
}

// DTMF sends digits to the channel's far end, see esl.UUIDSendDTMF. It does not wait until
// they have been heard.
func (ch *Channel) DTMF(ctx context.Context, digits string) error { return ch.tell(ctx, dtmf(digits)) }

// SendDTMF is DTMF for rules.
func (ch *Channel) SendDTMF(tx cell.Tx, digits string, callback Callback) error {
	return ch.sendAPI(tx, dtmf(digits), callback)
}

func dtmf(digits string) command {
	return func(id string) esl.APICommand { return esl.UUIDSendDTMF(id, digits) }
}

// SetVariable sets a variable of the channel. An empty value unsets it.
func (ch *Channel) SetVariable(ctx context.Context, name, value string) error {
	return ch.tell(ctx, setVariable(name, value))
}

// SendSetVariable is SetVariable for rules.
func (ch *Channel) SendSetVariable(tx cell.Tx, name, value string, callback Callback) error {
	return ch.sendAPI(tx, setVariable(name, value), callback)
}

func setVariable(name, value string) command {
	return func(id string) esl.APICommand { return esl.UUIDSetVar(id, name, value) }
}

// Variable asks the server for a variable of the channel, and whether it is set. Of a value
// that begins with -ERR the server's refusal cannot be told.
func (ch *Channel) Variable(ctx context.Context, name string) (value string, ok bool, err error) {
	r, err := ch.ask(ctx, func(id string) esl.APICommand { return esl.UUIDGetVar(id, name) })
	if err != nil || r.Text == undefined {
		return "", false, err
	}
	return r.Text, true, nil
}

// undefined is the output of uuid_getvar for a variable that is not set.
const undefined = "_undef_"

// command is an API command about the channel with this id.
type command func(uuid string) esl.APICommand

func (ch *Channel) tell(ctx context.Context, c command) error {
	_, err := ch.ask(ctx, c)
	return err
}

func (ch *Channel) ask(ctx context.Context, c command) (Reply, error) {
	return ch.sw.await(ctx, func(tx cell.Tx, callback Callback) error { return ch.sendAPI(tx, c, callback) })
}

// sendAPI has the server run it at once, so that what is sent afterwards comes afterwards.
func (ch *Channel) sendAPI(tx cell.Tx, c command, callback Callback) error {
	cmdline, err := c(ch.UUID.Peek(tx.Reader)).Encode()
	if err != nil {
		return err
	}
	return ch.sw.SendAPI(tx, cmdline, checked(cmdline, callback))
}
