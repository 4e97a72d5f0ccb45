package cell_test

import (
	"context"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

// Effects that may block run in a Lane: who commits does not wait for them.
func ExampleLane() {
	g := cell.NewGraph()
	mails := cell.NewLane(g, func(e *cell.EffectError) { fmt.Println("not sent:", e.Err) })
	answer := make(chan string)
	state := cell.NewValue("idle")
	cell.Effect(mails, func(r cell.Reader) func() {
		s := state.Get(r)
		return func() { fmt.Println(s, <-answer) }
	})
	_ = g.Update(func(tx cell.Tx) error { state.Set(tx, "ringing"); return nil })
	fmt.Println("committed")
	answer <- "was mailed"
	answer <- "was mailed, too"
	_ = mails.Flush(context.Background())
	// Output:
	// committed
	// idle was mailed
	// ringing was mailed, too
}
