package fsw

import (
	"context"

	"github.com/freeswytch/freeswytch/cell"
)

// API runs an API command, such as "status", waits for its output and returns it.
// Outputs have no common form; esl.CheckReply tells -ERR and -USAGE. While the
// server runs it, it sends nothing else on the connection: what takes long is
// better run by BgAPI. The error is a *WaitError that wraps ctx's cause (the reply, when it
// comes, is then discarded), why the connection was lost, which is a *ConnectionError, or was not
// there (ErrDown), why the switch was closed, a *esl.CommandError, or, for users of the
// directory who may not run it, a *PermissionError.
//
// Whoever consumes a pipe of the switch by a subscription whose policy is pipe.Wait must
// not ask: the model waits for them, and their answer for the model. Use another policy.
//
// Like all methods that block it panics if called inside a transaction or by an
// effect: there, use SendAPI, start a goroutine, or have the effect in a cell.Lane.
func (sw *Switch) API(ctx context.Context, cmdline string) (string, error) {
	r, err := sw.await(ctx, func(tx cell.Tx, callback Callback) error { return sw.SendAPI(tx, cmdline, callback) })
	if err == nil {
		err = denied("api "+firstWord(cmdline), r)
	}
	return r.Text, err
}

// BgAPI runs an API command in the background of the server, waits until it has
// ended and returns its output. Errors are as with API.
func (sw *Switch) BgAPI(ctx context.Context, cmdline string) (string, error) {
	var id string
	r, err := sw.await(ctx, func(tx cell.Tx, callback Callback) (err error) {
		id, err = sw.sendJob(tx, cmdline, callback)
		return err
	})
	if err != nil && id != "" {
		// Nobody waits any more. The job itself cannot be stopped.
		_ = sw.graph.Update(func(tx cell.Tx) error { sw.BackgroundJobs.Delete(tx, id); return nil })
	}
	if err == nil {
		err = denied("bgapi "+firstWord(cmdline), r)
	}
	return r.Text, err
}

// Command sends a command, such as "filter Event-Name CHANNEL_ANSWER", and returns
// the text of its reply. Of a value with several lines, as getvar may have, that is the first
// one: "api uuid_getvar" has all of it. Errors are as with API.
func (sw *Switch) Command(ctx context.Context, line string) (string, error) {
	return sw.ask(ctx, func(tx cell.Tx, callback Callback) error { return sw.SendCommand(tx, line, callback) })
}

// ask sends something and waits for its callback.
func (sw *Switch) ask(ctx context.Context, send func(cell.Tx, Callback) error) (string, error) {
	r, err := sw.await(ctx, send)
	return r.Text, err
}

// await is ask for the whole reply.
func (sw *Switch) await(ctx context.Context, send func(cell.Tx, Callback) error) (Reply, error) {
	cell.MustNotBlock("a method that waits for the server")
	answer := make(chan Reply, 1)
	var session context.Context
	var line string
	begun := false
	err := sw.graph.UpdateContext(ctx, func(tx cell.Tx) error {
		session, begun = sw.session, true
		before := sw.owed.pushed()
		defer func() {
			if sw.owed.pushed() > before {
				line = sw.owed.last()
			}
		}()
		return send(tx, func(tx cell.Tx, r Reply) {
			tx.AtCommit(func() { answer <- r })
		})
	})
	switch {
	case err != nil && !begun && ctx.Err() != nil:
		return Reply{}, gaveUp(ctx, "")
	case err != nil:
		return Reply{}, err
	}
	select {
	case r := <-answer:
		return r, r.Err
	case <-ctx.Done():
		if line != "" {
			sw.opts.Metrics.add(commandsGivenUp, commandWord(line), 1)
		}
		return Reply{}, gaveUp(ctx, line)
	case <-session.Done():
		select {
		case r := <-answer: // it was in time
			return r, r.Err
		default:
			return Reply{}, context.Cause(session)
		}
	}
}
