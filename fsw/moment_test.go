package fsw_test

import (
	"errors"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// A rule that fails because a moment has come fails at no message: it is stopped, and
// reported, too.
func TestRuleThatFailsInTimeIsAFault(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{})
	errLate := errors.New("late")
	faults := make(chan *fsw.Fault, 10)
	cell.Observe(sw.Graph(), func(r cell.Reader) {
		for f := range sw.Faults.All(r) {
			faults <- f
		}
	})
	var soon cell.Moment
	sw.Graph().View(func(r cell.Reader) { soon = r.Now().Add(time.Millisecond) })
	cell.Rule(sw.Graph(), func(tx cell.Tx) {
		if tx.Reached(soon) {
			tx.Fail(errLate)
		}
	})
	f := <-faults
	if ce := (*cell.ClockError)(nil); !errors.As(f, &ce) || !errors.Is(f, errLate) || !f.Stopped {
		t.Errorf("%v, stopped %t", f, f.Stopped)
	}
}
