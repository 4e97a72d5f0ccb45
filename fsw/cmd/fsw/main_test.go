package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// outcome is what a command did.
type outcome struct {
	code           int
	stdout, stderr string
}

// command runs the command to its end.
func command(t *testing.T, args ...string) outcome {
	t.Helper()
	return commandWith(t.Context(), "", args...)
}

func commandWith(ctx context.Context, stdin string, args ...string) outcome {
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, strings.NewReader(stdin), &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

// commandUntil runs a command that goes on, and interrupts it when it has printed
// these words, one after the other.
func commandUntil(t *testing.T, words []string, args ...string) outcome {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	stdout := &watched{}
	for _, word := range words {
		stdout.steps = append(stdout.steps, step{word: word})
	}
	stdout.steps[len(words)-1].then = interrupt
	var stderr bytes.Buffer
	code := run(ctx, args, strings.NewReader(""), stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

// watched is a buffer that does something each time the next of some words has
// been written.
type watched struct {
	mu    sync.Mutex
	text  strings.Builder
	seen  int // up to where words were found
	steps []step
}

type step struct {
	word string
	then func()
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	for len(w.steps) > 0 {
		_, rest, found := strings.Cut(w.text.String()[w.seen:], w.steps[0].word)
		if !found {
			break
		}
		w.seen = w.text.Len() - len(rest)
		if then := w.steps[0].then; then != nil {
			then()
		}
		w.steps = w.steps[1:]
	}
	return len(p), nil
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// succeeds checks that a command ended well, without a word on stderr.
func (o outcome) succeeds(t *testing.T) outcome {
	t.Helper()
	if o.code != exitOK || o.stderr != "" {
		t.Fatalf("exit code %d, stderr %q", o.code, o.stderr)
	}
	return o
}

// fails checks for an exit code and one line on stderr that has these words in it.
func (o outcome) fails(t *testing.T, code int, words ...string) outcome {
	t.Helper()
	if o.code != code {
		t.Errorf("exit code %d, want %d", o.code, code)
	}
	if !strings.HasPrefix(o.stderr, "fsw: ") || strings.Count(o.stderr, "\n") != 1 || !strings.HasSuffix(o.stderr, "\n") {
		t.Errorf("stderr is not one line: %q", o.stderr)
	}
	for _, word := range words {
		if !strings.Contains(o.stderr, word) {
			t.Errorf("stderr %q lacks %q", o.stderr, word)
		}
	}
	return o
}

// decode reads one JSON value and nothing else.
func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	if _, err := dec.Token(); err != io.EOF {
		t.Errorf("something follows the JSON value: %q", text)
	}
	return v
}
