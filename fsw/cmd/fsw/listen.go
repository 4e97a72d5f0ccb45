package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// listen asks the server for something that goes on, and waits as untilClosed does,
// or until the server refuses it.
func listen(ctx context.Context, sw *fsw.Switch, ask func(cell.Tx)) error {
	ctx, refuse := context.WithCancelCause(ctx)
	defer refuse(nil)
	cell.Effect(sw.Scope(), func(r cell.Reader) func() {
		refusals := sw.Errors.Get(r)
		return func() {
			for _, e := range refusals {
				refuse(e)
			}
		}
	})
	if err := sw.Graph().Update(func(tx cell.Tx) error { ask(tx); return nil }); err != nil {
		return err
	}
	err := untilClosed(ctx, sw)
	flush(sw)
	if refusal := new(esl.ReplyError); errors.As(context.Cause(ctx), &refusal) {
		return fmt.Errorf("refused: %s", refusal.Text)
	}
	return err
}

// flush waits until everything that has happened has been printed: effects are run
// by a goroutine of their own.
func flush(sw *fsw.Switch) { _ = sw.Graph().Flush(context.Background()) }

// untilClosed waits for the end of ctx, which is no error, or of the connection.
func untilClosed(ctx context.Context, sw *fsw.Switch) error {
	err := sw.Wait(ctx, func(cell.Reader) bool { return false })
	if ctx.Err() != nil {
		return nil
	}
	return err
}
