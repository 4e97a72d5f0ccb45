package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// listen asks the server for something that goes on, and waits as untilClosed does,
// or until the server refuses it, or one of the events.
func listen(ctx context.Context, sw *fsw.Switch, ask func(cell.Tx), events ...string) error {
	ctx, refuse := context.WithCancelCause(ctx)
	defer refuse(nil)
	cell.Effect(sw.Scope(), func(r cell.Reader) func() {
		refusals := sw.Errors.Get(r)
		return func() {
			for _, e := range refusals {
				refuse(refusedError{errors.New(e.Text)})
			}
		}
	})
	cell.Effect(sw.Scope(), func(r cell.Reader) func() {
		var unheard error
		for name, err := range sw.Unheard.All(r) {
			name = strings.TrimPrefix(name, "CUSTOM ")
			if slices.ContainsFunc(events, func(e string) bool { return strings.EqualFold(strings.TrimPrefix(e, "CUSTOM "), name) }) {
				unheard = err
			}
		}
		return func() {
			if unheard != nil {
				refuse(refusedError{unheard})
			}
		}
	})
	if err := sw.Graph().Update(func(tx cell.Tx) error { ask(tx); return nil }); err != nil {
		return err
	}
	err := untilClosed(ctx, sw)
	flush(sw)
	if refused := new(refusedError); errors.As(context.Cause(ctx), refused) {
		return refused
	}
	return err
}

// refusedError is what the server does not let us have.
type refusedError struct{ error }

func (e refusedError) Error() string {
	return "refused: " + strings.TrimPrefix(e.error.Error(), "fsw: ")
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
