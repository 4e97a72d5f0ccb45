package main

import (
	"context"

	"github.com/percipia/eslgo"
)

// connectPercipia uses github.com/percipia/eslgo, which starts a goroutine for
// each event. Its default logger writes to stderr, nil is silence.
func connectPercipia(addr string, t *tally) (func() error, error) {
	options := eslgo.DefaultInboundOptions
	options.Password = password
	options.Logger = nil
	conn, err := options.Dial(addr)
	if err != nil {
		return nil, err
	}
	conn.RegisterEventListener(eslgo.EventListenAll, func(e *eslgo.Event) {
		var v values
		for i, name := range headers {
			v[i] = e.GetHeader(name)
		}
		t.saw(&v)
	})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// Close, not ExitAndClose: when the server hangs up first, this version may
	// send on a closed channel, which ends the process.
	return func() error { conn.Close(); return nil }, conn.EnableEvents(ctx)
}
