// Package celltest records what the observers of a graph see, so that a test can
// say in a line what a transaction should show:
//
//	rec := celltest.New(t, g)
//	celltest.Watch(rec, "sum", sum)       // sees the sum at once
//	rec.Want("sum=3")
//	set(g, 10, 20)
//	rec.Want("sum=30")                    // one line for each transaction
//	set(g, 20, 10)
//	rec.Empty()
//
// Only what was committed is recorded: of a transaction that fails nothing
// remains. A Recorder also fails the test if an observer or a goroutine that was
// started after New is still alive when the test ends.
package celltest

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
)

// Event is what one watcher saw in one pass.
type Event struct {
	Transaction uint64 // its number in the graph
	Pass        int    // within the transaction, from 1
	Name        string // of the watcher
	Value       any
	text        string
}

// String returns the event as it appears in a line: name=value.
func (e Event) String() string { return e.text }

// Recorder keeps what its watchers have seen until the test asks. Its methods
// may be called from any goroutine outside a transaction; they see all that was
// committed before.
type Recorder struct {
	t     testing.TB
	g     *cell.Graph
	opts  []cmp.Option
	leaks bool

	mu       sync.Mutex
	events   []Event
	watchers []*cell.Observer
}

// Option changes what New returns.
type Option func(*Recorder)

// Compare adds options for the comparison of values, as for cmp.Diff.
func Compare(opts ...cmp.Option) Option {
	return func(rec *Recorder) { rec.opts = append(rec.opts, opts...) }
}

// Parallel leaves the goroutines alone, for tests that call t.Parallel: those of
// other tests cannot be told from leaked ones.
func Parallel() Option { return func(rec *Recorder) { rec.leaks = false } }

// New returns a Recorder of what happens in g from now on. When the test ends it
// stops its watchers, and fails the test if observers of g or goroutines live
// that did not when New was called.
func New(t testing.TB, g *cell.Graph, opts ...Option) *Recorder {
	t.Helper()
	rec := &Recorder{t: t, g: g, leaks: true}
	for _, o := range opts {
		o(rec)
	}
	before := living(g)
	running := goleak.IgnoreCurrent()
	t.Cleanup(func() {
		t.Helper()
		rec.stop()
		if left := without(living(g), before); len(left) > 0 {
			t.Errorf("celltest: observers were not stopped:\n\t%s", strings.Join(left, "\n\t"))
		}
		if rec.leaks {
			if err := goleak.Find(running); err != nil {
				t.Errorf("celltest: goroutines were not ended: %v", err)
			}
		}
	})
	return rec
}

// Watch records the value of c, now and in each pass in which it has changed.
func Watch[T any](rec *Recorder, name string, c cell.Readable[T]) {
	rec.Observe(name, func(r cell.Reader) any { return c.Get(r) })
}

// WatchItems records, as a slice, the items that c has in each pass in which it
// has changed and is not empty. It is for pipes, sets, and deltas of sets:
//
//	celltest.WatchItems(rec, "sent", sent.All)
//	celltest.WatchItems(rec, "joined", members.Added)
func WatchItems[T any](rec *Recorder, name string, items func(cell.Reader) iter.Seq[T]) {
	rec.Observe(name, func(r cell.Reader) any {
		if got := slices.Collect(items(r)); len(got) > 0 {
			return got
		}
		return nil
	})
}

// Observe records what fn returns, now and in each pass in which something that
// it reads has changed. Of nil nothing is recorded. fn must return a value that
// does not change afterwards.
func (rec *Recorder) Observe(name string, fn func(r cell.Reader) any) *cell.Observer {
	o := cell.Effect(rec.g, func(r cell.Reader) func() {
		v := fn(r)
		if v == nil {
			return nil
		}
		e := Event{Transaction: r.Transaction(), Pass: r.Pass(), Name: name, Value: v, text: name + "=" + text(v)}
		return func() {
			rec.mu.Lock()
			rec.events = append(rec.events, e)
			rec.mu.Unlock()
		}
	}).Named(name)
	rec.mu.Lock()
	rec.watchers = append(rec.watchers, o)
	rec.mu.Unlock()
	return o
}

// Want fails the test unless the lines are what has been recorded since the last
// look. There is one line for each transaction that was seen:
//
//	name=value other=value | name=value
//
// with the values in the order of the observers, and a bar between passes.
// Values look as with %+v; a string is quoted if it is empty or contains space,
// quotes, = or |.
func (rec *Recorder) Want(lines ...string) {
	rec.t.Helper()
	rec.compare("transactions", nonNil(lines), rec.Lines())
}

// WantValues fails the test unless the values are what has been recorded under
// the name since the last look. What other watchers saw stays recorded. Values
// are compared by cmp.Diff.
func (rec *Recorder) WantValues(name string, values ...any) {
	rec.t.Helper()
	got := []any{}
	for _, e := range rec.take(func(e Event) bool { return e.Name == name }) {
		got = append(got, e.Value)
	}
	rec.compare("values of "+name, nonNil(values), got)
}

// Empty fails the test if anything has been recorded since the last look.
func (rec *Recorder) Empty() {
	rec.t.Helper()
	rec.Want()
}

// Lines returns what has been recorded since the last look as Want compares it.
func (rec *Recorder) Lines() []string {
	lines := []string{}
	for _, events := range rec.Next() {
		line := ""
		for i, e := range events {
			switch {
			case i == 0:
			case e.Pass != events[i-1].Pass:
				line += " | "
			default:
				line += " "
			}
			line += e.text
		}
		lines = append(lines, line)
	}
	return lines
}

// Next returns what has been recorded since the last look, by transaction.
func (rec *Recorder) Next() [][]Event {
	var groups [][]Event
	for _, e := range rec.take(func(Event) bool { return true }) {
		if n := len(groups); n > 0 && groups[n-1][0].Transaction == e.Transaction {
			groups[n-1] = append(groups[n-1], e)
		} else {
			groups = append(groups, []Event{e})
		}
	}
	return groups
}

// Skip forgets what has been recorded since the last look.
func (rec *Recorder) Skip() { rec.Next() }

func (rec *Recorder) take(which func(Event) bool) []Event {
	rec.flush()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	var taken, kept []Event
	for _, e := range rec.events {
		if which(e) {
			taken = append(taken, e)
		} else {
			kept = append(kept, e)
		}
	}
	rec.events = kept
	return taken
}

// flush returns when what was committed before has been recorded, also if
// another goroutine is delivering it.
func (rec *Recorder) flush() {
	cell.MustNotBlock("a look at a Recorder")
	delivered := make(chan struct{})
	_ = rec.g.Update(func(tx cell.Tx) error {
		tx.AfterCommit(func() { close(delivered) })
		return nil
	})
	<-delivered
}

func (rec *Recorder) compare(what string, want, got any) {
	rec.t.Helper()
	if diff := cmp.Diff(want, got, rec.opts...); diff != "" {
		rec.t.Errorf("celltest: %s since the last look (-want +got):\n%s", what, diff)
	}
}

func (rec *Recorder) stop() {
	rec.mu.Lock()
	watchers := rec.watchers
	rec.watchers = nil
	rec.mu.Unlock()
	for _, o := range watchers {
		o.Stop()
	}
}

func living(g *cell.Graph) (names []string) {
	g.View(func(r cell.Reader) { names = g.Living(r) })
	return names
}

// without returns what is in names but not in others, each as often.
func without(names, others []string) []string {
	count := map[string]int{}
	for _, s := range others {
		count[s]++
	}
	return slices.DeleteFunc(names, func(s string) bool {
		count[s]--
		return count[s] >= 0
	})
}

func nonNil[E any](s []E) []E {
	if s == nil {
		return []E{}
	}
	return s
}

func text(v any) string {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case error:
		s = v.Error()
	case fmt.Stringer:
		s = v.String()
	default:
		return fmt.Sprintf("%+v", v)
	}
	if s == "" || strings.ContainsFunc(s, func(c rune) bool {
		return unicode.IsSpace(c) || !unicode.IsPrint(c) || strings.ContainsRune("\"=|", c)
	}) {
		return strconv.Quote(s)
	}
	return s
}

// Must fails the test now if err is not nil: celltest.Must(t, g.Update(...)).
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Update runs fn as a transaction of the recorder's graph and fails the test if
// it fails.
func (rec *Recorder) Update(fn func(tx cell.Tx)) {
	rec.t.Helper()
	Must(rec.t, rec.g.Update(func(tx cell.Tx) error { fn(tx); return nil }))
}

// Fails runs fn as a transaction of the recorder's graph, and fails the test
// unless it fails with an error that is, by errors.Is, want; any error if want
// is nil. It returns the error.
func (rec *Recorder) Fails(want error, fn func(tx cell.Tx) error) error {
	rec.t.Helper()
	err := rec.g.Update(fn)
	switch {
	case err == nil:
		rec.t.Errorf("celltest: the transaction did not fail")
	case want != nil && !errors.Is(err, want):
		rec.t.Errorf("celltest: the transaction failed with %v, want %v", err, want)
	}
	return err
}
