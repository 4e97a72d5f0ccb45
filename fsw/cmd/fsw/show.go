package main

import (
	"context"
	"os"
	"time"

	"github.com/charmbracelet/x/term"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// showFlags say how a switch is shown.
type showFlags struct {
	For   *time.Duration `placeholder:"DURATION" help:"End by itself after this time; 0 goes on until it is ended."`
	Plain bool           `help:"Print lines on a terminal, too, instead of a full-screen view."`
	JSON  bool           `name:"json" help:"Print one JSON object a line: time, news (created, state, answered, bridged, hangup, joined, left), channel, conference, member."`
}

// Validate is called by kong.
func (f *showFlags) Validate() error { return validFor(f.For) }

// show shows a switch until its time is over, ctx ends, somebody quits or the
// connection is lost.
func (f *showFlags) show(ctx context.Context, std *streams, sw *fsw.Switch, title string, otherwise time.Duration) error {
	full := !f.Plain && !f.JSON && isTerminal(std.in) && isTerminal(std.out.w)
	if full {
		otherwise = 0
	}
	ctx, cancel := withFor(ctx, f.For, otherwise)
	defer cancel()
	if full {
		return fullScreen(ctx, std, sw, title)
	}

	start := time.Now()
	l := &liner{out: std.out, graph: sw.Graph(), json: f.JSON, counts: map[string]int{}, causes: map[string]int{}}
	events := countEvents(sw)
	follow(sw, l.tell)
	tellOfLink(sw, std.err)
	err := untilClosed(ctx, sw)
	sw.Close()
	flush(sw)
	l.sum(cell.Read(sw.Graph(), events), time.Since(start))
	return err
}

// countEvents returns a cell with the number of events from now on.
func countEvents(sw *fsw.Switch) *cell.Maintained[int] {
	return cell.Maintain(sw.Scope(), 0, func(tx cell.Tx, n int) int { return n + sw.Events.Len(tx.Reader) })
}

// isTerminal says whether a stream is a terminal that can show a full screen.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd()) && os.Getenv("TERM") != "dumb"
}
