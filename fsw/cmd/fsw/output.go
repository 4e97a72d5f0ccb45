package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
)

// streams is where a command reads and writes.
type streams struct {
	in  io.Reader
	out *output
	err io.Writer
}

// output is the standard output. When it cannot be written any more the command is
// told to end; if that is because the reader has left, as in "fsw events | head",
// this is no failure.
type output struct {
	mu     sync.Mutex
	w      io.Writer
	broken func(cause error)
	err    error
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(p)
	if err != nil {
		o.err = fmt.Errorf("writing the output: %w", err)
		o.broken(o.err)
	}
	return n, err
}

// printf and json write without an error to look at: see failure.
func (o *output) printf(format string, args ...any) { fmt.Fprintf(o, format, args...) }

// json writes v on one line.
func (o *output) json(v any) {
	enc := json.NewEncoder(o)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.err == nil {
			o.err = err
		}
	}
}

// failure is what went wrong in a command that returned err.
func (o *output) failure(err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.err == nil:
		return err
	case errors.Is(o.err, syscall.EPIPE), errors.Is(o.err, io.ErrClosedPipe):
		return nil
	}
	return o.err
}
