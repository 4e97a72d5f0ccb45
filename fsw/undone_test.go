package fsw_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// A transaction that is undone leaves nothing behind, not in what is no cell either.
func TestEventsThatAreUndoneLeaveNothing(t *testing.T) {
	refused := errors.New("refused")
	for _, session := range []string{"04_call_lifecycle", "05_conference"} {
		synctest.Test(t, func(t *testing.T) { // in which no time passes
			sw := fsw.NewListener(cell.NewGraph())
			apply := func(ev *esl.Event, then error) {
				err := sw.Graph().Attempt(func(tx cell.Tx) error {
					sw.Events.Append(tx, ev)
					tx.OnCommit(func(cell.Tx) { // when the rules have applied it
						if then != nil {
							panic(then)
						}
					})
					return nil
				})
				if !errors.Is(err, then) {
					t.Fatal(err)
				}
			}
			n, before := 0, fsw.KnownTo(sw)
			f := esl.NewFramer(esl.Limits{})
			f.Feed(captures.Read(t, session, "server.bin"))
			for m, ok, err := f.Next(); ok && err == nil; m, ok, err = f.Next() {
				ev, err := m.Event()
				if m.ContentType != esl.EventPlain || err != nil {
					continue
				}
				apply(ev, refused)
				if diff := before.Diff(fsw.KnownTo(sw)); diff != "" {
					t.Fatalf("%s, byte %d, %s: %s", session, m.Offset(), ev.Name(), diff)
				}
				apply(ev, nil)
				if n++; n%20 == 0 {
					fsw.Miss(sw) // then it matters what was heard of since
				}
				before = fsw.KnownTo(sw)
			}
		})
	}
}
