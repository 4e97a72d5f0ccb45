package main

import (
	"fmt"
	"io"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// tellOfLink writes a line when the connection is lost, and one when it is there
// again.
func tellOfLink(sw *fsw.Switch, to io.Writer) {
	told := error(nil) // the loss that was told of
	cell.Effect(sw.Scope(), func(r cell.Reader) func() {
		ready, lost, closed := sw.Ready.Get(r), sw.Link.LastError.Get(r), sw.Closed.Get(r)
		return func() {
			switch {
			case closed != nil:
			case ready && told != nil:
				told = nil
				fmt.Fprintln(to, "fsw: connected again")
			case !ready && lost != nil && told == nil:
				told = lost
				fmt.Fprintf(to, "%s; trying again\n", printable(lost.Error()))
			}
		}
	})
}
