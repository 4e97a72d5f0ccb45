package fsw

import "context"

// WaitError says what was being waited for when a context ended.
type WaitError struct {
	For string // such as "api status": of a command its first words, without secrets
	Err error  // the context's cause
}

func (e *WaitError) Error() string { return "fsw: waiting for " + e.For + ": " + e.Err.Error() }

// Unwrap returns the context's cause.
func (e *WaitError) Unwrap() error { return e.Err }

// gaveUp is the error of who waits for the reply to a command, and whose context has ended.
func gaveUp(ctx context.Context, line string) error {
	what := "leave to send a command"
	if line != "" {
		what = about(line)
	}
	return &WaitError{For: what, Err: context.Cause(ctx)}
}

// waited makes a WaitError tell what the channel was to do.
func (ch *Channel) waited(err error, what string) error {
	if w, ok := err.(*WaitError); ok {
		w.For = what + " on channel " + ch.key
	}
	return err
}
