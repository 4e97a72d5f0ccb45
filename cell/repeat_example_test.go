package cell_test

import (
	"fmt"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
)

// One chunk of input becomes several pulses, one in each pass.
func ExampleTx_Repeat() {
	g := cell.NewGraph()
	input, line := cell.NewPulse(""), cell.NewPulse("")
	var rest cell.Value[string]
	cell.Rule(g, func(tx cell.Tx) {
		text := rest.Peek(tx.Reader) + input.Get(tx.Reader)
		first, more, found := strings.Cut(text, "\n")
		if found {
			line.Set(tx, first)
			rest.Set(tx, more)
			tx.Repeat()
		} else {
			rest.Set(tx, text)
		}
	})
	cell.Observe(g, func(r cell.Reader) {
		if s := line.Get(r); s != "" {
			fmt.Println("got", s)
		}
	})
	_ = g.Update(func(tx cell.Tx) error { input.Set(tx, "one\ntwo\nthr"); return nil })
	_ = g.Update(func(tx cell.Tx) error { input.Set(tx, "ee\n"); return nil })
	// Output:
	// got one
	// got two
	// got three
}

// For what is no cell: looked at whenever anything has changed.
func ExampleReader_Poll() {
	g := cell.NewGraph()
	files := 0 // changed by others
	var tick cell.Value[int]
	cell.Observe(g, func(r cell.Reader) {
		r.Poll()
		fmt.Println(files, "files")
	})
	files = 3
	_ = g.Update(func(tx cell.Tx) error { tick.Set(tx, 1); return nil })
	// Output:
	// 0 files
	// 3 files
}
