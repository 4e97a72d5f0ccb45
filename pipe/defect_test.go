package pipe_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/cell/celltest"
	"github.com/freeswytch/freeswytch/pipe"
)

// Trellis needs a rule that repeats to make several pulses of one input (so does a
// Pulse, see the tests of package cell); a pipe carries them all at once.
func TestB62_LinesOfAChunkAtOnce(t *testing.T) {
	g := cell.NewGraph()
	var chunks, lines pipe.Pipe[string]
	cell.Maintain(g, "", func(tx cell.Tx, rest string) string {
		for chunk := range chunks.All(tx.Reader) {
			rest += chunk
			for line, more, found := strings.Cut(rest, "\n"); found; line, more, found = strings.Cut(rest, "\n") {
				lines.Append(tx, line)
				rest = more
			}
		}
		return rest
	})
	rec := celltest.New(t, g)
	celltest.WatchItems(rec, "lines", lines.All)
	receive := func(chunk ...string) { rec.Update(func(tx cell.Tx) { chunks.Append(tx, chunk...) }) }
	receive("one\ntwo\nthr")
	rec.Want("lines=[one two]")
	receive("ee")
	rec.Empty()
	receive("\n", "four\n\nfi", "ve\n")
	rec.Want("lines=[three four  five]")
	_ = g.Update(func(tx cell.Tx) error { chunks.Append(tx, "six"); return errTest })
	receive("seven\n")
	rec.Want("lines=[seven]") // nothing is left of what was undone
}

// A discrete value of Trellis that is set while some of its listeners have seen the
// last one, and others have not, is merged with it. A pipe loses nothing, and
// everybody sees the same.
func TestDefect10_ItemsAreNotMerged(t *testing.T) {
	g := cell.NewGraph()
	bell := cell.NewPulse(0)
	var p pipe.Pipe[string]
	rec := celltest.New(t, g)
	celltest.WatchItems(rec, "early", p.All)
	// It runs before the other rule and is undone when that appends.
	sum := cell.Maintain(g, "", func(tx cell.Tx, _ string) string { return fmt.Sprint(p.Get(tx.Reader)) })
	cell.Rule(g, func(tx cell.Tx) {
		if n := bell.Get(tx.Reader); n > 0 {
			p.Append(tx, fmt.Sprint("rule ", n))
		}
	})
	celltest.Watch(rec, "sum", sum)
	celltest.WatchItems(rec, "late", p.All)
	rec.Skip()
	rec.Update(func(tx cell.Tx) {
		p.Append(tx, "code")
		bell.Set(tx, 1)
		tx.OnCommit(func(tx cell.Tx) { p.Append(tx, "callback"); bell.Set(tx, 2) })
	})
	rec.Want(`early=[code rule 1] late=[code rule 1] sum="[code rule 1]"` +
		` | early=[callback rule 2] late=[callback rule 2] sum="[callback rule 2]" | sum=[]`)
}
